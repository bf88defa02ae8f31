import Operations
import Testing
import TraceModel

@testable import Shop

@Suite struct CreditSagaTests {
  @Test func smallOneReservesCreditAlone() {
    let stage = Stage()
    let before = stage.stock("sku-01")
    let id = stage.order(saga: .credit)
    #expect(stage.answers.first?.body.state == "NEW")
    #expect(stage.events(id) == ["OrderCreated → credit", "CreditReserved → credit"])
    #expect(stage.crossings(id) == ["#1 POST /orders", "#2 POST /orders", "#3 OrderCreated", "#4 CreditReserved"])
    #expect(
      stage.spans(id).filter { $0.kind == .consumer && !["project", "learn"].contains($0.operation) }.map(\.operation)
        .sorted() == ["approve", "reserve credit"])
    #expect(stage.orderState(id) == "OPEN" && stage.state(id) == .committed)
    #expect(stage.credit(of: "kim") == 2_000)
    #expect(stage.stock("sku-01") == before && stage.money(id) == 0)
    #expect(stage.problems() == [])
  }

  @Test func limitIsKept() {
    let stage = Stage()
    // The price of 200 pieces is more than this customer may owe.
    let id = stage.order(quantity: 200, user: "oh", saga: .credit)
    #expect(stage.events(id) == ["OrderCreated → credit", "CreditLimitExceeded → credit"])
    #expect(stage.orderState(id) == "REJECTED" && stage.state(id) == .rejected)
    #expect(stage.credit(of: "oh") == 0)
    #expect(stage.problems() == [])
  }

  @Test func largeOneReservesStockAtTheSameTime() {
    let stage = Stage()
    let before = stage.stock("sku-01")
    let id = stage.order(quantity: 3, saga: .creditLarge)
    #expect(stage.events(id).first == "OrderCreated → credit")
    #expect(Set(stage.events(id).dropFirst()) == ["CreditReserved → credit", "StockReserved → credit"])
    #expect(stage.orderState(id) == "OPEN" && stage.state(id) == .committed)
    #expect(stage.stock("sku-01") == before - 3 && stage.credit(of: "kim") == 3_000)
    #expect(stage.problems() == [])
  }

  @Test func withoutCreditTheStockGoesBack() {
    let stage = Stage()
    let before = stage.stock("sku-01")
    let id = stage.order(quantity: 200, user: "oh", saga: .creditLarge)
    stage.run(1)
    #expect(stage.events(id).suffix(2) == ["OrderRejected → credit", "StockReleased → credit"])
    #expect(stage.orderState(id) == "REJECTED" && stage.state(id) == .compensated)
    #expect(stage.stock("sku-01") == before && stage.credit(of: "oh") == 0)
    #expect(stage.problems() == [])
  }

  @Test func withoutStockTheCreditGoesBack() {
    let stage = Stage()
    let id = stage.order("sku-07", quantity: 13, saga: .creditLarge)
    stage.run(1)
    #expect(stage.events(id).suffix(2) == ["OrderRejected → credit", "CreditReleased → credit"])
    #expect(stage.orderState(id) == "REJECTED" && stage.state(id) == .compensated)
    #expect(stage.credit(of: "kim") == 0)
    #expect(stage.problems() == [])
  }

  @Test func withNeitherNothingHasToGoBack() {
    let stage = Stage()
    let id = stage.order("sku-07", quantity: 200, user: "oh", saga: .creditLarge)
    stage.run(1)
    #expect(Set(stage.events(id).dropFirst()) == ["CreditLimitExceeded → credit", "OutOfStock → credit"])
    #expect(stage.state(id) == .rejected)
    #expect(stage.problems() == [])
  }

  @Test func aBillIsPaidAfterAWhileAndMakesRoom() {
    let stage = Stage()
    let id = stage.order(quantity: 100, user: "oh", saga: .credit)
    #expect(stage.orderState(id) == "OPEN" && stage.credit(of: "oh") == 100_000)
    let second = stage.order(quantity: 100, user: "oh", saga: .credit)
    #expect(stage.orderState(second) == "REJECTED")
    stage.run(30)
    #expect(stage.credit(of: "oh") == 0)
    let third = stage.order(quantity: 100, user: "oh", saga: .credit)
    #expect(stage.orderState(third) == "OPEN")
    #expect(stage.problems() == [])
  }

  @Test func aLostHoldIsSeen() throws {
    let stage = Stage()
    stage.order(saga: .credit)
    #expect(stage.problems() == [])
    try stage.write(ShopPlan.customer, "UPDATE reservation SET state = 'RELEASED'")
    #expect(stage.broken().contains(.creditIsConserved))
  }

  @Test(arguments: 1...6) func holdsUnderCrashes(seed: UInt64) throws {
    var settings = try RandomFaults(seed: seed).settings
    settings.rate = 12
    settings.mix.sagas = [(.choreographed, 1), (.credit, 1), (.creditLarge, 2)]
    settings.faults.append((at: 3_000_000_000, try fault("customer/1:crash,ttl=4s")))
    settings.faults.append((at: 6_000_000_000, try fault("order/2:crash,ttl=3s")))
    let report = SimulationRun(settings, duration: 15_000_000_000).run()
    #expect(report.invariants.filter { !$0.holds }.flatMap(\.problems) == [], "seed \(seed)")
    #expect(report.transactions.committed > 0)
  }

  private func fault(_ text: String) throws -> FaultSpec {
    try FaultParser(catalogue: SimulatedShop.catalogue).parse(text)
  }
}
