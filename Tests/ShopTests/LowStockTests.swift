import Operations
import Simulation
import Testing
import TraceModel

@testable import Shop

/// A product of which few pieces are left: said once in the log, and an alert for as long as it lasts.
@Suite struct LowStockTests {
  private func lines(_ stage: Stage) -> [LogLine] {
    stage.world.logBook.lines(LogFilter(service: ShopPlan.inventory), limit: 500).filter {
      $0.message.hasPrefix("stock is")
    }
  }

  private func alerts(_ stage: Stage) -> [AlertItem] {
    stage.snapshot().alerts.filter { $0.rule == "stock is low" }
  }

  @Test(arguments: [SagaKind.choreographed, .orchestrated, .creditLarge])
  func isSaidOnceAndOverWithTheNextDelivery(saga: SagaKind) throws {
    let stage = Stage()
    #expect(alerts(stage).isEmpty)
    let id = try #require(stage.order("sku-07", quantity: 9, saga: saga == .choreographed ? nil : saga))
    stage.run(1)
    let said = lines(stage)
    #expect(said.map(\.message) == ["stock is low: 3 pieces of sku-07 left"])
    #expect(said.first?.gtxid == id && said.first?.level == .warn)
    let alert = try #require(alerts(stage).first)
    #expect(alert.subject == "sku-07" && alert.value == "3 pieces left" && alert.team == "stock" && !alert.isSevere)
    stage.order("sku-07", quantity: 1)
    stage.run(1)
    #expect(lines(stage).count == 1)
    #expect(alerts(stage).map(\.value) == ["2 pieces left"] && alerts(stage).first?.since == alert.since)
    stage.run(25)
    #expect(Set(lines(stage).map(\.message)).subtracting(said.map(\.message)) == ["stock is back: 12 pieces of sku-07"])
    #expect(alerts(stage).isEmpty && lines(stage).count == 2)
    #expect(stage.problems() == [])
  }

  @Test func whatIsReleasedIsBack() throws {
    let stage = Stage { $0.declined = 1 }
    let id = try #require(stage.order("sku-18", quantity: 10))
    stage.run(3)
    let said = lines(stage)
    #expect(
      Set(said.map(\.message)) == ["stock is low: 2 pieces of sku-18 left", "stock is back: 12 pieces of sku-18"])
    #expect(said.count == 2 && said.allSatisfy { $0.gtxid == id } && alerts(stage).isEmpty)
  }

  @Test func theLegacyShopTakesItOutToo() throws {
    let stage = Stage.strangled("order=0")
    stage.order("sku-33", quantity: 11)
    stage.run(2)
    #expect(lines(stage).map(\.message) == ["stock is low: 1 piece of sku-33 left"])
    #expect(alerts(stage).map(\.value) == ["1 piece left"])
  }
}
