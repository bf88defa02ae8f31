public import TraceCollector

/// Which transactions are looked for.
public struct TransactionQuestion: Sendable, Equatable {
  public var filter: TransactionFilter
  /// Those that had begun by then, in nanoseconds since the Unix epoch; nil for all.
  public var until: Int64?

  public init(_ filter: TransactionFilter, until: Int64? = nil) {
    (self.filter, self.until) = (filter, until)
  }
}

/// Looks through the spans of a system for the newest transactions that are asked for, a slice at a time.
public struct TransactionSearch: Sendable {
  /// How the row of a transaction comes about.
  public typealias Row = (TraceSummary) -> TransactionSummary

  public let question: TransactionQuestion
  public let limit: Int
  private let asked: SpanQuestion
  private var search: TraceSearch
  private var unknownAttributes: [UnknownAttribute] = []
  /// How often it was looked on in vain since attributes were last asked for.
  private var looksInVain = 0

  /// - Parameters:
  ///   - limit: transactions that are wanted at most; at least 1.
  ///   - spansAreAll: whether rows are made of spans alone. Otherwise the system knows more of its transactions, and every
  ///     row for which the spans leave the question open is looked at.
  public init(_ question: TransactionQuestion, limit: Int, spansAreAll: Bool) {
    (self.question, self.limit) = (question, limit)
    asked = SpanQuestion(question.filter, spansAreAll: spansAreAll)
    let query = asked.query
    search = TraceSearch(question.until.map { .all([.start(.atMost, $0), query]) } ?? query, limit: limit)
  }

  /// Looks on until `isOver` or all was looked at, and, having gone through, begins anew if it `takesNewer`.
  public mutating func lookOn(in store: TraceStore, takesNewer: Bool, row: Row, isOver: () -> Bool) {
    let asked = asked
    search.lookOn(in: store, takesNewer: takesNewer) { trace in
      asked.lets(through: row(trace)) { store.holds($0, for: trace.gtxid) }
    } isOver: {
      isOver()
    }
    noteUnknownAttributes(in: store)
  }

  /// All names that are kept are looked through for it: not with each frame.
  private static let looksBetween = 16

  private mutating func noteUnknownAttributes(in store: TraceStore) {
    guard search.isComplete, search.found.isEmpty, search.taken == 0 else {
      (unknownAttributes, looksInVain) = ([], 0)
      return
    }
    // What was not found before is looked for anew: it stays unknown until that has come to an end.
    guard search.isThrough else { return }
    if looksInVain % Self.looksBetween == 0 { unknownAttributes = question.filter.unknownAttributes(in: store) }
    looksInVain += 1
  }

  /// Takes out what was found since it was last called, newest first; see ``TraceSearch/take()``.
  mutating func take() -> [TraceSummary] { search.take() }

  /// Whether all were looked at.
  var isThrough: Bool { search.isThrough }

  public func answer(row: Row) -> TransactionAnswer {
    var answer = TransactionAnswer(search.found.map(row))
    answer.searched = search.searched
    answer.held = search.held
    answer.isComplete = search.isComplete
    answer.isThrough = search.isThrough
    answer.isFull = search.isFull
    answer.unknownAttributes = unknownAttributes
    return answer
  }
}

/// What was found among the transactions so far.
public struct TransactionAnswer: Sendable {
  /// Newest first.
  public var rows: [TransactionSummary]
  /// Transactions that were looked at, and those that there are.
  public var searched = 0
  public var held = 0
  /// False while transactions that were not looked at may belong to the answer.
  public var isComplete = true
  /// False while it is still being looked through, be it once more for what has changed.
  public var isThrough = true
  /// As many were found as were wanted: older ones may be among them, too.
  public var isFull = false
  /// Where none was found: the attributes that were asked for and that no span has.
  public var unknownAttributes: [UnknownAttribute] = []

  public init(_ rows: [TransactionSummary] = []) {
    self.rows = rows
  }

  /// What was found in two places: those of the other one stand behind its own.
  public func joined(with other: TransactionAnswer, limit: Int) -> TransactionAnswer {
    var joined = TransactionAnswer(Array((rows + other.rows).prefix(limit)))
    joined.searched = searched + other.searched
    joined.held = held + other.held
    joined.isComplete = isComplete && other.isComplete
    joined.isThrough = isThrough && other.isThrough
    joined.isFull = isFull || other.isFull || rows.count + other.rows.count > limit
    if joined.rows.isEmpty {
      joined.unknownAttributes = unknownAttributes.compactMap { own in
        other.unknownAttributes.first { $0.name == own.name }.map { there in
          UnknownAttribute(
            own.name, nearest: Array((own.nearest + there.nearest.filter { !own.nearest.contains($0) }).prefix(3)))
        }
      }
    }
    return joined
  }
}
