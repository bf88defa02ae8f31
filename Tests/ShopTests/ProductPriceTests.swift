import Operations
import Testing
import TraceModel
import Transactions

@testable import Shop

/// What search says of a product is what its order costs, and whether there is one.
@Suite struct ProductPriceTests {
  private static let asking = { @Sendable (settings: inout ShopSettings) in settings.productsInfo.form = .protobuf }
  /// What one costs at first; nobody asks for another price of sku-30 during these tests but they themselves.
  private static func price(_ sku: String) -> Int64 { Product.all.first { $0.sku == sku }?.price ?? 0 }

  /// Another price, as the staff sets it, which search has learned after a second.
  private func reprice(_ sku: String, _ price: Int64, _ stage: Stage) {
    var body = Payload()
    body.price = price
    let answer = stage.ask(
      Request("PUT /items/{sku}/price", argument: sku, body: body), of: ShopPlan.gatewayInternal, by: "mori",
      roles: [MemberRole.operator], seconds: 1)
    #expect(answer.status == 204)
  }

  /// Somebody buys all but so many pieces of a full shelf; search knows of it a moment later.
  private func leave(_ pieces: Int64, of sku: String, _ stage: Stage) throws {
    let level = try #require(Product.all.first { $0.sku == sku }?.level)
    let id = try #require(stage.order(sku, quantity: level - pieces, user: "lee", saga: .join))
    stage.run(1)
    #expect(stage.state(id) == .committed)
  }

  private func amount(_ id: GTXID?, _ stage: Stage) -> Int64? {
    try? stage.world.disk(of: ShopPlan.order)?.database.read {
      try OrderTables.order(gtxid: id?.hex ?? "", $0)?.amount
    }
  }

  // MARK: The price

  @Test(arguments: [SagaKind.choreographed, .orchestrated, .join])
  func whatSearchSaysIsCharged(saga: SagaKind) throws {
    let stage = Stage(Self.asking)
    let id = try #require(stage.order("sku-30", quantity: 3, saga: saga))
    stage.rest()
    let total = 3 * Self.price("sku-30")
    #expect(stage.state(id) == .committed && stage.money(id) == total && amount(id, stage) == total)
    #expect(stage.world.book.entry(id)?.amount == PaymentService.won(total))
    #expect(stage.problems() == [])
  }

  @Test func theAnswerSaysWhatItComesTo() throws {
    let stage = Stage(Self.asking)
    let body = Payload(user: "kim", sku: "sku-30", quantity: 2, amount: 1)
    let answer = stage.ask(Request("POST /orders", body: body))
    #expect(answer.status == 202 && answer.body.amount == 2 * Self.price("sku-30"))
    #expect(answer.body.priceSource == ProductCheck.fromSearch)
  }

