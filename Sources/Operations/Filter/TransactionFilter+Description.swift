extension TransactionFilter: CustomStringConvertible {
  /// As it would be typed; read again it is the same filter.
  public var description: String { expression.text(inside: .either) }
}

extension TransactionFilter.Expression {
  /// What stands around an expression, which decides whether it needs parentheses.
  fileprivate enum Surroundings: Int {
    case either, all, not
  }

  fileprivate func text(inside outer: Surroundings) -> String {
    switch self {
    case .everything: ""
    case .condition(let condition): condition.description
    case .not(let inner): "not " + inner.text(inside: .not)
    case .all(let parts):
      Self.enclosed(parts.map { $0.text(inside: .not) }.joined(separator: " "), if: outer != .either)
    case .any(let parts):
      Self.enclosed(
        parts.map { part in
          if case .any = part { return Self.enclosed(part.text(inside: .either), if: true) }
          return part.text(inside: .either)
        }.joined(separator: " or "), if: outer != .either)
    }
  }

  private static func enclosed(_ text: String, if isNeeded: Bool) -> String { isNeeded ? "(\(text))" : text }
}

extension TransactionFilter.Condition: CustomStringConvertible {
  public var description: String {
    switch self {
    case .duration(let comparison, let limit): "dur\(comparison.rawValue)\(Self.duration(limit))"
    case .hops(let comparison, let limit): "hops\(comparison.rawValue)\(limit)"
    case .errors(let comparison, let limit): "errors\(comparison.rawValue)\(limit)"
    case .text(let field, let match, let value): "\(field.rawValue)\(match.rawValue)\(Self.quoted(value))"
    case .status(let isWanted, let state): "status\(isWanted ? "=" : "!=")\(state.rawValue.lowercased())"
    case .gtxid(let isWanted, let prefix): "gtxid\(isWanted ? "=" : "!=")\(prefix)"
    case .flag(let flag): flag.rawValue
    case .attribute(let name, let test): "@\(name)\(Self.text(test))"
    }
  }

  private static func text(_ test: TransactionFilter.AttributeTest) -> String {
    switch test {
    case .isThere: ""
    case .text(let match, let value): match.rawValue + quoted(value)
    case .number(let comparison, let limit):
      comparison.rawValue + (Int64(exactly: limit).map(String.init) ?? "\(limit)")
    }
  }

  /// In the largest unit of which it is a whole number, so that nothing is rounded.
  private static func duration(_ nanoseconds: Int64) -> String {
    let units: [(String, Int64)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]
    for (suffix, size) in units where nanoseconds >= size && nanoseconds % size == 0 {
      return "\(nanoseconds / size)\(suffix)"
    }
    return "\(nanoseconds)ns"
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.allSatisfy { !$0.isWhitespace && !"()\"\\".contains($0) }
    if isPlain, let first = value.first, !"=!~<>".contains(first) { return value }
    var text = "\""
    for character in value {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return text + "\""
  }
}
