import TestSupport
import Testing

@testable import EventBus

@Suite struct CompactionTests {
  /// Records of 34 bytes and more, three to a segment.
  private func topic(deleteRetention: Int64 = 100) throws -> Topic {
    let broker = try Broker(groupSettings: .prompt)
    return try broker.createTopic(
      "table",
      settings: TopicSettings(segmentBytes: 105, cleanup: .compact, deleteRetention: deleteRetention))
  }

  /// `a1 b2 a3`: key and value of each; `a-` deletes.
  private func append(_ words: String, to topic: Topic, now: Int64 = 0) throws {
    for word in words.split(separator: " ") {
      let key = Array(word.utf8.prefix(1))
      let value = String(word.dropFirst())
      try topic.append(
        value == "-" ? .tombstone(key: key) : ProducerRecord(key: key, value: Array(value.utf8)), now: now)
    }
  }

  private func contents(_ topic: Topic, from offset: Int64 = 0) throws -> [String] {
    try topic.read(partition: 0, from: offset).records.map { record in
      "\(record.offset)\(record.keyText ?? "")\(record.isTombstone ? "-" : record.text)"
    }
  }

  @Test func theNewestOfEachKeyStaysWhereItWas() throws {
    let topic = try topic()
    try append("a1 b2 a3 c4 b5 a6 d7", to: topic)
    // The active segment holds d7, and is left alone.
    let removed = topic.applyRetention(now: 1)
    #expect(try contents(topic) == ["3c4", "4b5", "5a6", "6d7"])
    #expect(removed == RemovedRecords.of(records: 3, bytes: 3 * 34, segments: 1))
    #expect(try topic.bounds(partition: 0) == 0...7)
    #expect(topic.partitions[0].snapshot.records == 4 && topic.partitions[0].snapshot.bytes == 4 * 34)
    #expect(try contents(topic, from: 1).first == "3c4", "a read in a gap goes on behind it")
    #expect(topic.applyRetention(now: 2) == RemovedRecords(), "nothing is new")
  }

  @Test func tombstonesStayForAWhileAndThenGo() throws {
    let topic = try topic(deleteRetention: 100)
    try append("a1 b2 a- b3 c4 c5 c6", to: topic)
    topic.applyRetention(now: 10)
    #expect(try contents(topic) == ["2a-", "3b3", "5c5", "6c6"])
    topic.applyRetention(now: 109)
    #expect(try contents(topic).first == "2a-")
    topic.applyRetention(now: 110)
    #expect(try contents(topic) == ["3b3", "5c5", "6c6"])
  }

  @Test func theLastRecordStaysSoThatNobodyWaitsInAGap() {
    let settings = TopicSettings(cleanup: .compact, deleteRetention: 0)
    var log = PartitionLog()
    for record in [ProducerRecord(key: "a", text: "1"), .tombstone(key: Array("a".utf8))] {
      _ = log.append(record, sizeInBytes: record.sizeInBytes, settings: settings, now: 0)
    }
    log.rollIfNeeded()
    #expect(log.compact(settings, now: 1).records == 1)
    #expect(log.read(from: 0, maximumRecords: 9, maximumBytes: 1_000, counted: false).map(\.offset) == [1])
    // With another one behind it the tombstone goes.
    let record = ProducerRecord(key: "b", text: "2")
    _ = log.append(record, sizeInBytes: record.sizeInBytes, settings: settings, now: 2)
    #expect(log.compact(settings, now: 3).records == 1)
    #expect(log.read(from: 0, maximumRecords: 9, maximumBytes: 1_000, counted: false).map(\.offset) == [2])
  }

  @Test func recordsWithoutAKeyAreRefused() throws {
    let topic = try topic()
    #expect(throws: BusError.keyRequired(topic: "table")) { try topic.append(ProducerRecord(value: [1]), now: 0) }
    #expect(try topic.bounds(partition: 0) == 0...0)
  }

  @Test func commitsComeToOneForEachPlace() throws {
    let broker = try Broker(groupSettings: .prompt)
    try broker.createTopic("orders", settings: TopicSettings(partitions: 3))
    for now in 0..<12_000 {
      try broker.groups.commit(
        [PartitionOffset(topic: "orders", partition: now % 3, offset: 0)], group: "g", now: Int64(now))
      if now % 1_000 == 0 { broker.applyRetention(now: Int64(now)) }
    }
    broker.applyRetention(now: 12_000)
    let log = try broker.snapshot(topic: GroupCoordinator.offsetsTopicName)
    #expect(log.traffic.recordsIn == 12_000)
    #expect(log.bytes < 2 * (256 << 10) + (256 << 10))
  }

  // MARK: Against a model

