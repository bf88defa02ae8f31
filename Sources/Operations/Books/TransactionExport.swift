public import TraceCollector
public import TraceModel

/// The spans of all transactions that a question asks for, store by store, in each the newest first, a slice at a time:
/// there may be millions of them.
public struct TransactionExport: Sendable {
  /// One store with what is asked of it.
  public struct Part: Sendable {
    fileprivate let store: TraceStore
    fileprivate let row: @Sendable (TraceSummary) -> TransactionSummary
    fileprivate var search: TransactionSearch
    /// Of those that were found: how many were handed out.
    fileprivate var taken = 0

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
      guard taken < search.found.count else { return nil }
      taken += 1
      return search.found[taken - 1].gtxid
    }
  }

  private var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  /// The next transactions, each with its spans, as many as are found until `isOver`; nil when there are no more. What was
  /// evicted meanwhile is left out; what has come in since it began may be, too.
  public mutating func next(isOver: () -> Bool) -> [[TraceSpan]]? {
    var transactions: [[TraceSpan]] = []
    while !parts.isEmpty {
      if let id = parts[0].next() {
        let spans = CallTree.build(spans: parts[0].store.spans(of: id)).reportedSpans
        if !spans.isEmpty { transactions.append(spans) }
      } else if parts[0].search.isThrough {
        parts.removeFirst()
      } else {
        let (store, row) = (parts[0].store, parts[0].row)
        parts[0].search.lookOn(in: store, takesNewer: false, row: row, isOver: isOver)
      }
      if isOver() { return transactions }
    }
    return transactions.isEmpty ? nil : transactions
  }
}
