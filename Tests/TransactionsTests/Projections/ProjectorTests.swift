import EventBus
import GRDB
import Testing

@testable import Transactions

@Suite struct ProjectorTests {
  private func made(_ kind: StoreKind = .sqlite) throws -> (any EventStore, Projector) {
    let store = try kind.make()
    let projector = Projector(Balances.projection(), source: store, database: try Balances.database())
    try projector.install(now: 0)
    return (store, projector)
  }

  @Test(arguments: StoreKind.allCases)
  func theViewIsWhatTheEventsSay(kind: StoreKind) throws {
    let (store, projector) = try made(kind)
    for number in 0..<30 { _ = try store.pay(number, to: "a\(number % 5)", id: "\(number)") }
    #expect(try projector.live() == [])
    try projector.catchUp()
    #expect(try projector.live() == Balances.expected(store))
    #expect(try projector.step(max: 7, now: 1) == 0)
    #expect(try projector.status(now: 1).events == 30)
  }

  @Test func aReadTellsHowFarItIsBehind() throws {
    let (store, projector) = try made()
    for number in 1...5 { _ = try store.pay(1, to: "a", id: "\(number)", now: Int64(number * 100)) }
    #expect(
      try projector.read(now: 1_000) { _, _ in }.freshness
        == Freshness(positions: [0], behind: 5, nanoseconds: 900))
    #expect(try projector.step(max: 3, now: 1_000) == 3)
    #expect(
      try projector.read(now: 1_000) { _, _ in }.freshness
        == Freshness(positions: [3], behind: 2, nanoseconds: 600))
    try projector.step(max: 3, now: 1_000)
    #expect(
      try projector.read(now: 1_000) { _, _ in }.freshness
        == Freshness(positions: [5], behind: 0, nanoseconds: 0))
  }

  @Test func readsOlderThanTheOwnWriteAreCountedAndServedRefusedOrLetWait() throws {
    let (store, projector) = try made()
    let written = try store.pay(5, to: "a", id: "1")
    func read(_ rule: StaleRead) throws -> ViewRead<[String]> {
      try projector.read(seeing: written, ifStale: rule, now: 1) { try Balances.rows($0, $1) }
    }
    guard case .value([], _, isStale: true) = try read(.serve) else {
      Issue.record("not served")
      return
    }
    guard case .refused(let freshness) = try read(.refuse), freshness.behind == 1 else {
      Issue.record("not refused")
      return
    }
    guard case .wait = try read(.wait) else {
      Issue.record("need not wait")
      return
    }
    try projector.step(max: 9, now: 1)
    for rule in [StaleRead.serve, .refuse, .wait] {
      guard case .value(["a 5 1"], _, isStale: false) = try read(rule) else {
        Issue.record("stale")
        return
      }
    }
    _ = try store.pay(5, to: "a", id: "2")
    // Somebody else's write makes nobody's read stale.
    guard case .value(_, _, isStale: false) = try read(.refuse) else {
      Issue.record("stale")
      return
    }
    let counts = try projector.status(now: 1).reads
    #expect(counts.reads == 7 && counts.stale == 3 && counts.refused == 1 && counts.waits == 1)
  }

  @Test func aViewServesWhileItsSourceDoesNotAnswer() throws {
    let broker = try Broker()
    try BusEventStore.createTopics("accounts", on: broker)
    let store = try BusEventStore("accounts", on: broker)
    try store.claimAll(now: 0)
    let projector = Projector(Balances.projection(), source: store, database: try Balances.database())
    try projector.install(now: 0)
    let written = try store.pay(5, to: "a", id: "1")
    try projector.step(max: 9, now: 1)
    broker.setAvailable(false, now: 2)
    let read = try projector.read(seeing: written, ifStale: .refuse, now: 3) { try Balances.rows($0, $1) }
    #expect(read.value == ["a 5 1"])
    #expect(read.freshness == Freshness(positions: [1], behind: nil, nanoseconds: nil))
    #expect(throws: BusError.self) { try projector.step(max: 9, now: 3) }
    #expect(try projector.status(now: 3).freshness.behind == nil)
  }

  @Test func aHandlerThatThrowsLeavesViewAndPositionAsTheyWere() throws {
    let store = try StoreKind.sqlite.make()
    let good = Balances.projection()
    let bad = Projection("balances", version: 1, tables: good.tables) { event, view, database in
      try good.handle(event, view, database)
      if event.id == "3" { throw Crash() }
    }
    let database = try Balances.database()
    let projector = Projector(bad, source: store, database: database)
    try projector.install(now: 0)
    for number in 1...4 { _ = try store.pay(1, to: "a", id: "\(number)") }
    #expect(try projector.step(max: 2, now: 1) == 2)
    #expect(throws: Crash.self) { try projector.step(max: 2, now: 1) }
    #expect(try projector.live() == ["a 2 2"])
    #expect(try projector.status(now: 1).freshness.positions == [2])
  }

  @Test func whatIsNotInstalledSaysSo() throws {
    let projector = Projector(
      Balances.projection(), source: try StoreKind.sqlite.make(), database: try Balances.database())
    #expect(throws: ProjectionError.notInstalled("balances")) { try projector.live() }
    #expect(throws: ProjectionError.noRebuild("balances")) { try projector.stepRebuild(max: 1, now: 1) }
  }

  @Test func theRateIsThatOfTheLastSeconds() throws {
    let (store, projector) = try made()
    for number in 0..<40 { _ = try store.pay(1, to: "a", id: "\(number)") }
    let second: Int64 = 1_000_000_000
    #expect(try projector.status(now: 0).eventsPerSecond == nil)
    for now in 1...3 { try projector.step(max: 10, now: Int64(now) * second) }
    #expect(try projector.status(now: 3 * second).eventsPerSecond == 15)
    #expect(try projector.status(now: 60 * second).eventsPerSecond == nil)
  }

  // MARK: In the transaction of the write

  @Test func anInlineViewChangesWithTheWriteItself() throws {
    let database = try Balances.shared()
    let store = SQLiteEventStore(database, inline: [Balances.projection()])
    let projector = Projector(Balances.projection(), source: store, database: database)
    try projector.install(now: 0)
    let written = try store.pay(5, to: "a", id: "1")
    let read = try projector.read(seeing: written, ifStale: .refuse, now: 1) { try Balances.rows($0, $1) }
    #expect(read.value == ["a 5 1"] && read.freshness.behind == 0)
    #expect(throws: Crash.self) {
      try database.write { database in
        _ = try store.append([Made.event("2")], to: "a", expectedVersion: 1, now: 1, database)
        throw Crash()
      }
    }
    #expect(try projector.live() == ["a 5 1"])
    #expect(try projector.step(max: 9, now: 1) == 0)
  }

  @Test func anInlineViewThatIsBehindIsBroughtUpByItsProjector() throws {
    let database = try Balances.shared()
    let before = SQLiteEventStore(database)
    for number in 0..<5 { _ = try before.pay(1, to: "a", id: "\(number)") }
    let store = SQLiteEventStore(database, inline: [Balances.projection()])
    let projector = Projector(Balances.projection(), source: store, database: database)
    try projector.install(now: 0)
    _ = try store.pay(1, to: "a", id: "5")
    #expect(try projector.live() == [])
    try projector.catchUp()
    _ = try store.pay(1, to: "a", id: "6")
    #expect(try projector.live() == ["a 7 7"])
  }
}
