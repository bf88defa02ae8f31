internal import Concurrency

extension TraceStore {
  /// Traces that are looked at before others get the lock: about a millisecond.
  private static let chunk = 512

  /// The newest transactions that `query` wants, newest arrival first, one row each; at most `count`.
  ///
  /// Those of the hidden kinds are left out unless `includingHidden`. What comes in meanwhile may be part of it or not.
  public func summaries(newest count: Int, includingHidden: Bool = false, matching query: TraceQuery)
    -> [TraceSummary]
  {
    guard count > 0 else { return [] }
    let plan = QueryPlan(query)
    var found: [TraceSummary] = []
    var cursor: TraceCursor?
    var hasMore = true
    while hasMore, found.count < count {
      hasMore = state.withLock { state in
        state.collect(
          plan, after: &cursor, atMost: Self.chunk, upTo: count, includingHidden: includingHidden, into: &found)
      }
    }
    return found
  }
}

extension TraceStoreState {
  /// Looks at so many traces behind `cursor`, which moves on; false when there are no more.
  fileprivate func collect(
    _ plan: QueryPlan, after cursor: inout TraceCursor?, atMost looks: Int, upTo count: Int, includingHidden: Bool,
    into found: inout [TraceSummary]
  ) -> Bool {
    var slot = next(after: cursor)
    for _ in 0..<looks where slot >= 0 && found.count < count {
      let trace = traces[slot].pointee
      cursor = TraceCursor(slot: slot, arrival: trace.arrival)
      if includingHidden || !trace.marks.contains(.isHidden), plan.holds(slot, in: self) {
        found.append(summary(of: slot))
      }
      slot = trace.older
    }
    return slot >= 0
  }
}
