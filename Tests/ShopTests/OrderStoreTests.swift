import EventBus
import GRDB
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Whichever way order keeps its orders, others are told the same of them.
@Suite struct OrderStoreTests {
  private static func stage(_ store: OrderStore, undeliverable: Double = 0) -> Stage {
    Stage {
      $0.orderStore = store
      $0.undeliverable = undeliverable
    }
  }

  /// What one order of each kind comes to, and what was said of it.
  private static func course(_ stage: Stage, _ saga: SagaKind, _ sku: String, _ quantity: Int64, _ user: String)
    -> [String]
  {
    let id = stage.order(sku, quantity: quantity, user: user, saga: saga == .choreographed ? nil : saga)
    stage.run(2)
    // Only an order that is the sum of its events goes on to be shipped.
    let state = stage.orderState(id).map { $0 == "SHIPPED" ? "APPROVED" : $0 }
    return stage.events(id) + ["\(state ?? "?") \(stage.state(id)?.rawValue ?? "?")"]
  }

  @Test(arguments: [OrderStore.logMining, .events]) func theSameIsSaidOfEveryOrder(store: OrderStore) {
    let (outbox, other) = (Self.stage(.outbox), Self.stage(store))
    for saga in SagaKind.allCases {
      for (sku, quantity, user) in [("sku-01", 2, "kim"), ("sku-07", 13, "kim"), ("sku-01", 200, "oh")]
        as [(String, Int64, String)]
      {
        let (here, there) = (
          Self.course(outbox, saga, sku, quantity, user), Self.course(other, saga, sku, quantity, user)
        )
        #expect(here.count > 1 && here.sorted() == there.sorted(), "\(saga.rawValue) \(sku) ×\(quantity) of \(user)")
      }
    }
    other.rest()
    #expect(other.problems() == [])
  }

  @Test(arguments: OrderStore.allCases) func moneyOfWhatCannotBeDeliveredComesBack(store: OrderStore) {
    let stage = Self.stage(store, undeliverable: 1)
    let id = stage.order()
    stage.run(3)
    #expect(stage.events(id).contains("ORDER_FAILED → payment"))
    #expect(stage.events(id).last == "ITEM_RELEASED → inventory" || stage.events(id).last == "ITEM_RELEASED → order")
    #expect(stage.orderState(id) == "CANCELLED" && stage.state(id) == .compensated)
    #expect(stage.money(id) == 0 && stage.held(id) == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// A crash right after the commit; the other instance publishes.
  @Test(arguments: OrderStore.allCases, ["order:P2", "order:P3", "order:P4", "order:P5", "order:P10"])
  func aCrashLosesNothing(store: OrderStore, crash: String) throws {
    let stage = Self.stage(store)
    stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
    stage.send(
      Request("POST /orders", body: Payload(user: "kim", sku: "sku-01", quantity: 2, amount: 2000), user: "kim"))
    stage.run(15)
    let orders = try stage.world.disk(of: ShopPlan.order)?.database.read { try OrderTables.all($0) } ?? []
    #expect(orders.map(\.state) == ["PAID"])
    #expect(stage.problems() == [])
  }

  // MARK: The event store

  @Test func anOrderIsItsEvents() throws {
    let stage = Self.stage(.events)
    let (one, other) = (stage.order(saga: .creditLarge), stage.order(saga: .orchestrated))
    stage.run(3)
    let database = try #require(stage.world.disk(of: ShopPlan.order)?.database)
    let types = { (id: GTXID?) in
      try database.read { database in
        try database.all(
          """
          SELECT type FROM stored_event e JOIN event_stream s ON s.number = e.stream
          WHERE s.name LIKE 'order/%' AND gtxid = ? ORDER BY e.position
          """, [id?.hex ?? ""]
        ) { $0.value(0) as String }
      }
    }
    #expect(try types(one) == ["OrderCreated", "OrderAnswered", "OrderAnswered", "OrderApproved"])
    #expect(
      try types(other) == ["OrderCreated", "SagaReplyRequested", "OrderApproved", "OrderShipped", "SagaReplyRequested"])
    #expect(stage.orderState(other) == "SHIPPED" && stage.book(other)?.orderState == "SHIPPED")
    let snapshots = try database.read { try $0.number("SELECT count(DISTINCT stream) FROM state_snapshot") }
    #expect(snapshots == 2)
    // With its snapshot less is folded, and the same comes out.
    try database.read { database in
      let loaded = try OrderStreams.repository(database).load("order/1")
      #expect(loaded.folded < 4 && loaded.snapshot > 0)
      #expect(try loaded.state == OrderStreams.folded(1, database))
    }
    #expect(stage.problems() == [])
    try stage.write(ShopPlan.order, "UPDATE orders SET state = 'NEW' WHERE id = 1")
    #expect(stage.broken().contains(.viewsAgree))
  }

