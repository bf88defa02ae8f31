/// How durations and shares are typed in a fault.
public enum FaultNotation {
  private static let units: [(suffix: String, nanoseconds: Double)] = [
    ("ms", 1e6), ("us", 1e3), ("ns", 1), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  /// Reads `2s`, `500ms`, `1.5s`, `2m`, `1h` into nanoseconds. Nil for anything else, a negative one, and over 10 years.
  public static func nanoseconds(_ text: some StringProtocol) -> Int64? {
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Double(text.dropLast(unit.suffix.count)), number.isFinite, number >= 0 else { continue }
      // A product like 1.001 × 1e9 may be just below the whole number that is meant.
      let nanoseconds = (number * unit.nanoseconds).rounded()
      return nanoseconds <= 10 * 365 * 86_400e9 ? Int64(nanoseconds) : nil
    }
    return nil
  }

  /// Reads `30%` or `0.3` into a share. Nil for anything else, and outside 0…1.
  public static func share(_ text: some StringProtocol) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : String(text)) else { return nil }
    let share = isPercent ? number / 100 : number
    return (0...1).contains(share) ? share : nil
  }

  /// `2s`, `1.5s`, `500ms`, `2m`
  public static func duration(_ nanoseconds: Int64) -> String {
    for (suffix, size) in [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)] as [(String, Int64)]
    where nanoseconds >= size && nanoseconds % size == 0 {
      return "\(nanoseconds / size)\(suffix)"
    }
    if nanoseconds >= 1_000_000, nanoseconds % 1_000_000 == 0 {
      return nanoseconds < 1_000_000_000 ? "\(nanoseconds / 1_000_000)ms" : "\(Double(nanoseconds) / 1e9)s"
    }
    return nanoseconds % 1_000 == 0 ? "\(nanoseconds / 1_000)us" : "\(nanoseconds)ns"
  }

  /// Reads `+2s` or `-500ms`, with or without its sign, into nanoseconds.
  public static func offset(_ text: some StringProtocol) -> Int64? {
    let isNegative = text.hasPrefix("-")
    let plain = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : String(text)
    guard plain.first?.isNumber == true, let size = nanoseconds(plain) else { return nil }
    return isNegative ? -size : size
  }

  /// `+2s`, `-500ms`
  public static func offset(_ nanoseconds: Int64) -> String {
    (nanoseconds < 0 ? "-" : "+") + duration(abs(nanoseconds))
  }

  private static let sizes: [(suffix: String, bytes: Double)] = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1)]

  /// Reads `10MB/s`, `512KB/s` into bytes a second. Nil for anything else, a negative one, and over 1 TB.
  public static func bytesPerSecond(_ text: some StringProtocol) -> Int64? {
    guard text.hasSuffix("/s") else { return nil }
    let plain = text.dropLast(2)
    for size in sizes where plain.hasSuffix(size.suffix) {
      guard let number = Double(plain.dropLast(size.suffix.count)), number.isFinite, number >= 0 else { continue }
      let bytes = (number * size.bytes).rounded()
      return bytes <= 1e12 ? Int64(bytes) : nil
    }
    return nil
  }

  /// `10MB/s`
  public static func bytesPerSecond(_ bytes: Int64) -> String {
    for (suffix, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)] as [(String, Int64)]
    where bytes >= size && bytes % size == 0 {
      return "\(bytes / size)\(suffix)/s"
    }
    return "\(bytes)B/s"
  }

  /// `30%`, `0.5%`
  public static func percent(_ share: Double) -> String {
    let percent = (share * 1_000_000).rounded() / 10_000
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }
}
