internal import TraceCollector

/// What a filter asks of spans, for the store that keeps them; and what remains to be asked of a row.
struct SpanQuestion {
  /// No transaction is wanted for which it does not hold.
  let query: TraceQuery
  /// What must hold beside it.
  let rest: TransactionFilter.Expression

  /// - Parameter spansAreAll: whether rows are made of spans alone. Otherwise the system knows more of its transactions:
  ///   how they stand, of which kind they are, since when they run.
  init(_ filter: TransactionFilter, spansAreAll: Bool) {
    let parts: [TransactionFilter.Expression] =
      if case .all(let parts) = filter.expression { parts } else { [filter.expression] }
    query = .all(parts.map { $0.necessary(isWanted: true, spansAreAll) })
    rest = .all(parts.filter { !$0.isToldBySpans(spansAreAll) })
  }

  /// Whether the row, for which the query holds, is wanted.
  /// - Parameter holds: asks the store about that transaction's spans.
  func lets(through row: TransactionSummary, _ holds: (TraceQuery) -> Bool) -> Bool {
    rest.verdict(for: row) ?? holds(rest.query(given: row))
  }
}

extension TransactionFilter.Expression {
  fileprivate func isToldBySpans(_ spansAreAll: Bool) -> Bool {
    switch self {
    case .everything: true
    case .condition(let condition): condition.query(spansAreAll) != nil
    case .not(let inner): inner.isToldBySpans(spansAreAll)
    case .all(let parts), .any(let parts): parts.allSatisfy { $0.isToldBySpans(spansAreAll) }
    }
  }

  /// What holds of every transaction for which this holds (or, not wanted, does not hold).
  fileprivate func necessary(isWanted: Bool, _ spansAreAll: Bool) -> TraceQuery {
    switch self {
    case .everything: return isWanted ? .everything : .any([])
    case .condition(let condition):
      guard let query = condition.query(spansAreAll) else { return .everything }
      return isWanted ? query : .not(query)
    case .not(let inner): return inner.necessary(isWanted: !isWanted, spansAreAll)
    case .all(let parts):
      let queries = parts.map { $0.necessary(isWanted: isWanted, spansAreAll) }
      return isWanted ? .all(queries) : .any(queries)
    case .any(let parts):
      let queries = parts.map { $0.necessary(isWanted: isWanted, spansAreAll) }
      return isWanted ? .any(queries) : .all(queries)
    }
  }

  /// What remains to be asked of the spans when all is known that the row tells.
  fileprivate func query(given row: TransactionSummary) -> TraceQuery {
    switch self {
    case .everything: .everything
    case .condition(let condition):
      condition.verdict(for: row).map { $0 ? .everything : .any([]) } ?? condition.query(true) ?? .any([])
    case .not(let inner): .not(inner.query(given: row))
    case .all(let parts): .all(parts.map { $0.query(given: row) })
    case .any(let parts): .any(parts.map { $0.query(given: row) })
    }
  }
}

extension TransactionFilter.Condition {
  /// The same asked of spans; nil when they do not tell.
  fileprivate func query(_ spansAreAll: Bool) -> TraceQuery? {
    switch self {
    case .hops(let comparison, let limit): .hops(comparison.comparison, limit)
    case .errors(let comparison, let limit): .errors(comparison.comparison, limit)
    case .gtxid(let isWanted, let prefix): isWanted ? .id(prefix: prefix) : .not(.id(prefix: prefix))
    case .text(.service, let match, let value): match.query(value) { .service($0) }
    case .text(.operation, let match, let value): match.query(value) { .operation($0) }
    case .attribute(let name, let test): test.query(of: name)
    case .duration(let comparison, let limit): spansAreAll ? .duration(comparison.comparison, limit) : nil
    case .text(.user, let match, let value): spansAreAll ? match.query(value) { .user($0) } : nil
    case .text(.kind, let match, let value): spansAreAll ? match.query(value, Self.kind) : nil
    case .text(.error, let match, let value): spansAreAll ? match.query(value) { .firstError($0) } : nil
    case .status(let isWanted, let state):
      spansAreAll ? (isWanted ? Self.state(state) : .not(Self.state(state))) : nil
    case .flag(let flag): spansAreAll ? Self.flag(flag) : nil
    }
  }

  /// As ``TransactionSummary/init(_:now:)`` has it: what tells no kind is called by what its root did.
  private static func kind(_ match: TraceQuery.TextMatch) -> TraceQuery {
    let isUntold = TraceQuery.kind(.equals(""))
    return .any([.all([isUntold, .rootOperation(match)]), .all([.not(isUntold), .kind(match)])])
  }

  private static func state(_ state: TransactionState) -> TraceQuery {
    switch state {
    case .running: .status(.running)
    case .ok: .all([.status(.ok), .errors(.equal, 0)])
    case .error: .any([.status(.error), .all([.status(.ok), .errors(.greater, 0)])])
    case .committed, .rejected, .compensating, .compensated, .failed, .stuck: .any([])
    }
  }

  private static func flag(_ flag: TransactionFilter.Flag) -> TraceQuery {
    switch flag {
    case .err: .any([.errors(.greater, 0), .status(.error)])
    case .overdue: .any([])
    case .external: .everything
    }
  }
}

extension TransactionFilter.Match {
  fileprivate func query(_ value: String, _ query: (TraceQuery.TextMatch) -> TraceQuery) -> TraceQuery {
    switch self {
    case .equals: query(.equals(value))
    case .differs: .not(query(.equals(value)))
    case .contains: query(.contains(value))
    case .lacks: .not(query(.contains(value)))
    }
  }
}

extension TransactionFilter.AttributeTest {
  fileprivate func query(of name: String) -> TraceQuery {
    switch self {
    case .isThere: .attribute(name, .exists)
    case .number(let comparison, let limit): .attribute(name, .number(comparison.comparison, limit))
    case .text(let match, let value): match.query(value) { Self.query(of: name, $0) }
    }
  }

  /// 200 is 200.0, too.
  private static func query(of name: String, _ match: TraceQuery.TextMatch) -> TraceQuery {
    guard case .equals(let value) = match, let number = Double(value), number.isFinite else {
      return .attribute(name, .text(match))
    }
    return .any([.attribute(name, .text(match)), .attribute(name, .number(.equal, number))])
  }
}

extension TransactionFilter.Comparison {
  fileprivate var comparison: TraceQuery.Comparison {
    switch self {
    case .equals: .equal
    case .differs: .notEqual
    case .less: .less
    case .atMost: .atMost
    case .greater: .greater
    case .atLeast: .atLeast
    }
  }
}
