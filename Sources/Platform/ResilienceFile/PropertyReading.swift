internal import Resilience
internal import Wording
internal import YAMLReading

/// Reads the values of one layer of properties, as Spring's conversion does.
struct PropertyReading {
  let tree: PropertyTree
  let report: YAMLReport

  func has(_ name: String) -> Bool { tree[name]?.value != nil }

  /// The text, with placeholders replaced; nil where it is not given, or no text (which is noted).
  private func text(_ name: String, _ requirement: String) -> (text: String, value: YAMLValue)? {
    guard let value = tree[name]?.value, value.kind != .nothing else { return nil }
    guard let scalar = value.scalar else {
      value.fail(mustBe: requirement)
      return nil
    }
    guard let text = Placeholders(report: report).resolve(scalar, at: value.position) else { return nil }
    return (text.trimmed, value)
  }

  private func read<Value>(_ name: String, _ requirement: String, _ read: (String) -> Value?) -> Value? {
    guard let (text, value) = text(name, requirement) else { return nil }
    if let result = read(Self.withoutUnderscores(text, value)) { return result }
    value.fail("\(name) is \(quoted(text)); it must be \(requirement)")
    return nil
  }

  /// YAML 1.1, which Spring Boot reads, takes `1_000` for a whole number. Text in quotes or from a placeholder is
  /// none, and 0 begins octal ones.
  private static func withoutUnderscores(_ text: String, _ value: YAMLValue) -> String {
    let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    guard value.isPlain, value.scalar?.contains("${") != true, let first = digits.first, first.isDigit, first != "0",
      let last = digits.last, last.isDigit,
      digits.allSatisfy({ $0.isDigit || $0 == "_" })
    else { return text }
    return text.filter { $0 != "_" }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    read(name, "a whole number, \(range.lowerBound) to \(range.upperBound)") {
      Int($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func number(_ name: String, _ requirement: String, where isRight: (Double) -> Bool) -> Double? {
    read(name, "a number, \(requirement)") { Double($0).flatMap { isRight($0) ? $0 : nil } }
  }

  /// Spring takes `on`, `yes` and `1` as well, in any case.
  func flag(_ name: String) -> Bool? {
    read(name, "true or false") { text in
      switch text.lowercased() {
      case "true", "on", "yes", "1": true
      case "false", "off", "no", "0": false
      default: nil
      }
    }
  }

  /// One of an enumeration's constants; Spring takes `count-based` for COUNT_BASED.
  func constant<Value: RawRepresentable>(_ name: String, _ values: [Value]) -> Value? where Value.RawValue == String {
    read(name, "one of \(values.map(\.rawValue).joined(separator: ", "))") { text in
      values.first { PropertyTree.uniform($0.rawValue) == PropertyTree.uniform(text) }
    }
  }

  /// Never longer than `WaitInterval.longest`.
  func duration(_ name: String, atLeast minimum: Duration, orZero: Bool = false, _ words: String) -> Duration? {
    let length = read(name, "\(SpringDuration.requirement); \(words)") { text in
      SpringDuration.nanoseconds(text).map { Duration.nanoseconds($0) }
        .flatMap { $0 >= minimum || orZero && $0 == .zero ? $0 : nil }
    }
    guard let wanted = length, wanted > WaitInterval.longest else { return length }
    if let (text, value) = text(name, SpringDuration.requirement) {
      value.fail("\(name) is \(quoted(text)); it must be \(SpringDuration.limit)")
    }
    return nil
  }
}
