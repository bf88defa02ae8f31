import Testing

@testable import EventBus

@Suite struct ConsumerTests {
  private func consumer(_ broker: Broker, _ client: String, reset: OffsetReset = .earliest) -> Consumer {
    Consumer(
      broker: broker, group: "g", client: client, topics: ["orders"], settings: ConsumerSettings(reset: reset))
  }

  @Test func pollsInOrderCommitsAndGoesOnAfterARestart() throws {
    let broker = try Broker.with(partitions: 1)
    try broker.append(["a", "b", "c", "d"])
    let first = consumer(broker, "c")
    #expect(try first.pollTexts(max: 2, now: 0) == ["a", "b"])
    try first.commit(now: 1)
    #expect(try first.pollTexts(max: 1, now: 2) == ["c"])
    first.close(now: 3)
    #expect(throws: BusError.consumerClosed(group: "g", client: "c")) { try first.poll(now: 3) }
    let second = consumer(broker, "c")
    #expect(second.member != first.member)
    #expect(try second.pollTexts(now: 4) == ["c", "d"])
  }

  @Test func aRebalanceTellsWhatToGiveUpAndWhatToTake() throws {
    let broker = try Broker.with()
    try broker.append(["a"], partition: 0)
    try broker.append(["b"], partition: 1)
    let (one, two) = (consumer(broker, "one"), consumer(broker, "two"))
    let start = try one.poll(now: 0)
    #expect(start.assigned?.count == 2)
    #expect(start.recordCount == 2)
    #expect(try two.poll(now: 1).isStable == false)
    let revoking = try one.poll(now: 2)
    #expect(revoking.revoked.count == 2)
    #expect(!revoking.isStable)
    // The last chance for what was handled.
    try one.commit(now: 2)
    #expect(try one.poll(now: 3).assigned?.map(\.partition) == [0])
    #expect(try two.poll(now: 3).assigned?.map(\.partition) == [1])
    #expect(try two.pollTexts(now: 4).isEmpty)
    #expect(one.assignment.count + two.assignment.count == 2)
    #expect(throws: BusError.notAssigned(group: "g", TopicPartition(topic: "orders", partition: 1))) {
      try one.commit([PartitionOffset(topic: "orders", partition: 1, offset: 1)], now: 4)
    }
  }

  @Test func aConsumerThatWasAwayTooLongLosesItsPartitions() throws {
    let broker = try Broker.with(partitions: 1)
    try broker.append(["a"])
    let (slow, other) = (consumer(broker, "slow"), consumer(broker, "other"))
    #expect(try slow.pollTexts(now: 0) == ["a"])
    #expect(slow.nextDeadline == .seconds(3))
    #expect(try other.poll(now: .seconds(50)).batches.first?.records.map(\.text) == ["a"])
    #expect(try slow.heartbeat(now: .seconds(51)) == .rebalance)
    #expect(throws: BusError.unknownMember(group: "g", member: slow.member)) { try slow.commit(now: .seconds(51)) }
    #expect(try slow.poll(now: .seconds(51)).lost.count == 1)
    try other.commit(now: .seconds(52))
    #expect(try slow.poll(now: .seconds(52)).isStable == false)
    #expect(try other.poll(now: .seconds(53)).revoked.count == 1)
    _ = try other.poll(now: .seconds(53))
    #expect(try slow.settle(now: .seconds(54)).isStable)
  }

  @Test func tokensWakeForRecordsAndForTheGroup() throws {
    let broker = try Broker.with(partitions: 1)
    let woken = Recorder<String>()
    let one = consumer(broker, "one")
    _ = try one.waitToken { woken.add("not joined") }
    #expect(woken.all == ["not joined"])
    #expect(try one.poll(now: 0).isStable)
    _ = try one.waitToken { woken.add("records") }
    try broker.append(["a"])
    #expect(woken.all.last == "records")
    #expect(try one.pollTexts(now: 1) == ["a"])
    _ = try one.waitToken { woken.add("group") }
    let two = consumer(broker, "two")
    _ = try two.poll(now: 2)
    #expect(woken.all.last == "group")
    _ = try two.waitToken { woken.add("assigned") }
    #expect(try one.poll(now: 3).revoked.count == 1)
    _ = try one.poll(now: 3)
    #expect(woken.all == ["not joined", "records", "group", "assigned"])
    #expect(try two.poll(now: 3).assigned == [])
    let idle = try two.waitToken { woken.add("never") }
    try broker.append(["b"])
    #expect(!idle.isSpent)
  }

  @Test func aWakingConsumerMayPollAtOnce() throws {
    let broker = try Broker.with(partitions: 1)
    let consumer = consumer(broker, "c")
    _ = try consumer.poll(now: 0)
    let seen = Recorder<String>()
    @Sendable func wait() {
      _ = try? consumer.waitToken {
        for text in (try? consumer.pollTexts(now: 1)) ?? [] { seen.add(text) }
        wait()
      }
    }
    wait()
    for text in ["a", "b", "c"] { try broker.append([text]) }
    #expect(seen.all == ["a", "b", "c"])
  }

  @Test func pausedPartitionsWaitTheirTurn() throws {
    let broker = try Broker.with()
    let consumer = consumer(broker, "c")
    _ = try consumer.poll(now: 0)
    let zero = TopicPartition(topic: "orders", partition: 0)
    try consumer.pause([zero])
    #expect(consumer.paused == [zero])
    try broker.append(["a"], partition: 0)
    try broker.append(["b"], partition: 1)
    #expect(try consumer.pollTexts(now: 1) == ["b"])
    try consumer.resume([zero])
    #expect(try consumer.pollTexts(now: 1) == ["a"])
  }

  @Test func noPartitionStarves() throws {
    let broker = try Broker.with()
    for partition in 0..<2 { try broker.append((0..<4).map { "\(partition).\($0)" }, partition: partition) }
    let consumer = consumer(broker, "c")
    let texts = try (0..<4).map { try consumer.pollTexts(max: 2, now: Int64($0)) }
    #expect(texts == [["0.0", "0.1"], ["1.0", "1.1"], ["0.2", "0.3"], ["1.2", "1.3"]])
  }

  @Test func seekingBackAllowsACommitBack() throws {
    let broker = try Broker.with(partitions: 1)
    try broker.append(["a", "b", "c"])
    let place = TopicPartition(topic: "orders", partition: 0)
    let consumer = consumer(broker, "c")
    _ = try consumer.poll(now: 0)
    try consumer.commit(now: 0)
    try consumer.seek(place, to: 1)
    #expect(try consumer.pollTexts(max: 1, now: 1) == ["b"])
    try consumer.commit(now: 1)
    #expect(broker.groups.committed(group: "g", place)?.offset == 2)
    #expect(throws: BusError.offsetOutOfRange(place, requested: 4, valid: 0...3)) { try consumer.seek(place, to: 4) }
  }

  @Test func theResetPolicyDecidesWhereToBegin() throws {
    let broker = try Broker.with(partitions: 1)
    try broker.append(["old"])
    let latest = consumer(broker, "latest", reset: .latest)
    #expect(try latest.pollTexts(now: 0).isEmpty)
    try broker.append(["new"])
    #expect(try latest.pollTexts(now: 0) == ["new"])
    latest.close(now: 0)
    let place = TopicPartition(topic: "orders", partition: 0)
    #expect(throws: BusError.noCommittedOffset(group: "g", place)) {
      try consumer(broker, "strict", reset: .fail).poll(now: 1)
    }
    let strict = consumer(broker, "strict", reset: .fail)
    // It never comes to read only some of its partitions.
    for _ in 0..<3 { #expect(throws: BusError.self) { try strict.poll(now: .seconds(400)) } }
    try broker.groups.seek(group: "g", topic: "orders", to: .earliest, byOperator: true, now: .seconds(400))
    #expect(try (0..<3).flatMap { _ in try strict.pollTexts(now: .seconds(401)) } == ["old", "new"])
  }

  @Test func aPositionThatRetentionTookIsReset() throws {
    let broker = try Broker(groupSettings: .prompt)
    try broker.createTopic("orders", settings: TopicSettings(retentionBytes: 1, segmentBytes: 40))
    let consumer = consumer(broker, "c")
    _ = try consumer.poll(now: 0)
    try broker.append(["a", "b", "c"])
    broker.applyRetention(now: 0)
    let result = try consumer.poll(now: 1)
    #expect(result.resets.map(\.from) == [0])
    #expect(result.resets.map(\.to) == [2])
    #expect(result.batches.first?.records.map(\.text) == ["c"])
  }

  @Test func anOutageIsAnErrorAndThenOver() throws {
    let broker = try Broker.with(partitions: 1)
    let consumer = consumer(broker, "c")
    _ = try consumer.poll(now: 0)
    try broker.append(["a"])
    try broker.setAvailable(false, topic: "orders")
    let result = try consumer.poll(now: 1)
    #expect(result.unavailable.count == 1 && result.isStable && result.batches.isEmpty)
    let woken = Recorder<Int>()
    _ = try consumer.waitToken { woken.add(1) }
    #expect(woken.all.isEmpty)
    try broker.setAvailable(true, topic: "orders")
    #expect(woken.all == [1])
    broker.setAvailable(false, now: 2)
    #expect(throws: BusError.unavailable("the broker")) { try consumer.poll(now: 2) }
    _ = try consumer.waitToken { woken.add(2) }
    broker.setAvailable(true, now: 3)
    #expect(woken.all == [1, 2])
    #expect(try consumer.pollTexts(now: 3) == ["a"])
  }

  @Test func aStaticConsumerIsFencedByItsSuccessor() throws {
    let broker = try Broker.with(partitions: 1)
    func make() -> Consumer {
      Consumer(broker: broker, group: "g", client: "c", topics: ["orders"], instance: "c")
    }
    let (old, new) = (make(), make())
    _ = try old.poll(now: 0)
    #expect(try new.poll(now: 1).assigned?.count == 1)
    #expect(throws: BusError.fencedInstance(group: "g", instance: "c", member: old.member)) { try old.poll(now: 2) }
    #expect(throws: BusError.consumerClosed(group: "g", client: "c")) { try old.poll(now: 2) }
    new.close(now: 3)
    // A static member keeps its place over a restart.
    #expect(broker.groups.state(of: "g") == .stable)
    #expect(try make().poll(now: 4).assigned?.count == 1)
  }

  @Test func aStaticConsumerInARebalanceDoesNotTakeItsPlaceBack() throws {
    let broker = try Broker.with()
    func make(_ instance: String) -> Consumer {
      Consumer(broker: broker, group: "g", client: "c", topics: ["orders"], instance: instance)
    }
    let old = make("c")
    _ = try old.poll(now: 0)
    _ = try make("d").poll(now: 1)
    #expect(try old.poll(now: 2).revoked.count == 2)
    let new = make("c")
    _ = try new.poll(now: 3)
    #expect(throws: BusError.fencedInstance(group: "g", instance: "c", member: old.member)) { try old.poll(now: 4) }
    #expect(try broker.groups.snapshot(of: "g").members.contains { $0.member == new.member })
  }
}
