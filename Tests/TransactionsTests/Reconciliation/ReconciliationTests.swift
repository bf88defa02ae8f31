import TestSupport
import Testing
import TraceModel

@testable import Transactions

@Suite struct ReconciliationTests {
  private static let rule = ReconciliationRule(
    "paid order",
    [.init("order", "order.paid"), .init("payment", "charge"), .init("inventory", "reservation", .count)])

  /// Three services and the job, with a grace of 100 ns.
  private struct World {
    let order: ServiceDatabase
    let payment: ServiceDatabase
    let inventory: ServiceDatabase
    let own: ServiceDatabase
    let isDown = Switch()

    init() throws {
      order = try ServiceDatabase(name: "order", schema: AuditLog.schema)
      payment = try ServiceDatabase(name: "payment", schema: AuditLog.schema)
      inventory = try ServiceDatabase(name: "inventory", schema: AuditLog.schema)
      own = try ServiceDatabase(name: "reconciliation", schema: Reconciliation.schema)
    }

    /// After a crash: nothing is left but the databases.
    var job: Reconciliation {
      Reconciliation(
        rules: [ReconciliationTests.rule],
        sources: [
          DatabaseAuditSource("order", order),
          Fragile(source: DatabaseAuditSource("payment", payment), isDown: isDown),
          DatabaseAuditSource("inventory", inventory),
        ], grace: 100, database: own)
    }

    func write(
      _ database: ServiceDatabase, _ kind: String, _ number: Int, _ amount: Int64,
      _ direction: AuditEntry.Direction = .done,
      message: String? = nil, at time: Int64
    ) throws {
      let entry = AuditEntry(
        message: message ?? "\(kind) \(number) \(direction) \(time)", gtxid: Made.gtxid(number), kind: kind,
        subject: "order \(number)", amount: amount, direction: direction, time: time)
      try database.write { try AuditLog.write(entry, $0) }
    }

    func whole(_ number: Int, _ amount: Int64, at time: Int64) throws {
      try write(order, "order.paid", number, amount, at: time)
      try write(payment, "charge", number, amount, at: time)
      try write(inventory, "reservation", number, 3, at: time)
    }

    func report(now: Int64, max: Int = 100) throws -> ReconciliationReport {
      while try job.step(max: max, now: now).hasMore {}
      return try job.report()
    }
  }

  private struct Fragile: AuditSource {
    let source: DatabaseAuditSource
    let isDown: Switch
    var service: String { source.service }

    func read(after id: Int64, limit: Int) throws -> AuditReading {
      if isDown.isOn { throw Crash() }
      return try source.read(after: id, limit: limit)
    }
  }

  @Test func whatAgreesIsNotListed() throws {
    let world = try World()
    for number in 0..<10 { try world.whole(number, 30, at: 10) }
    let report = try world.report(now: 1_000, max: 3)
    #expect(report.mismatches.isEmpty && report.waitingCount == 0 && report.caseCount == 10)
    #expect(report.judgedThrough == 1_000)
  }

  @Test func aMismatchIsListedAfterTheGraceWithWhatWasExpected() throws {
    let world = try World()
    try world.whole(1, 30, at: 10)
    try world.write(world.order, "order.paid", 2, 30, at: 20)
    try world.write(world.inventory, "reservation", 2, 1, at: 25)
    let early = try world.report(now: 124)
    #expect(early.mismatches.isEmpty && early.waitingCount == 1)
    let late = try world.report(now: 125)
    let mismatch = try #require(late.mismatches.first)
    #expect(late.mismatches.count == 1 && late.mismatchCount == 1 && late.waitingCount == 0)
    #expect(mismatch.gtxid == Made.gtxid(2) && mismatch.rule == "paid order" && mismatch.subject == "order 2")
    #expect(mismatch.since == 25)
    #expect(mismatch.legs.map(\.expected) == [30, 30, 1])
    #expect(mismatch.legs.map(\.actual) == [30, 0, 1])
  }

  @Test func theRepairMakesItVanish() throws {
    let world = try World()
    // Paid without an order, charged twice, never reserved.
    try world.write(world.payment, "charge", 1, 30, at: 10)
    try world.write(world.order, "order.paid", 2, 30, at: 10)
    try world.write(world.payment, "charge", 2, 30, message: "first", at: 10)
    try world.write(world.payment, "charge", 2, 30, message: "second", at: 11)
    let repairs = try world.report(now: 1_000).mismatches.flatMap(\.repairs)
    #expect(repairs.map { "\($0.leg.kind) \($0.change)" } == ["charge -30", "charge -30", "reservation 1"])
    #expect(Set(repairs.map(\.id)).count == 3)
    let services = ["payment": world.payment, "inventory": world.inventory]
    for repair in repairs {
      let database = try #require(services[repair.leg.service])
      try database.write { database in
        try AuditLog.write(
          AuditEntry(
            message: repair.id, gtxid: repair.gtxid, kind: repair.leg.kind, subject: repair.subject,
            amount: abs(repair.change), direction: repair.change < 0 ? .undone : .done, time: 1_001), database)
      }
    }
    #expect(try world.report(now: 2_000).mismatches.isEmpty)
  }

