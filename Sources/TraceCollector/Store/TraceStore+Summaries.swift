internal import Concurrency
public import TraceModel

extension TraceStore {
  /// The row of one transaction; nil when it is unknown or was evicted.
  public func summary(of gtxid: GTXID) -> TraceSummary? {
    state.withLock { state in
      state.traces.slot(of: gtxid).map { state.summary(of: $0) }
    }
  }

  /// The rows of these transactions, in their order, under one lock; nil for each that is unknown or was evicted.
  public func summaries(of ids: [GTXID]) -> [TraceSummary?] {
    state.withLock { state in
      ids.map { id in state.traces.slot(of: id).map { state.summary(of: $0) } }
    }
  }

  /// The same. Rows of transactions that have ended, and of which nothing came in since, are those of `known`, which
  /// holds what was answered afterwards, and nothing else.
  public func summaries(of ids: [GTXID], known: inout KnownSummaries) -> [TraceSummary?] {
    state.withLock { state in
      var answered = KnownSummaries(roomFor: ids.count)
      let rows = ids.map { id in
        state.traces.slot(of: id).map { slot in
          let row = known.row(of: id, in: state, at: slot) ?? KnownSummaries.Row(of: slot, in: state)
          answered.rows[id] = row
          return row.summary
        }
      }
      known = answered
      return rows
    }
  }

  /// The transactions whose id begins with `prefix`, as ``GTXID/Prefix/matches(_:)`` has it, newest first.
  public func find(prefix: String, limit: Int = 100) -> [GTXID] {
    guard let prefix = GTXID.Prefix(prefix) else { return [] }
    return state.withLock { state in
      var found: [GTXID] = []
      var slot = state.traces.newest
      while slot >= 0, found.count < limit {
        let trace = state.traces[slot].pointee
        if prefix.matches(trace.gtxid) { found.append(trace.gtxid) }
        slot = trace.older
      }
      return found
    }
  }

  /// The newest transactions that `isIncluded`, newest arrival first, one row each.
  ///
  /// Those of the hidden kinds are left out unless `includingHidden`. The filter runs without the lock; it sees one
  /// row after the other until `count` are found.
  public func summaries(
    newest count: Int, includingHidden: Bool = false, where isIncluded: (TraceSummary) -> Bool = { _ in true }
  ) -> [TraceSummary] {
    guard count > 0 else { return [] }
    var found: [TraceSummary] = []
    var cursor: TraceCursor?
    while found.count < count {
      let chunk = state.withLock { $0.summaries(after: &cursor, atMost: max(64, min(count - found.count, 1_024))) }
      guard !chunk.isEmpty else { break }
      for summary in chunk where found.count < count {
        if includingHidden || !hiddenKinds.contains(summary.kind), isIncluded(summary) { found.append(summary) }
      }
    }
    return found
  }
}

/// Rows as one store has answered them, for who asks it for much the same again and again.
public struct KnownSummaries: Sendable {
  struct Row: Sendable {
    var summary: TraceSummary
    /// ``TraceEntry/changed`` of the trace when the row was made.
    let changed: UInt64

    init(of slot: Int32, in state: borrowing TraceStoreState) {
      summary = state.summary(of: slot)
      changed = state.traces[slot].pointee.changed
    }
  }

  var rows: [GTXID: Row] = [:]

  public init() {}

  fileprivate init(roomFor count: Int) { rows.reserveCapacity(count) }

  /// The row of the trace in `slot`, where it would come out the same today: what is running ends by time alone.
  fileprivate func row(of id: GTXID, in state: borrowing TraceStoreState, at slot: Int32) -> Row? {
    let trace = state.traces[slot].pointee
    guard let row = rows[id], row.summary.arrival == trace.arrival, row.changed == trace.changed,
      row.summary.status != .running
    else { return nil }
    return row
  }
}

/// Where a walk from the newest trace to the oldest has come to.
struct TraceCursor {
  var slot: Int32
  var arrival: UInt64
}

extension TraceStoreState {
  /// The rows of the traces that come after `cursor`, which moves on; none at the end.
  func summaries(after cursor: inout TraceCursor?, atMost count: Int) -> [TraceSummary] {
    collect(from: next(after: cursor), into: &cursor, atMost: count)
  }

  /// The trace behind `cursor`, the newest where there is none; −1 at the end.
  func next(after cursor: TraceCursor?) -> Int32 {
    guard let last = cursor else { return traces.newest }
    // When it was evicted meanwhile, the walk goes on where it stood.
    let isHeld = traces.isHeld(last.slot, arrival: last.arrival)
    return isHeld ? traces[last.slot].pointee.older : traces.newest(olderThan: last.arrival)
  }

  private func collect(from slot: Int32, into cursor: inout TraceCursor?, atMost count: Int) -> [TraceSummary] {
    var rows: [TraceSummary] = []
    var slot = slot
    while slot >= 0, rows.count < count {
      rows.append(summary(of: slot))
      cursor = TraceCursor(slot: slot, arrival: traces[slot].pointee.arrival)
      slot = traces[slot].pointee.older
    }
    return rows
  }

  func summary(of slot: Int32) -> TraceSummary {
    let trace = traces[slot].pointee
    var reader = SpanReader(gtxid: trace.gtxid)
    let root = reader.span(at: trace.root, in: segments)
    var summary = TraceSummary(
      gtxid: trace.gtxid, arrival: trace.arrival, rootService: root.service, rootOperation: root.operation,
      kind: root[attribute: AttributeName.kind]?.description ?? "",
      user: root[attribute: AttributeName.user]?.description ?? "", start: trace.start, end: trace.end,
      spans: Int(trace.spans), hops: Int(trace.highestHop > 0 ? trace.highestHop : trace.crossings),
      services: services(of: trace), errors: Int(trace.errors), firstError: "", firstErrorService: "",
      orphans: Int(trace.orphans), hasRoot: trace.marks.contains(.hasRoot), status: status(of: trace))
    if trace.firstError != .none {
      let span = trace.firstError == trace.root ? root : reader.span(at: trace.firstError, in: segments)
      summary.firstError = span.errorSentence
      summary.firstErrorService = span.service
    }
    return summary
  }

  /// By the start of each one's first span.
  private func services(of trace: TraceEntry) -> [String] {
    var found = FoundServices(limit: settings.servicesPerTrace)
    var reference = trace.newestSpan
    while reference != .none {
      let record = segments[reference].pointee
      let segment = segments[reference.segment]
      if segment.pointee.origins[record.origin].service != TextDictionary.empty {
        found.note(segment.pointee.service(record), start: record.start) {
          String(decoding: segment.pointee.serviceText(record), as: UTF8.self)
        }
      }
      reference = record.previous
    }
    return found.inOrder.map { $0.symbol == SymbolTable.other ? $0.text : symbols[$0.symbol] }
  }

  /// Whether a trace counts as ended at `time`, on the store's clock: if no span comes in, it does so from then on.
  func hasEnded(_ trace: TraceEntry, by time: Int64) -> Bool {
    let (quiet, isLong) = time.subtractingReportingOverflow(trace.lastArrival)
    return trace.marks.contains(.rootEnded) || (isLong ? time > 0 : quiet > settings.quietAfter)
  }

  func status(of trace: TraceEntry) -> TraceSummary.Status {
    if hasEnded(trace, by: latest) {
      let hasRoot = trace.marks.contains(.hasRoot)
      let rootFailed = trace.marks.contains(.rootFailed) || trace.consumerErrors > 0
      return (hasRoot ? rootFailed : trace.errors > 0) ? .error : .ok
    }
    return .running
  }
}
