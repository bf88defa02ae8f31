import Testing

@testable import EventBus

@Suite struct JoinChangelogTests {
  /// Of each record that was held there comes a tombstone: they must not add up.
  @Test func tombstonesGoSoonAfterWhatTheyDeleted() throws {
    let broker = try Broker()
    for topic in ["left", "right", "out"] {
      try broker.createTopic(topic, settings: TopicSettings(retentionAge: .seconds(60), segmentBytes: 64 << 10))
    }
    let processor = try JoinProcessor(
      broker: broker, group: "g", name: "join", client: "p",
      topics: JoinProcessor.Topics(left: "left", right: "right", output: "out"),
      settings: JoinSettings(within: .seconds(5))
    ) { _ in nil }
    let changelog = try broker.topic(processor.changelogTopic)
    var records: [Int64] = []
    for second in 1...1_200 as ClosedRange<Int64> {
      let now = Int64.seconds(second)
      for topic in ["left", "right"] {
        let record = ProducerRecord(
          key: Array("\(second)".utf8), value: [UInt8](repeating: 0, count: 2_000), timestamp: now)
        try broker.append([record], to: topic, now: now)
      }
      try processor.step(now: now)
      if second % 5 == 0 { broker.applyRetention(now: now) }
      if second % 300 == 0 { records.append(changelog.partitions[0].snapshot.records) }
    }
    #expect(changelog.partitions[0].snapshot.traffic.recordsIn > 5_000)
    #expect(records.allSatisfy { $0 < 800 }, "\(records)")
  }
}
