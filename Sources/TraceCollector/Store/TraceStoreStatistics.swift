/// What went into a store and what became of it, since it was made.
///
/// `received` = `accepted` + `duplicates` + `late` + `overflowed`.
public struct TraceStoreStatistics: Sendable, Equatable, Codable {
  public var received = 0
  public var accepted = 0
  /// Same transaction, id, kind and shared flag as a span that is already there, and nothing new in it; also what comes to
  /// an id of a transaction of more than 2,048 spans again.
  public var duplicates = 0
  /// Came after their transaction was evicted.
  public var late = 0
  /// Beyond what one transaction may hold.
  public var overflowed = 0
  public var evictedTraces = 0
  public var evictedSpans = 0
  /// Calls of services and operations for which the figures had no room: they count as those of `(other)`.
  public var unnamed = 0
  /// Calls and records between pairs of services for which the service graph had no room.
  public var unlinked = 0
  /// Transactions and spans that are held now.
  public var traces = 0
  public var spans = 0
  /// Spans held now whose parent has not been reported.
  public var orphans = 0
  /// Bytes of spans, index and names that are held now: never above `budget`.
  public var bytes = 0
  public var budget = 0
  /// Bytes of rates and histograms, which are bounded by their number and stand beside the budget.
  public var figureBytes = 0

  public init() {}

  /// Of two stores together.
  public func joined(with other: Self) -> Self {
    var sum = self
    sum.received += other.received
    sum.accepted += other.accepted
    sum.duplicates += other.duplicates
    sum.late += other.late
    sum.overflowed += other.overflowed
    sum.evictedTraces += other.evictedTraces
    sum.evictedSpans += other.evictedSpans
    sum.unnamed += other.unnamed
    sum.unlinked += other.unlinked
    sum.traces += other.traces
    sum.spans += other.spans
    sum.orphans += other.orphans
    sum.bytes += other.bytes
    sum.budget += other.budget
    sum.figureBytes += other.figureBytes
    return sum
  }
}
