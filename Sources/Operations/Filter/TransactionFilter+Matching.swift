import TraceModel

extension TransactionFilter {
  /// Whether the transaction is wanted.
  public func matches(_ transaction: TransactionSummary) -> Bool {
    expression.holds(for: transaction)
  }
}

extension TransactionFilter.Expression {
  fileprivate func holds(for transaction: TransactionSummary) -> Bool {
    switch self {
    case .everything: true
    case .condition(let condition): condition.holds(for: transaction)
    case .not(let inner): !inner.holds(for: transaction)
    case .all(let parts): parts.allSatisfy { $0.holds(for: transaction) }
    case .any(let parts): parts.contains { $0.holds(for: transaction) }
    }
  }
}

extension TransactionFilter.Condition {
  fileprivate func holds(for transaction: TransactionSummary) -> Bool {
    switch self {
    case .duration(let comparison, let limit): comparison.holds(transaction.duration, limit)
    case .hops(let comparison, let limit): comparison.holds(transaction.hops, limit)
    case .errors(let comparison, let limit): comparison.holds(transaction.errors, limit)
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
    case .operation:
      isWanted(transaction.kind) || isWanted(transaction.firstError) || transaction.services.contains(where: isWanted)
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
