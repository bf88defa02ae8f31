import EventBus
import Operations
import Testing
import TraceModel

@testable import Shop

/// What the page of topics is told.
@Suite struct TopicsSnapshotTests {
  private static let second: Int64 = 1_000_000_000

  private func shop(_ seconds: Int64) -> SimulatedShop {
    SimulatedShop(ShopSettings(seed: 4), startAt: seconds * Self.second, isStill: true)
  }

  private func builder(_ stage: Stage) -> SnapshotBuilder {
    SnapshotBuilder(world: stage.world, external: stage.world.traces)
  }

  private func topics(_ builder: SnapshotBuilder) -> [Operations.TopicSnapshot] {
    builder.snapshot(speed: .paced(1), receivers: [], isStill: true).topics
  }

  /// A topic's rates are the sums of its partitions' rates, as its worst group reads them, whatever happens.
  private func expectOneRate(_ topics: [Operations.TopicSnapshot], _ place: SourceLocation = #_sourceLocation) {
    for topic in topics where !topic.groups.isEmpty {
      let written = topic.groups[0].partitions.reduce(0.0) { $0 + $1.inRate }
      let worst = topic.groups.first { $0.name == topic.worstGroup }
      let read = (worst?.partitions ?? []).reduce(0.0) { $0 + $1.outRate }
      #expect((written - topic.inRate).magnitude < 0.01, "\(topic.name)", sourceLocation: place)
      #expect((read - topic.outRate).magnitude < 0.01, "\(topic.name)", sourceLocation: place)
    }
  }

  @Test(arguments: [1, 2, 5, 30]) func ratesAreTheSameEverywhere(seconds: Double) {
    let stage = Stage(rate: 50) { $0.mix.sagas = [(.choreographed, 2), (.credit, 1), (.join, 1)] }
    stage.run(seconds - 1)
    let topics = topics(builder(stage))
    expectOneRate(topics)
    let busy = [TopicName.order, TopicName.inventory, TopicName.payment, TopicName.credit, TopicName.orders]
    #expect(topics.filter { busy.contains($0.name) && $0.inRate == 0 }.map(\.name) == [])
  }

