import GRDB
import Testing

@testable import Transactions

@Suite struct RebuildTests {
  private func made(_ events: Int = 20) throws -> (any EventStore, Projector) {
    let store = try StoreKind.sqlite.make()
    let projector = Projector(Balances.projection(), source: store, database: try Balances.database())
    try projector.install(now: 0)
    for number in 0..<events { _ = try store.pay(number, to: "a\(number % 3)", id: "\(number)") }
    try projector.catchUp()
    return (store, projector)
  }

  @Test func theOldViewServesUntilTheNewOneIsThere() throws {
    let (store, projector) = try made()
    let before = try projector.live()
    #expect(try projector.startRebuild(now: 2))
    #expect(try !projector.startRebuild(now: 2))
    while let progress = try projector.rebuildProgress(now: 2), progress.behind > 0 {
      #expect(try projector.live() == before)
      guard case .notYet(let lag, 0) = try projector.cutOver(now: 2), lag == progress.behind else {
        Issue.record("cut over at lag \(progress.behind)")
        return
      }
      try projector.stepRebuild(max: 3, now: 2)
    }
    guard case .done(let report) = try projector.cutOver(now: 3) else {
      Issue.record("not cut over")
      return
    }
    #expect(report.isEqual && report.isSamePosition && report.tables.map(\.liveRows) == [3])
    #expect(report.tables[0].liveChecksum == report.tables[0].rebuiltChecksum)
    let status = try projector.status(now: 3)
    #expect(status.generation == 2 && status.rebuild == nil && status.lastReport == report)
    _ = try store.pay(100, to: "a0", id: "more")
    try projector.catchUp()
    #expect(try projector.live() == Balances.expected(store))
  }

  @Test func theTablesOfTheOldViewAreGone() throws {
    let (_, projector) = try made()
    for round in 2...4 {
      try projector.startRebuild(now: 2)
      try projector.stepRebuild(max: 100, now: 2)
      guard case .done = try projector.cutOver(now: 2) else {
        Issue.record("not cut over")
        return
      }
      let tables = try projector.database.read { database in
        try database.all("SELECT name FROM sqlite_master WHERE name GLOB 'balances__*' ORDER BY name") {
          $0.value(0) as String
        }
      }
      #expect(tables == ["balances__accounts__\(round)", "balances__accounts__\(round)__index0"])
    }
  }

  @Test func aRebuildThatWaitsForTheLiveViewSaysSo() throws {
    let (store, projector) = try made()
    try projector.startRebuild(now: 2)
    _ = try store.pay(1, to: "a0", id: "more")
    try projector.stepRebuild(max: 100, now: 2)
    #expect(try projector.cutOver(now: 2) == .notYet(shadowBehind: 0, liveBehind: 1))
    try projector.step(max: 1, now: 2)
    guard case .done = try projector.cutOver(now: 2) else {
      Issue.record("not cut over")
      return
    }
  }

  @Test func differencesAreToldAndBothViewsKept() throws {
    let (store, projector) = try made()
    try projector.database.write { database in
      let view = try #require(try Projections.build(.live, of: "balances", database)?.view)
      try database.run("UPDATE \(view["accounts"]) SET balance = 1 WHERE name = 'a1'")
      try database.run("INSERT INTO \(view["accounts"]) VALUES ('ghost', 0, 0)")
    }
    try projector.startRebuild(now: 2)
    try projector.stepRebuild(max: 100, now: 2)
    guard case .different(let report) = try projector.cutOver(now: 2) else {
      Issue.record("cut over")
      return
    }
    #expect(report.tables[0].onlyLive == ["'a1', 1, 7", "'ghost', 0, 0"])
    #expect(report.tables[0].onlyRebuilt == ["'a1', 70, 7"])
    #expect(try projector.compare() == report)
    #expect(try projector.status(now: 2).rebuild != nil)
    guard case .done = try projector.cutOver(.evenIfDifferent, now: 2) else {
      Issue.record("not cut over")
      return
    }
    #expect(try projector.live() == Balances.expected(store))
  }

  @Test func aStuckViewIsReplacedByOneThatIsNot() throws {
    let store = try StoreKind.sqlite.make()
    let good = Balances.projection(version: 2)
    let stuck = Projection("balances", version: 1, tables: good.tables) { _, _, _ in throw Crash() }
    let database = try Balances.database()
    try Projector(stuck, source: store, database: database).install(now: 0)
    for number in 0..<5 { _ = try store.pay(1, to: "a", id: "\(number)") }
    let projector = Projector(good, previous: stuck, source: store, database: database)
    try projector.install(now: 1)
    #expect(throws: Crash.self) { try projector.step(max: 9, now: 1) }
    try projector.stepRebuild(max: 9, now: 1)
    #expect(try projector.cutOver(now: 1) == .notYet(shadowBehind: 0, liveBehind: 5))
    guard case .done(let report) = try projector.cutOver(.evenIfDifferent, now: 1) else {
      Issue.record("not cut over")
      return
    }
    #expect(!report.isSamePosition)
    #expect(try projector.live() == ["a 5 5"])
  }

  @Test func readersNeverGoBack() throws {
    let (store, projector) = try made()
    try projector.startRebuild(now: 2)
    try projector.stepRebuild(max: 100, now: 2)
    let written = try store.pay(1, to: "a0", id: "more")
    try projector.step(max: 1, now: 2)
    for rule in [Projector.CutOverRule.equal, .evenIfDifferent] {
      #expect(try projector.cutOver(rule, now: 2) == .notYet(shadowBehind: 1, liveBehind: 0))
    }
    try projector.stepRebuild(max: 1, now: 2)
    guard case .done = try projector.cutOver(now: 2) else {
      Issue.record("not cut over")
      return
    }
    #expect(try projector.read(seeing: written, ifStale: .refuse, now: 2) { _, _ in true }.value == true)
  }

  @Test func aNewVersionIsBuiltWhileTheOldOneGoesOn() throws {
    let (store, old) = try made(5)
    let wide = ProjectionTable(
      "accounts", columns: "name TEXT PRIMARY KEY, balance INTEGER NOT NULL, moves INTEGER NOT NULL, note TEXT")
    let new = Projector(
      Balances.projection(version: 2, factor: 2, tables: [wide]), previous: old.projection, source: store,
      database: old.database)
    try new.install(now: 2)
    _ = try store.pay(50, to: "a0", id: "more")
    #expect(try new.step(max: 9, now: 2) == 1)
    #expect(try new.live() == Balances.expected(store))
    try new.stepRebuild(max: 100, now: 2)
    guard case .done(let report) = try new.cutOver(now: 2) else {
      Issue.record("not cut over")
      return
    }
    #expect(report.tables.isEmpty && report.incomparable == ["accounts"])
    #expect(try new.status(now: 2).version == 2)
    #expect(try new.live().first == "a0 106 3")
  }

  @Test func aRebuildThatIsGivenUpLeavesNothing() throws {
    let (_, projector) = try made()
    let before = try projector.live()
    try projector.startRebuild(now: 2)
    try projector.stepRebuild(max: 3, now: 2)
    try projector.abandonRebuild()
    #expect(try projector.rebuildProgress(now: 2) == nil)
    #expect(try projector.live() == before)
    let count = try projector.database.read { database in
      try database.number("SELECT count(*) FROM projection_position WHERE generation = 2")
    }
    #expect(count == 0)
  }
}
