import EventBus
import Operations
import Resilience
import Simulation
import Testing
import TraceModel

@testable import Shop

/// What faults do, whom they spare, and that everything heals.
@Suite struct FaultTests {
  @Test func breakerOpensUnderLatencyAndEverythingHeals() {
    let stage = Stage(rate: 15, faults: ["payment-gateway:latency=2s,ttl=25s"])
    func breakers() -> [CircuitBreakerState] {
      stage.world.service(ShopPlan.payment).instances.compactMap(\.process).flatMap(\.clients).map(\.breaker.state)
    }
    stage.run(15)
    #expect(breakers().contains(.open))
    stage.run(10)
    var seconds = 0
    while seconds < 60, !breakers().allSatisfy({ $0 == .closed }) {
      stage.run(1)
      seconds += 1
    }
    #expect(breakers() == [.closed, .closed])
    stage.world.customers.close()
    stage.run(Double(60 - seconds))
    #expect(stage.world.oldestUnreadRecord() == nil)
    #expect(stage.compensations("void") > 0)
    #expect(stage.problems() == [])
  }

  @Test func refusedChargeTurnsBackAtOnce() throws {
    let stage = Stage(faults: ["payment-gateway:errors=100%"])
    let id = stage.order()
    stage.run(6)
    // Four attempts with back-offs of 0.5, 1 and 2 s, each answered with a refusal: nothing to void.
    #expect(stage.state(id) == .compensated)
    #expect(stage.spans(id).filter { $0.operation == "POST /charge" }.count == 4)
    #expect(stage.compensations("void") == 0)
    #expect(stage.problems() == [])
  }

  @Test func timedOutChargeTurnsBackOnlyWhenTheVoidIsAnswered() throws {
    let stage = Stage(faults: ["payment-gateway:outage,ttl=30s"])
    let start = stage.world.time.now
    let id = stage.order()
    stage.run(28)
    #expect(stage.state(id) == .compensating)
    #expect(stage.orderState(id) == "PENDING")
    #expect(stage.events(id) == ["ORDER_CREATE → inventory", "ITEM_RESERVED → payment"])
    stage.run(20)
    #expect(stage.state(id) == .compensated)
    let failed = try #require(stage.records(id).first { $0.record.headerText("event-type") == "PAYMENT_FAILED" })
    #expect(failed.record.timestamp > start + 30_000_000_000)
    #expect(stage.compensations("void") == 1)
    #expect(stage.problems() == [])
  }

  @Test func chargeWhoseAnswerIsLateIsGivenBack() {
    let stage = Stage(faults: ["payment-gateway:latency=2s,route=/charge,ttl=20s"])
    let id = stage.order()
    stage.run(40)
    #expect(stage.state(id) == .compensated)
    #expect(stage.world.companyBooks.charges == 1)
    #expect(stage.world.companyBooks.refunds == 1)
    #expect(stage.problems() == [])
  }

  @Test func ordersAreRefusedWhileTheDatabaseIsDown() {
    let stage = Stage()
    let before = stage.order()
    stage.arm("db:order:db-down,ttl=5s")
    let refused = stage.order()
    stage.run(3)
    #expect(stage.state(refused) ?? .failed == .failed)
    #expect(stage.answers.last?.status ?? 0 != 202)
    #expect(stage.world.transactions.currentTally().failed == 1)
    stage.run(10)
    let after = stage.order()
    stage.run(1)
    #expect([stage.state(before), stage.state(after)] == [.committed, .committed])
    #expect(stage.problems() == [])
  }

  @Test func whatIsOpenForLongIsNotForgotten() {
    let stage = Stage(faults: ["payment-gateway:outage,ttl=400s"])
    let id = stage.order("sku-05")
    stage.run(420)
    #expect(stage.state(id) == .compensated)
    #expect(stage.held(id) == 0)
    #expect(stage.problems() == [])
  }

  @Test(arguments: [7, 42] as [UInt64])
  func aHealthyStartAlarmsNobody(seed: UInt64) {
    let stage = Stage(seed: seed) { $0 = ShopSettings(seed: seed, rate: 20) }
    stage.run(30)
    let reader = RecordReader(broker: stage.world.broker)
    let told = reader.records(RecordFilter(topic: TopicName.operations), limit: 100)
    let alarms = reader.records(RecordFilter(topic: TopicName.operations, text: "STOP"), limit: 100)
    #expect(!told.isEmpty && alarms.isEmpty, "seed \(seed)")
  }

  @Test func aDeadLetterThatIsRetriedEndsItsSaga() throws {
    let stage = Stage(faults: ["inventory:errors=100%,ttl=50s"])
    let id = stage.order()
    stage.run(60)
    #expect(stage.state(id) == .stuck)
    let reader = RecordReader(broker: stage.world.broker)
    let letters = RecordFilter(topic: "inventory.DLT")
    let letter = try #require(reader.records(letters, limit: 10).first)
    #expect(letter.gtxid == id && letter.type == EventType.orderCreated && letter.letter?.deliveries == 10)
    #expect(reader.records(RecordFilter(topic: "inventory.DLT", text: "no such"), limit: 10).isEmpty)
    CommandDesk.carryOut(
      .retryDeadLetter(topic: "inventory", partition: letter.partition, offset: letter.offset), in: stage.world)
    stage.run(5)
    #expect(stage.state(id) == .committed)
    #expect(reader.records(letters, limit: 10).map { $0.letter?.state } == [.retried])
    #expect(stage.world.transactions.stuck.isEmpty)
    #expect(stage.problems() == [])
  }