  @Test func aMoveOfOffsetsIsNeitherReadingNorGrowth() throws {
    let stage = Stage(rate: 50)
    let builder = builder(stage)
    stage.run(30)
    let before = try #require(topics(builder).first { $0.name == TopicName.inventory })
    #expect(before.outRate < 150)
    let move = OffsetMove(group: TopicName.inventory, topic: TopicName.inventory, target: .earliest)
    CommandDesk.carryOut(.moveOffsets(move), in: stage.world)
    for _ in 0..<12 {
      stage.run(1)
      let snapshot = builder.snapshot(speed: .paced(1), receivers: [], isStill: true)
      expectOneRate(snapshot.topics)
      let topic = try #require(snapshot.topics.first { $0.name == TopicName.inventory })
      if case .growing(let rate) = topic.trend { #expect(rate < 60, "\(topic.lag ?? 0)") }
    }
    CommandDesk.carryOut(
      .moveOffsets(OffsetMove(group: TopicName.inventory, topic: TopicName.inventory, target: .latest)),
      in: stage.world)
    stage.run(3)
    let after = builder.snapshot(speed: .paced(1), receivers: [], isStill: true)
    expectOneRate(after.topics)
    let told = after.events.filter { $0.kind == .command && $0.subject == "inventory/inventory" }
    #expect(told.map(\.change).last == "offsets of inventory moved to earliest by hand")
    #expect(told.last?.reason.hasSuffix(" records again, 0 never read") == true, "\(told)")
  }

  /// That its group has lost its last member makes a topic no less unread.
  @Test func aGroupWithoutMembersIsStillBehind() throws {
    let stage = Stage(rate: 5, faults: ["payment:partition"])
    stage.run(30)
    let snapshot = builder(stage).snapshot(speed: .paced(1), receivers: [], isStill: true)
    let topic = try #require(snapshot.topics.first { $0.name == TopicName.payment })
    let group = try #require(topic.groups.first { $0.name == ShopPlan.payment })
    #expect(group.members.isEmpty && group.verdict == .stop && topic.verdict == .stop && group.lag ?? 0 > 50)
    #expect(snapshot.topics.compactMap(\.lag).reduce(0, +) >= snapshot.traffic.lag ?? 0)
    #expect(snapshot.alerts.contains { $0.subject == "payment/payment" && $0.isSevere })
  }

  /// Of all that it reads, a group is behind where something comes in; its first topic has nothing to do with it.
  @Test func anEventOfLagNamesTheTopicThatIsBehind() throws {
    let stage = Stage(rate: 10, faults: ["payment:partition,ttl=40s"])
    stage.run(90)
    let topics = stage.snapshot().topics.filter { $0.groups.contains { $0.name == ShopPlan.payment } }.map(\.name)
    #expect(topics.count > 2 && topics.min() != TopicName.payment)
    let told = stage.operations().filter { $0.kind == .lag && $0.subject.hasPrefix("payment/") }
    let behind = told.filter { $0.severity == .bad }
    #expect(behind.map(\.subject).contains("payment/payment"), "\(told)")
    for event in behind {
      let topic = String(event.subject.dropFirst("payment/".count))
      let records = try #require(event.reason.split(separator: " ").first.flatMap { Int64($0) })
      let written = (0..<ShopPlan.partitions).reduce(Int64(0)) { sum, partition in
        sum + ((try? stage.world.broker.topic(topic).bounds(partition: partition).upperBound) ?? 0)
      }
      #expect(records > 0 && records <= written, "\(event.subject) \(event.reason) of \(written)")
    }
    #expect(Set(told.filter { $0.severity == .good }.map(\.subject)) == Set(behind.map(\.subject)), "\(told)")
  }

  /// The group learns of it when its session has ended; whoever looks at the instances knows it at once.
  @Test func whatADeadInstanceWasToReadIsStopped() throws {
    let stage = Stage(rate: 50)
    let builder = builder(stage)
    stage.run(15)
    #expect(try #require(topics(builder).first { $0.name == TopicName.payment }).verdict == .ok)
    CommandDesk.carryOut(
      .killInstance(service: ShopPlan.payment, instance: "payment-1"), by: .scenario, in: stage.world)
    stage.run(2)
    let topic = try #require(topics(builder).first { $0.name == TopicName.payment })
    let group = try #require(topic.groups.first { $0.name == ShopPlan.payment })
    #expect(group.partitions.contains { $0.owner == "payment-1" }, "its session has not ended")
    #expect(topic.verdict == .stop && group.why.first?.hasPrefix("payment-1 is gone, with partitions ") == true)
    let snapshot = builder.snapshot(speed: .paced(1), receivers: [], isStill: true)
    #expect(snapshot.alerts.contains { $0.rule == "lag of a group is STOP" && $0.subject == "payment/payment" })
    #expect(snapshot.service(ShopPlan.payment)?.lagVerdict == .stop)
    stage.run(30)
    #expect(try #require(topics(builder).first { $0.name == TopicName.payment }).verdict == .ok)
  }

  /// When the shop opens, all that read from the bus begin: one thing that happened, and not one for each group.
  @Test func whoBeginsTogetherIsToldOfOnce() throws {
    let stage = Stage()
    stage.run(5)
    let events = stage.snapshot().events.filter { $0.kind == .rebalance }
    #expect(events.count == 1)
    let groups = try stage.world.broker.groups.names.count {
      try !stage.world.broker.groups.snapshot(of: $0).members.isEmpty
    }
    #expect(events.first?.change == "\(groups) groups read, generation 1", "\(events)")
    CommandDesk.carryOut(
      .killInstance(service: ShopPlan.payment, instance: "payment-1"), by: .scenario, in: stage.world)
    stage.run(30)
    let later = stage.snapshot().events.filter { $0.kind == .rebalance && $0.change.hasPrefix("generation ") }
    #expect(later.contains { $0.subject == "payment/payment" && $0.reason == "1 member" }, "\(later)")
  }

  /// What was known of it before is not told as if it were so now.
  @Test func ofABusThatDoesNotAnswerNothingIsKnown() {
    let stage = Stage(rate: 5, faults: [])
    let builder = builder(stage)
    func snapshot() -> SystemSnapshot { builder.snapshot(speed: .paced(1), receivers: [], isStill: true) }
    stage.run(15)
    #expect(!snapshot().isBusDown && snapshot().traffic.lag != nil)
    stage.arm("broker:broker-down,ttl=10s")
    stage.run(5)
    let away = snapshot()
    #expect(away.topics.allSatisfy { !$0.isAvailable && $0.verdict == nil && $0.lag == nil && $0.emptyIn == nil })
    let groups = away.topics.flatMap(\.groups)
    #expect(groups.contains { $0.name == ShopPlan.payment } && groups.contains { $0.name == "msatop" })
    #expect(groups.allSatisfy { $0.verdict == nil && $0.lag == nil && $0.oldestUnread == nil && $0.partitions.isEmpty })
    #expect(groups.allSatisfy { $0.why.first == "the bus does not answer" })
    #expect(away.busDownSince == away.time - 5_000_000_000 && away.alerts.contains { $0.rule == "event bus is down" })
    #expect(away.services.allSatisfy { $0.lag == nil && $0.lagVerdict == nil } && away.traffic.lag == nil)
    stage.run(10)
    let back = snapshot()
    #expect(!back.isBusDown && back.busDownSince == nil && back.traffic.lag != nil)
    #expect(back.topics.first { $0.name == TopicName.payment }?.verdict != nil)
  }

  @Test func aRecordThatFailsIsNamedBeforeItIsPutAside() throws {
    let stage = Stage(faults: ["inventory:errors=100%,ttl=60s"])
    let id = stage.order()
    stage.run(4)
    let topic = try #require(topics(builder(stage)).first { $0.name == TopicName.inventory })
    let place = try #require(topic.groups[0].partitions.first { $0.trial != nil })
    let trial = try #require(place.trial)
    #expect(trial.offset == place.committed && trial.type == EventType.orderCreated && trial.limit == 10)
    #expect(place.isStuck && topic.emptyIn == nil)
    #expect((2...9).contains(trial.failures) && trial.error == "fault: errors" && trial.instance == place.owner)
    stage.run(50)
    #expect(stage.state(id) == .stuck)
    let after = try #require(topics(builder(stage)).first { $0.name == TopicName.inventory })
    #expect(after.groups[0].partitions.allSatisfy { $0.trial == nil } && after.deadLetters == 1)
  }

  @Test func aDiscardedLetterIsAnotherAlert() throws {
    let stage = Stage(faults: ["inventory:errors=100%,ttl=50s"])
    stage.order()
    stage.run(60)
    let builder = builder(stage)
    let open = builder.snapshot(speed: .paced(1), receivers: [], isStill: true).alerts
    #expect(open.contains { $0.rule == "transaction is stuck" && $0.isSevere })
    let letters = RecordFilter(topic: "inventory.DLT")
    let letter = try #require(RecordReader(broker: stage.world.broker).records(letters, limit: 10).first)
    CommandDesk.carryOut(
      .discardDeadLetter(topic: "inventory", partition: letter.partition, offset: letter.offset), in: stage.world)
    let settled = builder.snapshot(speed: .paced(1), receivers: [], isStill: true).alerts
    #expect(!settled.contains { $0.rule == "transaction is stuck" })
    #expect(
      settled.contains {
        $0.rule == "transaction was given up" && $0.value == "dead letter discarded: inventory" && !$0.isSevere
      })
  }

