import EventBus
import Operations
import Resilience
import Simulation
import Testing
import TraceModel

@testable import Shop

/// Charges whose outcome nobody knows, and a second reader of the same record: the money goes back all the same.
@Suite struct VoidRaceTests {
  private static func force(_ state: CircuitBreakerState, on stage: Stage) throws {
    for process in stage.world.service(ShopPlan.payment).instances.compactMap(\.process) {
      let breaker = process.client(of: ShopPlan.company).breaker
      try breaker.transition(to: state, now: stage.world.time.now)
    }
  }

  /// Without care: payment-2 is told that the charge stands, and publishes it; then payment-1's void arrives, and
  /// payment-1 crashes before it can say so. The order would be paid, and the money gone.
  @Test func aVoidIsNotSentOnceTheRecordHasMoved() throws {
    let stage = Stage(faults: ["payment/2:crash,ttl=30s"])
    stage.run(13)
    // payment-1 has all partitions. What it charges is answered too late, and what it takes back not at all.
    let late = stage.arm("payment-gateway:latency=2s,route=/charge")
    stage.arm("payment-gateway:outage,route=/void,ttl=25s")
    let ids = (1...8).map { stage.order("sku-0\($0)", quantity: 1) }
    stage.run(9)
    #expect(stage.world.companyBooks.charges > 4)
    #expect(stage.world.faults.remove(late.id))
    // payment-2 is back, and has been given half of the partitions.
    stage.run(8)
    let payment = stage.world.service(ShopPlan.payment).instances
    let half = ShopPlan.partitions * PaymentService.plan.reads.count / 2
    #expect(payment.map { $0.process?.partitionsHeld } == [half, half])
    stage.world.crashPoints.arm(try CrashSpec(parsing: "payment/1:P9"))
    stage.run(90)
    #expect(stage.world.crashPoints.count(of: .beforeEffect).struck == 1)
    for id in ids { #expect(stage.state(id) == .committed || stage.state(id) == .compensated) }
    #expect(ids.contains { stage.state($0) == .committed })
    #expect(stage.problems() == [])
  }

  /// Without care: the second copy is refused by the breaker, nothing has left, and its saga turns back at once; then a
  /// crash ends the void of the first one, and after it the log says that all is done.
  @Test func aDuplicateThatIsRefusedWaitsForTheVoidOfTheFirst() throws {
    let stage = Stage(faults: ["payment-gateway:latency=2s,route=/charge", "payment-gateway:outage,route=/void"])
    let id = stage.order()
    stage.run(9)
    #expect(stage.state(id) == .compensating && stage.money(id) == 2000)
    try Self.force(.forcedOpen, on: stage)
    let (topic, record) = try #require(stage.records(id).first { $0.topic == TopicName.payment })
    _ = try stage.world.broker.append(
      [.init(key: record.key, value: record.value, headers: record.headers)], to: topic, now: stage.world.time.now)
    stage.run(6)
    #expect(stage.events(id).filter { $0.hasPrefix("PAYMENT_FAILED") }.isEmpty)
    stage.arm("payment:crash,ttl=1s")
    stage.world.faults.removeAll()
    stage.run(30)
    #expect(stage.state(id) == .compensated || stage.state(id) == .committed)
    #expect(stage.problems() == [])
  }

  /// Without care: what the instance before the crash had sent is charged, and the one after it, whose breaker is open,
  /// believes that nothing was.
  @Test func aRefusedChargeThatMayHaveBeenSentBeforeIsVoided() throws {
    let stage = Stage(faults: ["payment-gateway:latency=2s,route=/charge"])
    let id = stage.order()
    #expect(stage.money(id) == 2000)
    stage.arm("payment:crash,ttl=500ms")
    stage.run(0.901)
    try Self.force(.forcedOpen, on: stage)
    stage.run(25)
    #expect(stage.events(id).filter { $0.hasPrefix("PAYMENT_FAILED") }.isEmpty)
    #expect(stage.state(id) == .compensating)
    stage.world.faults.removeAll()
    try Self.force(.closed, on: stage)
    stage.run(20)
    #expect(stage.state(id) == .compensated && stage.money(id) == 0)
    #expect(stage.problems() == [])
  }
}