  /// The order's view shows the stream, and what the order was after each event, for good.
  @Test func anOrderIsLookedUpAsItsEvents() throws {
    let stage = Self.stage(.events)
    let id = try #require(stage.order(saga: .creditLarge))
    stage.run(3)
    func facts(_ key: String) -> OrderFacts? {
      guard case .found(let facts) = stage.orderReader.answer(key) else { return nil }
      return facts
    }
    let steps = try #require(facts(id.hex)?.history)
    #expect(steps.map(\.type) == ["OrderCreated", "OrderAnswered", "OrderAnswered", "OrderApproved"])
    #expect(steps.map(\.state) == ["NEW", "NEW", "NEW", "OPEN"] && steps.map(\.version) == [1, 2, 3, 4])
    #expect(steps.map(\.time) == steps.map(\.time).sorted() && steps[0].step == ShopPlan.customer)
    try stage.write(ShopPlan.order, "DELETE FROM orders")
    #expect(facts("1")?.history == steps && facts("1")?.state == "OPEN" && facts("2") == nil)
    let rows = Self.stage(.outbox)
    _ = rows.order()
    guard case .found(let facts) = rows.orderReader.answer("1") else { return }
    #expect(facts.history == nil)
  }

  /// What is shipped was approved: it counts as such, and holds what it holds. A row ends as approved.
  @Test(arguments: OrderStore.allCases) func whatIsApprovedIsShipped(store: OrderStore) throws {
    let stage = Self.stage(store)
    let id = stage.order(saga: .orchestrated)
    stage.run(3)
    #expect(stage.orderState(id) == (store == .events ? "SHIPPED" : "APPROVED") && stage.state(id) == .committed)
    let database = try #require(stage.world.disk(of: ShopPlan.order)?.database)
    let totals = try database.read { try OrderTables.goodTotals(of: .orchestrated, $0) }
    #expect(totals.orders == 1 && totals.quantity == 2 && totals.amount == 2000)
    #expect(stage.held(id) == 2 && stage.money(id) == 2000)
    guard store == .events else { return }
    let sent = try stage.world.disk(of: ShopPlan.shipping)?.database.read { try $0.number("SELECT sent FROM shipment") }
    let event = try database.read { database in
      try OrderStreams.repository(database).history("order/1").last { $0.event.type == "OrderShipped" }?.event
    }
    let told = event.flatMap { Payload(json: $0.payload) }?.number("at")
    #expect(told != nil && told == sent && event?.origin.gtxid == id)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// Two decide on the same version of an order: the slower one finds that out, and appends nothing.
  @Test func whoIsSlowerDecidesAnew() throws {
    let stage = Self.stage(.events)
    stage.order()
    let process = try #require(stage.world.service(ShopPlan.order).instances.first?.process)
    let database = try #require(stage.world.disk(of: ShopPlan.order)?.database)
    let keeper = OrderStreams(process: process)
    let gtxid = try #require(GTXID(high: 1, low: 2))
    let context = TraceContext(gtxid: gtxid, ltxid: .first, span: process.tracer.makeID())
    let kept = try #require(try database.read { try keeper.order(1, $0) })
    let before = try database.read { try $0.number("SELECT events FROM event_total") }
    try database.write(at: stage.world.time.now) {
      try keeper.change(kept, by: [.approved(at: 5)], OrderCause(id: "a", context: context), $0)
    }
    #expect(throws: AppendConflict.self) {
      try database.write(at: stage.world.time.now) {
        try keeper.change(kept, by: [.approved(at: 6)], OrderCause(id: "b", context: context), $0)
      }
    }
    #expect(try database.read { try $0.number("SELECT events FROM event_total") } == before + 1)
  }

