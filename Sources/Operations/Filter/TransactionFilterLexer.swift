/// Cuts a filter into words, operators with their values, and parentheses.
struct TransactionFilterLexer {
  struct Token: Equatable {
    enum Kind: Equatable {
      case word(String)
      case comparison(String)
      /// What follows an operator.
      case value(String)
      case open, close, end
    }

    var kind: Kind
    /// Counted from 1.
    var column: Int
  }

  private let characters: [Character]
  private var index = 0

  private init(_ text: String) {
    characters = Array(text)
  }

  /// The tokens; the last is always `end`.
  static func tokens(of text: String) throws(TransactionFilterError) -> [Token] {
    var lexer = TransactionFilterLexer(text)
    var tokens: [Token] = []
    while let token = try lexer.next() { tokens.append(token) }
    tokens.append(Token(kind: .end, column: lexer.characters.count + 1))
    return tokens
  }

  private var current: Character? { index < characters.count ? characters[index] : nil }

  private mutating func next() throws(TransactionFilterError) -> Token? {
    while let character = current, character.isWhitespace { index += 1 }
    guard let character = current else { return nil }
    let column = index + 1
    if isAfterComparison { return Token(kind: .value(try value()), column: column) }
    switch character {
    case "(":
      index += 1
      return Token(kind: .open, column: column)
    case ")":
      index += 1
      return Token(kind: .close, column: column)
    case _ where Self.isComparison(character):
      let text = run { Self.isComparison($0) }
      guard Self.comparisons.contains(text) else {
        throw TransactionFilterError(column: column, "\"\(text)\" compares nothing; there are = != ~ !~ < <= > >=")
      }
      isAfterComparison = true
      return Token(kind: .comparison(text), column: column)
    default:
      return Token(
        kind: .word(run { !$0.isWhitespace && !"()".contains($0) && !Self.isComparison($0) }), column: column)
    }
  }

  private var isAfterComparison = false
  private static let comparisons: Set<String> = ["=", "!=", "~", "!~", "<", "<=", ">", ">="]

  private static func isComparison(_ character: Character) -> Bool { "=!~<>".contains(character) }

  private mutating func run(while isPart: (Character) -> Bool) -> String {
    var text = ""
    while let character = current, isPart(character) {
      text.append(character)
      index += 1
    }
    return text
  }

  /// Up to a blank or a parenthesis, or, in double quotes, up to the closing one.
  private mutating func value() throws(TransactionFilterError) -> String {
    isAfterComparison = false
    guard current == "\"" else { return run { !$0.isWhitespace && !"()".contains($0) } }
    let column = index + 1
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
    throw TransactionFilterError(column: column, "this quotation mark is not closed")
  }
}
