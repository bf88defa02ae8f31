import Concurrency
import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// The legacy shop beside the new services, and the sliders between them.
@Suite struct StranglerTests {
  // MARK: The sliders

  @Test func aShareIsOfCustomersWhoStayWhereTheyAre() {
    let customers = (0..<2_000).map { "customer-\($0)" }
    var settings = StranglerSettings()
    var moved: Set<String> = []
    for share in [0, 25, 50, 75, 100] {
      settings[.review] = share
      let now = Set(customers.filter { !settings.isLegacy(.review, user: $0) })
      #expect(abs(now.count - customers.count * share / 100) < 100, "\(now.count) of 2000 at \(share) %")
      #expect(moved.isSubset(of: now))
      moved = now
    }
    // Who is first for reviews need not be first for orders.
    (settings[.review], settings[.order]) = (50, 50)
    let apart = customers.filter { settings.isLegacy(.review, user: $0) != settings.isLegacy(.order, user: $0) }
    #expect(abs(apart.count - 1_000) < 150)
  }

  @Test func sharesAreReadAsTheyAreTyped() throws {
    let settings = try StranglerSettings(parsing: "reviews=25,order=0")
    #expect([settings[.review], settings[.catalog], settings[.order]] == [25, 100, 0] && settings.isUnderWay)
    #expect(settings.options == ["--strangler review=25,catalog=100,order=0"])
    #expect(settings.easier(than: .catalog) == .review && settings.easier(than: .review) == nil)
    #expect(StranglerSettings().options == [])
    for wrong in ["review", "review=101", "review=-1", "cart=3", "review=1,reviews=2", ""] {
      #expect(throws: FaultSpecError.self) { try StranglerSettings(parsing: wrong) }
    }
  }

  @Test func theGatewaySendsEachCustomerToOneSide() {
    let stage = Stage.strangled("review=50")
    var settings = StranglerSettings()
    settings[.review] = 50
    let users = Array(Customers.names.prefix(8))
    #expect(Set(users.map { settings.isLegacy(.review, user: $0) }) == [true, false])
    for user in users {
      let body = Request("POST /reviews", body: .large(10))
      let callees = (0..<2).map { _ in stage.callees(stage.ask(body, by: user)) }
      let side = settings.isLegacy(.review, user: user) ? ShopPlan.legacy : ShopPlan.review
      #expect(callees == [[side], [side]], "\(user)")
    }
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aSliderIsMovedLiveAndSaysWhatIsEasier() {
    let stage = Stage.strangled("review=0,catalog=100,order=100")
    let page = Request("GET /products/{sku}", argument: "sku-01")
    #expect(stage.callees(stage.ask(page)) == [ShopPlan.pageComposer])
    #expect(stage.strangle(.catalog, 0) == .done("strangler.catalog 100 → 0"))
    #expect(stage.callees(stage.ask(page)) == [ShopPlan.legacy])
    #expect(
      stage.strangle(.order, 50) == .done("strangler.order 100 → 50; review is easier to move, and only at 0 %"))
    #expect(stage.strangle(.order, 101) == .refused("strangler.order=101 is no share from 0 to 100 percent"))
    #expect(stage.snapshot().strangler?.capabilities.map(\.share) == [0, 0, 50])
  }

  /// A relay that crashes before it has noted what it published does so again: the same results, counted once.
  @Test(arguments: [true, false]) func whatIsPublishedAgainIsCountedOnce(crashes: Bool) throws {
    let stage = Stage.strangled("review=100,catalog=100,order=100")
    if crashes { stage.world.crashPoints.arm(try CrashSpec(parsing: "review:P5,down=1s")) }
    let id = try #require(stage.review())
    stage.run(15)
    #expect(stage.legacyEvents(EventType.reviewHandedBack) == Array(repeating: id.hex, count: crashes ? 2 : 1))
    let count = stage.world.strangler[.review]
    #expect(count.handedBack == 1 && count.takenIn == 1 && count.compared == 1)
  }