  @Test func eventsOfOrdersAreReadAsTheyWereWritten() throws {
    let order = OrderTables.Order(
      Payload(order: 7, user: "kim", sku: "sku-01", quantity: 2, amount: 2000), saga: .creditLarge, gtxid: "ab",
      isDeliverable: true, hop: .first)
    let events: [OrderEvent] = [
      .created(order), .answered(credit: true, stock: nil, step: "inventory", reason: ""),
      .answered(credit: false, stock: true, step: "", reason: "no credit"), .approved(at: 9),
      .shipped(at: 8), .cancelled(state: "REJECTED", reason: "why", at: 11),
      .refundAsked(reason: "why", undo: 4, at: 12),
      .refundAsked(reason: "", undo: nil, at: 13),
      .replied(topic: "replies", key: "k", type: "Ship:ok", payload: Array("{}".utf8)),
    ]
    let aggregate = OrderAggregate()
    for event in events {
      #expect(try aggregate.event(type: aggregate.type(of: event), payload: aggregate.encode(event)) == event)
    }
    let state = aggregate.fold(events)
    #expect(try aggregate.state(from: aggregate.encode(state)) == state)
    #expect(try aggregate.state(from: aggregate.encode(OrderTables.Order?.none)) == nil)
    #expect(throws: OrderAggregate.Unreadable.self) { try aggregate.event(type: "OrderSung", payload: []) }
    #expect(aggregate.decide([.created(order)], order) == .refused("the order was created before"))
    #expect(aggregate.fold([.created(order), .shipped(at: 1)])?.state == "NEW")
    #expect(aggregate.decide([.approved(at: 1)], nil) == .refused("nothing happens to an order before it is created"))
  }

  // MARK: The log

