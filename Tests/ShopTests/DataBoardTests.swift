import Operations
import Simulation
import Testing
import TraceModel

@testable import Shop

/// What the page of data is drawn from, and orders that are sent by hand.
@Suite struct DataBoardTests {
  private func facts(_ key: String, _ stage: Stage) -> OrderFacts? {
    stage.world.flushSpans()
    guard case .found(let facts) = stage.orderReader.answer(key) else { return nil }
    return facts
  }

  private func cell(_ field: String, _ place: String, _ facts: OrderFacts?) -> OrderFacts.Cell? {
    guard let facts, let column = facts.places.firstIndex(of: place) else { return nil }
    return facts.fields.first { $0.name == field }?.cells[column]
  }

  // MARK: One order

  @Test(arguments: [
    (SagaKind.choreographed, ["inventory", "payment-gateway"]),
    (.orchestrated, ["inventory", "customer", "payment-gateway"]), (.join, ["item", "payment-gateway"]),
    (.credit, ["customer"]), (.creditLarge, ["inventory", "customer"]),
  ])
  func allPlacesAgreeOnAGoodOrder(saga: SagaKind, places: [String]) throws {
    let stage = Stage()
    let id = try #require(stage.order(saga: saga))
    stage.run(7)
    let facts = facts(id.hex, stage)
    #expect(facts?.places == ["order"] + places + ["order-history"] && facts?.differences == 0)
    #expect(facts?.gtxid == id && facts?.saga == saga.rawValue)
    #expect(facts?.fields.map(\.name) == ["sku", "pieces", "amount", "customer", "state", "holds"])
    #expect(places.allSatisfy { cell("holds", $0, facts)?.text == "yes" })
    #expect(cell("state", "order-history", facts)?.text == facts?.state)
  }

  @Test func whatCustomersAreShownIsMarkedWhereItIsOld() throws {
    let stage = Stage(faults: ["order-history-updater:crash"])
    let id = try #require(stage.order())
    stage.run(7)
    let late = facts(id.hex, stage)
    #expect(cell("state", "order-history", late) == OrderFacts.Cell("none", differs: true) && late?.state != "none")
    stage.world.faults.removeAll()
    stage.letChangesArrive()
    let shown = facts(id.hex, stage)
    #expect(cell("state", "order-history", shown)?.text == shown?.state && shown?.differences == 0)
  }

  @Test func anUndoneOrderHoldsNothingAnywhere() throws {
    let stage = Stage { $0.declined = 1 }
    let id = try #require(stage.order(saga: .orchestrated))
    stage.run(4)
    let facts = facts(id.hex, stage)
    #expect(facts?.state == "CANCELLED" && facts?.differences == 0)
    #expect(["inventory", "customer", "payment-gateway"].allSatisfy { cell("holds", $0, facts)?.text == "no" })
  }

  @Test func whatIsNotWhatTheOrderSaysIsMarked() throws {
    let stage = Stage()
    let id = try #require(stage.order())
    stage.run(2)
    try stage.write(ShopPlan.inventory, "UPDATE reservation SET quantity = 3")
    #expect(cell("pieces", "inventory", facts(id.hex, stage)) == OrderFacts.Cell("3", differs: true))
    try stage.write(ShopPlan.inventory, "UPDATE reservation SET quantity = 2, state = 'RELEASED'")
    let lost = facts(id.hex, stage)
    #expect(cell("holds", "inventory", lost) == OrderFacts.Cell("no", differs: true) && lost?.differences == 2)
  }

  /// While an order is on its way, what is not there yet is no difference.
  @Test func anOrderOnItsWayIsNotJudged() throws {
    let stage = Stage(faults: ["payment-gateway:outage"])
    let id = try #require(stage.order())
    #expect(cell("holds", "payment-gateway", facts(id.hex, stage))?.text == "no")
    #expect(facts(id.hex, stage)?.differences == 0)
  }

