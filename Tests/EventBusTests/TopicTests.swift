import Testing

@testable import EventBus

@Suite struct TopicTests {
  @Test func recordsOfAPartitionKeepTheirOrderAndPlace() throws {
    let broker = try Broker.with(partitions: 3)
    let records = (0..<100).map { ProducerRecord(key: "key-\($0 % 7)", text: "\($0)") }
    let positions = try broker.append(records, to: "orders", now: 5)
    #expect(positions.count == 100)
    for (index, position) in positions.enumerated() {
      let batch = try broker.read("orders", partition: position.partition, from: position.offset, maximumRecords: 1)
      #expect(batch.records.first?.text == "\(index)")
      #expect(batch.records.first?.offset == position.offset)
      #expect(batch.records.first?.timestamp == 5)
      let expected = KeyHash.partition(of: Array("key-\(index % 7)".utf8), count: 3)
      #expect(position.partition == expected)
    }
    for partition in 0..<3 {
      let texts = try broker.read("orders", partition: partition, from: 0).records.map { Int($0.text) ?? -1 }
      #expect(texts == texts.sorted())
    }
  }

  @Test func recordsWithoutKeyGoTogetherAndInTurn() throws {
    let broker = try Broker.with(partitions: 3)
    let topic = try broker.topic("orders")
    let partitions = try (0..<4).map { _ in
      try topic.append([ProducerRecord(value: []), ProducerRecord(value: [])], now: 0).map(\.partition)
    }
    #expect(partitions == [[0, 0], [1, 1], [2, 2], [0, 0]])
  }

  @Test func headersKeysAndTombstonesComeBackAsGiven() throws {
    let broker = try Broker.with(partitions: 1)
    let headers = [RecordHeader(name: "a", text: "1"), RecordHeader(name: "a", text: "2")]
    try broker.append(
      [
        ProducerRecord(key: "k", text: "v", headers: headers, timestamp: 7), .tombstone(key: [1]),
        ProducerRecord(value: [255]),
      ], to: "orders", now: 9)
    let records = try broker.read("orders", partition: 0, from: 0).records
    #expect(records.map(\.timestamp) == [7, 9, 9])
    #expect(records.map(\.isTombstone) == [false, true, false])
    #expect(records[0].headers == headers)
    #expect(records[0].headerText("a") == "2")
    #expect(records[0].keyText == "k")
    #expect(records[2].key == nil)
    #expect(records[2].value == [255])
  }

