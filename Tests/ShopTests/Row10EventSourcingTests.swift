import GRDB
import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 10: an order is its events, and so it is known as of any moment; the events are what others are told.
@Suite struct Row10EventSourcingTests {
  /// What orders were at one moment, as it was seen then.
  private struct Note {
    var time: Int64
    var states: [(order: Int64, state: String)]
  }

  /// Ten minutes of the whole shop, in each of which order crashes before and after a commit and while it publishes.
  private static func findings(_ store: OrderStore, _ mistakes: Set<Mistake> = []) throws -> [String] {
    let stage = Stage(rate: 2) {
      $0.mix = .ordinary
      $0.orderStore = store
      $0.mistakes = mistakes
      $0.undeliverable = 0.1
      // However often it crashes.
      $0.supervision.usual = .restart(after: 1_000_000_000)
    }
    var (seen, notes) = (OrdersSeen(), [Note]())
    for minute in 0..<9 {
      for crash in ["P1,nth=4", "P2,nth=9", "P3,nth=12", "P5,nth=20", "P10,nth=25"] {
        stage.world.crashPoints.arm(try CrashSpec(parsing: "order:\(crash)"))
      }
      if minute % 3 == 1 { stage.arm("payment-gateway:latency=2s,ttl=20s") }
      for _ in 0..<6 {
        stage.run(10)
        try seen.look(stage)
        notes.append(
          Note(time: stage.world.time.now, states: try states(stage).map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }))
      }
    }
    stage.world.customers.close()
    stage.run(60)
    try seen.look(stage)
    var findings = seen.findings
    if seen.rows.count < 350 { findings.append("there were \(seen.rows.count) orders only") }
    findings += try notes.flatMap { try differences($0, stage) } + streams(stage)
    return findings + stage.problems()
  }

  private static func states(_ stage: Stage) throws -> [Int64: String] {
    let rows = try stage.world.disk(of: ShopPlan.order)?.database.read { try OrderTables.all($0) } ?? []
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.state) })
  }

  /// Orders that are not known any more as they were at that moment.
  private static func differences(_ note: Note, _ stage: Stage) throws -> [String] {
    guard let database = stage.world.disk(of: ShopPlan.order)?.database else { return ["order keeps nothing"] }
    return try note.states.compactMap { order, state in
      let known = try database.read { database in
        // Where there are rows there is nothing but what they say now.
        stage.world.settings.orderStore == .events
          ? try OrderStreams.repository(database).load(OrderStreams.stream(order), at: note.time).state
          : try OrderTables.order(id: order, database)
      }
      return known?.state == state
        ? nil : "order \(order) was \(state), and is said to have been \(known?.state ?? "nothing")"
    }
  }

  /// Streams with a gap, and snapshots that are not what the events before them come to, as SQLite's rows have them.
  private static func streams(_ stage: Stage) throws -> [String] {
    guard let database = stage.world.disk(of: ShopPlan.order)?.database else { return ["order keeps nothing"] }
    guard try database.read({ try $0.number("SELECT count(*) FROM sqlite_schema WHERE name = 'stored_event'") }) == 1
    else { return ["there are no events"] }
    return try database.read { database in
      var findings = try database.all(
        """
        SELECT s.name FROM event_stream s JOIN stored_event e ON e.stream = s.number
        GROUP BY s.number HAVING count(*) <> s.version OR max(e.version) <> s.version OR min(e.version) <> 1
        """
      ) { "\($0.value(0) as String) has a gap" }
      let repository = OrderStreams.repository(database)
      let snapshots = try database.all("SELECT stream, version, state FROM state_snapshot ORDER BY stream, version") {
        (stream: $0.value(0) as String, version: $0.value(1) as Int64, state: $0.bytes(2))
      }
      if snapshots.count < 300 { findings.append("there are \(snapshots.count) snapshots only") }
      for snapshot in snapshots {
        let folded = try repository.history(snapshot.stream)[Int(snapshot.version) - 1].state
        if repository.entity.encode(folded) != snapshot.state {
          findings.append("a snapshot of \(snapshot.stream) is wrong")
        }
      }
      return findings
    }
  }

  @Test func anOrderIsKnownAsOfAnyMoment() throws {
    let findings = try Self.findings(.events)
    #expect(findings == [])
  }

  @Test func withoutItsEventsItIsNot() throws {
    let findings = try Self.findings(.outbox, [.dualWrite])
    #expect(findings.contains { $0.contains("is said to have been") })
    #expect(findings.contains { $0.hasSuffix("nobody was told") })
    #expect(findings.contains("there are no events"))
  }
}
