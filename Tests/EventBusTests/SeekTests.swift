import Testing

@testable import EventBus

@Suite struct SeekTests {
  private func group() throws -> Broker {
    let broker = try Broker.with()
    for index in 0..<10 { try broker.append(["r"], partition: 0, now: Int64(index * 100)) }
    try broker.groups.commit([PartitionOffset(topic: "orders", partition: 0, offset: 4)], group: "g", now: 0)
    return broker
  }

  @Test(
    arguments: [
      (SeekTarget.earliest, 0, 4, 0), (.latest, 10, 0, 6), (.shift(-2), 2, 2, 0), (.shift(3), 7, 0, 3),
      (.shift(.min), 0, 4, 0), (.shift(.max), 10, 0, 6), (.time(250), 3, 1, 0), (.time(9_999), 10, 0, 6),
      (.offset(5), 5, 0, 1), (.offset(-5), 0, 4, 0),
    ] as [(SeekTarget, Int64, Int64, Int64)])
  func thePreviewSaysWhatSeekThenDoes(target: SeekTarget, to: Int64, repeated: Int64, skipped: Int64) throws {
    let broker = try group()
    let preview = try broker.groups.previewSeek(group: "g", topic: "orders", partitions: [0], to: target)
    #expect(preview.entries.map(\.to) == [to])
    #expect(preview.entries.map(\.from) == [4])
    #expect((preview.repeated, preview.skipped) == (repeated, skipped))
    let place = TopicPartition(topic: "orders", partition: 0)
    #expect(broker.groups.committed(group: "g", place)?.offset == 4)
    #expect(try broker.groups.seek(group: "g", topic: "orders", partitions: [0], to: target, now: 1) == preview)
    #expect(broker.groups.committed(group: "g", place)?.offset == to)
  }

  @Test func onlyTheOperatorMovesALiveGroup() throws {
    let broker = try group()
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    #expect(try consumer.settle(now: 1).isStable)
    #expect(try consumer.poll(max: 2, now: 1).batches.first?.records.map(\.offset) == [4, 5])
    #expect(throws: BusError.groupNotEmpty(group: "g", members: 1)) {
      try broker.groups.seek(group: "g", topic: "orders", to: .earliest, now: 2)
    }
    let done = try broker.groups.seek(group: "g", topic: "orders", to: .earliest, byOperator: true, now: 2)
    #expect(done.needsOperator)
    #expect(done.entries.count == 2)
    // What the consumer had read meanwhile must not undo the move.
    #expect(throws: BusError.rebalanceInProgress(group: "g")) { try consumer.commit(now: 3) }
    #expect(try consumer.poll(now: 3).revoked.count == 2)
    #expect(throws: BusError.rebalanceInProgress(group: "g")) { try consumer.commit(now: 3) }
    let result = try consumer.poll(now: 4)
    #expect(result.batches.first?.records.map(\.offset) == Array(0..<10))
    try consumer.commit(now: 5)
    #expect(broker.groups.committed(group: "g", TopicPartition(topic: "orders", partition: 0))?.offset == 10)
  }

  @Test func whatDoesNotExistCannotBeMoved() throws {
    let broker = try group()
    #expect(throws: BusError.unknownGroup("x")) {
      try broker.groups.previewSeek(group: "x", topic: "orders", to: .earliest)
    }
    #expect(throws: BusError.unknownTopic("x")) {
      try broker.groups.seek(group: "g", topic: "x", to: .earliest, now: 0)
    }
  }
}
