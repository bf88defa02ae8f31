import GRDB
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Once a minute, or by hand, what order calls paid is compared with what the company has charged.
@Suite struct ReconciliationJobTests {
  private func shown(_ stage: Stage) -> JobSnapshot? {
    stage.snapshot().jobs.first { $0.name == PaymentReconciliation.name }
  }

  private func report(_ stage: Stage) throws -> ReconciliationReport {
    try PaymentReconciliation(world: stage.world).report()
  }

  @Test func whatIsPaidIsWhatWasCharged() throws {
    let stage = Stage(rate: 4) { settings in
      settings.declined = 0.1
      settings.mix = LoadMix(journeys: [(.buy, 1)], sagas: [(.choreographed, 2), (.orchestrated, 1), (.join, 1)])
    }
    stage.run(140)
    let job = try #require(shown(stage))
    #expect(job.runs == 2 && job.failedRuns == 0 && job.last?.succeeded == true)
    #expect(job.last?.result.hasPrefix("0 mismatches") == true, "\(job)")
    #expect((job.last?.done ?? 0) > 150)
    let id = try #require(job.last.flatMap { GTXID($0.gtxid) })
    let span = try #require(stage.spans(id).first)
    #expect(span.operation == PaymentReconciliation.name && span.service == ShopPlan.historyUpdater)
    #expect(try report(stage).caseCount > 100)
  }