  @Test func creditIsReservedForWhatSearchSays() throws {
    let stage = Stage(Self.asking)
    stage.order("sku-30", quantity: 1, saga: .credit)
    #expect(stage.credit(of: "kim") == Self.price("sku-30"))
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The charge has to wait, and the price rises meanwhile.
  @Test(arguments: [SagaKind.choreographed, .orchestrated])
  func aPriceThatChangesBeforeTheChargeIsThatOfTheNextOrder(saga: SagaKind) throws {
    let stage = Stage(Self.asking)
    stage.arm("payment:partition,ttl=4s")
    let first = try #require(stage.order("sku-30", quantity: 1, saga: saga))
    reprice("sku-30", 77_700, stage)
    #expect(stage.money(first) == 0)
    let second = try #require(stage.order("sku-30", quantity: 1, saga: saga))
    stage.run(20)
    #expect(stage.money(first) == Self.price("sku-30") && stage.money(second) == 77_700)
    #expect([first, second].allSatisfy { stage.state($0) == .committed } && stage.problems() == [])
  }

  @Test func whileSearchIsAwayTheLastKnownPriceCountsAndIsMarked() throws {
    let stage = Stage(Self.asking)
    for _ in 0..<4 { stage.order("sku-30", quantity: 1) }
    stage.arm("search:errors=100%,ttl=6s")
    let wish = { (sku: String) in Request("POST /orders", body: Payload(user: "kim", sku: sku, quantity: 2, amount: 9))
    }
    let known = stage.ask(wish("sku-30"))
    #expect(known.status == 202 && known.body.priceSource == ProductCheck.lastKnown)
    #expect(known.body.amount == 2 * Self.price("sku-30"))
    let unknown = stage.ask(wish("sku-05"))
    #expect(unknown.body.priceSource == ProductCheck.asShown && unknown.body.amount == 9)
    let check = try #require(stage.spans(Stage.id(known)).first { $0.operation == "check the product" })
    #expect(check.text(ProductCheck.source) == ProductCheck.lastKnown)
    stage.run(25)
    #expect(stage.money(Stage.id(known)) == 2 * Self.price("sku-30") && stage.problems() == [])
  }

  // MARK: Sold out

  @Test(arguments: [(Int64(0), "sku-07 is sold out"), (1, "sku-07 ×2: too few are left")])
  func whatIsNotThereIsNotTaken(pieces: Int64, reason: String) throws {
    let stage = Stage(Self.asking)
    try leave(pieces, of: "sku-07", stage)
    let refused = stage.ask(Request("POST /orders", body: Payload(user: "kim", sku: "sku-07", quantity: 2, amount: 1)))
    #expect(refused.status == 409 && refused.body.reason == reason)
    try expectRefused(Stage.id(refused), reason, stage)
    // It was an answer, and no failure of anybody.
    #expect(stage.spans(Stage.id(refused)).allSatisfy { $0.status != .error })
  }

  @Test func anOrchestratedOrderOfWhatIsNotThereEndsWithoutACompensation() throws {
    let stage = Stage(Self.asking)
    try leave(0, of: "sku-07", stage)
    let id = try #require(stage.order("sku-07", quantity: 2, saga: .orchestrated))
    #expect(stage.answers.last?.status == 202)
    stage.run(1)
    try expectRefused(id, "sku-07 is sold out", stage)
    #expect(stage.compensations(CommandName.cancelOrder) == 0)
  }

  private func expectRefused(_ id: GTXID?, _ reason: String, _ stage: Stage) throws {
    let entry = try #require(id.flatMap { stage.world.book.entry($0) })
    #expect(entry.state == .rejected && entry.isBusinessDecision && entry.firstError.hasSuffix(reason))
    #expect(stage.orderState(id) == nil)
    let asked = stage.ask(Request("GET /transactions/{gtxid}", argument: id?.hex ?? ""))
    #expect(asked.status == 200 && asked.body.state == OrderTables.rejected && asked.body.reason == reason)
    #expect(stage.problems() == [])
  }

  /// A customer who is told no at once does not ask what became of it.
  @Test func aCustomerTakesARefusalForAnAnswer() throws {
    let stage = Stage(Self.asking)
    try leave(0, of: "sku-07", stage)
    let product = try #require(Product.all.first { $0.sku == "sku-07" })
    stage.world.customers.order(
      OrderWish(ticket: 1, sku: "sku-07", quantity: 1, saga: ""), product, saga: .choreographed)
    stage.run(2)
    let id = try #require(stage.world.customers.sent.first?.gtxid)
    #expect(stage.world.book.entry(id)?.customerSees == "not taken: sku-07 is sold out")
    #expect(stage.world.customers.waiting == 0)
  }

  // MARK: The same order twice

  /// A gateway that heard nothing sends an order again: what was decided first stands, whatever search says by then.
  @Test func theFirstDecisionStands() throws {
    let stage = Stage(Self.asking)
    func send(_ number: UInt64) throws -> Response {
      let (gtxid, span) = (try #require(GTXID(high: 1, low: number)), try #require(SpanID(number)))
      var request = Request("POST /orders", body: Payload(user: "kim", sku: "sku-07", quantity: 1, amount: 1))
      request.headers = Carrier.headers(gtxid: gtxid, ltxid: .first, span: span)
      return stage.ask(request, of: ShopPlan.order, by: nil)
    }
    #expect(try send(1).status == 202)
    try leave(0, of: "sku-07", stage)
    #expect(try send(2).status == 409)
    #expect(try send(1).status == 202)
    // A delivery comes, and there is enough for whoever orders anew.
    stage.run(20)
    #expect(try send(3).status == 202)
    let again = try send(2)
    #expect(again.status == 409 && again.body.reason == "sku-07 is sold out")
    #expect(amount(GTXID(high: 1, low: 2), stage) == nil && amount(GTXID(high: 1, low: 1), stage) != nil)
  }

  // MARK: Many at once

  /// Everybody wants what is scarce, in every way: it is sold out again and again, and prices change all the time.
  @Test(arguments: [OrderStore.outbox, .logMining, .events]) func sumsHoldWhereMuchIsRefused(store: OrderStore) {
    let stage = Stage(seed: 3, rate: 4) {
      Self.asking(&$0)
      $0.orderStore = store
      $0.mix = LoadMix(
        journeys: [(.buy, 6), (.backOffice, 2)], sagas: [(.join, 3), (.choreographed, 1), (.orchestrated, 1)])
    }
    for number in 0..<12 {
      stage.order("sku-07", quantity: 3, saga: .join)
      reprice("sku-07", 10_000 + Int64(number) * 100, stage)
    }
    stage.world.customers.close()
    stage.rest()
    let entries = stage.world.book.newest(10_000)
    #expect(entries.contains { $0.state == .rejected && $0.firstError.hasPrefix("sku-07") })
    #expect(entries.contains { $0.state == .committed })
    #expect(stage.problems() == [])
  }

  @Test func howItIsAskedIsPartOfAPlan() {
    var plan = ChaosPlan(seed: 1, rate: 10, duration: 1_000_000_000)
    #expect(plan.settings.productsInfo.form == .protobuf && !plan.command.contains("--products-info"))
    plan.productsInfo.form = .off
    #expect(plan.settings.productsInfo.form == .off && plan.command.hasSuffix(" --products-info off"))
  }
}
