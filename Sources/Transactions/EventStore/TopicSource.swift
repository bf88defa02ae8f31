public import EventBus

/// Any topic whose records carry a transaction, an id and a type, as those of the outbox do, read as a source of
/// events.
///
/// A record's position is its offset + 1. Records that are no events (no key, no GTXID, no id or type, tombstones) are
/// passed over and counted. The version of one that names none is its position, which rises with every record of its
/// key.
public struct TopicSource: EventSource {
  public let topic: Topic

  public init(_ topic: Topic) {
    self.topic = topic
  }

  /// - Throws: `unknownTopic`.
  public init(_ name: String, on broker: Broker) throws(BusError) {
    topic = try broker.topic(name)
  }

  public var partitionCount: Int { topic.partitionCount }

  /// What retention or compaction has removed is passed over, and counted as lost.
  public func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch {
    let start = max(position, try topic.bounds(partition: partition).lowerBound)
    let batch = try topic.read(partition: partition, from: start, maximumRecords: limit)
    return Self.batch(of: batch, after: position)
  }

  /// - Parameter position: up to where the reader has read.
  static func batch(of batch: RecordBatch, after position: Int64) -> SourceBatch {
    let events = batch.records.compactMap { record in
      try? EventRecordCoding.event(record, partition: batch.partition, needsVersion: false)
    }
    let through = batch.records.last.map { $0.offset + 1 } ?? max(position, batch.logStart)
    return SourceBatch(
      events: events, through: through, end: batch.logEnd, skipped: batch.records.count - events.count,
      lost: through - position - Int64(batch.records.count))
  }

  public func end(partition: Int) throws -> Int64 {
    if !topic.isAvailable { throw BusError.unavailable("topic \"\(topic.name)\"") }
    return try topic.bounds(partition: partition).upperBound
  }
}