  @Test func anOrderIsFoundByItsNumberAndByTheBeginningOfItsId() throws {
    let stage = Stage()
    let id = try #require(stage.order())
    stage.run(2)
    #expect(facts("1", stage)?.gtxid == id)
    #expect(facts("#1", stage)?.gtxid == id)
    #expect(facts(String(id.hex.prefix(6)), stage)?.gtxid == id)
    // What is mined from the order's table comes beside the saga, whenever the miner gets to it.
    let told = facts(id.hex, stage)?.events.map(\.type).filter { $0 != "OrderChanged" }
    #expect(told == ["ORDER_CREATE", "ITEM_RESERVED", "PAYMENT_COMPLETE"])
    guard case .unknown(let sentence) = stage.orderReader.answer("99") else {
      Issue.record("there is no order 99")
      return
    }
    #expect(sentence.hasPrefix("no order 99 is known"))
  }

  // MARK: Stores

  @Test func aStoreTellsItsTablesAndItsOutbox() throws {
    let stage = Stage(faults: ["broker:broker-down"])
    let id = try #require(stage.order())
    let disk = try #require(stage.world.disk(of: ShopPlan.order))
    let detail = StoreReader(disk: disk).detail
    #expect(detail.tables.first { $0.name == "orders" }?.rows == 1)
    #expect(detail.outbox?.map(\.type) == ["ORDER_CREATE"] && detail.outbox?.first?.gtxid == id)
    let search = try #require(stage.world.disk(of: ShopPlan.search))
    #expect(StoreReader(disk: search).detail.outbox == nil)
  }

  /// Before and after, as the database's own log has them, with what their miner publishes.
  @Test func aStoreTellsItsNewestRows() throws {
    let stage = Stage()
    let id = try #require(stage.order())
    stage.run(3)
    let disk = try #require(stage.world.disk(of: ShopPlan.order))
    let changes = try #require(StoreReader(disk: disk).detail.changes)
    #expect(changes.map(\.position) == changes.map(\.position).sorted(by: >))
    let order = changes.filter { $0.table == "orders" && $0.key == "1" }
    #expect(order.map(\.operation) == ["update", "insert"] && order.allSatisfy { $0.gtxid == id })
    #expect(order.allSatisfy { $0.events == [EventType.orderChanged] })
    let state = order.map { change in change.columns.first { $0.name == "state" } }
    #expect(state == [.init("state", before: "PENDING", after: "PAID"), .init("state", before: nil, after: "PENDING")])
    let catalog = try #require(stage.world.disk(of: ShopPlan.catalog))
    #expect(StoreReader(disk: catalog).detail.changes == nil)
  }