  @Test func offsetsThatAreMovedBackRepeatNothing() throws {
    let stage = Stage()
    let ids = (0..<3).map { _ in stage.order() }
    stage.run(2)
    let move = OffsetMove(group: "inventory", topic: "inventory", target: .earliest)
    CommandDesk.carryOut(.moveOffsets(move), in: stage.world)
    stage.run(20)
    #expect(stage.world.counters.duplicatesSuppressed >= 3)
    #expect(ids.map { stage.state($0) } == [.committed, .committed, .committed])
    #expect(stage.problems() == [])
  }

  @Test func whateverIsStillInTheLogRepeatsNothing() throws {
    let stage = Stage(rate: 1)
    for minutes in [5.0, 4, 3] {
      stage.run(minutes * 60)
      for group in ["inventory", "payment", "order"] {
        CommandDesk.carryOut(.moveOffsets(OffsetMove(group: group, topic: group, target: .earliest)), in: stage.world)
      }
      stage.run(30)
    }
    #expect(stage.world.counters.duplicatesSuppressed > 500)
    #expect(stage.problems() == [])
  }

  @Test func crashedCommitIsStillTold() throws {
    // Right at the commit of an order, before its acknowledgement, the instance crashes.
    let stage = Stage()
    var crashed = false
    stage.world.disk(of: ShopPlan.order)?.listen {
      guard stage.world.transactions.openCount > 0 else { return true }
      crashed = true
      stage.world.time.after(50_000) { stage.arm("order:crash,ttl=20ms") }
      return false
    }
    stage.order()
    stage.run(20)
    #expect(crashed)
    #expect(stage.world.transactions.currentTally().committed == 1)
    #expect(stage.problems() == [])
  }

  // MARK: Whom they spare

  private func moment(
    _ service: String, instance: Int = 1, caller: String = "", route: String = "", user: String = "",
    partition: Int? = nil, isOnEdge: Bool = false
  ) -> FaultSwitchboard.Moment {
    FaultSwitchboard.Moment(
      service: service, instance: instance, caller: caller, route: route, user: user, partition: partition,
      isOnEdge: isOnEdge)
  }

  @Test func scopesAreHonoured() {
    let faults = Stage(faults: [
      "payment-gateway:latency=1s,route=/charge", "order:latency=2s,user=kim", "payment:latency=3s,partition=4",
      "inventory/2:latency=4s", "gateway>order:latency=5s", "gateway:latency=6s,share=25%",
    ]).world.faults
    let second: Int64 = 1_000_000_000
    #expect(faults.latency(moment("payment-gateway", route: "POST /charge")) == second)
    #expect(faults.latency(moment("payment-gateway", route: "POST /void")) == 0)
    #expect(faults.latency(moment("order", user: "kim")) == 2 * second)
    #expect(faults.latency(moment("order", user: "lee")) == 0)
    #expect(faults.latency(moment("order", route: "GET /health")) == 0)
    #expect(faults.latency(moment("payment", partition: 4)) == 3 * second)
    #expect(faults.latency(moment("payment", partition: 3)) == 0)
    #expect(faults.latency(moment("payment", route: "GET /health")) == 0)
    #expect(faults.latency(moment("inventory", instance: 2)) == 4 * second)
    #expect(faults.latency(moment("inventory", instance: 1)) == 0)
    #expect(faults.latency(moment("order", caller: "gateway", isOnEdge: true)) == 5 * second)
    #expect(faults.latency(moment("order", caller: "gateway")) == 0)
    let hit = (0..<4000).filter { _ in faults.latency(moment("gateway")) > 0 }.count
    #expect((800...1200).contains(hit))
  }

  @Test func faultsEndByThemselvesAndCanBeSwitched() {
    let stage = Stage()
    let short = stage.arm("payment/2:crash,ttl=3s")
    let instances = stage.world.service(ShopPlan.payment).instances
    #expect(instances.map(\.isUp) == [true, false])
    stage.run(2.9)
    #expect(stage.world.faults.toggle(short.id)?.isOn == false)
    // It has to boot.
    #expect(instances.map(\.isUp) == [true, false])
    stage.run(0.5)
    #expect(instances.map(\.isUp) == [true, true])
    stage.run(5)
    #expect(stage.world.faults.armed.map(\.id) == [short.id])
    // On again: its time begins anew.
    #expect(stage.world.faults.toggle(short.id)?.isOn == true)
    #expect(instances.map(\.isUp) == [true, false])
    stage.run(2.9)
    #expect(instances.map(\.isUp) == [true, false])
    stage.run(0.6)
    #expect(instances.map(\.isUp) == [true, true])
    #expect(stage.world.faults.armed.isEmpty)
    #expect(stage.world.faults.toggle(short.id) == nil)
  }

  @Test func overlappingCrashesEndWithTheLast() {
    let stage = Stage(faults: ["payment:crash,ttl=4s", "payment/1:crash,ttl=2s"])
    let instances = stage.world.service(ShopPlan.payment).instances
    stage.run(3)
    #expect(instances.map(\.isUp) == [false, false])
    stage.run(1.5)
    #expect(instances.map(\.isUp) == [true, true])
  }
}
