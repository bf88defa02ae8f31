/// Durations as Spring Boot reads them from properties.
enum SpringDuration {
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// What is allowed, for a sentence.
  static let requirement =
    "a duration: 10s, 500ms, 1m (units ns, us, ms, s, m, h and d), PT10S, or a whole number of milliseconds"

  /// What is allowed of one that is longer than `WaitInterval.longest`, for a sentence.
  static let limit = "at most 36500d, which is 100 years"

  /// Reads `10s`, `500ms`, `PT1M30S` or a bare number, which is milliseconds. Nil for anything else; what does not fit
  /// in nanoseconds is the largest or the smallest number that does.
  ///
  /// The forms are those of Spring Boot's `DurationStyle`: SIMPLE takes whole numbers with or without a unit in any
  /// case, ISO8601 is `java.time.Duration.parse`.
  static func nanoseconds(_ text: String) -> Int64? {
    let trimmed = text.trimmed
    let unsigned = trimmed.first == "-" || trimmed.first == "+" ? trimmed.dropFirst() : trimmed[...]
    let sign: Int64 = trimmed.first == "-" ? -1 : 1
    guard let first = unsigned.first else { return nil }
    let magnitude = first == "P" || first == "p" ? iso(unsigned.dropFirst()) : simple(unsigned)
    return magnitude.map { sign.saturatingMultiply($0) }
  }

  private static func simple(_ text: Substring) -> Int64? {
    let digits = text.prefix(while: \.isDigit)
    let unit = text.dropFirst(digits.count).lowercased()
    guard let number = whole(digits) else { return nil }
    guard let size = unit.isEmpty ? 1_000_000 : units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
    return number.saturatingMultiply(size)
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
      (total, parts) = (total.saturatingAdd(part), parts + 1)
      rest = rest.dropFirst(number.count + 1)
    }
    return parts > 0 ? total : nil
  }

  private static func amount(_ text: Substring, of unit: Int64, mayHaveFraction: Bool) -> Int64? {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let nanoseconds = whole(halves[0])?.saturatingMultiply(unit) else { return nil }
    guard halves.count == 2 else { return nanoseconds }
    let digits = halves[1]
    guard mayHaveFraction, digits.count <= 9, digits.allSatisfy(\.isDigit),
      let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count))
    else { return nil }
    return nanoseconds.saturatingAdd(text.hasPrefix("-") ? -fraction : fraction)
  }

  /// A whole number with or without its sign, or the nearest to it that fits.
  private static func whole(_ text: Substring) -> Int64? {
    let isNegative = text.first == "-"
    let digits = isNegative || text.first == "+" ? text.dropFirst() : text
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
    return Int64(text) ?? (isNegative ? .min : .max)
  }
}

extension Character {
  /// One of 0 to 9, and of no other script's digits.
  var isDigit: Bool { isASCII && isWholeNumber }
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
