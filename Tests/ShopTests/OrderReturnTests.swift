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
    let said = stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 100)
    #expect(said.contains { $0.message.hasSuffix(BusinessReason.returned) && $0.level == .info })
    #expect(!said.contains { $0.message.hasSuffix("cancelled: \(BusinessReason.returned)") && $0.level >= .warn })
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// Its saga is over; what it took goes back one after the other, the credit that was reserved or paid last.
  @Test(arguments: [OrderStore.outbox, .logMining, .events]) func anOrchestratedOrderGoesBack(store: OrderStore) throws
  {
    let stage = Stage { $0.orderStore = store }
    let id = try #require(stage.order("sku-01", quantity: 2, saga: .orchestrated))
    stage.run(2)
    #expect(stage.state(id) == .committed && stage.orderState(id) == SagaKind.orchestrated.end(in: store))
    #expect(stage.held(id) == 2 && stage.money(id) == 2_000 && stage.credit(of: "kim") == 2_000)
    let taken = giveBack(id, stage, seconds: 5)
    #expect(taken.status == 202)
    #expect(stage.held(id) == 0 && stage.money(id) == 0 && stage.credit(of: "kim") == 0)
    #expect(stage.orderState(id) == OrderTables.cancelled && stage.state(id) == .compensated)
    #expect(
      stage.events(Stage.id(taken)) == [
        "ORDER_FAILED → payment", "PAYMENT_REFUNDED → inventory", "ITEM_RELEASED → order", "OrderRejected → credit",
        "CreditReleased → credit",
      ])
    #expect(stage.state(Stage.id(taken)) == .committed)
    let asked = stage.ask(Request("GET /transactions/{gtxid}", argument: id.hex))
    #expect(asked.body.state == OrderTables.cancelled && asked.body.reason == BusinessReason.returned)
    // The customer's own list says so, too.
    let history = stage.ask(Request("GET /history")).body.entries ?? []
    #expect(history.contains { $0.transaction == id.hex && $0.state == OrderTables.cancelled })
    #expect(giveBack(id, stage).status == 202 && stage.world.companyBooks.refunds == 1)
    #expect(stage.world.transactions.endedBadly == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The return has been answered; who waits is the order that it undoes.
  @Test func whatIsPutAsideLeavesTheOrderStuck() throws {
    let stage = Stage()
    let id = try #require(stage.order("sku-01", quantity: 2))
    stage.arm("payment:errors=100%,ttl=60s")
    #expect(giveBack(id, stage).status == 202)
    stage.run(70)
    #expect(stage.state(id) == .stuck)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// A paid bill is given back like one that is still owed.
  @Test func whatWasPaidOnCreditIsOwedNoMore() throws {
    let stage = Stage()
    let id = try #require(stage.order(saga: .orchestrated))
    stage.run(40)
    #expect(stage.credit(of: "kim") == 0)
    #expect(giveBack(id, stage, seconds: 5).status == 202)
    #expect(stage.state(id) == .compensated && stage.held(id) == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  // MARK: While its saga has it

  private static let stash = "SELECT count(*) FROM saga_stash"
  private static let claims = "SELECT count(*) FROM saga_claim"

  /// An order that is approved long before its orchestrator comes to know.
  private func approved(_ stage: Stage) throws -> GTXID {
    let end = SagaKind.orchestrated.end(in: stage.world.settings.orderStore)
    stage.arm("group:orchestrator:slow=2s,ttl=60s")
    let id = try #require(stage.order(saga: .orchestrated))
    for _ in 0..<100 where stage.orderState(id) != end { stage.run(0.2) }
    #expect(stage.orderState(id) == end && stage.state(id) == .running)
    return id
  }

  /// As long as its saga is not over an order belongs to that: a return waits, and is carried out once when it lets go.
  @Test(arguments: [OrderStore.outbox, .logMining, .events]) func aReturnWaitsForTheSagaThatHasTheOrder(
    store: OrderStore
  ) throws {
    let stage = Stage { $0.orderStore = store }
    let id = try approved(stage)
    let (first, second) = (giveBack(id, stage, seconds: 0.4), giveBack(id, stage, seconds: 0.4))
    #expect([first.status, second.status] == [202, 202] && first.body.state == OrderReturn.waiting)
    #expect(stage.number(ShopPlan.order, Self.stash) == 2 && stage.snapshot().sagas.stashed == 2)
    #expect(
      stage.spans(Stage.id(first)).contains { $0.text(AttributeName.state)?.hasPrefix("waits for order/") == true })
    #expect(stage.money(id) == 2_000 && stage.held(id) == 2)
    stage.run(40)
    #expect(stage.number(ShopPlan.order, Self.stash) == 0 && stage.number(ShopPlan.order, Self.claims) == 0)
    #expect(stage.texts(ShopPlan.orchestrator, "SELECT state FROM saga") == ["COMPLETED"])
    #expect(stage.money(id) == 0 && stage.held(id) == 0 && stage.credit(of: "kim") == 0)
    #expect(stage.orderState(id) == OrderTables.cancelled && stage.state(id) == .compensated)
    #expect(stage.world.companyBooks.refunds == 1)
    stage.rest()
    #expect(stage.problems() == [])
  }

  private func ask(_ id: GTXID?, _ stage: Stage) -> Response {
    stage.ask(Request("GET /transactions/{gtxid}", argument: id?.hex ?? ""))
  }

  /// Whoever has given an order back is told what that waits for, at once and later, until it is done.
  @Test func whoAsksIsToldWhatItWaitsFor() throws {
    let stage = Stage()
    let id = try approved(stage)
    let taken = giveBack(id, stage, seconds: 0.4)
    let own = try #require(Stage.id(taken))
    #expect(taken.status == 202 && Stage.header("Location", taken) == "/transactions/\(own.hex)")
    #expect(taken.body.state == OrderReturn.waiting && taken.body.step == ShopPlan.orchestrator)
    #expect(taken.body.reason?.hasPrefix("waits for the saga of order 1, which is RUNNING: at ") == true)
    let asked = ask(own, stage)
    #expect(asked.status == 200 && asked.body.state == OrderReturn.waiting && asked.body.transaction == id.hex)
    #expect(asked.body.reason == taken.body.reason)
    // A call between services as any other: its orchestrator is asked.
    let call = try #require(stage.spans(own).first { $0.kind == .client && $0.service == ShopPlan.order })
    #expect(call.peer == ShopPlan.orchestrator && call.operation == OrderReturn.question && call.status == .ok)
    stage.run(40)
    let done = ask(own, stage)
    #expect(done.body.state == OrderTables.cancelled && done.body.reason == BusinessReason.returned)
    #expect(done.body.transaction == id.hex && stage.problems() == [])
  }

  /// A saga that stands still does so until somebody helps it, and a return with it: that is said. Then it is carried out.
  @Test func whoAsksIsToldOfASagaThatIsStuck() throws {
    let stage = Stage(faults: ["payment-gateway:outage,ttl=4s"]) { $0.declined = 1 }
    let id = try #require(stage.order(saga: .orchestrated))
    // Its credit cannot be given back.
    stage.arm("db:customer:db-down")
    stage.run(180)
    #expect(stage.state(id) == .stuck)
    let taken = giveBack(id, stage, seconds: 0.4)
    let told = "waits for the saga of order 1, which is STUCK until somebody helps it: "
    #expect(taken.status == 202 && taken.body.reason?.hasPrefix(told) == true, "\(taken.body)")
    #expect(ask(Stage.id(taken), stage).body.reason == taken.body.reason)
    // It is said where the return was stashed, and not each time that somebody asks.
    #expect(ask(Stage.id(taken), stage).body.reason == taken.body.reason)
    let lines = stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 100).filter {
      $0.message.contains("when its saga is helped")
    }
    #expect(lines.count == 1 && lines.first?.level == .warn && lines.first?.gtxid == Stage.id(taken))
    stage.world.faults.removeAll()
    CommandDesk.carryOut(.moveSaga(id, .retry), in: stage.world)
    stage.run(10)
    // The saga had turned back by itself: nothing is left to be given back.
    let done = ask(Stage.id(taken), stage)
    #expect(stage.state(id) == .compensated && done.body.state == OrderTables.cancelled)
    #expect(done.body.reason != BusinessReason.returned && done.body.transaction == id.hex)
    #expect(stage.world.companyBooks.refunds == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// A command was put aside: its orchestrator waits for the answer, and the return for somebody who acts.
  @Test func whoAsksIsToldOfADeadLetter() throws {
    let stage = Stage(faults: ["inventory:errors=100%,ttl=60s"])
    let id = try #require(stage.order(saga: .orchestrated))
    #expect(ask(id, stage).body.state == OrderTables.pending)
    stage.run(60)
    #expect(stage.state(id) == .stuck && stage.texts(ShopPlan.orchestrator, "SELECT state FROM saga") != ["STUCK"])
    let why = try #require(stage.book(id)?.stuckReason)
    #expect(why == "record dead-lettered: \(TopicName.commands(ShopPlan.inventory))")
    let asked = ask(id, stage).body
    #expect(asked.state == "STUCK" && asked.reason == why && asked.order == 1)
    let taken = giveBack(id, stage, seconds: 0.4)
    let told = "waits for the saga of order 1, which is STUCK until somebody helps it: \(why)"
    #expect(taken.status == 202 && taken.body.state == OrderReturn.waiting && taken.body.reason == told)
    #expect(ask(Stage.id(taken), stage).body.reason == told)
    // Somebody helps it: both are told of how it goes on.
    CommandDesk.carryOut(.moveSaga(id, .retry), in: stage.world)
    stage.run(20)
    #expect(ask(id, stage).body.state == OrderTables.cancelled && stage.state(id) == .compensated)
    #expect(ask(Stage.id(taken), stage).body.state == OrderTables.cancelled)
  }

  /// Who is stuck is the order: whoever asks with the one transaction or the other is told why.
  @Test func whoGivesBackIsToldOfADeadLetter() throws {
    let stage = Stage()
    let id = try #require(stage.order("sku-01", quantity: 2))
    stage.arm("payment:errors=100%,ttl=60s")
    let taken = giveBack(id, stage)
    stage.run(70)
    for one in [id, Stage.id(taken)] {
      let told = ask(one, stage).body
      #expect(told.state == "STUCK" && told.reason == "record dead-lettered: payment")
    }
    // The bus has the letter: without it the rows are all that is known.
    stage.arm("broker:broker-down,ttl=5s")
    #expect(ask(id, stage).body.state == OrderTables.cancelled)
    stage.run(8)
    #expect(ask(id, stage).body.state == "STUCK")
  }

  /// The orchestrator is away: the return is taken all the same, and that nobody says how far its saga is.
  @Test func withoutItsOrchestratorAReturnWaitsAllTheSame() throws {
    let stage = Stage()
    let id = try approved(stage)
    stage.arm("orchestrator:crash,ttl=10s")
    let taken = giveBack(id, stage, seconds: 1)
    #expect(
      taken.status == 202 && taken.body.reason == "waits for the saga of order 1, of which nobody says how far it is")
    stage.run(60)
    #expect(stage.state(id) == .compensated && ask(Stage.id(taken), stage).body.state == OrderTables.cancelled)
    #expect(stage.problems() == [])
  }

  /// It goes on in its own transaction, not in that of the saga that was in its way.
  @Test(arguments: [OrderStore.outbox, .logMining, .events]) func whatHasWaitedIsPartOfItsOwnTransaction(
    store: OrderStore
  ) throws {
    let stage = Stage { $0.orderStore = store }
    let id = try approved(stage)
    let taken = giveBack(id, stage, seconds: 0.4)
    stage.run(40)
    #expect(stage.events(Stage.id(taken)).first == "ORDER_FAILED → payment")
    #expect(stage.events(id).allSatisfy { !$0.hasPrefix("ORDER_FAILED") })
    // In its call tree, behind the call that asked for it: the numbers of its crossings go on.
    let spans = stage.spans(Stage.id(taken))
    let asked = try #require(spans.first { $0.kind == .server && $0.service == ShopPlan.order })
    let told = try #require(spans.first { $0.kind == .producer && $0.operation == EventType.orderFailed })
    #expect(told.parent == asked.id && told.ltxid?.number == (asked.ltxid?.number ?? 0) + 2)
    #expect(stage.problems() == [])
  }

  /// The instance that releases the order crashes: the command comes again, and what waits is handed out once.
  @Test(arguments: ["order:P9", "order:P18"]) func aCrashHandsOutOnce(crash: String) throws {
    let stage = Stage()
    let id = try approved(stage)
    #expect(giveBack(id, stage, seconds: 0.4).status == 202)
    stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
    stage.run(60)
    #expect(
      stage.world.crashPoints.count(of: .beforeEffect).struck + stage.world.crashPoints.count(of: .actionDone).struck
        == 1)
    #expect(stage.state(id) == .compensated && stage.world.companyBooks.refunds == 1)
    #expect(stage.problems() == [])
  }

  /// Nothing is left to be given back where the saga has cancelled the order itself.
  @Test func whatItsSagaCancelsIsNotGivenBackAgain() throws {
    let stage = Stage { $0.declined = 1 }
    stage.arm("payment:latency=2s,ttl=20s")
    stage.arm("group:payment:slow=2s,ttl=20s")
    let id = try #require(stage.order(saga: .orchestrated))
    #expect(stage.orderState(id) == OrderTables.pending)
    #expect(giveBack(id, stage, seconds: 0.4).status == 202 && stage.number(ShopPlan.order, Self.stash) == 1)
    stage.run(40)
    #expect(stage.orderState(id) == OrderTables.cancelled && stage.state(id) == .compensated)
    #expect(stage.number(ShopPlan.order, Self.stash) == 0 && stage.number(ShopPlan.order, Self.claims) == 0)
    #expect(stage.world.companyBooks.refunds == 0 && stage.held(id) == 0 && stage.credit(of: "kim") == 0)
    #expect(stage.problems() == [])
  }

  /// The twin: where no saga has an order, nothing waits for it; who wants back what is not through yet is turned away.
  @Test(arguments: [true, false]) func withoutTheLockWhoComesEarlyIsTurnedAway(isLocked: Bool) throws {
    let stage = Stage()
    stage.arm("group:payment:slow=2s,ttl=20s")
    let id = try #require(stage.order(saga: .orchestrated))
    #expect(stage.orderState(id) == OrderTables.pending)
    if !isLocked { try stage.write(ShopPlan.order, "DELETE FROM saga_claim") }
    #expect(giveBack(id, stage, seconds: 0.4).status == (isLocked ? 202 : 409))
    stage.run(40)
    #expect(stage.state(id) == (isLocked ? .compensated : .committed))
    #expect(stage.money(id) == (isLocked ? 0 : 2_000) && stage.world.companyBooks.refunds == (isLocked ? 1 : 0))
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
    // While the company is slow some orders are taken back before they are through.
    let faults = ["order/1:crash,ttl=3s", "payment-gateway:latency=900ms,ttl=30s"]
    let stage = Stage(seed: 8, rate: 5, faults: faults) {
      $0.mix.journeys = [(.buy, 1), (.giveBack, 1)]
      $0.mix.sagas = [(.choreographed, 1), (.orchestrated, 1)]
    }
    stage.run(40)
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.world.companyBooks.refunds > 50)
    let waited = stage.tracesOfAll().joined().count {
      $0.text(AttributeName.state)?.hasPrefix("waits for order/") == true
    }
    #expect(waited > 2)
    #expect(stage.problems() == [])
  }
}
