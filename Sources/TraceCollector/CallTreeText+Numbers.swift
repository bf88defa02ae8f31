extension CallTreeText {
  /// `0 ms`, `0.31 ms`, `84 ms`, `2.07 s`, `26.1 s`, `4m 12s`, `2h 05m`; in nanoseconds, rounded.
  public static func duration(_ nanoseconds: Int64) -> String {
    if nanoseconds < 0 { return "-" + duration(nanoseconds == .min ? .max : -nanoseconds) }
    if nanoseconds < 5_000 { return "0 ms" }
    if nanoseconds < 995_000 { return decimal(rounded(nanoseconds, 10_000), 2) + " ms" }
    if nanoseconds < 999_500_000 { return "\(rounded(nanoseconds, 1_000_000)) ms" }
    if nanoseconds < 9_995_000_000 { return decimal(rounded(nanoseconds, 10_000_000), 2) + " s" }
    if nanoseconds < 59_950_000_000 { return decimal(rounded(nanoseconds, 100_000_000), 1) + " s" }
    let seconds = rounded(nanoseconds, 1_000_000_000)
    if seconds < 3_600 { return "\(seconds / 60)m \(twoDigits(seconds % 60))s" }
    return "\(seconds / 3_600)h \(twoDigits(seconds / 60 % 60))m"
  }

  private static func rounded(_ value: Int64, _ unit: Int64) -> Int64 {
    value / unit + (value % unit * 2 >= unit ? 1 : 0)
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// `value` with its last `digits` digits behind a point.
  private static func decimal(_ value: Int64, _ digits: Int) -> String {
    let unit: Int64 = digits == 1 ? 10 : 100
    let rest = "\(value % unit)"
    return "\(value / unit)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// `188,811`
  static func grouped(_ value: Int64) -> String {
    let digits = Array("\(value.magnitude)")
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
