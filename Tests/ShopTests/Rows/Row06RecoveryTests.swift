import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 6, its other half: what is stuck is told and helped, a letter that was put aside is read after all, a charge that no
/// order answers for is found and given back, and batch jobs run by their schedule. Ten minutes of that, and ten minutes
/// of the same in which no job runs and nobody is there.
@Suite struct Row06RecoveryTests: OperatorFixture {
  /// What the orders were that something happened to.
  private struct Run {
    var shop: ShopRemains
    var told: [OperationalEvent]
    var letter: GTXID
    var halted: GTXID
    var refused: GTXID
    /// Lines of the company's statement about the order that was refused, in won.
    var statement: [Int64]
    /// What stands against customers' credit, and what the settlement's own rows and those of the bills come to.
    var owed: Int64
    var runs: Int64
    var settled: Int64
    var bills: Int64
  }

  private func run(isManned: Bool) throws -> Run {
    let stage = Stage(seed: 6) {
      $0.mix = LoadMix(journeys: [(.buy, 1)], sagas: [(.choreographed, 2), (.join, 1), (.credit, 2)])
      if !isManned { $0.omissions = [.jobs] }
    }
    stage.run(40)
    stage.world.customers.rate = 1
    stage.run(20)
    // Nothing of hers can be read, and the record is put aside.
    stage.arm("inventory:errors=100%,user=zoe,ttl=80s")
    let letter = try #require(stage.order("sku-02", user: "zoe"))
    stage.run(90)
    // Nothing can be sent to him, and that is after the charge: there is no way back. Nobody else needs shipping.
    stage.arm("shipping:errors=100%,ttl=80s")
    let halted = try #require(stage.order("sku-03", user: "kim", saga: .orchestrated))
    stage.run(90)
    // More than there is; and the company charges for it all the same.
    let refused = try #require(stage.order("sku-04", quantity: 100_000, user: "lee"))
    stage.run(2)
    _ = stage.world.companyBooks.charge(PaymentService.key(refused), amount: 5_000, declining: false)
    stage.run(150)
    if isManned { help(stage, letter) }
    stage.run(100)
    stage.world.customers.close()
    stage.run(600 - Double(stage.world.time.elapsed) / 1e9)
    return try look(stage, letter: letter, halted: halted, refused: refused)
  }

  /// What somebody does who has read what was told.
  private func help(_ stage: Stage, _ letter: GTXID) {
    for stuck in stage.operations().filter({ $0.change == "STUCK" }).compactMap(\.gtxid) where stuck != letter {
      perform(.moveSaga(stuck, .retry), stage)
    }
    let letters = RecordReader(broker: stage.world.broker).records(RecordFilter(topic: "inventory.DLT"), limit: 10)
    for letter in letters {
      perform(.retryDeadLetter(topic: "inventory", partition: letter.partition, offset: letter.offset), stage)
    }
    for found in snapshot(stage).data.reconciliation?.mismatches ?? [] { perform(.giveMoneyBack(found.gtxid), stage) }
    perform(.rebuild(view: "order-history"), stage)
  }

  private func look(_ stage: Stage, letter: GTXID, halted: GTXID, refused: GTXID) throws -> Run {
    func number(_ sql: String) throws -> Int64 {
      try stage.world.disk(of: ShopPlan.customer)?.database.read { try $0.number(sql) } ?? -1
    }
    let lines = stage.world.companyBooks.statement(after: 0, limit: .max)
    return Run(
      shop: try ShopRemains(stage, messages: [:]), told: stage.operations(), letter: letter, halted: halted,
      refused: refused, statement: lines.filter { $0.key == PaymentService.key(refused) }.map(\.amount),
      owed: try number("SELECT sum(reserved) FROM customer"),
      runs: try number("SELECT count(*) FROM settlement"),
      settled: try number("SELECT coalesce(sum(amount), 0) FROM settlement"),
      bills: try number("SELECT coalesce(sum(amount), 0) FROM reservation WHERE state = 'SETTLED'"))
  }

