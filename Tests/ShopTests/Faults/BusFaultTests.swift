import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// What happens between the services and the bus, seen in its records, in rows and in spans; and that all of it heals.
@Suite struct BusFaultTests {
  private func types(_ stage: Stage, _ id: GTXID?) -> [String] {
    // What is mined from the databases' logs comes beside the saga.
    stage.records(id).filter { ![TopicName.itemChanges, TopicName.orderChanges].contains($0.topic) }
      .compactMap { $0.record.headerText(RecordHeaderName.type) }
  }

  // MARK: The bus is down

  @Test func ordersAreAcceptedWhileTheBusIsDownAndDrainInOrder() throws {
    let stage = Stage()
    stage.arm("broker:broker-down,ttl=10s")
    let ids = (0..<5).map { _ in stage.order() }
    stage.run(2)
    #expect(stage.answers.map(\.status) == [202, 202, 202, 202, 202])
    #expect(stage.world.outboxDepths.filter { $0 > 0 } == [5])
    #expect(ids.map { stage.state($0) } == Array(repeating: .running, count: 5))
    #expect(throws: BusError.unavailable("topic \"inventory\"")) {
      try stage.world.broker.read(TopicName.inventory, partition: 0, from: 0)
    }
    stage.run(20)
    #expect(ids.map { stage.state($0) } == Array(repeating: .committed, count: 5))
    #expect(stage.world.outboxDepths.allSatisfy { $0 == 0 })
    // Created in this order, and published in it.
    let created = ids.compactMap { stage.records($0).first?.record }
    #expect(created.map(\.timestamp) == created.map(\.timestamp).sorted())
    #expect(stage.problems() == [])
  }

  @Test func whatWasToldWhileTheBusWasDownIsOnIt() {
    let stage = Stage(rate: 10)
    stage.arm("broker:broker-down,ttl=10s")
    stage.run(12)
    let told = RecordReader(broker: stage.world.broker).records(
      RecordFilter(topic: TopicName.operations, text: "cannot reach the bus"), limit: 50)
    #expect(!told.isEmpty)
    stage.world.customers.close()
    stage.run(40)
    #expect(stage.world.oldestUnreadRecord() == nil)
    #expect(stage.problems() == [])
  }

  /// Also those that have nothing to tell it for a long time: relays and miners whose twin has the lease.
  @Test func everybodyLearnsThatTheBusIsBack() {
    let stage = Stage(rate: 10)
    stage.run(3)
    stage.arm("broker:broker-down,ttl=10s")
    stage.run(8)
    func unwell(_ reason: String) -> [String] {
      stage.world.observatory.health.instances.filter { $0.value.reason.contains(reason) }.map(\.key)
    }
    #expect(unwell("cannot reach the bus").contains { $0.hasPrefix("aggregate-") }, "\(unwell(""))")
    stage.run(30)
    #expect(unwell("cannot reach the bus") == [])
  }

  @Test func whatHappensWhileTheBusIsDownIsSeenAtOnceAndOnce() {
    let stage = Stage(rate: 5)
    let builder = SnapshotBuilder(world: stage.world, external: stage.world.traces)
    func events() -> [OperationalEvent] { builder.snapshot(speed: .paced(1), receivers: [], isStill: true).events }
    stage.run(3)
    let before = events()
    // Nobody looks between what is told of the fault and its effect.
    stage.arm("broker:broker-down,ttl=10s")
    stage.run(5)
    let meanwhile = events()
    let new = meanwhile.prefix(max(0, meanwhile.count - before.count))
    #expect(new.contains { $0.kind == .fault && $0.subject == "broker" && $0.change == "armed" })
    #expect(new.contains { $0.kind == .health && $0.reason.contains("cannot reach the bus") })
    #expect(meanwhile.suffix(before.count) == before[...])
    stage.run(12)
    let after = events()
    #expect(after.map(\.time) == after.map(\.time).sorted(by: >))
    #expect(after.suffix(meanwhile.count) == meanwhile[...])
    let onBus = RecordReader(broker: stage.world.broker).records(RecordFilter(topic: TopicName.operations), limit: 300)
    #expect(after.count < 300 && after.count == onBus.count)
  }

  // MARK: One instance is cut off

  @Test func theGroupGoesOnWithoutWhoIsCutOff() throws {
    let stage = Stage(rate: 10)
    let members = { try stage.world.broker.groups.snapshot(of: ShopPlan.payment).members.count }
    #expect(try members() == 2)
    let fault = stage.arm("payment/1:partition,ttl=30s")
    stage.run(14)
    // Its session has run out, and the other has all partitions.
    #expect(try members() == 1)
    let instances = stage.world.service(ShopPlan.payment).instances
    #expect(instances[1].process?.partitionsHeld == ShopPlan.partitions * PaymentService.plan.reads.count)
    let snapshot = SnapshotBuilder(world: stage.world, external: stage.world.traces)
      .snapshot(speed: .paced(1), receivers: [], isStill: true)
    let cutOff = try #require(snapshot.service(ShopPlan.payment)).instances[0]
    #expect(cutOff.health == .degraded)
    #expect(cutOff.reason == "payment-1 cannot reach the bus")
    #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits ?? 0 > 10)
    stage.run(30)
    #expect(try members() == 2)
    let half = ShopPlan.partitions * PaymentService.plan.reads.count / 2
    #expect(instances.map { $0.process?.partitionsHeld } == [half, half])
    stage.world.customers.close()
    stage.run(30)
    #expect(stage.world.oldestUnreadRecord() == nil)
    #expect(stage.world.transactions.allHaveEnded)
    #expect(stage.problems() == [])
  }

  @Test func anotherRelayTakesOverFromOneThatIsCutOff() throws {
    let stage = Stage()
    let instances = stage.world.service(ShopPlan.order).instances
    let relaying = try #require(instances.first { $0.process?.isRelaying == true })
    stage.arm("order/\(relaying.number):partition")
    let id = stage.order()
    stage.run(12)
    #expect(instances.first { $0 !== relaying }?.process?.isRelaying == true)
    #expect(types(stage, id).first == EventType.orderCreated)
    stage.run(20)
    #expect(stage.state(id) == .committed)
    #expect(stage.problems() == [])
  }

  /// What was handled just before is committed when the bus is back, also if nothing else comes.
  @Test func whatWasHandledIsCommittedAfterwards() {
    let stage = Stage()
    let id = stage.order()
    stage.arm("order:partition,ttl=3s")
    stage.arm("payment:partition,ttl=3s")
    stage.run(12)
    #expect(stage.state(id) == .committed)
    #expect(stage.world.oldestUnreadRecord() == nil)
  }

  // MARK: Records

  @Test func poisonIsPutAsideAtOnceAndThePartitionGoesOn() throws {
    let stage = Stage()
    let fault = stage.arm("topic:inventory:poison=2")
    let ids = [stage.order(), stage.order()]
    stage.run(3)
    #expect(ids.map { stage.state($0) } == [.committed, .committed])
    #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits == 2)
    let letters = RecordReader(broker: stage.world.broker).records(RecordFilter(topic: "inventory.DLT"), limit: 10)
    #expect(letters.count == 2)
    for letter in letters {
      #expect(letter.letter?.deliveries == 1)
      #expect(letter.type == EventType.orderCreated)
      let id = try #require(letter.gtxid)
      #expect(!ids.contains(id))
      // Its own transaction shows who put it there, and who could not read it.
      let spans = stage.spans(id)
      #expect(spans.map(\.kind) == [.producer, .consumer])
      #expect(spans.map(\.service) == [ShopPlan.order, ShopPlan.inventory])
      #expect(spans.last?.status == .error)
      #expect(spans.last?.message.contains("readable payload") == true)
    }
    #expect(stage.world.oldestUnreadRecord() == nil)
    #expect(stage.problems() == [])
    // Switched off and on again, it comes once more.
    _ = stage.world.faults.toggle(fault.id)
    _ = stage.world.faults.toggle(fault.id)
    stage.order()
    stage.run(2)
    #expect(stage.world.counters.deadLetters == 4)
  }

  @Test func aRecordThatIsThereTwiceHasOneEffect() {
    let stage = Stage(faults: ["topic:payment:duplicate=100%", "topic:order:duplicate=100%,route=PAYMENT_COMPLETE"])
    let id = stage.order()
    stage.run(5)
    #expect(
      types(stage, id).sorted() == [
        "ITEM_RESERVED", "ITEM_RESERVED", "ORDER_CREATE", "PAYMENT_COMPLETE", "PAYMENT_COMPLETE",
      ])
    let messages = stage.records(id).filter { $0.topic != TopicName.orderChanges }.compactMap {
      $0.record.headerText(RecordHeaderName.message)
    }
    #expect(Set(messages).count == 3)
    #expect(stage.world.companyBooks.charges == 1)
    #expect(stage.world.counters.duplicatesSuppressed == 2)
    #expect(stage.state(id) == .committed)
    #expect(stage.world.faults.armed.map(\.hits) == [1, 1])
    #expect(stage.problems() == [])
  }

  @Test func aGroupThatIsGivenARecordTwiceSeesOneOnTheTopic() {
    let stage = Stage(faults: ["group:inventory:duplicate=100%"])
    let id = stage.order()
    stage.run(5)
    #expect(types(stage, id) == ["ORDER_CREATE", "ITEM_RESERVED", "PAYMENT_COMPLETE"])
    #expect(stage.spans(id).filter { $0.operation == "reserve" }.count == 2)
    #expect(stage.world.counters.duplicatesSuppressed == 1)
    #expect(stage.held(id) == 2)
    #expect(stage.problems() == [])
  }

  @Test func someRecordsComeTwice() {
    let stage = Stage(rate: 40, faults: ["topic:inventory:duplicate=20%"])
    stage.run(20)
    let hits = Int(stage.world.faults.armed[0].hits)
    #expect((100...230).contains(hits), "\(hits)")
    stage.world.faults.removeAll()
    stage.world.customers.close()
    stage.run(10)
    #expect(stage.world.counters.duplicatesSuppressed >= UInt64(hits))
    #expect(stage.problems() == [])
  }

  /// The first charge was taken and its answer lost; the second is refused: the first is still to be given back.
  @Test func whatWasChargedBeforeAnAnswerWasLostIsVoided() {
    let stage = Stage(faults: ["payment:lose-before-outbox,route=PAYMENT_COMPLETE,ttl=8s"])
    let id = stage.order()
    #expect(stage.money(id) == 2000)
    stage.arm("payment-gateway:errors=100%,route=/charge,ttl=8s")
    stage.run(40)
    #expect(stage.state(id) == .compensated)
    #expect(stage.money(id) == 0)
    #expect(stage.world.companyBooks.refunds == 1)
    #expect(stage.held(id) == 0)
    #expect(stage.problems() == [])
  }

  /// An answer that is sent until the bus has it is one crossing: no hop is left out.
  @Test func anAnswerThatIsSentOftenIsOneHop() {
    let stage = Stage(faults: ["payment-gateway:outage,ttl=12s", "payment:lose-before-outbox,ttl=20s"])
    let id = stage.order()
    stage.run(50)
    #expect(stage.state(id) == .compensated)
    #expect(types(stage, id).filter { $0 == EventType.paymentFailed }.count == 1)
    #expect(stage.problems() == [])
  }

  @Test func anAnswerThatIsLostIsGivenAgain() throws {
    let stage = Stage(faults: ["payment:lose-before-outbox,route=PAYMENT_COMPLETE,ttl=2s"])
    let id = stage.order()
    stage.run(1)
    #expect(types(stage, id) == ["ORDER_CREATE", "ITEM_RESERVED"])
    // Charged, and nobody knows.
    #expect(stage.money(id) == 2000)
    #expect(stage.state(id) == .running)
    stage.run(10)
    #expect(types(stage, id) == ["ORDER_CREATE", "ITEM_RESERVED", "PAYMENT_COMPLETE"])
    #expect(stage.spans(id).filter { $0.operation == "charge" }.count > 2)
    #expect(stage.world.companyBooks.charges == 1)
    #expect(stage.world.companyBooks.repeated > 1)
    #expect(stage.state(id) == .committed)
    #expect(stage.problems() == [])
  }
}
