/// Durations as Spring Boot reads them from properties.
enum SpringDuration {
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// What is allowed, for a sentence.
  static let requirement =
    "a duration: 10s, 500ms, 1m (units ns, us, ms, s, m, h and d), PT10S, or a whole number of milliseconds"

  /// Reads `10s`, `500ms`, `PT1M30S` or a bare number, which is milliseconds. Nil for anything else, and for what does
  /// not fit in nanoseconds.
  ///
  /// The forms are those of Spring Boot's `DurationStyle`: SIMPLE takes whole numbers with or without a unit in any
  /// case, ISO8601 is `java.time.Duration.parse`.
  static func nanoseconds(_ text: String) -> Int64? {
    let trimmed = text.trimmed
    let unsigned = trimmed.first == "-" || trimmed.first == "+" ? trimmed.dropFirst() : trimmed[...]
    let sign: Int64 = trimmed.first == "-" ? -1 : 1
    guard let first = unsigned.first else { return nil }
    let magnitude = first == "P" || first == "p" ? iso(unsigned.dropFirst()) : simple(unsigned)
    return magnitude.map { sign * $0 }
  }

  private static func simple(_ text: Substring) -> Int64? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let unit = text.dropFirst(digits.count).lowercased()
    guard let number = Int64(digits) else { return nil }
    guard let size = unit.isEmpty ? 1_000_000 : units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
    return product(number, size)
  }

  /// `nDTnHnMn.nS`, each part at most once and in this order; seconds may have a fraction.
  private static func iso(_ text: Substring) -> Int64? {
    var rest = text.uppercased()[...]
    var total: Int64 = 0
    var isInTime = false
    var parts = 0
    var order: [(letter: Character, isTime: Bool, nanoseconds: Int64)] = [
      ("D", false, 86_400_000_000_000), ("H", true, 3_600_000_000_000), ("M", true, 60_000_000_000),
      ("S", true, 1_000_000_000),
    ]
    while !rest.isEmpty {
      if rest.first == "T" {
        guard !isInTime, rest.count > 1 else { return nil }
        isInTime = true
        rest = rest.dropFirst()
        continue
      }
      let number = rest.prefix { !$0.isLetter }
      guard let letter = rest.dropFirst(number.count).first,
        let place = order.firstIndex(where: { $0.letter == letter && $0.isTime == isInTime }),
        let part = amount(number, of: order[place].nanoseconds, mayHaveFraction: letter == "S")
      else { return nil }
      order.removeFirst(place + 1)
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow else { return nil }
      (total, parts) = (sum, parts + 1)
      rest = rest.dropFirst(number.count + 1)
    }
    return parts > 0 ? total : nil
  }

  private static func amount(_ text: Substring, of unit: Int64, mayHaveFraction: Bool) -> Int64? {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int64(halves[0]), let nanoseconds = product(whole, unit) else { return nil }
    guard halves.count == 2 else { return nanoseconds }
    let digits = halves[1]
    guard mayHaveFraction, digits.count <= 9,
      let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)),
      fraction >= 0, !digits.hasPrefix("+")
    else { return nil }
    return nanoseconds + (text.hasPrefix("-") ? -fraction : fraction)
  }

  private static func product(_ number: Int64, _ size: Int64) -> Int64? {
    let (result, overflow) = number.multipliedReportingOverflow(by: size)
    return overflow ? nil : result
  }
}

extension String {
  /// Without blanks at either end.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
