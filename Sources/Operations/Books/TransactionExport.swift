public import TraceCollector
public import TraceModel

/// The spans of all transactions that a question asks for, store by store, in each the newest first, a slice at a time:
/// there may be millions of them. None is kept longer than until it is handed out.
public struct TransactionExport: Sendable {
  /// One store with what is asked of it.
  public struct Part: Sendable {
    fileprivate let store: TraceStore
    fileprivate let row: @Sendable (TraceSummary) -> TransactionSummary
    fileprivate var search: TransactionSearch
    /// What was found and not handed out yet, the newest last.
    private var found: [GTXID] = []

    /// - Parameter spansAreAll: see ``TransactionSearch/init(_:limit:spansAreAll:)``.
    public init(
      _ question: TransactionQuestion, in store: TraceStore, spansAreAll: Bool,
      row: @escaping @Sendable (TraceSummary) -> TransactionSummary
    ) {
      self.store = store
      self.row = row
      search = TransactionSearch(question, limit: .max, spansAreAll: spansAreAll)
    }

    /// Nil when nothing has been found that was not handed out.
    fileprivate mutating func next() -> GTXID? {
      if found.isEmpty { found = search.take().reversed().map(\.gtxid) }
      return found.popLast()
    }
  }

  private var parts: [Part]
  /// Transactions that were found, but evicted before they could be handed out.
  public private(set) var gone = 0

  public init(_ parts: [Part]) { self.parts = parts }

  /// The next transactions, each with its spans, as many as are found until `isOver`; nil when there are no more. What
  /// was evicted meanwhile is left out, and counted as ``gone``; what has come in since it began may be left out, too.
  public mutating func next(isOver: () -> Bool) -> [[TraceSpan]]? {
    var transactions: [[TraceSpan]] = []
    while !parts.isEmpty {
      if let id = parts[0].next() {
        let spans = CallTree.build(spans: parts[0].store.spans(of: id)).reportedSpans
        if spans.isEmpty { gone += 1 } else { transactions.append(spans) }
      } else if parts[0].search.isThrough {
        parts.removeFirst()
      } else {
        let (store, row) = (parts[0].store, parts[0].row)
        // No further than must be: what is found waits here until it is handed out.
        parts[0].search.lookOn(in: store, takesNewer: false, row: row) { true }
      }
      if isOver() { return transactions }
    }
    return transactions.isEmpty ? nil : transactions
  }
}