  /// The rows say all: the service writes no event, and what is published names the change that it was mined from.
  @Test func whatIsPublishedIsMinedFromTheRows() throws {
    let stage = Self.stage(.logMining)
    let id = stage.order()
    stage.run(2)
    let database = try #require(stage.world.disk(of: ShopPlan.order)?.database)
    #expect(try database.read { try $0.number("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") } == 0)
    let created = try #require(
      stage.records(id).first { $0.record.headerText(RecordHeaderName.type) == EventType.orderCreated }?.record)
    let message = try #require(created.headerText(RecordHeaderName.message)).split(separator: "/")
    let change = try #require(try database.changeLog?.change(at: Int64(message[1]) ?? 0))
    #expect(message.first == "order" && change.operation == .insert && change.before == nil)
    #expect(change.after?["gtxid"]?.text == id?.hex)
  }

  /// A log that is kept for less long than the bus may be away: what is lost is named, its order hangs, which is seen,
  /// and the next ones go their way.
  @Test func whatTheLogForgotIsNamed() throws {
    let stage = Self.stage(.logMining)
    let before = stage.order()
    stage.run(2)
    stage.arm("broker:broker-down,ttl=20s")
    let lost = stage.order("sku-02")
    stage.run(2)
    _ = try stage.world.disk(of: ShopPlan.order)?.database.changeLog?.prune(now: stage.world.time.now, retention: 0)
    stage.run(30)
    let after = stage.order("sku-03")
    stage.run(5)
    #expect(stage.state(before) == .committed && stage.state(after) == .committed)
    #expect(stage.orderState(lost) == "PENDING")
    #expect(stage.broken().contains(.everySagaEnds))
    let lines = stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 20).map(\.message)
    #expect(lines.contains { $0.contains("of order are lost: nobody was told of them") })
  }

  /// What is lost was skipped when that is stored, and not before: whoever is told so can go by it.
  private struct Skipping {
    let stage = OrderStoreTests.stage(.logMining)
    /// The log has forgotten the order's row before its miner has looked.
    init() {
      stage.send(Request("POST /orders", body: Payload(user: "kim", sku: "sku-02", quantity: 1, amount: 1_000)))
      for _ in 0..<2_000 where count == 0 { stage.run(0.000_1) }
      _ = try? stage.world.disk(of: ShopPlan.order)?.database.changeLog?.prune(
        now: stage.world.time.now, retention: 0)
    }

    private var count: Int64 { stage.number(ShopPlan.order, "SELECT count(*) FROM orders") }
    var isStored: Bool { (try? stage.world.disk(of: ShopPlan.order)?.waiting().count) == 0 }
    /// In the log, and by a batch job that says it has succeeded.
    var told: [LogLine] {
      stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 20).filter {
        $0.message.contains("of order are lost: nobody was told of them")
      }
    }
  }

  @Test func whatIsLostIsSkippedWhenThatIsStored() throws {
    let skipping = Skipping()
    #expect(!skipping.isStored && skipping.told.isEmpty)
    for _ in 0..<20_000 where !skipping.isStored {
      skipping.stage.run(0.000_1)
      if !skipping.isStored { #expect(skipping.told.isEmpty) }
    }
    #expect(skipping.isStored)
    let stored = skipping.stage.world.time.elapsed
    skipping.stage.run(1)
    let line = try #require(skipping.told.first)
    #expect(skipping.told.count == 1)
    let job = try #require(skipping.stage.spans(line.gtxid).first)
    #expect(job.operation == "skip what is lost" && job.status == .ok)

    // The same again, and the miner crashes when it has skipped, before that is stored: it is skipped once, by another.
    let crashed = Skipping()
    crashed.stage.run(Double(stored - crashed.stage.world.time.elapsed) / 1e9 - 0.000_3)
    #expect(!crashed.isStored)
    let miner = try #require(
      crashed.stage.world.service(ShopPlan.order).instances.first { $0.process?.isRelaying == true })
    miner.fail(because: "", downFor: 1_000_000_000)
    #expect(crashed.told.isEmpty)
    crashed.stage.run(10)
    #expect(crashed.isStored && crashed.told.count == 1)
    #expect(crashed.stage.spans(crashed.told.first?.gtxid).map(\.status) == [.ok])
    let next = crashed.stage.order("sku-03")
    crashed.stage.run(3)
    #expect(crashed.stage.state(next) == .committed)
  }

  // MARK: Settings

  @Test func aDualWriteNeedsAnOutbox() throws {
    for store in OrderStore.allCases {
      var settings = ShopSettings()
      settings.orderStore = store
      #expect(settings.obstacle == nil)
      settings.mistakes = [.dualWrite]
      #expect((settings.obstacle == nil) == (store == .outbox))
      settings.mistakes = []
      let parser = FaultParser(catalogue: ShopPlan.catalogue)
      settings.faults = [(at: 0, spec: try parser.parse("order:dual-write"))]
      #expect((settings.obstacle == nil) == (store == .outbox))
      let catalogue = ShopPlan.catalogue(TopologySettings(), store)
      #expect((catalogue.obstacle(to: .dualWrite, on: .service("order")) == nil) == (store == .outbox))
      #expect(catalogue.obstacle(to: .loseBeforeOutbox, on: .service("order"))?.contains("loses no") == true)
    }
  }

  @Test(arguments: [
    (OrderStore.outbox, "SQLite", StoreSnapshot.Channel.outbox), (.logMining, "SQLite log", .log),
    (.events, "event store", .events),
  ])
  func theBoardSaysHowOrderKeepsItsOrders(store: OrderStore, kind: String, channel: StoreSnapshot.Channel) throws {
    let stage = Self.stage(store)
    stage.arm("broker:broker-down,ttl=20s")
    for _ in 1...3 { stage.order() }
    let builder = SnapshotBuilder(world: stage.world, external: stage.world.traces)
    let snapshot = builder.snapshot(speed: .paced(1), receivers: [], isStill: true)
    let row = try #require(snapshot.data.store(of: ShopPlan.order))
    #expect(row.kind == kind && row.channel == channel)
    let service = try #require(snapshot.service(ShopPlan.order))
    #expect(service.outboxDepth == 3 && service.outboxAge ?? 0 > 1_000_000_000)
    let disk = try #require(stage.world.disk(of: ShopPlan.order))
    #expect(StoreReader(disk: disk).detail.outbox?.map(\.type) == ["ORDER_CREATE", "ORDER_CREATE", "ORDER_CREATE"])
    stage.run(30)
    stage.rest()
    #expect(stage.world.outboxDepths.allSatisfy { $0 == 0 } && stage.problems() == [])
  }

  @Test(arguments: [OrderStore.logMining, .events]) func chaosBreaksNothing(store: OrderStore) {
    let sweep = ChaosSweep(seeds: 1...4, duration: 12_000_000_000, rate: 10, shop: ChaosShop(orderStore: store)).run()
    #expect(sweep.failures.flatMap(\.problems) == [])
    let plan = ChaosPlan.drawn(seed: 3, rate: 20, duration: 8_000_000_000, shop: ChaosShop(orderStore: store))
    #expect(plan.command.contains("--order-store \(store.rawValue)"))
  }
}
