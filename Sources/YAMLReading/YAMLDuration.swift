internal import Wording

/// How durations stand in files: a number and its unit.
public enum YAMLDuration {
  public struct Problem: Error, Hashable, Sendable {
    /// What it must be.
    public let requirement: String
  }

  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]
  private static let example = "a number and its unit, such as 20s, 500ms or 2m"

  /// Nanoseconds, from 0 on; what does not fit is no duration.
  public static func read(_ text: String) -> Result<Int64, Problem> {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = String(text.dropFirst(digits.count))
    guard !digits.isEmpty, let number = Double(digits) else { return .failure(Problem(requirement: example)) }
    guard !unit.isEmpty else {
      return .failure(Problem(requirement: "\(example): which unit are the \(digits)?"))
    }
    guard let size = units.first(where: { $0.name == unit })?.nanoseconds else {
      let names = units.map(\.name).joined(separator: ", ")
      return .failure(Problem(requirement: "\(example); there is no unit \(quoted(unit)), there are \(names)"))
    }
    let nanoseconds = number * size
    guard nanoseconds < 9e18 else { return .failure(Problem(requirement: "less than 290 years")) }
    return .success(Int64(nanoseconds))
  }

  /// `20s`, `1.5m`: in the largest unit that is not larger than it.
  static func words(_ nanoseconds: Int64) -> String {
    guard nanoseconds != 0 else { return "0s" }
    let unit = units.last { $0.nanoseconds <= Double(nanoseconds.magnitude) } ?? units[0]
    let number = Double(nanoseconds) / unit.nanoseconds
    return number == number.rounded() ? "\(Int64(number))\(unit.name)" : "\(number)\(unit.name)"
  }
}
