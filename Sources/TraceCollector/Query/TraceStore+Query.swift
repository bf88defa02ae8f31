internal import Concurrency
public import TraceModel

extension TraceStore {
  /// The newest transactions that `query` wants, newest arrival first, one row each; at most `count`.
  ///
  /// Those of the hidden kinds are left out unless `includingHidden`. What comes in meanwhile may be part of it or not.
  public func summaries(newest count: Int, includingHidden: Bool = false, matching query: TraceQuery)
    -> [TraceSummary]
  {
    guard count > 0 else { return [] }
    var search = TraceSearch(query, limit: count, includingHidden: includingHidden)
    search.lookOn(in: self, takesNewer: false) { false }
    return search.found
  }

  /// Whether `query` wants the transaction; false when it is unknown or was evicted.
  public func holds(_ query: TraceQuery, for gtxid: GTXID) -> Bool {
    var plan = QueryPlan(query)
    return state.withLock { state in
      state.traces.slot(of: gtxid).map { plan.holds($0, in: state) } ?? false
    }
  }
}
