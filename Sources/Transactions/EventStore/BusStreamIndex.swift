internal import EventBus

/// What a handle knows of one partition of an event store's topic: where the events of each stream lie.
///
/// It is read from the topic, and holds nothing that the topic does not hold: about 24 bytes an event and its id.
struct BusStreamIndex: Sendable {
  struct Stream: Sendable {
    /// Of each event, in order of versions.
    var offsets: [Int64] = []
    /// When each was recorded; never going back.
    var recorded: [Int64] = []
    /// The version of each event id; for looking up only.
    var ids: [String: Int64] = [:]

    var version: Int64 { Int64(offsets.count) }

    /// How many events were recorded at `moment` or before (binary search).
    func version(at moment: Int64) -> Int64 {
      var low = 0
      var high = recorded.count
      while low < high {
        let middle = (low + high) / 2
        if recorded[middle] <= moment { low = middle + 1 } else { high = middle }
      }
      return Int64(low)
    }
  }

  /// For looking up only.
  private(set) var streams: [String: Stream] = [:]
  /// The next record to read.
  private(set) var next: Int64 = 0
  private(set) var payloadBytes: Int64 = 0

  var streamCount: Int { streams.count }

  /// Reads on to the end of the partition, as it is now.
  /// - Throws: `BusError`; `EventStoreError.foreignRecord`.
  mutating func catchUp(_ topic: Topic, partition: Int) throws {
    let bounds = try topic.bounds(partition: partition)
    guard bounds.lowerBound == 0 else {
      throw EventStoreError.unsuitableTopic(topic.name, reason: "its first \(bounds.lowerBound) records are gone")
    }
    while next < bounds.upperBound {
      let batch = try topic.read(partition: partition, from: next)
      guard !batch.records.isEmpty else { return }
      for record in batch.records { try add(record, topic, partition) }
    }
  }

  private mutating func add(_ record: EventRecord, _ topic: Topic, _ partition: Int) throws {
    let event = try Self.event(record, topic: topic.name, partition: partition)
    var stream = streams[event.stream] ?? Stream()
    guard event.version == stream.version + 1, stream.ids[event.id] == nil else {
      throw EventStoreError.foreignRecord(
        topic: topic.name, partition: partition, offset: record.offset,
        reason: "version \(event.version) of stream \"\(event.stream)\" cannot follow \(stream.version)")
    }
    // Taken out first, so that it is changed in place.
    streams[event.stream] = nil
    stream.offsets.append(record.offset)
    stream.recorded.append(event.recorded)
    stream.ids[event.id] = event.version
    streams[event.stream] = stream
    payloadBytes += Int64(event.payload.count)
    next = record.offset + 1
  }

  static func event(_ record: EventRecord, topic: String, partition: Int) throws -> StoredEvent {
    do {
      return try EventRecordCoding.event(record, partition: partition, needsVersion: true)
    } catch {
      throw EventStoreError.foreignRecord(
        topic: topic, partition: partition, offset: record.offset, reason: error.reason)
    }
  }
}
