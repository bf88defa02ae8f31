import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

@Suite struct SagaTests {
  @Test func happySagaStepByStep() {
    let stage = Stage()
    let before = stage.stock("sku-01")
    let id = stage.order("sku-01", quantity: 2)
    #expect(stage.answers.first?.status == 202)
    #expect(
      stage.crossings(id) == [
        "#1 POST /orders", "#2 POST /orders", "#3 ORDER_CREATE", "#4 ITEM_RESERVED", "#5 POST /charge",
        "#6 PAYMENT_COMPLETE",
      ])
    #expect(
      stage.events(id) == ["ORDER_CREATE → inventory", "ITEM_RESERVED → payment", "PAYMENT_COMPLETE → order"])
    let spans = stage.spans(id)
    #expect(
      Set(spans.map(\.service)) == [
        "gateway", "order", "inventory", "payment", "recommendation", "order-history-updater",
      ])
    #expect(spans.allSatisfy { $0.status != .error && $0.gtxid == id })
    #expect(
      spans.filter { $0.kind == .consumer && $0.operation != "project" }.map(\.operation).sorted() == [
        "charge", "confirm", "learn", "learn", "reserve",
      ])
    #expect(stage.state(id) == .committed)
    #expect(stage.orderState(id) == "PAID")
    #expect(stage.stock("sku-01") == before - 2)
    #expect(stage.money(id) == 2000)
    #expect(stage.problems() == [])
  }

  @Test func customerIsToldHowFarItIs() {
    let stage = Stage()
    let id = stage.order()
    stage.send(Request("GET /transactions/{gtxid}", argument: id?.hex ?? "", user: "kim"))
    stage.run(0.2)
    #expect(stage.answers.last?.status == 200)
    #expect(stage.answers.last?.body.state == "PAID")
    stage.send(Request("GET /transactions/{gtxid}", argument: String(repeating: "a", count: 32)))
    stage.run(0.2)
    #expect(stage.answers.last?.status == 404)
  }

  @Test func declinedCardIsUndoneInReverse() {
    let stage = Stage { $0.declined = 1 }
    let before = stage.stock("sku-02")
    let id = stage.order("sku-02")
    stage.run(1)
    #expect(
      stage.events(id) == [
        "ORDER_CREATE → inventory", "ITEM_RESERVED → payment", "PAYMENT_FAILED → inventory", "ITEM_RELEASED → order",
      ])
    #expect(
      stage.crossings(id) == [
        "#1 POST /orders", "#2 POST /orders", "#3 ORDER_CREATE", "#4 ITEM_RESERVED", "#5 POST /charge",
        "#6 PAYMENT_FAILED", "#7 ITEM_RELEASED",
      ])
    let undone = stage.spans(id).compactMap { span in
      span[attribute: AttributeName.undoes].map { "\(span.operation) undoes \($0)" }
    }
    #expect(undone == ["release undoes \(AttributeValue.integer(3))", "cancel undoes \(AttributeValue.integer(2))"])
    #expect(stage.state(id) == .compensated)
    #expect(stage.orderState(id) == "CANCELLED")
    #expect(stage.stock("sku-02") == before)
    #expect(stage.money(id) == 0)
    #expect(["void", "release", "cancel"].map(stage.compensations) == [0, 1, 1])
    #expect(stage.problems() == [])
  }

  @Test func soldOutIsRejectedWithNothingToUndo() {
    let stage = Stage()
    let id = stage.order("sku-01", quantity: 4001)
    #expect(stage.events(id) == ["ORDER_CREATE → inventory", "ITEM_REJECTED → order"])
    #expect(stage.state(id) == .rejected)
    #expect(stage.orderState(id) == "CANCELLED")
    #expect(stage.stock("sku-01") == 4000)
    #expect(stage.world.counters.compensations.isEmpty)
    #expect(stage.problems() == [])
  }

  @Test func undeliverableIsRefundedReleasedAndCancelled() {
    let stage = Stage { $0.undeliverable = 1 }
    let id = stage.order("sku-03")
    stage.run(1)
    #expect(
      stage.events(id) == [
        "ORDER_CREATE → inventory", "ITEM_RESERVED → payment", "PAYMENT_COMPLETE → order", "ORDER_FAILED → payment",
        "PAYMENT_REFUNDED → inventory", "ITEM_RELEASED → order",
      ])
    #expect(
      stage.spans(id).filter { $0.kind == .client || $0.kind == .producer && $0.peer != TopicName.orderChanges }
        .compactMap { $0.ltxid?.number }.sorted()
        == Array(2...10))
    #expect(stage.state(id) == .compensated)
    #expect(stage.stock("sku-03") == 4000)
    #expect(stage.money(id) == 0)
    #expect(stage.world.companyBooks.refunds == 1)
    #expect(["void", "release", "cancel"].map(stage.compensations) == [1, 1, 1])
    #expect(stage.problems() == [])
  }

  @Test(arguments: ["reserve", "charge", "confirm", "refund", "release"])
  func redeliveryHasOneEffect(of step: String) throws {
    let stage = Stage { $0.undeliverable = step == "refund" || step == "release" ? 1 : 0 }
    let id = stage.order("sku-04")
    stage.run(1)
    let held = stage.held(id)
    let money = stage.money(id)
    let events = stage.events(id).count
    let types = [
      "reserve": "ORDER_CREATE", "charge": "ITEM_RESERVED", "confirm": "PAYMENT_COMPLETE", "refund": "ORDER_FAILED",
      "release": "PAYMENT_REFUNDED",
    ]
    let (topic, record) = try #require(
      stage.records(id).first { $0.record.headerText("event-type") == types[step] })
    _ = try stage.world.broker.append(
      [.init(key: record.key, value: record.value, headers: record.headers)], to: topic, now: stage.world.time.now)
    stage.run(2)
    #expect(stage.world.counters.duplicatesSuppressed == 1)
    #expect(stage.held(id) == held)
    #expect(stage.money(id) == money)
    #expect(stage.events(id).count == events + 1)
    #expect(stage.problems() == [])
  }
}
