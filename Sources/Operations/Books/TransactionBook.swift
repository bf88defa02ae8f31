internal import Concurrency
public import TraceCollector
public import TraceModel

/// What a system says of its own transactions: their states, which spans alone do not tell. The newest are kept, a
/// bounded number, and beside them all that have not ended. Safe from any thread.
public final class TransactionBook: Sendable {
  private struct State {
    /// In the order in which they began; `first` is the number of the oldest that is kept.
    var entries: [TransactionSummary] = []
    var first = 0
    /// Numbers by id, for looking up only.
    var numbers: [GTXID: Int] = [:]
    /// Older ones that had not ended when the others made room, for looking up only.
    var lasting: [GTXID: TransactionSummary] = [:]
  }

  private let state = Locked(State())
  private let capacity: Int

  public init(capacity: Int) {
    precondition(capacity > 0, "a book of transactions keeps one at least")
    self.capacity = capacity
  }

  public func begin(_ summary: TransactionSummary) {
    state.withLock { state in
      guard state.numbers[summary.gtxid] == nil else { return }
      state.numbers[summary.gtxid] = state.first + state.entries.count
      state.entries.append(summary)
      // In one go, since taking from the front moves all the others.
      if state.entries.count > capacity + capacity / 4 {
        let surplus = state.entries.count - capacity
        for entry in state.entries.prefix(surplus) {
          state.numbers[entry.gtxid] = nil
          if !entry.state.hasEnded { state.lasting[entry.gtxid] = entry }
        }
        state.lasting = state.lasting.filter { !$0.value.state.hasEnded }
        state.entries.removeFirst(surplus)
        state.first += surplus
      }
    }
  }

  /// Changes what is known of a transaction; nothing when it is no longer kept.
  public func update(_ id: GTXID, _ change: (inout TransactionSummary) -> Void) {
    state.withLock { state in
      if let number = state.numbers[id] {
        change(&state.entries[number - state.first])
      } else if var entry = state.lasting[id] {
        change(&entry)
        state.lasting[id] = entry
      }
    }
  }

  public func entry(_ id: GTXID) -> TransactionSummary? {
    state.withLock { state in state.numbers[id].map { state.entries[$0 - state.first] } ?? state.lasting[id] }
  }

  /// What is known of these, in their order; those that are not kept are left out.
  public func entries(_ ids: some Sequence<GTXID>) -> [TransactionSummary] {
    state.withLock { state in
      ids.compactMap { id in state.numbers[id].map { state.entries[$0 - state.first] } ?? state.lasting[id] }
    }
  }

  /// Looks at each of these, in their order, as ``entries(_:)`` does, but makes no list of them. `body` is called with
  /// the lock held: it must not come back to this book.
  public func look(at ids: some Sequence<GTXID>, _ body: (borrowing TransactionSummary) -> Void) {
    state.withLock { state in
      for id in ids {
        if let number = state.numbers[id] {
          body(state.entries[number - state.first])
        } else if let entry = state.lasting[id] {
          body(entry)
        }
      }
    }
  }

  /// The newest `count`, newest first.
  public func newest(_ count: Int) -> [TransactionSummary] {
    state.withLock { state in Array(state.entries.suffix(count).reversed()) }
  }
}

extension TransactionSummary {
  /// Adds what the spans tell: extent, hops, services, errors.
  public mutating func add(_ trace: TraceSummary, now: Int64) {
    hops = trace.hops
    spans = trace.spans
    services = trace.services
    errors = trace.errors
    start = min(start, trace.start)
    duration = state.hasEnded ? max(0, trace.end - start) : max(0, now - start)
    if firstError.isEmpty { firstError = trace.firstError }
    if user.isEmpty { user = trace.user }
  }

  /// One of which nothing is known but its spans.
  public init(_ trace: TraceSummary, now: Int64) {
    let state: TransactionState =
      switch trace.status {
      case .running: .running
      // Something failed behind a root that answered: somebody who looks for errors wants to see it.
      case .ok: trace.errors > 0 ? .error : .ok
      case .error: .error
      }
    self.init(
      gtxid: trace.gtxid, kind: trace.kind.isEmpty ? trace.rootOperation : trace.kind, state: state, start: trace.start,
      duration: max(0, trace.end - trace.start))
    isExternal = true
    add(trace, now: now)
    if state == .running { duration = max(0, trace.end - trace.start) }
  }
}