  @Test func theBoardKnowsRelaysCapturesJoinsAndViews() throws {
    let stage = Stage(rate: 20)
    stage.run(10)
    let builder = SnapshotBuilder(world: stage.world, external: stage.world.traces)
    var board = DataBoard()
    for _ in ShopPlan.services { board = builder.snapshot(speed: .paced(1), receivers: [], isStill: true).data }
    #expect(
      board.stores.map(\.service) == ShopPlan.services.filter { $0.store != nil && $0.store?.owner == nil }.map(\.name))
    let order = try #require(board.store(of: ShopPlan.order))
    #expect(order.relay?.hasPrefix("order-") == true && order.relayRate ?? 0 > 5)
    // What it has acted on is known for longer than any record waits.
    #expect(order.inboxWindow ?? 0 >= Observatory.memory && order.unacknowledgedAge ?? 0 < 10_000_000_000)
    #expect(board.store(of: ShopPlan.catalog)?.inboxWindow == nil)
    #expect(board.stores.allSatisfy { $0.rows != nil && $0.bytes > 0 })
    let documents = board.stores.filter { $0.kind == "documents" }.map(\.service)
    #expect(documents == [ShopPlan.catalog, ShopPlan.search, ShopPlan.historyUpdater])
    #expect(board.captures.map(\.source) == ShopPlan.miners.map(\.source))
    #expect(board.joins.map(\.window) == [5_000_000_000])
    let search = builder.views().first { $0.name == ShopPlan.search }
    #expect(search?.behind != nil && search?.documents == 40)
  }

  /// Looking at all rows takes time: they are counted in one database a time, those of a table of events as well.
  @Test func viewsAreCountedWhenItIsTheirTurn() throws {
    let stage = Stage { $0.orderStore = .events }
    let builder = SnapshotBuilder(world: stage.world, external: stage.world.traces)
    func orders() -> Int64? {
      let board = builder.snapshot(speed: .paced(1), receivers: [], isStill: true).data
      return board.views.first { $0.form == .ofEvents }?.documents
    }
    let turns = ShopPlan.services.filter { $0.store != nil }.count
    for _ in 0..<turns { #expect(orders() == 0) }
    try #require(stage.order() != nil)
    let seen = (0..<turns).map { _ in orders() ?? -1 }
    #expect(seen.last == 1 && Set(seen) == [0, 1] || Set(seen) == [1], "\(seen)")
    let products = builder.views().first { $0.name == ShopPlan.search }?.documents
    #expect(products == 40)
  }

  // MARK: By hand

  @Test func anOrderIsSentByHand() throws {
    let stage = Stage()
    let wish = OrderWish(ticket: 7, sku: "sku-18", quantity: 2, saga: "join")
    CommandDesk.carryOut(.sendOrder(wish), in: stage.world)
    #expect(stage.world.customers.sent == [SentOrder(ticket: 7)])
    stage.run(3)
    let id = try #require(stage.world.customers.sent.first?.gtxid)
    #expect(stage.orderState(id) == "CONFIRMED" && facts(id.hex, stage)?.fields[0].cells[0]?.text == "sku-18")
    #expect(stage.world.book.entry(id)?.customerSees == "confirmed")
  }

  @Test func anOrderThatNobodyTakesInSaysWhy() {
    let stage = Stage(faults: ["gateway:crash"])
    CommandDesk.carryOut(.sendOrder(OrderWish(ticket: 1, sku: "sku-01", quantity: 1, saga: "credit")), in: stage.world)
    stage.run(1)
    #expect(stage.world.customers.sent.first?.gtxid == nil)
    #expect(stage.world.customers.sent.first?.problem == "logging in did not work")
  }

  @Test(arguments: [
    (OrderWish(sku: "sku-99", quantity: 1, saga: "join"), "there is no product sku-99"),
    (OrderWish(sku: "sku-01", quantity: 0, saga: "join"), "an order is of 1 to 1,000 pieces"),
    (OrderWish(sku: "sku-01", quantity: 1, saga: "none"), "there is no saga none"),
    (OrderWish(sku: "sku-01", quantity: 1, saga: "join"), "ordered: sku-01 ×1, join"),
  ])
  func ordersAreAnsweredInASentence(wish: OrderWish, sentence: String) {
    let shop = SimulatedShop(ShopSettings(seed: 4, rate: 0), isStill: true)
    #expect(shop.perform(.sendOrder(wish)).sentence.hasPrefix(sentence))
  }

  /// Who still is the legacy shop's customer gets no saga.
  @Test func anOrderThatTheLegacyShopSellsIsCalledSo() {
    let wish = OrderWish(sku: "sku-01", quantity: 1, saga: "choreographed")
    for (share, sentence) in [
      (0, "ordered: sku-01 ×1, by legacy-shop, which kim has not been moved from"),
      (100, "ordered: sku-01 ×1, choreographed"),
    ] {
      let stage = Stage.strangled("order=\(share)")
      let desk = CommandDesk(world: stage.world, snapshot: stage.snapshot())
      #expect(desk.outcome(of: .sendOrder(wish)).sentence == sentence)
    }
  }
}
