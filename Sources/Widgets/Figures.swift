internal import Drawing

/// Every number of the program is written here, so that the same thing reads the same on every page.
///
/// Rounding is to the nearest, ties away from zero, and never gives a form of its own (`1000 ms`, `10.0/s`). What is
/// not finite is ``Figure/unknown``.
public enum Figures {
  /// `1,204`
  public static func count(_ value: Int) -> Figure {
    let digits = String(value.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.utf8.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return Figure((value < 0 ? "−" : "") + grouped)
  }

  /// `7`, `999`, `1.2k`, `12k`, `3.4M`: a count where there is little room.
  public static func short(_ value: Int) -> Figure {
    value.magnitude < 1000 ? count(value) : Figure((value < 0 ? "−" : "") + scaled(Double(value.magnitude)))
  }

  /// `214/s`, `9.0/s`, `0.3/s`, `1.2k/s`; 0 is `0/s`.
  /// - Parameter unit: what follows, `/s` or ` tx/s`; empty where the heading says it.
  public static func rate(_ perSecond: Double, unit: String = "/s") -> Figure {
    guard perSecond.isFinite else { return .unknown }
    return Figure(sign(perSecond) + scaled(perSecond.magnitude), unit: unit)
  }

  /// `0.4 %`, `97.6 %`, `100 %`; what is above zero but rounds to it is `<0.1 %`.
  /// - Parameters:
  ///   - ratio: 0...1
  ///   - isWhole: without a decimal, for limits: `50 %`.
  public static func percent(_ ratio: Double, isWhole: Bool = false) -> Figure {
    guard ratio.isFinite else { return .unknown }
    let percent = ratio * 100
    if isWhole || percent.magnitude >= 99.95 { return Figure(sign(percent) + fixed(percent.magnitude, 0), unit: " %") }
    if percent > 0, percent < 0.05 { return Figure("<0.1", unit: " %") }
    return Figure(sign(percent) + fixed(percent.magnitude, 1), unit: " %")
  }

  /// `512 B`, `1.2 KB`, `181 MB`: powers of 1,000.
  public static func size(bytes: Int) -> Figure {
    let units = [" B", " KB", " MB", " GB", " TB", " PB", " EB"]
    var (value, unit) = (Double(max(0, bytes)), 0)
    while (unit == 0 || value < 9.95 ? value >= 999.5 : value.rounded() >= 1000), unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return Figure(fixed(value, unit > 0 && value < 9.95 ? 1 : 0), unit: units[unit])
  }

  /// `2/2`, `96/200`, `1/3 trial`, `4/10 calls`.
  public static func fraction(_ part: Int, of whole: Int, unit: String = "") -> Figure {
    Figure("\(part)/\(whole)", unit: unit.isEmpty ? "" : " " + unit)
  }

  /// `8f3a…21c9` for an identifier of more than nine characters.
  public static func shortID(_ id: String) -> String {
    id.count <= 9 ? visible(id) : visible(id.prefix(4) + "…" + id.suffix(4))
  }
}

extension Figures {
  /// Digits with that many decimals (0...3), rounded to the nearest.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let power = [1, 10, 100, 1000][decimals]
    guard value < 9e14 else { return String(Int64(exactly: value.rounded()) ?? .max) }
    let units = Int64((value * Double(power)).rounded())
    guard decimals > 0 else { return String(units) }
    let rest = String(units % Int64(power))
    return "\(units / Int64(power))." + String(repeating: "0", count: decimals - rest.utf8.count) + rest
  }

  static func sign(_ value: Double) -> String { value < 0 ? "−" : "" }

  /// Four characters at most below a billion: `0.3`, `9.0`, `214`, `1.2k`, `12k`.
  private static func scaled(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value < 9.95 { return fixed(value, 1) }
    if value < 999.5 { return fixed(value, 0) }
    for (power, suffix) in [(1e3, "k"), (1e6, "M"), (1e9, "G")] {
      let part = value / power
      if part < 9.95 { return fixed(part, 1) + suffix }
      if part < 999.5 { return fixed(part, 0) + suffix }
    }
    return value < 999.5e12 ? fixed(value / 1e12, 0) + "T" : ">999T"
  }
}
