import Testing

@testable import EventBus

@Suite struct RetentionTests {
  /// Records of 42 bytes, three to a segment.
  private func broker(age: Int64? = nil, bytes: Int? = nil, records: Int) throws -> (Broker, Topic) {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic(
      "orders", settings: TopicSettings(retentionAge: age, retentionBytes: bytes, segmentBytes: 126))
    for index in 0..<records {
      try topic.append(ProducerRecord(value: [UInt8](repeating: 0, count: 10)), now: Int64(index * 10))
    }
    return (broker, topic)
  }

  @Test func bytesTakeWholeSegmentsAndLeaveTheLimit() throws {
    let (broker, topic) = try broker(bytes: 200, records: 12)
    let removed = broker.applyRetention(now: 0)
    // Two segments of 126 bytes hold 252; without another one less than the limit would be left.
    #expect(removed == RemovedRecords.of(records: 6, bytes: 252, segments: 2))
    #expect(try topic.bounds(partition: 0) == 6...12)
    #expect(try topic.read(partition: 0, from: 6).records.map(\.offset) == Array(6..<12))
    #expect(throws: BusError.self) { try topic.read(partition: 0, from: 5) }
    #expect(broker.applyRetention(now: 0) == RemovedRecords())
    #expect(topic.partitions[0].snapshot.bytes == 252)
  }

  @Test func ageTakesASegmentWhenItsNewestRecordIsTooOld() throws {
    let (broker, topic) = try broker(age: 50, records: 7)
    // Segments are 0–20, 30–50, 60. At 70 the first one's newest record is exactly 50 old: it stays.
    broker.applyRetention(now: 70)
    #expect(try topic.bounds(partition: 0) == 0...7)
    broker.applyRetention(now: 71)
    #expect(try topic.bounds(partition: 0) == 3...7)
    broker.applyRetention(now: 1_000)
    #expect(try topic.bounds(partition: 0) == 7...7)
    #expect(try topic.append(ProducerRecord(value: []), now: 1_000).offset == 7)
    #expect(try topic.read(partition: 0, from: 7).records.count == 1)
  }

  @Test func segmentsCloseByAge() throws {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic("orders", settings: TopicSettings(segmentAge: 100))
    for now: Int64 in [0, 99, 100, 150, 200] { try topic.append(ProducerRecord(value: []), now: now) }
    #expect(topic.partitions[0].snapshot.segments == 3)
  }

  @Test func commitsStayBoundedInMemory() throws {
    let broker = try Broker(
      groupSettings: .prompt, offsetsTopic: TopicSettings(retentionBytes: 2_000, segmentBytes: 500))
    try broker.createTopic("orders")
    for now in 0..<500 {
      try broker.groups.commit([PartitionOffset(topic: "orders", partition: 0, offset: 0)], group: "g", now: Int64(now))
      broker.applyRetention(now: Int64(now))
    }
    let log = try broker.snapshot(topic: GroupCoordinator.offsetsTopicName)
    #expect(log.bytes <= 2_500)
    #expect(log.traffic.recordsIn == 500)
  }

  @Test func extremeTimestampsFromOutsideDoNoHarm() throws {
    let (broker, topic) = try broker(age: 50, records: 1)
    for timestamp in [Int64.min, Int64.max, 0] {
      try topic.append(ProducerRecord(value: [], timestamp: timestamp), now: 5)
    }
    broker.applyRetention(now: 100)
    #expect(try topic.bounds(partition: 0).upperBound == 4)
  }

  @Test(arguments: Backing.allCases) func timesAtTheEndsOfTheirRange(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    let topic = try bus.broker.createTopic("orders", settings: TopicSettings(retentionAge: .max, segmentAge: .max))
    for now: Int64 in [.min, -5, 0, .max] {
      try topic.append(ProducerRecord(key: nil, text: "x"), now: now)
      #expect(topic.applyRetention(now: now).failures == [])
    }
  }
}