  @Test func recordsOfTheShopAreAcknowledgedInMemory() {
    #expect(shop(2).snapshot().topics.allSatisfy { $0.acknowledgement == .memory })
  }

  @Test func noFaultIsKeptToAPartitionThatIsNotThere() {
    let problem = FaultSpecError("payment reads 6 partitions, 0 to 5; there is no partition=9")
    #expect(throws: problem) {
      try FaultParser(catalogue: SimulatedShop.catalogue).parse("payment:latency=2s,partition=9")
    }
  }
}

/// Looking for records, a slice at a time.
@Suite struct RecordSearchTests {
  private func search(_ filter: RecordFilter, _ broker: Broker, limit: Int = 500) throws -> RecordSearch {
    try #require(RecordSearch(filter, limit: limit, broker: broker))
  }

  /// Written by one partition after the other, so that the oldest are far from the newest.
  private func broker(_ count: Int) throws -> Broker {
    let broker = try Broker()
    var settings = TopicSettings()
    settings.partitions = 3
    try broker.createTopic("t", settings: settings)
    for number in 0..<count {
      let words = number % 1_000 == 0 ? "Needle" : "straw"
      let record = ProducerRecord(
        key: Array("\(number)".utf8), value: Array("{\"what\":\"\(words)\"}".utf8), partition: number % 3)
      _ = try broker.append([record], to: "t", now: Int64(number))
    }
    return broker
  }

