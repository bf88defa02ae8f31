internal import Concurrency
public import TraceModel

/// A span that failed.
public struct FailedSpan: Sendable, Equatable {
  public var gtxid: GTXID
  public var id: SpanID
  public var service: String
  /// Nanoseconds since the Unix epoch.
  public var end: Int64
  /// What went wrong, in the service's words, or else in what its attributes say; never empty.
  public var message: String

  public init(gtxid: GTXID, id: SpanID, service: String, end: Int64, message: String) {
    (self.gtxid, self.id, self.service) = (gtxid, id, service)
    (self.end, self.message) = (end, message)
  }
}

extension TraceStore {
  /// Of each of these transactions, in their order, and of each service that took part the failed span that ended first,
  /// which is the nearest to the cause. Of a transaction with very many spans only the newest are looked at.
  public func failures(of ids: [GTXID]) -> [FailedSpan] {
    var failures: [FailedSpan] = []
    for start in stride(from: 0, to: ids.count, by: Self.tracesAtATime) {
      let part = ids[start..<min(start + Self.tracesAtATime, ids.count)]
      failures += state.withLock { state in part.flatMap { state.failures(of: $0) } }
    }
    return failures
  }

  /// Others get the lock in between.
  private static let tracesAtATime = 16

  /// The newest transactions in which a span failed, newest first, at most `count`: of those that arrived after number
  /// `arrival`, and of the newest `depth` that are held.
  public func failed(newest count: Int, after arrival: UInt64, depth: Int) -> [TraceSummary] {
    var found: [TraceSummary] = []
    var cursor: TraceCursor?
    var looked = 0
    while looked < depth, found.count < count {
      let isOver = state.withLock { state in
        var slot = state.next(after: cursor)
        for _ in 0..<min(Self.entriesAtATime, depth - looked) {
          guard slot >= 0, found.count < count else { return true }
          let trace = state.traces[slot].pointee
          guard trace.arrival > arrival else { return true }
          if trace.errors > 0 { found.append(state.summary(of: slot)) }
          cursor = TraceCursor(slot: slot, arrival: trace.arrival)
          slot = trace.older
          looked += 1
        }
        return false
      }
      if isOver { break }
    }
    return found
  }

  private static let entriesAtATime = 4_096
}

extension TraceStoreState {
  private static let spansLookedAt = 1_000

  fileprivate func failures(of gtxid: GTXID) -> [FailedSpan] {
    guard let slot = traces.slot(of: gtxid) else { return [] }
    let trace = traces[slot].pointee
    // By service, the earliest; few services fail in one transaction.
    var first: [(symbol: SymbolTable.Symbol, place: SpanReference, end: Int64)] = []
    var (place, looked) = (trace.newestSpan, 0)
    while place != .none, looked < Self.spansLookedAt {
      let segment = segments[place.segment]
      let record = segment.pointee.records[place.row]
      if record.bits.status == .error {
        let symbol = segment.pointee.origins[record.origin].symbol
        if let known = first.firstIndex(where: { $0.symbol == symbol }) {
          if record.end <= first[known].end { first[known] = (symbol, place, record.end) }
        } else {
          first.append((symbol, place, record.end))
        }
      }
      place = record.previous
      looked += 1
    }
    var reader = SpanReader(gtxid: trace.gtxid)
    return first.map { found in
      let span = reader.span(at: found.place, in: segments)
      return FailedSpan(
        gtxid: trace.gtxid, id: span.id, service: span.service, end: found.end, message: span.errorSentence)
    }
  }
}
