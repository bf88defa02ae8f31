import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Search is kept in step with item by mining item's log.
@Suite struct ChangeCaptureTests {
  private func document(_ stage: Stage, _ sku: String) -> Payload? {
    let store = stage.world.documents(of: ShopPlan.search)
    return try? SearchView.product(sku, in: SearchView.plan.view.live(store), store)
  }

  @Test func aReservationIsSeenBySearch() {
    let stage = Stage()
    stage.run(3)
    let id = stage.order("sku-01", quantity: 3, saga: .join)
    stage.run(1)
    #expect(document(stage, "sku-01")?.quantity == 3_997)
    // The event that was mined belongs to the transaction in which the row changed.
    let mined = stage.records(id).filter { $0.topic == TopicName.itemChanges }
    #expect(mined.map { $0.record.headerText(RecordHeaderName.type) } == [EventType.quantityChanged])
    #expect(stage.spans(id).contains { $0.service == "search" && $0.operation == "update" })
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aPriceThatChangesByItselfHasATransactionOfItsOwn() throws {
    let stage = Stage()
    stage.run(20)
    let changed = stage.world.broker.allTopics.first { $0.name == TopicName.itemChanges }
    let records = (0..<ShopPlan.partitions).flatMap { (try? changed?.peek(partition: $0, from: 0).records) ?? [] }
    let id = try #require(records.first?.headerText(Carrier.gtxid).flatMap { GTXID($0) })
    let spans = stage.spans(id)
    #expect(spans.first { $0.parent == nil }?[attribute: AttributeName.kind] == .text(TransactionKind.batch))
    #expect(spans.map(\.operation).contains("PriceChanged") && spans.map(\.operation).contains("update"))
    #expect(stage.problems() == [])
  }

  @Test(arguments: ["aggregate:crash,ttl=6s", "db:item:db-down,ttl=6s", "search:crash,ttl=6s"])
  func whatIsDownCatchesUp(fault: String) {
    let stage = Stage()
    stage.run(3)
    let before = stage.order("sku-02", quantity: 2, saga: .join)
    stage.run(1)
    stage.arm(fault)
    if !fault.hasPrefix("db:") { stage.order("sku-03", quantity: 2, saga: .join) }
    stage.run(3)
    #expect(document(stage, "sku-03")?.quantity == 4_000)
    #expect(!fault.hasPrefix("db:") || stage.world.minerLag(of: ShopPlan.item)?.changes == 0)
    stage.run(20)
    #expect(stage.state(before) == .committed)
    #expect(stage.world.minerLag(of: ShopPlan.item)?.changes == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aDocumentThatIsWrongIsSeen() throws {
    let stage = Stage()
    stage.run(2)
    #expect(stage.problems() == [])
    try stage.write(ShopPlan.search, "UPDATE products_1 SET body = json_set(body, '$.price', 1) WHERE id = 'sku-05'")
    #expect(stage.broken() == [.viewsAgree])
  }

  /// The mistake: a log that is kept for less long than its miner may be away. What is lost is named, and the rows are
  /// read anew.
  @Test func whatTheLogForgotIsReadAnew() throws {
    let stage = Stage(faults: ["aggregate:crash,ttl=20s"])
    stage.run(3)
    stage.order("sku-04", quantity: 2, saga: .join)
    stage.run(2)
    _ = try stage.world.disk(of: ShopPlan.item)?.database.changeLog?.prune(now: stage.world.time.now, retention: 0)
    #expect(document(stage, "sku-04")?.quantity == 4_000)
    stage.run(25)
    #expect(stage.problems() == [])
    let lines = stage.world.logBook.lines(LogFilter(service: ShopPlan.aggregate), limit: 10).map(\.message)
    #expect(lines.contains { $0.contains("are lost: its rows are read anew") })
  }
}