  @Test func everythingThatIsKeptIsLookedThrough() throws {
    let broker = try broker(20_000)
    var search = try search(RecordFilter(topic: "t", text: "needle"), broker)
    var slices = 0
    while !search.answer.isComplete {
      var chunks = 0
      search.lookOn(takesNewer: true) {
        chunks += 1
        return chunks >= 10
      }
      slices += 1
      #expect(search.answer.searched <= search.answer.kept)
    }
    #expect(slices > 5)
    #expect(search.answer.searched == 20_000 && search.answer.kept == 20_000)
    #expect(search.answer.lines.map(\.key) == (0..<20).map { "\($0 * 1_000)" })
    #expect(RecordReader(broker: broker).records(RecordFilter(topic: "t", text: "needle"), limit: 500).count == 20)
  }

  @Test func theNewestAreFoundFirstAndItStopsWhenOlderOnesDoNotMatter() throws {
    let broker = try broker(20_000)
    var search = try search(RecordFilter(topic: "t"), broker, limit: 50)
    while !search.answer.isComplete { search.lookOn(takesNewer: true) { false } }
    #expect(search.answer.lines.map(\.time) == (19_950..<20_000).map(Int64.init))
    #expect(search.answer.searched < 2_000)
  }

  @Test func whatIsWrittenMeanwhileIsAddedUnlessItIsLeftAlone() throws {
    let broker = try broker(3_000)
    var search = try search(RecordFilter(topic: "t", text: "needle"), broker)
    search.lookOn(takesNewer: true) { false }
    let found = search.answer.lines.count
    _ = try broker.append([ProducerRecord(value: Array("NEEDLE".utf8), partition: 1)], to: "t", now: 9_000)
    search.lookOn(takesNewer: false) { false }
    #expect(search.answer.lines.count == found)
    search.lookOn(takesNewer: true) { false }
    #expect(search.answer.lines.count == found + 1 && search.answer.lines.last?.time == 9_000)
  }

  @Test func nothingNewerThanItsMoment() throws {
    let broker = try broker(3_000)
    var filter = RecordFilter(topic: "t", partition: 0)
    filter.until = 1_500
    let lines = RecordReader(broker: broker).records(filter, limit: 10)
    let times = (0..<10).map { Int64(1_473 + $0 * 3) }
    #expect(lines.map(\.time) == times)
  }
}
