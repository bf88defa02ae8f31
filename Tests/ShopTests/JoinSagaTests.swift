import EventBus
import Operations
import Testing
import TraceModel

@testable import Shop

@Suite struct JoinSagaTests {
  @Test func bothAcceptedIsConfirmed() {
    let stage = Stage()
    stage.run(3)
    let id = stage.order(quantity: 2, saga: .join)
    #expect(stage.answers.first?.body.state == "PLACED")
    stage.run(0.5)
    #expect(stage.events(id).first == "PLACED → orders")
    #expect(Set(stage.events(id)[1...2]) == ["ACCEPTED → stock", "ACCEPTED → payments"])
    #expect(stage.events(id).last == "CONFIRMED → orders" && stage.events(id).count == 4)
    #expect(stage.orderState(id) == "CONFIRMED" && stage.state(id) == .committed)
    #expect(stage.money(id) == 2_000)
    #expect(stage.items(id) == 2)
    let operations = stage.spans(id).filter {
      $0.kind == .consumer && !["search", "recommendation", ShopPlan.historyUpdater].contains($0.service)
    }.map {
      "\($0.service) \($0.operation)"
    }.sorted()
    #expect(
      operations == [
        "item confirm", "item reserve", "order confirm", "order join payments", "order join stock", "payment charge",
      ])
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func oneRejectedRollsTheOtherBack() {
    let stage = Stage { $0.declined = 1 }
    stage.run(3)
    let id = stage.order(saga: .join)
    stage.run(1)
    #expect(stage.events(id).last == "ROLLBACK → orders")
    #expect(stage.orderState(id) == "ROLLBACK" && stage.state(id) == .compensated)
    #expect(stage.items(id) == 0 && stage.money(id) == 0)
    // Payment, the source, ignores its own kind.
    #expect(!stage.spans(id).contains { $0.service == "payment" && $0.operation == "refund" })
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func soldOutRefundsThePayment() {
    let stage = Stage()
    stage.run(3)
    let id = stage.order("sku-07", quantity: 13, saga: .join)
    stage.run(1)
    #expect(stage.orderState(id) == "ROLLBACK" && stage.state(id) == .compensated)
    #expect(stage.money(id) == 0)
    #expect(stage.world.companyBooks.refunds == 1)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func bothRejectedHasNothingToUndo() {
    let stage = Stage { $0.declined = 1 }
    stage.run(3)
    let id = stage.order("sku-07", quantity: 13, saga: .join)
    stage.run(1)
    #expect(stage.events(id).last == "REJECTED → orders")
    #expect(stage.orderState(id) == "REJECTED" && stage.state(id) == .rejected)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aSideThatIsDownIsRolledBackAfterTheWindowAndRefundedWhenItIsBack() {
    let stage = Stage()
    stage.run(3)
    stage.arm("payment:slow=8s,ttl=9s")
    let id = stage.order(saga: .join)
    stage.run(3)
    #expect(stage.orderState(id) == "PLACED")
    stage.run(3.5)
    // The window is over: what item holds is given back.
    #expect(stage.orderState(id) == "ROLLBACK" && stage.items(id) == 0)
    stage.run(10)
    // Payment's answer came after the window, and it is undone, too.
    #expect(stage.events(id).filter { $0.hasPrefix("ROLLBACK") }.count == 2)
    #expect(stage.money(id) == 0 && stage.world.companyBooks.refunds == 1)
    stage.run(10)
    #expect(stage.state(id) == .compensated && stage.world.rollbacks.backlog == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The mistake: with an inner join nobody ever hears of an order whose other side does not answer in time.
  @Test func innerJoinHangsOrders() {
    let stage = Stage { $0.mistakes = [.innerJoin] }
    stage.run(3)
    stage.arm("payment:slow=8s,ttl=9s")
    let id = stage.order(saga: .join)
    stage.run(60)
    #expect(stage.orderState(id) == "PLACED" && stage.items(id) == 2 && stage.money(id) == 2_000)
    #expect(stage.broken().contains(.everySagaEnds))
  }

  @Test(arguments: 1...6) func holdsUnderCrashes(seed: UInt64) throws {
    var settings = try RandomFaults(seed: seed).settings
    settings.rate = 12
    settings.mix.sagas = [(.choreographed, 1), (.join, 3)]
    settings.faults.append((at: 3_000_000_000, try fault("order:crash,ttl=4s")))
    settings.faults.append((at: 5_000_000_000, try fault("item/1:crash,ttl=3s")))
    settings.faults.append((at: 9_000_000_000, try fault("order/1:crash,ttl=3s")))
    let report = SimulationRun(settings, duration: 15_000_000_000).run()
    #expect(report.invariants.filter { !$0.holds }.flatMap(\.problems) == [], "seed \(seed)")
    #expect(report.transactions.committed > 0)
  }

  private func fault(_ text: String) throws -> FaultSpec {
    try FaultParser(catalogue: SimulatedShop.catalogue).parse(text)
  }
}
