internal import Drawing

extension Figures {
  /// A measurement in a unit of UCUM: `181 MB` of `By`, `12 ms` of `s` and its parts, `87 {connection}`, `0.004`; of what
  /// only grows its growth a second: `1.2k/s`, `3.1 MB/s`.
  public static func measure(_ value: Double, unit: String, isRate: Bool) -> Figure {
    guard value.isFinite else { return .unknown }
    let perSecond = isRate ? "/s" : ""
    if unit == "By", value >= 0, value < 9e18 { return size(bytes: Int(value)).followed(by: perSecond) }
    let seconds = ["s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1.0]
    if !isRate, let nanoseconds = seconds[unit], value >= 0, value * nanoseconds < 9e18 {
      return duration(Int64((value * nanoseconds).rounded()))
    }
    let known = unit.isEmpty || unit == "1" || isRate ? "" : " " + visible(unit)
    return Figure(sign(value) + significant(value.magnitude), unit: perSecond + known)
  }

  /// Three digits that say something: `0.004`, `31.3`, `1.2k`.
  private static func significant(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value >= 999.5 { return short(Int(min(value, 9e18).rounded())).text }
    if value >= 99.95 { return fixed(value, 0) }
    if value >= 9.995 { return trimmed(fixed(value, 1)) }
    if value >= 0.0095 { return trimmed(fixed(value, value >= 0.9995 ? 2 : 3)) }
    return value < 0.0005 ? "<0.001" : trimmed(fixed(value, 3))
  }

  private static func trimmed(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    let kept = digits.reversed().drop { $0 == "0" }
    return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
  }
}

extension Figure {
  fileprivate func followed(by text: String) -> Figure { Figure(number, unit: unit + text) }
}
