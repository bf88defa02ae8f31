import Operations
import Testing

@testable import Dashboard

/// `:order`: from the line to the call tree.
@Suite struct OrderCommandTests {
  private static func snapshot() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    snapshot.orders.products = [.init(sku: "sku-01", title: "linen lamp"), .init(sku: "sku-18", title: "oak table")]
    snapshot.orders.sagas = ["choreographed", "orchestrated", "join"]
    return snapshot
  }

  private func cockpit(_ line: String) -> Cockpit {
    var cockpit = Cockpit(Self.snapshot())
    cockpit.press(":")
    cockpit.send(.paste(line))
    cockpit.press("Enter")
    return cockpit
  }

  @Test(arguments: [
    ("order", OrderWish(ticket: 1, sku: "sku-01", quantity: 1, saga: "choreographed")),
    ("order sku-18 3", OrderWish(ticket: 1, sku: "sku-18", quantity: 3, saga: "choreographed")),
    ("order saga=join 2 sku-18", OrderWish(ticket: 1, sku: "sku-18", quantity: 2, saga: "join")),
  ])
  func words(line: String, wish: OrderWish) {
    guard case .perform(.sendOrder(let asked))? = cockpit(line).effects.last else {
      Issue.record("\(line) orders nothing")
      return
    }
    #expect(asked == wish)
  }

  @Test(arguments: [
    ("order sku-99", "unknown product \"sku-99\"; there are sku-01 to sku-18"),
    ("order saga=none", "unknown saga \"none\"; there are choreographed, orchestrated, join"),
    ("order 0", "an order is of 1 to 1000 pieces, not 0"),
  ])
  func problems(line: String, problem: String) {
    let cockpit = cockpit(line)
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.text.contains(problem))
  }

  @Test func theCallTreeOpensAsSoonAsTheGatewayHasBegunIt() {
    var cockpit = cockpit("order")
    var snapshot = Self.snapshot()
    snapshot.orders.sent = [SentOrder(ticket: 1)]
    cockpit.send(.snapshot(snapshot))
    #expect(cockpit.model.page == .overview)
    snapshot.orders.sent[0].gtxid = IncidentFixture.timeOut
    cockpit.send(.snapshot(snapshot))
    #expect(cockpit.model.page == .transactions)
    #expect(cockpit.effects.contains { if case .loadTransaction(IncidentFixture.timeOut) = $0 { true } else { false } })
    cockpit.press("1")
    cockpit.send(.snapshot(snapshot))
    #expect(cockpit.model.page == .overview, "it opens once")
  }

  @Test func whatWasNotTakenInIsSaid() {
    var cockpit = cockpit("order")
    var snapshot = Self.snapshot()
    snapshot.orders.sent = [SentOrder(ticket: 1, problem: "gateway refuses the connection")]
    cockpit.send(.snapshot(snapshot))
    #expect(cockpit.lastLine.contains("the order was not taken in: gateway refuses the connection"))
  }

  @Test func ticketsOfOthersAreNotTakenTwice() {
    var snapshot = Self.snapshot()
    snapshot.orders.sent = [SentOrder(ticket: 41, gtxid: IncidentFixture.timeOut)]
    var cockpit = Cockpit(snapshot)
    cockpit.press(":")
    cockpit.send(.paste("order"))
    cockpit.press("Enter")
    guard case .perform(.sendOrder(let wish))? = cockpit.effects.last else { return }
    #expect(wish.ticket == 42)
  }

  @Test func completionOffersProductsAndSagas() {
    let reader = PaletteReader(context: Cockpit(Self.snapshot()).model.context, themes: [])
    #expect(reader.completions("order sku").map(\.word) == ["sku-01", "sku-18"])
    #expect(reader.completions("order sku-18 s").map(\.word).first == "saga=choreographed")
    #expect(reader.completions("order sku-18 saga=j").map(\.line) == ["order sku-18 saga=join"])
  }
}