  /// The card is charged, and order does not note it.
  @Test(arguments: [false, true]) func aChargeForNothingIsListed(isForgotten: Bool) throws {
    let stage = Stage()
    if isForgotten {
      try stage.write(
        ShopPlan.order,
        "CREATE TRIGGER broken BEFORE UPDATE OF state ON orders WHEN NEW.state = 'PAID' BEGIN SELECT RAISE(IGNORE); END"
      )
    }
    let id = stage.order()
    stage.run(130)
    let found = try report(stage)
    #expect(found.mismatches.map(\.gtxid) == (isForgotten ? [id] : []))
    #expect(found.mismatches.first?.repairs.map(\.change) ?? [] == (isForgotten ? [-2000] : []))
    #expect(shown(stage)?.last?.result.hasPrefix(isForgotten ? "1 mismatches" : "0 mismatches") == true)
    let listed = try #require(stage.snapshot().data.reconciliation)
    #expect(listed.count == (isForgotten ? 1 : 0) && listed.compared == 1 && listed.failures == [])
    guard isForgotten, let id else { return }
    let number = try stage.world.disk(of: ShopPlan.order)?.database.read {
      try OrderTables.order(gtxid: id.hex, $0)?.id
    }
    #expect(
      listed.mismatches == [
        MismatchSnapshot(
          gtxid: id, order: number, rule: "orders are charged",
          sides: [
            .init(service: ShopPlan.order, kind: "paid", amount: 0),
            .init(service: ShopPlan.company, kind: "charge", amount: 2_000),
          ], since: found.mismatches[0].since,
          remedy: "refund 2,000 KRW at payment-gateway: the order is not paid")
      ])
  }

  /// What is none of its business is forgotten in its time; what is has to wait until it was read.
  @Test(arguments: [false, true]) func whatOrderForgetsWasRead(isUpdaterAway: Bool) throws {
    let stage = Stage()
    if isUpdaterAway { stage.arm("\(ShopPlan.historyUpdater):crash,ttl=700s") }
    let id = stage.order()
    stage.run(70)
    #expect(stage.world.transactions.isOpen(try #require(id)) == false)
    let disk = try #require(stage.world.disk(of: ShopPlan.order))
    try disk.database.write(at: stage.world.time.now) { try $0.execute(sql: "UPDATE orders SET reason = 'a word'") }
    stage.run(800)
    let found = try report(stage)
    #expect(found.sources.compactMap(\.failure) == [])
    #expect(found.mismatchCount == 0 && found.waitingCount == 0)
    #expect(found.judgedThrough ?? 0 > stage.world.time.now - 61_000_000_000)
    #expect(try disk.database.changeLog?.pruned() ?? 0 > 0)
  }

  /// Its books are its own: nobody compares what it does not say.
  @Test(arguments: ["outage", "errors"]) func aSilentCompanyIsNotComparedUntilItAnswers(kind: String) throws {
    let stage = Stage()
    _ = stage.order()
    stage.run(5)
    stage.arm("\(ShopPlan.company):\(kind),ttl=70s")
    stage.run(60)
    #expect(try report(stage).sources.compactMap(\.failure) == ["payment-gateway does not send its statement"])
    #expect(stage.snapshot().data.reconciliation?.failures.count == 1)
    stage.run(70)
    #expect(try report(stage).sources.compactMap(\.failure) == [] && report(stage).caseCount == 1)
  }

  // MARK: By hand

  private func perform(_ command: Command, _ stage: Stage) -> CommandOutcome {
    let outcome = CommandDesk(world: stage.world, snapshot: stage.snapshot()).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }

  /// A charge that order does not note, and that reconciliation lists.
  private func chargedForNothing() throws -> (Stage, GTXID) {
    let stage = Stage()
    try stage.write(
      ShopPlan.order,
      "CREATE TRIGGER broken BEFORE UPDATE OF state ON orders WHEN NEW.state = 'PAID' BEGIN SELECT RAISE(IGNORE); END")
    let id = try #require(stage.order())
    stage.run(130)
    #expect(try report(stage).mismatches.map(\.gtxid) == [id] && stage.money(id) == 2_000)
    return (stage, id)
  }

  @Test func whatWasChargedForNothingIsGivenBack() throws {
    let (stage, id) = try chargedForNothing()
    #expect(perform(.giveMoneyBack(id), stage) == .done("2,000 KRW of transaction \(id.short) are given back"))
    stage.run(5)
    // The company's own statement says so, and both sides come to nothing.
    #expect(stage.money(id) == 0 && stage.world.companyBooks.kept == 0)
    let lines = stage.world.companyBooks.statement(after: 0, limit: 10)
    #expect(lines.map(\.amount) == [2_000, -2_000] && lines.allSatisfy { $0.key == PaymentService.key(id) })
    let listed = try #require(stage.snapshot().data.reconciliation)
    #expect(listed.count == 0 && listed.mismatches == [] && listed.compared == 1)
    #expect(shown(stage)?.last?.result.hasPrefix("0 mismatches") == true)
    // It is a transaction of its own, and somebody's deed that is told of the order's transaction.
    let said = stage.world.logBook.lines(LogFilter(service: ShopPlan.payment), limit: 5).last
    #expect(said?.message == "given back by hand: the charge of transaction \(id.hex)")
    let spans = stage.spans(said?.gtxid)
    #expect(spans.contains { $0.kind == .client && $0.operation == "POST /void" && $0.peer == ShopPlan.company })
    #expect(stage.operations().contains { $0.gtxid == id && $0.change == "given back by hand" })
    #expect(
      perform(.giveMoneyBack(id), stage) == .refused("reconciliation lists nothing of transaction \(id.short)"))
    #expect(stage.world.companyBooks.refunds == 1)
  }

  /// The twin: the company does not answer, and nothing is settled.
  @Test func whatTheCompanyDoesNotConfirmStaysListed() throws {
    let (stage, id) = try chargedForNothing()
    stage.arm("payment-gateway:outage,ttl=30s")
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(25)
    #expect(stage.money(id) == 2_000)
    #expect(stage.operations().contains { $0.gtxid == id && $0.change == "not given back" })
    #expect(stage.snapshot().data.reconciliation?.mismatches.map(\.gtxid) == [id])
    stage.run(20)
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(5)
    #expect(stage.money(id) == 0 && stage.snapshot().data.reconciliation?.count == 0)
  }

  /// What the desk has said of a charge, in the order in which it did.
  private func told(_ id: GTXID, _ stage: Stage) -> [String] {
    stage.operations().filter { $0.subject == "charge of \(id.short)" }.map { "\($0.change): \($0.reason)" }
  }

  /// The instance that does it is gone: that is told when it goes, and what it still wants to say is not.
  @Test func aCrashOfWhoGivesItBackIsTold() throws {
    let (stage, id) = try chargedForNothing()
    stage.arm("payment-gateway:latency=900ms,ttl=5s")
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(0.3)
    let instance = stage.world.service(ShopPlan.payment).instances[0]
    instance.fail(because: "", downFor: 3_000_000_000)
    stage.run(1)
    #expect(told(id, stage) == ["not given back: \(instance.name) crashed"])
    stage.run(10)
    #expect(told(id, stage).count == 1)
    // With another try it is one refund in all, and a crash after that has nothing to tell.
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(5)
    for instance in stage.world.service(ShopPlan.payment).instances { instance.fail(because: "", downFor: 1_000_000) }
    stage.run(5)
    #expect(told(id, stage).last == "given back by hand: the company has confirmed it" && stage.money(id) == 0)
    #expect(told(id, stage).count == 2 && stage.world.companyBooks.refunds == 1)
  }

  /// Nobody looks past a database that is down; of an order that is forgotten that is said.
  @Test func itIsLookedUpWhetherTheOrderIsPaid() throws {
    let (stage, id) = try chargedForNothing()
    stage.arm("db:order:db-down,ttl=5s")
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(1)
    #expect(told(id, stage) == ["not given back: database order refuses the connection"] && stage.money(id) == 2_000)
    stage.run(6)
    try stage.write(ShopPlan.order, "DELETE FROM orders WHERE gtxid = ?", [id.hex])
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(3)
    #expect(stage.money(id) == 0)
    #expect(
      told(id, stage).last
        == "given back by hand: the company has confirmed it; order has forgotten the order, or never had it")
  }

  /// An order that is paid by now keeps its money, and nobody's card is charged by hand.
  @Test func onlyWhatIsHeldForNothingIsGivenBack() throws {
    let (stage, id) = try chargedForNothing()
    try stage.write(ShopPlan.order, "DROP TRIGGER broken")
    try stage.write(ShopPlan.order, "UPDATE orders SET state = 'PAID' WHERE gtxid = ?", [id.hex])
    _ = perform(.giveMoneyBack(id), stage)
    stage.run(2)
    #expect(stage.money(id) == 2_000)
    #expect(stage.operations().contains { $0.reason == "order 1 is PAID by now" })
    let declined = Stage { $0.declined = 1 }
    let other = try #require(declined.order())
    try declined.write(ShopPlan.order, "UPDATE orders SET state = 'PAID' WHERE gtxid = ?", [other.hex])
    declined.run(130)
    let remedy = "charge 2,000 KRW at payment-gateway: the order is paid, and nobody was charged"
    #expect(declined.snapshot().data.reconciliation?.mismatches.first?.remedy == remedy)
    #expect(
      perform(.giveMoneyBack(other), declined)
        == .refused("transaction \(other.short) cannot be settled by giving all of it back: \(remedy)"))
  }

  /// A run without a screen compares once more at its end, and gives no time to what never comes.
  @Test(arguments: [false, true]) func theReportOfARunListsThem(isWrong: Bool) throws {
    var settings = ShopSettings(seed: 3, rate: 10)
    settings.declined = 0
    settings.mix.sagas = [(.join, 1)]
    if isWrong {
      // Orders whose stock is answered too late hang for ever, and were charged.
      settings.mistakes = [.innerJoin]
      let parser = FaultParser(catalogue: SimulatedShop.catalogue)
      settings.faults = [(at: 2_000_000_000, try parser.parse("item:crash,ttl=9s"))]
    }
    let report = SimulationRun(settings, duration: 14_000_000_000).run()
    let found = try #require(report.reconciliation)
    #expect(found.compared > 20 && found.waiting == 0)
    #expect((found.count > 0) == isWrong && report.booksAgree != isWrong)
    #expect(found.mismatches.allSatisfy { $0.sides.count == 2 && $0.sides[0].amount != $0.sides[1].amount })
  }

  /// What does not agree at the end fails a run, and so does that nobody could compare it; what is stuck is told of anyway.
  @Test func booksThatDoNotAgreeFailTheRun() throws {
    var report = SimulationReport(seed: 1, rate: 1)
    #expect(report.allHold)
    let id = try #require(GTXID("39cb6530c145db545b006f718c99a524"))
    var found = ReconciliationSnapshot()
    found.mismatches = [
      MismatchSnapshot(
        gtxid: id, order: 1, rule: "", sides: [], since: 0, remedy: "refund 2,000 KRW at payment-gateway")
    ]
    report.reconciliation = found
    #expect(!report.allHold && report.problems == ["mismatch: \(id) refund 2,000 KRW at payment-gateway"])
    report.stuck = [.init(gtxid: id, reason: "dead letter")]
    #expect(report.allHold && report.problems == [])
    report.reconciliation?.failures = ["order: database order refuses the connection"]
    #expect(!report.allHold && report.problems == ["not reconciled: order: database order refuses the connection"])
  }

  @Test func somebodyAsksForIt() throws {
    let stage = Stage()
    stage.order()
    stage.run(1)
    #expect(shown(stage)?.runs == 0)
    CommandDesk.carryOut(.runJob(name: PaymentReconciliation.name), in: stage.world)
    stage.run(3)
    #expect(shown(stage)?.runs == 1 && shown(stage)?.last?.done == 2)
    let shop = SimulatedShop(ShopSettings(rate: 0), startAt: 2_000_000_000, isStill: true)
    #expect(
      shop.perform(.runJob(name: "nothing")).sentence.hasSuffix(
        "there are rebuild order-history, reconciliation, rebuild search, settlement"))
  }
}