  @Test func undoingBothSidesIsNoMismatch() throws {
    let world = try World()
    try world.whole(1, 30, at: 10)
    try world.write(world.payment, "charge", 1, 30, .undone, at: 20)
    #expect(try world.report(now: 1_000).mismatches.map(\.since) == [20])
    try world.write(world.order, "order.paid", 1, 30, .undone, at: 21)
    try world.write(world.inventory, "reservation", 1, 3, .undone, at: 22)
    #expect(try world.report(now: 1_100).mismatches.isEmpty)
  }

  @Test func anAuditLogThatDoesNotAnswerMakesNothingLookWrong() throws {
    let world = try World()
    try world.whole(1, 30, at: 10)
    world.isDown.isOn = true
    #expect(try world.job.step(max: 9, now: 1_000).failed == ["payment"])
    let report = try world.job.report()
    #expect(report.mismatches.isEmpty && report.waitingCount == 1 && report.judgedThrough == nil)
    #expect(report.sources[1].failure == "Crash()" && report.sources[0].readThrough == 1_000)
    world.isDown.isOn = false
    let whole = try world.report(now: 1_001)
    #expect(whole.mismatches.isEmpty && whole.waitingCount == 0 && whole.sources[1].failure == nil)
  }

  @Test func whatLagsIsNotJudged() throws {
    let world = try World()
    for number in 0..<10 { try world.whole(number, 30, at: Int64(10 + number)) }
    _ = try world.job.step(max: 4, now: 1_000)
    // Orders are read to the end, charges only in part.
    world.isDown.isOn = true
    for _ in 0..<3 { _ = try world.job.step(max: 4, now: 1_000) }
    let report = try world.job.report()
    #expect(report.mismatches.isEmpty && report.waitingCount == 6 && report.judgedThrough == 13)
    world.isDown.isOn = false
    #expect(try world.report(now: 1_001).waitingCount == 0)
  }

  @Test func anEntryCountsOnce() throws {
    let world = try World()
    try world.whole(1, 30, at: 10)
    try world.write(world.payment, "charge", 1, 30, message: "charge 1 done 10", at: 11)
    #expect(try world.report(now: 1_000).mismatches.isEmpty)
    #expect(try world.payment.read { try AuditLog.entries(of: Made.gtxid(1), $0) }.count == 1)
  }

  @Test func settledOnesAreForgottenAndOpenOnesKept() throws {
    let world = try World()
    try world.whole(1, 30, at: 10)
    try world.whole(2, 30, at: 500)
    try world.write(world.order, "order.paid", 3, 30, at: 10)
    _ = try world.report(now: 1_000)
    try world.job.prune(settledBefore: 100)
    let report = try world.job.report()
    #expect(report.caseCount == 2 && report.mismatches.map(\.gtxid) == [Made.gtxid(3)])
    #expect(try world.own.read { try $0.number("SELECT count(*) FROM reconciliation_leg") } == 4)
  }

  /// Against sums over all entries, with steps that crash before their commit and others between.
  @Test func theListIsWhatTheSumsSay() throws {
    for seed in 0..<100 {
      var numbers = SeededGenerator(seed: UInt64(seed))
      let world = try World()
      var sums: [[Int64]] = Array(repeating: [0, 0, 0], count: 5)
      for step in 0..<40 {
        let number = numbers.below(5)
        let direction: AuditEntry.Direction = numbers.below(3) == 0 ? .undone : .done
        let service = numbers.below(3)
        sums[number][service] += direction.rawValue * (service == 2 ? 1 : 10)
        let kinds = ["order.paid", "charge", "reservation"]
        let databases = [world.order, world.payment, world.inventory]
        try world.write(databases[service], kinds[service], number, 10, direction, at: Int64(step + 1))
        world.isDown.isOn = numbers.below(4) == 0
        if numbers.below(2) == 0 { _ = try world.job.step(max: 1 + numbers.below(3), now: Int64(step + 1)) }
      }
      world.isDown.isOn = false
      let listed = Set(try world.report(now: 10_000).mismatches.map(\.gtxid))
      let wrong = (0..<5).filter { sums[$0][0] != sums[$0][1] || sums[$0][0] != sums[$0][2] * 10 }
      #expect(listed == Set(wrong.map { Made.gtxid($0) }), "seed \(seed)")
    }
  }
}
