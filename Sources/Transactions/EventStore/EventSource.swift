/// Events in an order that every reader sees alike: an event store, or a topic.
///
/// It has one partition or several. Within a partition positions count 1, 2, 3 … in the order of commits, and nothing
/// ever comes to lie before what was read. Between partitions there is no order.
public protocol EventSource: Sendable {
  var partitionCount: Int { get }

  /// The events behind `position`, oldest first.
  /// - Parameter limit: the most positions that are gone through; 1 or more.
  /// - Throws: what the store below it throws: `DatabaseError`, `BusError`; `EventStoreError`.
  func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch

  /// The position of the newest event; 0 when there is none.
  func end(partition: Int) throws -> Int64
}

/// What one read of a source brought.
public struct SourceBatch: Sendable {
  public var events: [StoredEvent]
  /// Up to this position everything was gone through: read on after it.
  public var through: Int64
  /// The newest position at the moment of the read.
  public var end: Int64
  /// Positions that held no event that can be read, and were passed over.
  public var skipped: Int
  /// Positions that are gone: the source has forgotten what was there. A view of them is not what the events say.
  public var lost: Int64

  public init(events: [StoredEvent], through: Int64, end: Int64, skipped: Int = 0, lost: Int64 = 0) {
    self.events = events
    self.through = through
    self.end = end
    self.skipped = skipped
    self.lost = lost
  }

  /// Nothing was left to read.
  public var isLast: Bool { through >= end }
}
