import GRDB
import TestSupport
import Testing

@testable import Transactions

/// P14: a rebuild crashes midway. And I7: projection(events) == view, for one rebuilt from zero, too.
@Suite struct RebuildCrashTests {
  /// A program that dies now and then while it rebuilds, while others write.
  private struct Life {
    let store: any EventStore
    let database: ServiceDatabase
    let dies: Switch

    /// After a crash: nothing is left but the databases.
    func start() throws -> Projector {
      let good = Balances.projection()
      let projection = Projection("balances", version: 1, tables: good.tables) { [dies] event, view, database in
        try good.handle(event, view, database)
        if dies.isOn { throw Crash() }
      }
      let projector = Projector(projection, source: store, database: database)
      try projector.install(now: 0)
      return projector
    }
  }

  @Test(arguments: StoreKind.allCases)
  func theViewIsRightWhateverCrashes(kind: StoreKind) throws {
    // 210 seeds, a third of them for each kind.
    let first = StoreKind.allCases.firstIndex(of: kind) ?? 0
    for seed in stride(from: first, to: 210, by: StoreKind.allCases.count) { try run(kind, seed) }
  }

  private func run(_ kind: StoreKind, _ seed: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(seed))
    let life = Life(store: try kind.make(), database: try Balances.database(), dies: Switch())
    var projector = try life.start()
    var rebuilds = 0
    var highest: Int64 = 0
    for step in 0..<60 {
      switch numbers.below(8) {
      case 0, 1, 2: _ = try life.store.pay(numbers.below(50), to: "a\(numbers.below(4))", id: "\(step)")
      case 3: try projector.step(max: 1 + numbers.below(4), now: 1)
      case 4: try projector.startRebuild(now: 1)
      case 5, 6:
        guard try projector.rebuildProgress(now: 1) != nil else { continue }
        life.dies.isOn = numbers.below(3) == 0
        _ = try? projector.stepRebuild(max: 1 + numbers.below(6), now: 1)
        if life.dies.isOn { projector = try life.start() }
        life.dies.isOn = false
      default:
        guard try projector.rebuildProgress(now: 1) != nil else { continue }
        switch try projector.cutOver(now: 1) {
        case .done(let report):
          #expect(report.isEqual && report.isSamePosition, "seed \(seed)")
          rebuilds += 1
        case .different(let report): Issue.record("seed \(seed): \(report)")
        case .notYet: break
        }
      }
      // It serves all the time, and never goes back.
      let position = try projector.read(now: 1) { _, _ in }.freshness.positions.reduce(0, +)
      #expect(position >= highest, "seed \(seed)")
      highest = position
    }
    try finish(projector)
    #expect(try projector.live() == Balances.expected(life.store), "seed \(seed)")
  }

  private func finish(_ projector: Projector) throws {
    try projector.catchUp()
    try projector.startRebuild(now: 1)
    while try projector.stepRebuild(max: 5, now: 1).behind > 0 {}
    guard case .done(let report) = try projector.cutOver(now: 1) else {
      Issue.record("not cut over")
      return
    }
    #expect(report.isEqual)
  }

  @Test func itGoesOnWhereItStood() throws {
    let life = Life(store: try StoreKind.sqlite.make(), database: try Balances.database(), dies: Switch())
    for number in 0..<20 { _ = try life.store.pay(1, to: "a", id: "\(number)") }
    let first = try life.start()
    try first.catchUp()
    try first.startRebuild(now: 1)
    #expect(try first.stepRebuild(max: 12, now: 1).done == 12)
    life.dies.isOn = true
    #expect(throws: Crash.self) { try first.stepRebuild(max: 4, now: 1) }
    life.dies.isOn = false
    let second = try life.start()
    #expect(try second.live() == ["a 20 20"])
    #expect(try second.rebuildProgress(now: 1)?.done == 12)
    #expect(try second.stepRebuild(max: 100, now: 1).behind == 0)
    guard case .done(let report) = try second.cutOver(now: 1) else {
      Issue.record("not cut over")
      return
    }
    #expect(report.isEqual)
  }

  /// The mistake: rows and position of the new view in two transactions, and a crash between them.
  @Test func withThePositionSavedApartTheChecksumsDiffer() throws {
    let life = Life(store: try StoreKind.sqlite.make(), database: try Balances.database(), dies: Switch())
    for number in 0..<9 { _ = try life.store.pay(1, to: "a", id: "\(number)") }
    let projector = try life.start()
    try projector.catchUp()
    try projector.startRebuild(now: 1)
    let events = try life.store.read(partition: 0, after: 0, limit: 4).events
    try life.database.write { database in
      let shadow = try #require(try Projections.build(.shadow, of: "balances", database)?.view)
      for event in events { try projector.projection.handle(event, shadow, database) }
    }
    let next = try life.start()
    try next.stepRebuild(max: 100, now: 1)
    guard case .different(let report) = try next.cutOver(now: 1) else {
      Issue.record("not found out")
      return
    }
    #expect(report.tables[0].onlyRebuilt == ["'a', 13, 13"])
  }

  /// The mistake: the view that serves is emptied and filled again.
  @Test func rebuiltInPlaceReadersSeeHalfAView() throws {
    let life = Life(store: try StoreKind.sqlite.make(), database: try Balances.database(), dies: Switch())
    for number in 0..<9 { _ = try life.store.pay(1, to: "a", id: "\(number)") }
    let projector = try life.start()
    try projector.catchUp()
    try life.database.write { database in
      let live = try #require(try Projections.build(.live, of: "balances", database)?.view)
      try database.run("DELETE FROM \(live["accounts"])")
      try database.run("UPDATE projection_position SET position = 0 WHERE generation = ?", [live.generation])
    }
    try projector.step(max: 4, now: 1)
    #expect(try projector.live() == ["a 4 4"])
  }

  /// The same with the view that is written in the transaction of the append: no write falls between the two.
  @Test(arguments: 0..<4)
  func anInlineViewIsRebuiltWhileItIsWritten(quarter: Int) throws {
    for seed in quarter * 50..<quarter * 50 + 50 {
      var numbers = SeededGenerator(seed: UInt64(seed))
      let database = try Balances.shared()
      let store = SQLiteEventStore(database, inline: [Balances.projection()])
      let projector = Projector(Balances.projection(), source: store, database: database)
      try projector.install(now: 0)
      for step in 0..<40 {
        switch numbers.below(5) {
        case 0, 1: _ = try store.pay(numbers.below(9), to: "a\(numbers.below(3))", id: "\(step)")
        case 2: try projector.startRebuild(now: 1)
        default:
          guard try projector.rebuildProgress(now: 1) != nil else { continue }
          if try projector.stepRebuild(max: 3, now: 1).behind == 0 {
            guard case .done = try projector.cutOver(now: 1) else {
              Issue.record("seed \(seed)")
              return
            }
          }
        }
        #expect(try projector.live() == Balances.expected(store), "seed \(seed)")
      }
    }
  }
}
