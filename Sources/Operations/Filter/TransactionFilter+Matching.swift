import TraceModel

extension TransactionFilter {
  /// Whether the transaction is wanted; nil when its row does not tell, but its spans do.
  public func verdict(_ transaction: TransactionSummary) -> Bool? {
    expression.verdict(for: transaction)
  }
}

extension TransactionFilter.Expression {
  func verdict(for transaction: TransactionSummary) -> Bool? {
    switch self {
    case .everything: return true
    case .condition(let condition): return condition.verdict(for: transaction)
    case .not(let inner): return inner.verdict(for: transaction).map(!)
    case .all(let parts): return Self.first(false, among: parts, for: transaction)
    case .any(let parts): return Self.first(true, among: parts, for: transaction)
    }
  }

  /// That verdict when one part has it, the other when all parts have the other, nil otherwise.
  private static func first(_ deciding: Bool, among parts: [Self], for transaction: TransactionSummary) -> Bool? {
    var isDecided = true
    for part in parts {
      guard let verdict = part.verdict(for: transaction) else {
        isDecided = false
        continue
      }
      if verdict == deciding { return deciding }
    }
    return isDecided ? !deciding : nil
  }
}

extension TransactionFilter.Condition {
  /// Nil when only spans tell.
  func verdict(for transaction: TransactionSummary) -> Bool? {
    switch self {
    case .duration(let comparison, let limit): comparison.holds(transaction.duration, limit)
    case .hops(let comparison, let limit): comparison.holds(transaction.hops, limit)
    case .errors(let comparison, let limit): comparison.holds(transaction.errors, limit)
    case .text(.operation, _, _), .attribute: nil
    case .text(let field, let match, let value): match.holds(value) { field.hasText(of: transaction, $0) }
    case .status(let isWanted, let state): (transaction.state == state) == isWanted
    case .gtxid(let isWanted, let prefix): transaction.gtxid.matches(prefix: prefix) == isWanted
    case .flag(let flag): flag.holds(for: transaction)
    }
  }
}

extension TransactionFilter.Flag {
  fileprivate func holds(for transaction: TransactionSummary) -> Bool {
    switch self {
    case .err: transaction.errors > 0 || [.failed, .error, .stuck].contains(transaction.state)
    case .overdue: transaction.isOverdue
    case .external: transaction.isExternal
    }
  }
}

extension TransactionFilter.Field {
  /// Whether one of the texts that the field stands for is as wanted.
  fileprivate func hasText(of transaction: TransactionSummary, _ isWanted: (String) -> Bool) -> Bool {
    switch self {
    case .service: transaction.services.contains(where: isWanted)
    case .operation: preconditionFailure("what was done stands in the spans, not in the row")
    case .user: isWanted(transaction.user)
    case .kind: isWanted(transaction.kind)
    case .error: isWanted(transaction.firstError)
    }
  }
}

extension TransactionFilter.Match {
  /// Whether one of the texts (or, for the two that negate, none of them) is like `value`.
  fileprivate func holds(_ value: String, among hasText: ((String) -> Bool) -> Bool) -> Bool {
    switch self {
    case .equals: hasText { CaseInsensitive.equal($0, value) }
    case .differs: !hasText { CaseInsensitive.equal($0, value) }
    case .contains: hasText { CaseInsensitive.contains($0, value) }
    case .lacks: !hasText { CaseInsensitive.contains($0, value) }
    }
  }
}

extension TransactionFilter.Comparison {
  fileprivate func holds<Number: Comparable>(_ number: Number, _ limit: Number) -> Bool {
    switch self {
    case .equals: number == limit
    case .differs: number != limit
    case .less: number < limit
    case .atMost: number <= limit
    case .greater: number > limit
    case .atLeast: number >= limit
    }
  }
}