  /// Whatever is appended, compacted and deleted: the newest value of each key is what a plain table has, offsets rise
  /// and stay with their records, and what can be read lies between the bounds.
  @Test(arguments: Backing.allCases, 0..<80 as Range<UInt64>)
  func compactionAgreesWithATable(backing: Backing, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bus = try BackedBroker(backing)
    try bus.broker.createTopic(
      "t",
      settings: TopicSettings(
        segmentBytes: Int.random(in: 40...600, using: &random),
        segmentAge: Int64.random(in: 50...5_000, using: &random), cleanup: .compact,
        deleteRetention: Int64.random(in: 0...300, using: &random)))
    var all: [Int64: String] = [:]
    var table: [String: String] = [:]
    var start: Int64 = 0
    for step in 0..<200 {
      let now = Int64(step * 10)
      if random.chance(3) { try bus.reopen() }
      let topic = try bus.broker.topic("t")
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<8:
        let key = "k\(Int.random(in: 0..<6, using: &random))"
        let isTombstone = random.chance(20)
        let value = isTombstone ? "" : "v\(step)"
        let position = try topic.append(
          isTombstone ? .tombstone(key: Array(key.utf8)) : ProducerRecord(key: key, text: value), now: now)
        all[position.offset] = "\(key)=\(value)"
        table[key] = isTombstone ? nil : value
      case 8 where random.chance(20):
        let end = try topic.bounds(partition: 0).upperBound
        let offset = Int64.random(in: 0...end, using: &random)
        try topic.deleteRecords(before: offset, partition: 0)
        start = max(start, offset)
      default: #expect(topic.applyRetention(now: now).failures == [], "seed \(seed), step \(step)")
      }
      let bounds = try topic.bounds(partition: 0)
      #expect(bounds.lowerBound == start, "seed \(seed), step \(step)")
      let from = Int64.random(in: bounds, using: &random)
      let records = try topic.read(partition: 0, from: from, maximumRecords: 1_000).records
      #expect(records.allSatisfy { all[$0.offset] == "\($0.keyText ?? "")=\($0.text)" }, "seed \(seed), step \(step)")
      #expect(zip(records, records.dropFirst()).allSatisfy { $0.offset < $1.offset }, "seed \(seed), step \(step)")
      #expect(records.first.map { $0.offset >= from } ?? (from == bounds.upperBound), "seed \(seed), step \(step)")
      #expect(records.last.map { $0.offset == bounds.upperBound - 1 } ?? true, "seed \(seed), step \(step)")
    }
    let topic = try bus.broker.topic("t")
    var seen: [String: String] = [:]
    for record in try topic.read(partition: 0, from: start, maximumRecords: 1_000).records {
      seen[record.keyText ?? ""] = record.isTombstone ? nil : record.text
    }
    // What was deleted on purpose is gone from the table, too, unless it was written again.
    let kept = table.filter { key, value in all.contains { $0.key >= start && $0.value == "\(key)=\(value)" } }
    #expect(seen == kept, "seed \(seed)")
    let snapshot = topic.partitions[0].snapshot
    // On disk what lies before the start counts until its segment is rewritten.
    if backing == .disk { return }
    #expect(Int(snapshot.records) == (try topic.read(partition: 0, from: start, maximumRecords: 1_000).records.count))
  }
}

@Suite struct DeleteRecordsTests {
  private func topic() throws -> Topic {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 126))
    for index in 0..<8 {
      try topic.append(ProducerRecord(value: [UInt8](repeating: 0, count: 10)), now: Int64(index * 10))
    }
    return topic
  }

  @Test func whatIsBeforeCannotBeReadAndGoesBySegments() throws {
    let topic = try topic()
    // Segments are 0–2, 3–5, 6–7.
    #expect(try topic.deleteRecords(before: 4, partition: 0) == RemovedRecords.of(records: 3, bytes: 126, segments: 1))
    #expect(try topic.bounds(partition: 0) == 4...8)
    #expect(try topic.read(partition: 0, from: 4).records.map(\.offset) == Array(4..<8))
    #expect(throws: BusError.self) { try topic.read(partition: 0, from: 3) }
    #expect(topic.partitions[0].snapshot.records == 4)
    #expect(try topic.offset(notBefore: 0, partition: 0) == 4, "a time finds what can be read")
    #expect(try topic.deleteRecords(before: 2, partition: 0) == RemovedRecords())
    #expect(try topic.bounds(partition: 0) == 4...8)
  }

  @Test func everythingMayGoAndWritingGoesOn() throws {
    let topic = try topic()
    try topic.deleteRecords(before: 8, partition: 0)
    #expect(try topic.bounds(partition: 0) == 8...8)
    #expect(topic.partitions[0].snapshot.bytes == 0 && topic.partitions[0].snapshot.records == 0)
    #expect(try topic.append(ProducerRecord(value: [1]), now: 100).offset == 8)
    #expect(try topic.read(partition: 0, from: 8).records.count == 1)
  }

  @Test func offsetsThatAreNotThereAreRefused() throws {
    let topic = try topic()
    let place = TopicPartition(topic: "orders", partition: 0)
    for offset: Int64 in [-1, 9] {
      #expect(throws: BusError.offsetOutOfRange(place, requested: offset, valid: 0...8)) {
        try topic.deleteRecords(before: offset, partition: 0)
      }
    }
    #expect(throws: BusError.unknownPartition(TopicPartition(topic: "orders", partition: 1), partitions: 1)) {
      try topic.deleteRecords(before: 0, partition: 1)
    }
  }
}
