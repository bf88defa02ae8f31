import GRDB
import TestSupport
import Testing

@testable import Transactions

/// P13: the view is written, its position is not, and the event comes again.
@Suite struct SeparateProjectionTests {
  /// A position store that fails before its commit, by a trigger that can be switched on.
  private func positions() throws -> ServiceDatabase {
    try ServiceDatabase(
      name: "positions",
      schema: EventSubscription.schema + """
        CREATE TABLE fault(isOn INTEGER NOT NULL);
        CREATE TRIGGER refuse BEFORE INSERT ON subscription_position WHEN (SELECT count(*) FROM fault) > 0
        BEGIN SELECT RAISE(ABORT, 'crashed before the position was saved'); END;
        """)
  }

  /// The mistake: what changes the view knows nothing of versions.
  private struct Careless: VersionedView {
    let view: SQLiteVersionedView

    func apply(_ event: StoredEvent) throws -> Bool {
      try view.database.write { try view.projection.handle(event, view.names, $0) }
      return true
    }
  }

  private func run(_ seed: Int, _ make: (SQLiteVersionedView) -> any VersionedView) throws -> (
    is: [String], should: [String]
  ) {
    var numbers = SeededGenerator(seed: UInt64(seed))
    let store = try (seed % 2 == 0 ? StoreKind.sqlite : .busOfThreePartitions).make()
    let positions = try positions()
    let view = try SQLiteVersionedView(Balances.projection(), database: try Balances.database(), now: 0)
    let projection = SeparateProjection("balances", source: store, view: make(view), positions: positions)
    for number in 0..<20 {
      _ = try store.pay(number + 1, to: "a\(numbers.below(3))", id: "\(number)")
      guard numbers.below(3) == 0 else { continue }
      try positions.write { try $0.run("INSERT INTO fault VALUES (1)") }
      #expect(throws: (any Error).self) { try projection.step(max: 4) }
      try positions.write { try $0.run("DELETE FROM fault") }
    }
    while try projection.freshness(now: 1).behind != 0 { try projection.step(max: 4) }
    return (try view.database.read { try Balances.rows(view.names, $0) }, try Balances.expected(store))
  }

  @Test func anEventThatComesAgainHasNoSecondEffect() throws {
    for seed in 0..<200 {
      let result = try run(seed) { $0 }
      #expect(result.is == result.should, "seed \(seed)")
    }
  }

  @Test func withoutVersionsItHas() throws {
    let broken = try (0..<20).filter { seed in
      let result = try run(seed) { Careless(view: $0) }
      return result.is != result.should
    }
    #expect(broken.count > 10)
  }

  @Test func whatCameAgainIsCounted() throws {
    let store = try StoreKind.sqlite.make()
    let positions = try positions()
    let view = try SQLiteVersionedView(Balances.projection(), database: try Balances.database(), now: 0)
    let projection = SeparateProjection("balances", source: store, view: view, positions: positions)
    for number in 0..<3 { _ = try store.pay(1, to: "a", id: "\(number)") }
    try positions.write { try $0.run("INSERT INTO fault VALUES (1)") }
    #expect(throws: DatabaseError.self) { try projection.step(max: 2) }
    try positions.write { try $0.run("DELETE FROM fault") }
    let step = try projection.step(max: 3)
    #expect(step == (1, 2))
  }

  /// The same crash with position and view in one transaction: nothing comes again.
  @Test func inOneTransactionThereIsNothingToRepeat() throws {
    for seed in 0..<200 {
      var numbers = SeededGenerator(seed: UInt64(seed))
      let store = try StoreKind.sqlite.make()
      let database = try Balances.database()
      let good = Balances.projection()
      let isDown = Switch()
      let projection = Projection("balances", version: 1, tables: good.tables) { event, view, database in
        try good.handle(event, view, database)
        if isDown.isOn { throw Crash() }
      }
      let projector = Projector(projection, source: store, database: database)
      try projector.install(now: 0)
      for number in 0..<20 {
        _ = try store.pay(number + 1, to: "a\(numbers.below(3))", id: "\(number)")
        isDown.isOn = numbers.below(3) == 0
        if isDown.isOn { #expect(throws: Crash.self) { try projector.step(max: 4, now: 1) } }
      }
      isDown.isOn = false
      try projector.catchUp()
      #expect(try projector.live() == Balances.expected(store), "seed \(seed)")
    }
  }
}
