internal import Concurrency
internal import TraceModel

/// Looks through a store for the newest transactions that a query wants, from the newest back, a slice at a time: there
/// are more than should be looked at between two frames.
///
/// Once it has gone through, it can go through again: what came in or changed meanwhile is looked at anew, of the others
/// it knows what it found. Who wants each of very many once takes them out as they are found; then it goes through once
/// only.
public struct TraceSearch: Sendable {
  /// One walk from the newest transaction back.
  private struct Walk: Sendable {
    var found: [TraceSummary] = []
    var cursor: TraceCursor?
    /// The number of the newest transaction; 0 before the first was looked at.
    var newest: UInt64 = 0
    /// What the store's count of changes and its clock stood at when it began.
    var changes: UInt64 = 0
    var began = Int64.min
    var looked = 0
    var isOver = false
    /// How many of those that the walk before has found are newer than the cursor.
    var passed = 0
  }

  private let limit: Int
  private let includingHidden: Bool
  private var plan: QueryPlan
  private var walk = Walk()
  private var before: Walk?
  private var kept = 0
  /// How many were taken out, and are no longer among those that were found.
  public private(set) var taken = 0

  /// Traces that are looked at before others get the lock: about a millisecond.
  private static let chunk = 512

  /// - Parameter limit: transactions that are wanted at most; at least 1.
  public init(_ query: TraceQuery, limit: Int, includingHidden: Bool = false) {
    precondition(limit > 0, "a search looks for one transaction at least, not for \(limit)")
    self.limit = limit
    self.includingHidden = includingHidden
    plan = QueryPlan(query)
  }

  /// Looks on until `isOver` or all were looked at.
  ///
  /// - Parameters:
  ///   - takesNewer: whether it begins anew when it has gone through; what was taken out it could not recall.
  ///   - isWanted: what must hold beside the query; it runs without the store's lock, and must answer the same as long as
  ///     no span comes in.
  public mutating func lookOn(
    in store: TraceStore, takesNewer: Bool, where isWanted: (TraceSummary) -> Bool = { _ in true },
    isOver: () -> Bool
  ) {
    if walk.isOver {
      guard takesNewer, taken == 0 else { return }
      before = walk
      walk = Walk()
    }
    repeat {
      let fresh = store.state.withLock { look(in: $0) }
      for place in fresh.reversed() where !isWanted(walk.found[place]) { walk.found.remove(at: place) }
      if walk.found.count >= limit { walk.isOver = true }
    } while !walk.isOver && !isOver()
  }

  /// The newest that were found, newest first.
  public var found: [TraceSummary] {
    guard !walk.isOver, let before else { return walk.found }
    let older = before.found.dropFirst(walk.passed)
    return Array((walk.found + older).prefix(limit))
  }

  /// Takes out what was found since it was last called, newest first: none of them is kept, however many there are. The
  /// limit is how many may wait for it.
  public mutating func take() -> [TraceSummary] {
    precondition(before == nil, "what is taken out was found in the first walk: the next one recalls what it found")
    defer { walk.found = [] }
    taken += walk.found.count
    return walk.found
  }

  /// Transactions that were looked at, and those that the store holds.
  public var searched: Int { walk.isOver ? walk.looked : max(walk.looked, before?.looked ?? 0) }
  public var held: Int { kept }

  /// False while transactions that were never looked at may belong to the answer.
  public var isComplete: Bool { walk.isOver || before != nil }

  /// Whether it has gone through, and would begin anew.
  public var isThrough: Bool { walk.isOver }

  /// Whether older ones may be wanted, too.
  public var isFull: Bool { found.count >= limit }

  /// Looks at the next few; returns which of those that were found are not recalled, but new.
  private mutating func look(in state: borrowing TraceStoreState) -> [Int] {
    var fresh: [Int] = []
    kept = state.traces.count
    if walk.cursor == nil { (walk.changes, walk.began) = (state.changes, state.latest) }
    var slot = state.next(after: walk.cursor)
    for _ in 0..<Self.chunk where slot >= 0 && walk.found.count < limit {
      let trace = state.traces[slot].pointee
      if walk.cursor == nil { walk.newest = trace.arrival }
      walk.cursor = TraceCursor(slot: slot, arrival: trace.arrival)
      walk.looked += 1
      if let known = recalled(trace, in: state) {
        if let known { walk.found.append(known) }
      } else if includingHidden || !trace.marks.contains(.isHidden), plan.holds(slot, in: state) {
        fresh.append(walk.found.count)
        walk.found.append(state.summary(of: slot))
      }
      slot = trace.older
    }
    if slot < 0 { walk.isOver = true }
    return fresh
  }

  /// What the walk before has found out about a transaction that has not changed since: its row, or that it is not
  /// wanted; nil when it has to be looked at. One that was running then may have ended by time alone.
  private mutating func recalled(_ trace: TraceEntry, in state: borrowing TraceStoreState) -> TraceSummary?? {
    guard let before, let last = before.cursor else { return nil }
    while walk.passed < before.found.count, before.found[walk.passed].arrival > trace.arrival { walk.passed += 1 }
    var row: TraceSummary?
    if walk.passed < before.found.count, before.found[walk.passed].arrival == trace.arrival {
      row = before.found[walk.passed]
      walk.passed += 1
    }
    let wasLookedAt = trace.arrival <= before.newest && trace.arrival >= last.arrival
    guard wasLookedAt, trace.changed <= before.changes, state.hasEnded(trace, by: before.began) else { return nil }
    return .some(row)
  }
}
