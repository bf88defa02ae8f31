internal import Concurrency
internal import EventBus

extension BusEventStore {
  public func read(_ stream: String, after version: Int64, limit: Int) throws -> [StoredEvent] {
    let number = partition(of: stream)
    let offsets = try looking(stream) { known in
      let first = min(max(Int(version), 0), known.offsets.count)
      return known.offsets[first..<min(known.offsets.count, first + min(limit, known.offsets.count))]
    }
    var events: [StoredEvent] = []
    events.reserveCapacity(offsets.count)
    var rest = offsets
    while let first = rest.first {
      // Events that follow each other in the log are read at once.
      let run = rest.enumerated().prefix { $0.element == first + Int64($0.offset) }.count
      let batch = try topic.read(partition: number, from: first, maximumRecords: run)
      guard batch.records.first?.offset == first else {
        throw EventStoreError.unsuitableTopic(topic.name, reason: "its record at offset \(first) is gone")
      }
      for record in batch.records {
        events.append(try BusStreamIndex.event(record, topic: topic.name, partition: number))
      }
      rest = rest.dropFirst(batch.records.count)
    }
    return events
  }

  public func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch {
    let batch = try topic.read(partition: partition, from: position, maximumRecords: limit)
    let events = try batch.records.map {
      try BusStreamIndex.event($0, topic: topic.name, partition: partition)
    }
    return SourceBatch(events: events, through: events.last?.position.number ?? position, end: batch.logEnd)
  }

  public func end(partition: Int) throws -> Int64 {
    if !topic.isAvailable { throw BusError.unavailable("topic \"\(topic.name)\"") }
    return try topic.bounds(partition: partition).upperBound
  }

  public func version(of stream: String) throws -> Int64 {
    try looking(stream) { $0.version }
  }

  public func version(of stream: String, at moment: Int64) throws -> Int64 {
    try looking(stream) { $0.version(at: moment) }
  }

  public func event(_ id: String, in stream: String) throws -> StoredEvent? {
    let offset = try looking(stream) { known in known.ids[id].map { known.offsets[Int($0) - 1] } }
    return try offset.map { try event(at: $0, partition(of: stream)) }
  }

  public func statistics() throws -> EventStoreStatistics {
    var result = EventStoreStatistics(streams: 0, events: 0, payloadBytes: 0, snapshots: 0)
    for (number, part) in parts.enumerated() {
      try part.withLock { part in
        try part.index.catchUp(topic, partition: number)
        result.streams += part.index.streamCount
        result.events += part.index.next
        result.payloadBytes += part.index.payloadBytes
      }
    }
    try readSnapshots()
    result.snapshots = snapshotTable.count
    return result
  }

  /// Looks at a stream as it is now; an empty one when there is none.
  private func looking<Value: Sendable>(
    _ stream: String, _ body: (BusStreamIndex.Stream) throws -> Value
  ) throws -> Value {
    let number = partition(of: stream)
    return try parts[number].withLock { part in
      try part.index.catchUp(topic, partition: number)
      return try body(part.index.streams[stream] ?? BusStreamIndex.Stream())
    }
  }
}

// MARK: - Snapshots

extension BusEventStore {
  private static let schemaHeader = "snapshot-schema"
  private static let versionHeader = "snapshot-version"

  public func snapshot(of stream: String, upTo version: Int64, schema: Int) throws -> StateSnapshot? {
    try readSnapshots()
    guard let record = snapshotTable[stream], let kept = record.headerText(Self.versionHeader).flatMap({ Int64($0) }),
      record.headerText(Self.schemaHeader) == "\(schema)", kept <= version
    else { return nil }
    return StateSnapshot(stream: stream, version: kept, schema: schema, state: record.value, taken: record.timestamp)
  }

  public func keep(_ snapshot: StateSnapshot) throws {
    try snapshotTopic.append(
      ProducerRecord(
        key: Array(snapshot.stream.utf8), value: snapshot.state,
        headers: [
          RecordHeader(name: Self.schemaHeader, text: "\(snapshot.schema)"),
          RecordHeader(name: Self.versionHeader, text: "\(snapshot.version)"),
        ], timestamp: snapshot.taken), now: snapshot.taken)
  }

  func readSnapshots() throws {
    while snapshotTable.behind > 0 {
      let before = snapshotTable.behind
      try snapshotTable.update(max: 4_096)
      if snapshotTable.behind >= before { return }
    }
  }
}
