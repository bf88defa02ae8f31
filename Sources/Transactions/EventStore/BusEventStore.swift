internal import Concurrency
public import EventBus
internal import TraceModel

/// An event store on the bus: a stream is a key of a topic that keeps everything, and what subscribers read is the
/// store itself.
///
/// A log has no "append if the version is …". It holds here because each partition has one writer: whoever claims it
/// takes the place of the one before, whose appends the bus refuses from then on (`fencedProducer`), and reads to the
/// log's end first. So what the writer knows of the partition is all there is, and a conflict is found by looking at
/// it.
///
/// The limits: commands for a stream must reach the writer of its partition, others get `notWriter`. The fence stops
/// other stores, not a program that appends to the topic by itself: such a record is found by the next call
/// (`foreignRecord`), and the partition is refused from there on. There is order within a partition only, hence no
/// order of all events when the topic has several. An append covers one stream and nothing else: no row of a database
/// is part of it. The index of streams and ids is in memory, and a new handle reads the topic once from its start. Of
/// snapshots the newest of each stream is kept.
public final class BusEventStore: EventStore {
  struct Part: Sendable {
    var index = BusStreamIndex()
    /// Nil: this handle only reads here.
    var writer: ProducerIdentity?
  }

  let topic: Topic
  let broker: Broker
  let snapshotTopic: Topic
  let snapshotTable: KeyedTable
  let parts: [Locked<Part>]

  /// Makes the topics of a store: `name`, and `name.snapshots`, which is compacted.
  /// - Throws: `BusError`.
  public static func createTopics(_ name: String, partitions: Int = 1, on broker: Broker) throws(BusError) {
    try broker.createTopic(
      name, settings: TopicSettings(partitions: partitions, retentionAge: nil, retentionBytes: nil))
    try broker.createTopic(
      snapshots(of: name),
      settings: TopicSettings(partitions: partitions, retentionAge: nil, retentionBytes: nil, cleanup: .compact))
  }

  private static func snapshots(of name: String) -> String { "\(name).snapshots" }

  /// A handle that reads; ``claim(_:now:)`` makes it a writer.
  /// - Throws: `BusError`; `EventStoreError.unsuitableTopic`.
  public init(_ name: String, on broker: Broker) throws {
    topic = try broker.topic(name)
    self.broker = broker
    snapshotTopic = try broker.topic(Self.snapshots(of: name))
    snapshotTable = try KeyedTable(broker: broker, topic: snapshotTopic.name)
    let settings = topic.settings
    guard settings.cleanup == .delete, settings.retentionAge == nil, settings.retentionBytes == nil else {
      throw EventStoreError.unsuitableTopic(name, reason: "it forgets records: give it no retention, no compaction")
    }
    guard snapshotTopic.settings.cleanup == .compact else {
      throw EventStoreError.unsuitableTopic(snapshotTopic.name, reason: "it holds the newest of each key: compact it")
    }
    parts = (0..<topic.partitionCount).map { _ in Locked(Part()) }
  }

  public var partitionCount: Int { parts.count }

  /// Makes this handle the writer of partitions, in the place of any other.
  /// - Throws: `BusError`: those before it in the list are claimed then.
  public func claim(_ partitions: [Int], now: Int64) throws(BusError) {
    for number in partitions {
      _ = try topic.bounds(partition: number)
      // Under the lock, so that two claims of one handle leave the newer identity.
      try parts[number].withLock { part throws(BusError) in
        part.writer = try broker.register(producer: "event-store/\(topic.name)/\(number)", now: now)
      }
    }
  }

  /// Makes this handle the writer of all partitions.
  public func claimAll(now: Int64) throws(BusError) {
    try claim(Array(parts.indices), now: now)
  }

  /// The partitions that this handle writes, as far as it knows.
  public var claimed: [Int] { parts.indices.filter { number in parts[number].withLock { $0.writer != nil } } }

  /// The partition of a stream: its commands go to that one's writer.
  public func partition(of stream: String) -> Int {
    topic.partition(ofKey: Array(stream.utf8))
  }

  public func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64
  ) throws -> AppendOutcome {
    try AppendRules.check(events, stream: stream)
    let number = partition(of: stream)
    return try parts[number].withLock { part in
      guard let writer = part.writer else { throw EventStoreError.notWriter(stream: stream, partition: number) }
      // After an error it is not known what was written: the log says it.
      try part.index.catchUp(topic, partition: number)
      let known = part.index.streams[stream]
      if let known {
        let stored = try events.map { event in
          try known.ids[event.id].map { try self.event(at: known.offsets[Int($0) - 1], number) }
        }
        if let duplicate = try AppendRules.duplicate(events, stored, stream: stream) { return duplicate }
      }
      let version = known?.version ?? 0
      if let expectedVersion, expectedVersion != version {
        return .conflict(AppendConflict(stream: stream, expected: expectedVersion, actual: version))
      }
      let recorded = max(now, known?.recorded.last ?? now)
      let records = events.enumerated().map { index, event in
        EventRecordCoding.record(event, stream: stream, version: version + Int64(index) + 1, recorded: recorded)
      }
      let written = try write(records, number, writer, &part, now: now)
      return .appended(
        version: version + Int64(events.count),
        position: EventPosition(partition: number, number: written + Int64(events.count)))
    }
  }

  /// - Returns: the offset of the first. The index learns of it with the next call, so that what is written is told
  ///   even if the bus does not answer any more.
  private func write(
    _ records: [ProducerRecord], _ number: Int, _ writer: ProducerIdentity, _ part: inout Part, now: Int64
  ) throws(BusError) -> Int64 {
    let sequence = try topic.nextSequence(of: writer, partition: number) ?? 0
    do throws(BusError) {
      return try topic.append(records, partition: number, by: writer, sequence: sequence, now: now).position.offset
    } catch {
      if case .fencedProducer = error { part.writer = nil }
      throw error
    }
  }

  func event(at offset: Int64, _ number: Int) throws -> StoredEvent {
    let batch = try topic.read(partition: number, from: offset, maximumRecords: 1)
    guard let record = batch.records.first, record.offset == offset else {
      throw EventStoreError.unsuitableTopic(topic.name, reason: "its record at offset \(offset) is gone")
    }
    return try BusStreamIndex.event(record, topic: topic.name, partition: number)
  }
}
