import TraceModel

/// Reads a filter by recursive descent: `or`, then `and` (which may be left out), then `not`, then one condition.
struct TransactionFilterParser {
  private typealias Filter = TransactionFilter
  private typealias Token = TransactionFilterLexer.Token

  /// Parentheses and `not`s inside each other: far more than anybody types, far less than the stack holds.
  private static let deepest = 64

  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  init(_ text: String) throws(TransactionFilterError) {
    tokens = try TransactionFilterLexer.tokens(of: text)
  }

  mutating func parse() throws(TransactionFilterError) -> TransactionFilter.Expression {
    if current.kind == .end { return .everything }
    let expression = try alternatives()
    guard current.kind == .end else { throw error("this ) closes nothing") }
    return expression
  }

  private var current: Token { tokens[index] }

  private func error(_ reason: String, at token: Token? = nil) -> TransactionFilterError {
    TransactionFilterError(column: (token ?? current).column, reason)
  }

  private mutating func takes(_ keyword: String) -> Bool {
    guard case .word(let word) = current.kind, word.lowercased() == keyword else { return false }
    index += 1
    return true
  }

  private func isKeyword(_ keyword: String) -> Bool {
    if case .word(let word) = current.kind { word.lowercased() == keyword } else { false }
  }

  private mutating func alternatives() throws(TransactionFilterError) -> TransactionFilter.Expression {
    var parts = [try conjunction()]
    while takes("or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(TransactionFilterError) -> TransactionFilter.Expression {
    var parts = [try negation()]
    while current.kind != .end, current.kind != .close, !isKeyword("or") {
      _ = takes("and")
      parts.append(try negation())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(TransactionFilterError) -> TransactionFilter.Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("more than \(Self.deepest) parentheses inside each other") }
    if takes("not") { return .not(try negation()) }
    guard current.kind == .open else { return .condition(try condition()) }
    let opening = current
    index += 1
    if current.kind == .close { throw error("a condition is missing between ( and )") }
    let inner = try alternatives()
    guard current.kind == .close else { throw error("this ( is not closed", at: opening) }
    index += 1
    return inner
  }

  private mutating func condition() throws(TransactionFilterError) -> TransactionFilter.Condition {
    let token = current
    switch token.kind {
    case .word(let word) where ["and", "or"].contains(word.lowercased()):
      throw error("a condition is missing before \(word)")
    case .word(let word):
      index += 1
      if word.first == "@" { return try attribute(String(word.dropFirst()), isMarked: true, token) }
      if word.contains(".") { return try attribute(word, isMarked: false, token) }
      return try condition(about: word.lowercased(), token)
    case .comparison(let text): throw error("what is to be \(text)? Say dur>500ms or svc=payment")
    case .value(let text): throw error("\"\(text)\" stands alone; say svc=\(text)")
    case .close: throw error("a condition is missing before )")
    case .end: throw error("a condition is missing here, such as err or dur>500ms")
    case .open: preconditionFailure("an opening parenthesis is no condition")
    }
  }

  private mutating func condition(about word: String, _ token: Token) throws(TransactionFilterError)
    -> TransactionFilter.Condition
  {
    if let flag = Filter.Flag(rawValue: word) { return .flag(flag) }
    guard let example = Self.examples[word] else {
      throw error("unknown word \"\(word)\"; there are \(Self.words)", at: token)
    }
    guard case .comparison(let comparison) = current.kind else {
      throw error("\(word) needs a value, such as \(example)")
    }
    let sign = current
    index += 1
    guard case .value(let value) = current.kind else {
      throw error("\(word)\(comparison) needs a value, such as \(example)")
    }
    let place = current
    index += 1
    if let field = Filter.Field(rawValue: word) {
      guard let match = Filter.Match(rawValue: comparison) else { throw error("\(word) takes = != ~ !~", at: sign) }
      return .text(field, match, value)
    }
    switch word {
    case "status", "gtxid":
      guard comparison == "=" || comparison == "!=" else { throw error("\(word) takes = and !=", at: sign) }
      return word == "status"
        ? .status(comparison == "=", try state(value, place))
        : .gtxid(comparison == "=", prefix: try digits(value, place))
    default:
      guard let match = Filter.Comparison(rawValue: comparison) else {
        throw error("\(word) takes = != < <= > >=", at: sign)
      }
      return try number(word, match, value, place)
    }
  }

  /// - Parameter isMarked: it began with `@`, and so may stand alone.
  private mutating func attribute(_ name: String, isMarked: Bool, _ token: Token) throws(TransactionFilterError)
    -> TransactionFilter.Condition
  {
    guard !name.isEmpty else { throw error("name an attribute after @, such as @http.route", at: token) }
    guard case .comparison(let comparison) = current.kind else {
      guard isMarked else { throw error("\(name) needs a value, such as \(name)=200; or say @\(name)") }
      return .attribute(name, .isThere)
    }
    index += 1
    guard case .value(let value) = current.kind else {
      throw error("\(name)\(comparison) needs a value, such as \(name)\(comparison)200")
    }
    let place = current
    index += 1
    if let match = Filter.Match(rawValue: comparison) { return .attribute(name, .text(match, value)) }
    guard let match = Filter.Comparison(rawValue: comparison) else {
      preconditionFailure("\(comparison) compares neither texts nor numbers")
    }
    guard let limit = Double(value), limit.isFinite else {
      throw error("\"\(value)\" is no number; \(comparison) compares numbers, = and ~ texts", at: place)
    }
    return .attribute(name, .number(match, limit))
  }

  private func number(
    _ word: String, _ comparison: TransactionFilter.Comparison, _ value: String, _ place: Token
  ) throws(TransactionFilterError) -> TransactionFilter.Condition {
    if word == "dur" {
      guard let limit = FaultNotation.nanoseconds(value) else {
        throw error("\"\(value)\" is no duration; say 500ms, 2s or 1.5s", at: place)
      }
      return .duration(comparison, limit)
    }
    guard let limit = Int(value), limit >= 0 else {
      throw error("\"\(value)\" is no count; say \(word)>3", at: place)
    }
    return word == "hops" ? .hops(comparison, limit) : .errors(comparison, limit)
  }

  private func state(_ value: String, _ place: Token) throws(TransactionFilterError) -> TransactionState {
    guard let state = TransactionState(rawValue: value.uppercased()) else {
      if TransactionFilter.Flag(rawValue: value.lowercased()) != nil {
        throw error("\(value.lowercased()) is no status, but a word of its own: /\(value.lowercased())", at: place)
      }
      let states = TransactionState.allCases.map { $0.rawValue.lowercased() }.joined(separator: " ")
      throw error("no status \"\(value)\"; there are \(states)", at: place)
    }
    return state
  }

  private func digits(_ value: String, _ place: Token) throws(TransactionFilterError) -> String {
    guard 1...32 ~= value.count, value.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw error("\"\(value)\" begins no GTXID; say 1 to 32 hexadecimal digits", at: place)
    }
    return value.lowercased()
  }

  private static let examples = [
    "dur": "dur>500ms", "hops": "hops>9", "errors": "errors>1", "svc": "svc=payment", "op": "op~charge",
    "status": "status=stuck", "user": "user=kim", "gtxid": "gtxid=8f3a", "kind": "kind=checkout",
    "error": "error~declined",
  ]
  private static let words =
    "err dur svc status op user gtxid kind error hops errors overdue external, and @ before an attribute"
}
