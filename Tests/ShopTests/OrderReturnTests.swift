import Operations
import Testing
import TraceModel

@testable import Shop

/// A customer gives back what was ordered.
@Suite struct OrderReturnTests {
  private func giveBack(_ id: GTXID, _ stage: Stage, by user: String = "kim", seconds: Double = 3) -> Response {
    stage.ask(Request(OrderReturn.route, argument: id.hex), by: user, seconds: seconds)
  }

  @Test func moneyAndGoodsGoBack() throws {
    let stage = Stage()
    let id = try #require(stage.order("sku-01", quantity: 2))
    #expect(stage.state(id) == .committed && stage.held(id) == 2 && stage.money(id) == 2_000)
    let taken = giveBack(id, stage)
    #expect(taken.status == 202)
    #expect(stage.held(id) == 0 && stage.money(id) == 0)
    #expect(stage.orderState(id) == OrderTables.cancelled && stage.state(id) == .compensated)
    #expect(
      stage.events(Stage.id(taken)) == [
        "ORDER_FAILED → payment", "PAYMENT_REFUNDED → inventory", "ITEM_RELEASED → order",
      ])
    #expect(stage.state(Stage.id(taken)) == .committed)
    let asked = stage.ask(Request("GET /transactions/{gtxid}", argument: id.hex))
    #expect(asked.body.state == OrderTables.cancelled && asked.body.reason == BusinessReason.returned)
    // A decision of the customer is no failure of the shop.
    #expect(stage.world.transactions.endedBadly == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func itIsDoneOnceAndForOnesOwnOrdersOnly() throws {
    let stage = Stage()
    let id = try #require(stage.order())
    #expect(giveBack(id, stage, by: "lee").status == 404 && stage.state(id) == .committed)
    #expect(giveBack(id, stage).status == 202)
    #expect(giveBack(id, stage).status == 202)
    #expect(stage.world.companyBooks.refunds == 1 && stage.compensations("cancel") == 1)
    let other = try #require(stage.order(saga: .credit))
    #expect(giveBack(other, stage).status == 409 && stage.state(other) == .committed)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func moneyComesBackAsSoonAsTheCompanyAnswers() throws {
    let stage = Stage()
    let id = try #require(stage.order())
    stage.arm("payment-gateway:outage,ttl=20s")
    #expect(giveBack(id, stage).status == 202)
    #expect(stage.money(id) == 2_000 && stage.state(id) == .compensating)
    stage.run(40)
    #expect(stage.money(id) == 0 && stage.held(id) == 0 && stage.state(id) == .compensated)
    #expect(stage.problems() == [])
  }

  @Test func returnsAmongOrdersKeepTheBooksStraight() {
    let stage = Stage(seed: 8, rate: 5, faults: ["order/1:crash,ttl=3s"]) {
      $0.mix.journeys = [(.buy, 1), (.giveBack, 1)]
    }
    stage.run(40)
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.world.companyBooks.refunds > 50)
    #expect(stage.problems() == [])
  }
}
