// TraceCollector: keeps the spans that services report, by transaction and within a budget of bytes, and answers from
// them: lists, call trees, critical paths, rates and percentiles, who calls whom. It never receives from a network,
// never draws, and never asks a clock: time is passed in.

internal import Concurrency
public import TraceModel

/// Spans by transaction, with a bound in bytes.
///
/// Safe from any thread: one lock for each batch and each question. Equal input gives equal answers in every process.
///
/// What is full forgets whole transactions: the oldest first, and those that failed or are among the slowest of their
/// root's operation last, as long as these hold no more than half of the budget. Everything dropped is counted.
public final class TraceStore: Sendable {
  let state: Locked<TraceStoreState>
  let hiddenKinds: [String]

  /// A budget of less than 65,536 bytes is refused with a stop of the program.
  public init(_ settings: TraceStoreSettings) {
    hiddenKinds = settings.hiddenKinds
    state = Locked(TraceStoreState(settings))
  }

  /// `budget` in bytes, at least 65,536.
  public convenience init(budget: Int, hiddenKinds: [String] = []) {
    var settings = TraceStoreSettings(budget: budget)
    settings.hiddenKinds = hiddenKinds
    self.init(settings)
  }

  /// Takes a batch, in any order; spans of one transaction may come in many batches. `now` is when it came.
  ///
  /// A span that ends after `now` counts as ended now in rates and percentiles.
  public func add(_ spans: [TraceSpan], now: Int64) {
    add(SpanBatch(spans), now: now)
  }

  /// The same for spans that were laid out before. A large batch gives others the lock now and then.
  public func add(_ batch: SpanBatch, now: Int64) {
    for begin in stride(from: 0, to: batch.count, by: Self.spansAtATime) {
      let end = min(begin + Self.spansAtATime, batch.count)
      let left = state.withLock { $0.add(batch, begin..<end, now: now) }
      // An index that is made takes as long as its trace is large: others get the lock after each.
      for places in batch.byTrace(left) {
        _ = state.withLock { $0.add(batch, places, now: now, isRest: true) }
      }
    }
  }

  /// A few milliseconds.
  private static let spansAtATime = 4_096

  /// The spans of one transaction as they were put in, in that order; none when it is unknown or was evicted.
  ///
  /// An id of 64 bits finds the transaction whose low half it is, and the other way round.
  public func spans(of gtxid: GTXID) -> [TraceSpan] {
    var reading = TraceReading(gtxid)
    // A large trace takes long: others get the lock in between.
    while state.withLock({ $0.read(&reading) }) {}
    return reading.spans
  }

  /// What the store holds, and what became of all it was given.
  public var statistics: TraceStoreStatistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.unnamed = state.red.others
      statistics.unlinked = state.graph.leftOut
      statistics.traces = state.traces.count
      statistics.spans = state.spans
      statistics.orphans = state.orphans
      statistics.bytes = state.bytes
      statistics.budget = state.settings.budget
      statistics.figureBytes = state.red.bytes + state.instances.bytes + state.graph.bytes
      return statistics
    }
  }
}