  @Test func anAppendIsDoneWholeOrNotAtAll() throws {
    let broker = try Broker.with(partitions: 2)
    let topic = try broker.createTopic("small", settings: TopicSettings(partitions: 2, maximumRecordBytes: 100))
    let good = ProducerRecord(value: [1])
    let large = ProducerRecord(value: [UInt8](repeating: 0, count: 100))
    #expect(throws: BusError.recordTooLarge(topic: "small", bytes: 132, limit: 100)) {
      try topic.append([good, large], now: 0)
    }
    let elsewhere = TopicPartition(topic: "small", partition: 2)
    #expect(throws: BusError.unknownPartition(elsewhere, partitions: 2)) {
      try topic.append([good, ProducerRecord(value: [], partition: 2)], now: 0)
    }
    broker.setAvailable(false, now: 0)
    #expect(throws: BusError.unavailable("topic \"small\"")) { try topic.append(good, now: 0) }
    broker.setAvailable(true, now: 0)
    #expect(try topic.bounds(partition: 0) == 0...0)
    #expect(try topic.bounds(partition: 1) == 0...0)
    #expect(try topic.append([], now: 0).isEmpty)
  }

  @Test func readsKeepToTheirLimits() throws {
    let broker = try Broker(groupSettings: .prompt)
    // Segments of three records each, so that reads cross them.
    let topic = try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 126))
    try broker.append((0..<10).map { "record ---\($0)" }.map { String($0.suffix(10)) })
    func texts(_ offset: Int64, _ records: Int, _ bytes: Int) throws -> [Int64] {
      try topic.read(partition: 0, from: offset, maximumRecords: records, maximumBytes: bytes).records.map(\.offset)
    }
    #expect(topic.partitions[0].snapshot.segments == 4)
    #expect(try texts(0, 100, .max) == Array(0..<10))
    #expect(try texts(2, 5, .max) == [2, 3, 4, 5, 6])
    #expect(try texts(1, 100, 42 * 4) == [1, 2, 3, 4])
    #expect(try texts(4, 100, 42 * 4 + 41) == [4, 5, 6, 7])
    #expect(try texts(5, 100, 1) == [5])
    #expect(try texts(9, 100, 0) == [9])
    #expect(try texts(10, 100, .max).isEmpty)
    #expect(try texts(3, 0, .max).isEmpty)
    let name = TopicPartition(topic: "orders", partition: 0)
    #expect(throws: BusError.offsetOutOfRange(name, requested: 11, valid: 0...10)) { try texts(11, 1, 1) }
    #expect(throws: BusError.offsetOutOfRange(name, requested: -1, valid: 0...10)) { try texts(-1, 1, 1) }
  }

  @Test func onlookersAreNoTrafficAndSeeAnUnavailableTopic() throws {
    let broker = try Broker.with(partitions: 1)
    let topic = try broker.topic("orders")
    try broker.append(["a", "b"])
    _ = try topic.read(partition: 0, from: 0)
    try broker.setAvailable(false, topic: "orders")
    #expect(try topic.peek(partition: 0, from: 1).records.map(\.text) == ["b"])
    #expect(throws: BusError.unavailable("topic \"orders\"")) { try topic.read(partition: 0, from: 0) }
    let traffic = try broker.snapshot(topic: "orders").traffic
    #expect((traffic.recordsIn, traffic.recordsOut, traffic.bytesIn, traffic.bytesOut) == (2, 2, 66, 66))
  }

  @Test func aTimeLeadsToAnOffset() throws {
    let broker = try Broker.with(partitions: 1)
    let topic = try broker.topic("orders")
    try topic.append([10, 30, 20, 40].map { ProducerRecord(value: [], timestamp: $0) }, now: 0)
    #expect(try [0, 10, 11, 25, 31, 41].map { try topic.offset(notBefore: $0, partition: 0) } == [0, 0, 1, 1, 3, 4])
  }

  @Test func namesAndSettingsAreChecked() throws {
    let broker = try Broker.with()
    #expect(throws: BusError.topicExists("orders")) { try broker.createTopic("orders") }
    #expect(throws: BusError.invalidTopicName("", reason: "the name is empty")) { try broker.createTopic("") }
    #expect(throws: BusError.self) { try broker.createTopic(String(repeating: "x", count: 250)) }
    #expect(throws: BusError.self) { try broker.createTopic("t", settings: TopicSettings(partitions: 0)) }
    #expect(throws: BusError.self) { try broker.createTopic("t", settings: TopicSettings(retentionBytes: 0)) }
    #expect(throws: BusError.self) { try Broker(groupSettings: GroupSettings(sessionTimeout: 1)) }
    #expect(throws: BusError.unknownTopic("none")) { try broker.topic("none") }
    #expect(broker.allTopics.map(\.name) == ["__consumer_offsets", "orders"])
    #expect("\(BusError.unknownTopic("none"))".contains("none"))
  }

  @Test func observersSeeEveryAppendInOrderEvenTheirOwn() throws {
    let broker = try Broker.with(partitions: 2)
    let seen = Recorder<String>()
    let observation = broker.onAppend { topic, partition, records in
      for record in records { seen.add("\(topic)[\(partition)]@\(record.offset) \(record.text)") }
      // An observer may append; what it adds comes after what is being told now.
      if records.first?.text == "a" { try? broker.append(["echo"], partition: 0) }
    }
    try broker.append(["a", "b"], partition: 0)
    try broker.append(["c"], partition: 1)
    observation.cancel()
    try broker.append(["d"], partition: 1)
    #expect(seen.all == ["orders[0]@0 a", "orders[0]@1 b", "orders[0]@2 echo", "orders[1]@0 c"])
  }
}