  // MARK: Findings

  private func findings(_ run: Run) -> [String] {
    let wanted = [
      (name: "letter", id: run.letter, state: "PAID"), (name: "halted", id: run.halted, state: "APPROVED"),
      (name: "refused", id: run.refused, state: "CANCELLED"),
    ]
    var findings = wanted.compactMap { name, id, state -> String? in
      let order = run.shop.orders.first { $0.gtxid == id }
      return order?.state == state ? nil : "the order that was \(name) is \(order?.state ?? "not there")"
    }
    findings += run.shop.orders.filter { run.shop.holdings(of: $0) != Row06RepetitionTests.wanted($0) }.map {
      "order \($0.id) is \($0.state), and holds \(run.shop.holdings(of: $0))"
    }
    for (name, id) in [("letter", run.letter), ("halted", run.halted)]
    where !run.told.contains(where: { $0.gtxid == id && $0.change == "STUCK" }) {
      findings.append("nobody was told that the order that was \(name) is stuck")
    }
    if run.statement != [5_000, -5_000] { findings.append("the company's statement has \(run.statement)") }
    return findings + jobs(run)
  }

  /// What the jobs' own transactions say that they came to, in the order of their ends.
  private func results(of job: String, _ run: Run) -> [String] {
    let lines = run.shop.lines.filter { $0.message.hasPrefix("\(job): ") }.sorted { $0.time < $1.time }
    return lines.compactMap { line in
      let spans = line.gtxid.flatMap { run.shop.spans[$0] } ?? []
      return spans.count == 1 && spans[0].operation == job ? spans[0].text(AttributeName.subject) : nil
    }
  }

  private func jobs(_ run: Run) -> [String] {
    var findings: [String] = []
    let compared = results(of: "reconciliation", run).map { String($0.prefix { $0 != " " }) }
    // Once a minute, and once more when the money was given back.
    if compared.count < 9 { findings.append("reconciliation has run \(compared.count) times") }
    // What is stuck after its charge is one of them, as long as it is.
    if compared.first != "0" || !compared.contains("2") || compared.last != "0" {
      findings.append("reconciliation has found \(compared)")
    }
    let settled = results(of: "settlement", run)
    if settled.count < 50 || run.runs < 50 { findings.append("settlement has run \(settled.count) times") }
    if run.owed != 0 { findings.append("\(run.owed) won are owed") }
    if run.settled != run.bills || run.bills == 0 {
      findings.append("\(run.settled) won were settled, of bills of \(run.bills)")
    }
    if results(of: "rebuild order-history", run).count != 1 { findings.append("the order history was not rebuilt") }
    return findings
  }

  @Test func whatIsStuckOrWrongIsFoundAndHelped() throws {
    let run = try run(isManned: true)
    #expect(findings(run) == [])
    #expect(run.shop.orders.count > 300)
    // Nobody takes the money of an order that goes on when it is helped.
    let spared = run.told.first { $0.gtxid == run.halted && $0.change == "not given back" }
    #expect(spared?.reason.contains("is stuck, and may be paid yet") == true)
    #expect(run.shop.letters.map(\.topic).sorted() == ["commands.shipping", "inventory"])
  }

  /// Told is it all the same; and each of the rest goes wrong by itself.
  @Test func whereNobodyIsAndNothingRunsItStaysAsItIs() throws {
    let findings = findings(try run(isManned: false))
    for start in [
      "the order that was letter is PENDING", "the order that was halted is PENDING",
      "the company's statement has [5000]",
      "reconciliation has run 0 times", "settlement has run 0 times", "the order history was not rebuilt",
    ] {
      #expect(findings.contains(start), "\(findings)")
    }
    #expect(findings.contains { $0.hasSuffix("won are owed") })
    #expect(!findings.contains { $0.hasPrefix("nobody was told") })
  }
}
