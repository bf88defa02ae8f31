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
    case .text(let field, let match, let value): match.holds(field.texts(of: transaction), value.lowercased())
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
  fileprivate func texts(of transaction: TransactionSummary) -> [String] {
    switch self {
    case .service: transaction.services
    case .operation: [transaction.kind, transaction.firstError] + transaction.services
    case .user: [transaction.user]
    case .kind: [transaction.kind]
    case .error: [transaction.firstError]
    }
  }
}

extension TransactionFilter.Match {
  /// Whether one of the texts (or, for the two that negate, none of them) is like `value`, which is in lower case.
  fileprivate func holds(_ texts: [String], _ value: String) -> Bool {
    switch self {
    case .equals: texts.contains { $0.lowercased() == value }
    case .differs: !texts.contains { $0.lowercased() == value }
    case .contains: texts.contains { $0.lowercased().contains(value) }
    case .lacks: !texts.contains { $0.lowercased().contains(value) }
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
