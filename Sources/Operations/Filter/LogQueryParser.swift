/// Reads the language of ``LogQuery``.
struct LogQueryParser {
  private let characters: [Character]
  private var index = 0

  init(_ text: String) {
    characters = Array(text)
  }

  private var current: Character? { index < characters.count ? characters[index] : nil }

  mutating func parse() throws(LogQueryError) -> [LogQuery.Term] {
    var terms: [LogQuery.Term] = []
    while true {
      while let character = current, character.isWhitespace { index += 1 }
      guard current != nil else { return terms }
      terms.append(try term())
    }
  }

  private func error(_ reason: String, at column: Int? = nil) -> LogQueryError {
    LogQueryError(column: (column ?? index) + 1, reason: reason)
  }

  private mutating func term() throws(LogQueryError) -> LogQuery.Term {
    var isWanted = true
    if current == "-" {
      // A single dash is looked for as it stands.
      guard index + 1 < characters.count, !characters[index + 1].isWhitespace else {
        index += 1
        return LogQuery.Term(.word("-"))
      }
      isWanted = false
      index += 1
    }
    return LogQuery.Term(try condition(), isWanted: isWanted)
  }

  private mutating func condition() throws(LogQueryError) -> LogQuery.Condition {
    let start = index
    if current == "\"" { return .word(try quotation()) }
    let word = run { !$0.isWhitespace && !"=<>!\"".contains($0) }
    let sign = run { "=<>!".contains($0) }
    if sign.isEmpty { return try plain(word, at: start) }
    guard let comparison = LogQuery.Comparison(rawValue: sign), !word.isEmpty else {
      return try misread(word, sign, at: start)
    }
    return try field(word.lowercased(), comparison, at: start)
  }

  private mutating func plain(_ word: String, at start: Int) throws(LogQueryError) -> LogQuery.Condition {
    if current == "\"" { throw error("a quotation begins in the middle of a word; leave a blank before it") }
    if word.first == "#", word.count > 1 {
      guard let hop = UInt32(word.dropFirst()) else { throw error("\"\(word)\" is no hop; say #4", at: start) }
      return .hop(hop)
    }
    return .word(word)
  }

  private func misread(_ word: String, _ sign: String, at start: Int) throws(LogQueryError) -> LogQuery.Condition {
    throw error("\"\(word)\(sign)\" means nothing here; in quotes it is looked for as it stands", at: start)
  }

  private mutating func field(
    _ word: String, _ comparison: LogQuery.Comparison, at start: Int
  ) throws(LogQueryError) -> LogQuery.Condition {
    guard let example = Self.examples.first(where: { $0.word == word })?.example else {
      throw error(
        "unknown word \"\(word)\"; there are \(Self.words); in quotes it is looked for as it stands", at: start)
    }
    guard word == "level" || comparison == .equals else {
      throw error("\(word) takes = alone: \(example), or -\(example) for all others", at: start)
    }
    let place = index
    let values = try values()
    guard let value = values.first, !value.isEmpty else { throw error("\(word) needs a value, such as \(example)") }
    switch word {
    case "svc": return .service(values)
    case "inst": return .instance(values)
    case "text": return .text(values.joined(separator: ","))
    case "level":
      guard let level = Self.level(value) else {
        throw error("no level \"\(value)\"; there are debug, info, warn, error", at: place)
      }
      return .level(comparison, level)
    case "hop":
      guard let hop = UInt32(value) else { throw error("\"\(value)\" is no hop; say hop=4", at: place) }
      return .hop(hop)
    default:
      guard 1...32 ~= value.count, value.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
        throw error("\"\(value)\" begins no GTXID; say 1 to 32 hexadecimal digits", at: place)
      }
      return .gtxid(value.lowercased())
    }
  }

  /// What follows a comparison: one or more, with commas between.
  private mutating func values() throws(LogQueryError) -> [String] {
    var values: [String] = []
    while true {
      values.append(current == "\"" ? try quotation() : run { !$0.isWhitespace && $0 != "," })
      guard current == "," else { return values }
      index += 1
    }
  }

  private mutating func quotation() throws(LogQueryError) -> String {
    let start = index
    index += 1
    var text = ""
    while let character = current {
      index += 1
      switch character {
      case "\"": return text
      case "\\":
        guard let escaped = current else { break }
        text.append(escaped)
        index += 1
      default: text.append(character)
      }
    }
    throw error("this quotation mark is not closed", at: start)
  }

  private mutating func run(while isPart: (Character) -> Bool) -> String {
    var text = ""
    while let character = current, isPart(character) {
      text.append(character)
      index += 1
    }
    return text
  }

  private static func level(_ word: String) -> LogLine.Level? {
    let word = word.lowercased()
    return LogLine.Level(rawValue: word == "warning" ? "warn" : word == "err" ? "error" : word)
  }

  private static let examples: [(word: String, example: String)] = [
    ("level", "level>=warn"), ("svc", "svc=payment"), ("inst", "inst=payment-2"), ("gtxid", "gtxid=8f3a"),
    ("hop", "hop=4"), ("text", "text=timeout"),
  ]
  private static let words = examples.map(\.word).joined(separator: " ")
}