  /// Nothing is handed to a shop that is not there.
  @Test func withoutALegacyShopNothingIsHandedBack() {
    let stage = Stage()
    stage.order()
    _ = stage.review()
    stage.run(3)
    #expect(stage.legacyEvents().isEmpty && stage.snapshot().strangler == nil)
    #expect(
      stage.strangle(.review, 50) == .refused("there is no legacy shop in this run; start with --strangler review=100"))
    #expect(stage.problems() == [])
  }

  // MARK: Both directions

  @Test func anOrderOfTheLegacyShopIsOneLocalTransaction() {
    let stage = Stage.strangled("order=0")
    let before = stage.stock("sku-01")
    let id = stage.order()
    stage.run(1)
    #expect(stage.state(id) == .committed)
    #expect(stage.crossings(id) == ["#1 POST /orders", "#2 POST /orders", "#3 LegacyOrderPlaced"])
    #expect(stage.texts(ShopPlan.legacy, "SELECT state FROM orders WHERE NOT handed_back") == ["INVOICED"])
    #expect(stage.number(ShopPlan.legacy, "SELECT count(*) FROM invoice") == 1)
    // The new services know of it: order how it stands, inventory that the pieces are gone.
    #expect(stage.texts(ShopPlan.order, "SELECT gtxid FROM legacy_order") == [id?.hex])
    #expect(before - stage.stock("sku-01") == 2 && stage.orderState(id) == nil)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The one local transaction of an order of the legacy shop stands beside the hops of a saga.
  @Test func anOrderOfTheLegacyShopIsLookedUp() throws {
    let stage = Stage.strangled("order=0")
    func facts(_ key: String) -> OrderFacts? {
      stage.world.flushSpans()
      stage.world.publishedTime.withLock { $0 = stage.world.time.now }
      guard case .found(let facts) = stage.orderReader.answer(key) else { return nil }
      return facts
    }
    let id = try #require(stage.order())
    stage.run(1)
    let old = try #require(facts(id.hex))
    for key in ["L1", "l1", "1", String(id.hex.prefix(8))] { #expect(facts(key) == old, "\(key)") }
    #expect(old.name == "L1" && old.gtxid == id && old.state == "INVOICED" && old.differences == 0)
    #expect(old.places == [ShopPlan.legacy, ShopPlan.order, ShopPlan.inventory])
    #expect(old.fields.first { $0.name == "pieces" }?.cells.map { $0?.text } == ["2", nil, "2"])
    #expect(old.fields.first { $0.name == "state" }?.cells.map { $0?.text } == ["INVOICED", "INVOICED", "LEGACY"])
    #expect(old.events.map(\.type).contains(EventType.legacyOrderPlaced))
    let course = try #require(old.courses.first)
    #expect(old.courses.count == 1 && course.order == "L1" && course.way == ShopPlan.legacy)
    #expect((course.commits, course.hops, course.records) == (1, 2, 0))
    stage.strangle(.order, 100)
    let other = try #require(stage.order(saga: .orchestrated))
    stage.run(4)
    let new = try #require(facts(other.hex))
    #expect(new.courses.map(\.way) == ["orchestrated", ShopPlan.legacy] && !new.isLegacy)
    let saga = new.courses[0]
    #expect(saga.commits > 8 && saga.hops > 10 && saga.records > 10 && saga.services >= 6)
    #expect(saga.duration ?? 0 > course.duration ?? .max && saga.spans > course.spans)
    #expect(facts(id.hex)?.courses.map(\.order) == ["L1", "\(new.order)"] && new.courses[1] == course)
    // What inventory was not told is not there; what it was told otherwise differs.
    try stage.write(ShopPlan.inventory, "UPDATE reservation SET quantity = 3 WHERE order_id = -1")
    #expect(facts("L1")?.differences == 1)
    #expect(facts("L2") == nil)
  }

  /// By whichever way order publishes. An order that is the sum of its events is shipped after it was approved.
  @Test(arguments: SagaKind.allCases, OrderStore.allCases)
  func anOrderOfTheNewServicesIsHandedBack(saga: SagaKind, store: OrderStore) {
    let stage = Stage.strangled("order=100") { $0.orderStore = store }
    let id = stage.order(saga: saga == .choreographed ? nil : saga)
    stage.run(4)
    #expect(stage.state(id) == .committed)
    #expect(Set(stage.legacyEvents(EventType.orderHandedBack)) == [id?.hex ?? ""])
    #expect(stage.texts(ShopPlan.legacy, "SELECT state FROM orders WHERE handed_back") == [saga.end(in: store)])
    guard case .found(let facts) = stage.orderReader.answer(id?.hex ?? "") else {
      Issue.record("the order is not found")
      return
    }
    #expect(facts.places.last == ShopPlan.legacy && facts.differences == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// A return is a transaction of its own, and the order that ends by it is the one that was handed back before.
  @Test(arguments: OrderStore.allCases) func whatIsReturnedComesBackInTheLegacyShopToo(store: OrderStore) throws {
    let stage = Stage.strangled("order=100") { $0.orderStore = store }
    func orders() -> [String] {
      stage.texts(ShopPlan.legacy, "SELECT gtxid || ' ' || state || ' ' || holds FROM orders")
    }
    let id = try #require(stage.order(quantity: 2))
    stage.run(4)
    #expect(orders() == ["\(id.hex) PAID 1"])
    #expect(stage.ask(Request(OrderReturn.route, argument: id.hex)).status == 202)
    stage.run(4)
    #expect(orders() == ["\(id.hex) CANCELLED 0"])
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// A return that has waited for the saga ends the order in a transaction of somebody else.
  @Test(arguments: OrderStore.allCases) func whatWaitedForItsSagaIsHandedBackAsThatOrder(store: OrderStore) throws {
    let stage = Stage.strangled("order=100") { $0.orderStore = store }
    stage.arm("group:orchestrator:slow=2s,ttl=60s")
    let id = try #require(stage.order(saga: .orchestrated))
    let end = SagaKind.orchestrated.end(in: store)
    for _ in 0..<100 where stage.orderState(id) != end { stage.run(0.2) }
    let taken = stage.ask(Request(OrderReturn.route, argument: id.hex), by: "kim", seconds: 0.4)
    #expect(taken.body.state == OrderReturn.waiting)
    stage.run(60)
    #expect(stage.texts(ShopPlan.legacy, "SELECT gtxid || ' ' || state FROM orders") == ["\(id.hex) CANCELLED"])
    // What ends it bears the return's own transaction.
    #expect(Set(stage.legacyEvents(EventType.orderHandedBack)) == [id.hex, Stage.id(taken)?.hex ?? ""])
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func whoIsMovedFindsWhatThereWas() {
    let stage = Stage.strangled("review=0,order=0")
    let old = stage.order()
    _ = stage.review()
    stage.strangle(.order, 100)
    stage.strangle(.review, 100)
    let new = stage.order()
    _ = stage.review(stars: 2)
    stage.run(4)
    func state(_ id: GTXID?) -> String? {
      stage.ask(Request("GET /transactions/{gtxid}", argument: id?.hex ?? "")).body.state
    }
    #expect([state(old), state(new)] == ["INVOICED", "PAID"])
    stage.strangle(.order, 0)
    #expect([state(old), state(new)] == ["INVOICED", "PAID"])
    for service in [ShopPlan.review, ShopPlan.legacy] {
      #expect(stage.number(service, "SELECT sum(stars) FROM review WHERE sku = 'sku-01'") == 6)
    }
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func pricesAreChangedInTheLegacyShopsTable() {
    let stage = Stage.strangled("catalog=100")
    let price = "SELECT price FROM product WHERE sku = 'sku-03'"
    let before = stage.number(ShopPlan.legacy, price)
    #expect(reprice("sku-03", before + 1_000, stage).status == 204)
    stage.run(3)
    let shown = "SELECT json_extract(body, '$.price') FROM products WHERE id = 'sku-03'"
    #expect(stage.number(ShopPlan.catalog, shown) == before + 1_000)
    #expect(stage.number(ShopPlan.legacy, price) == before + 1_000)
    #expect(stage.legacyEvents().isEmpty)
    // Item changes a price by itself every five seconds, too.
    let catalog = stage.world.strangler[.catalog]
    #expect(catalog.takenIn > 0 && catalog.takenIn == catalog.handedBack)
    #expect(catalog.compared == catalog.takenIn && catalog.differing == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  private func reprice(_ sku: String, _ price: Int64, _ stage: Stage) -> Response {
    var body = Payload()
    body.price = price
    return stage.ask(
      Request("PUT /items/{sku}/price", argument: sku, body: body), of: ShopPlan.gatewayInternal, by: "mori",
      roles: [MemberRole.operator])
  }

  @Test func aProductThatTheLegacyShopShowsOtherwiseIsADifference() throws {
    let stage = Stage.strangled("catalog=100")
    try stage.write(ShopPlan.legacy, "UPDATE product SET title = 'An old cup' WHERE sku = 'sku-03'")
    #expect(reprice("sku-03", 43_210, stage).status == 204)
    stage.run(3)
    let catalog = try #require(stage.snapshot().strangler?.capability("catalog"))
    // Its price and its options are two changes.
    #expect(catalog.differing == 2 && catalog.compared >= 2)
    let words = try #require(catalog.difference?.words)
    #expect(words.contains("legacy An old cup 43,210 KRW") && !words.contains("new An old cup"), "\(words)")
  }

  @Test func answersThatDifferAreCounted() throws {
    let stage = Stage.strangled("order=100")
    try stage.write(ShopPlan.legacy, "UPDATE stock SET delivered = delivered - stock, stock = 0 WHERE sku = 'sku-01'")
    let id = stage.order()
    stage.order("sku-02")
    stage.run(3)
    let orders = try #require(stage.snapshot().strangler?.capability("order"))
    #expect(orders.compared == 2 && orders.differing == 1)
    #expect(orders.difference?.gtxid == id && orders.difference?.words == "new sells, legacy is sold out")
    stage.rest()
    #expect(stage.problems() == [])
  }

  // MARK: When something breaks

  /// Cut off from the bus: what was done waits on either side, and is not lost.
  @Test func whatWasDoneWaitsForTheBus() throws {
    let stage = Stage.strangled("review=100,order=0")
    stage.arm("legacy-shop:partition,ttl=30s")
    stage.order()
    _ = stage.review()
    stage.run(5)
    let lag = try #require(stage.snapshot().strangler?.lags.first)
    #expect(lag.group == ShopPlan.legacy && lag.records == 1)
    #expect(stage.number(ShopPlan.legacy, "SELECT count(*) FROM review") == 0)
    #expect(stage.texts(ShopPlan.order, "SELECT gtxid FROM legacy_order") == [])
    #expect(try FinalJudgement(world: stage.world).bothShops().count == 3)
    stage.run(60)
    #expect(stage.snapshot().strangler?.lags.allSatisfy { $0.records == 0 } == true)
    #expect(stage.problems() == [])
  }

  @Test(arguments: [ShopPlan.review, ShopPlan.order, ShopPlan.legacy], OrderStore.allCases)
  func whoKeepsWhatItDidFromTheOtherShopLosesIt(service: String, store: OrderStore) {
    let stage = Stage.strangled(service == ShopPlan.legacy ? "review=0,order=0" : "order=100") {
      $0.orderStore = store
    }
    stage.arm("\(service):no-hand-back")
    stage.order()
    _ = stage.review()
    stage.rest()
    #expect(stage.broken() == [.bothShopsAgree])
  }

  @Test(arguments: [(1, .outbox), (2, .outbox), (3, .logMining), (4, .events)] as [(UInt64, OrderStore)])
  func underCrashesBothShopsAgree(seed: UInt64, store: OrderStore) throws {
    func broken(_ mistakes: Set<Mistake>) throws -> [String] {
      var settings = ShopSettings(seed: seed, rate: 12)
      settings.orderStore = store
      settings.strangler = try StranglerSettings(parsing: "review=50,catalog=50,order=50")
      settings.mistakes = mistakes
      settings.mix = LoadMix(
        journeys: [(.buy, 3), (.review, 2), (.browse, 1), (.backOffice, 1)], sagas: LoadMix.ordinary.sagas)
      settings.crashes = try ["legacy-shop:P4,nth=3", "legacy-shop:P10,nth=9", "review:P10,nth=2", "order:P6"].map {
        (at: 2_000_000_000, spec: try CrashSpec(parsing: $0))
      }
      let report = SimulationRun(settings, duration: 20_000_000_000).run()
      // Without events there is nothing to crash at.
      if mistakes.isEmpty { #expect(report.trials.crashPoints.reduce(0) { $0 + $1.struck } > 2) }
      return report.invariants.filter { !$0.holds }.map { "\($0.name): \($0.problems)" }
    }
    #expect(try broken([]) == [])
    #expect(try broken([.noHandBack]).contains { $0.hasPrefix(Invariant.bothShopsAgree.rawValue) })
  }
}
