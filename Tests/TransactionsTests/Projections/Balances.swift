import EventBus
import GRDB
import Testing

@testable import Transactions

/// A view of accounts: its handler adds, so that an event that is applied twice, or not at all, shows.
enum Balances {
  static let accounts = ProjectionTable(
    "accounts", columns: "name TEXT PRIMARY KEY, balance INTEGER NOT NULL, moves INTEGER NOT NULL",
    indices: ["balance"])

  static func projection(version: Int = 1, factor: Int64 = 1, tables: [ProjectionTable] = [accounts]) -> Projection {
    Projection("balances", version: version, tables: tables) { event, view, database in
      let amount = Int64(String(decoding: event.payload, as: UTF8.self)) ?? 0
      let sign: Int64 = event.type == "PAID" ? factor : -factor
      try database.run(
        """
        INSERT INTO \(view["accounts"])(name, balance, moves) VALUES (?, ?, 1)
        ON CONFLICT(name) DO UPDATE SET balance = balance + excluded.balance, moves = moves + 1
        """, [event.stream, sign * amount])
    }
  }

  static func rows(_ view: ProjectionView, _ database: Database) throws -> [String] {
    try database.all("SELECT name, balance, moves FROM \(view["accounts"]) ORDER BY name") { row in
      "\(row.value(0) as String) \(row.value(1) as Int64) \(row.value(2) as Int64)"
    }
  }

  /// The same by the events alone.
  static func expected(_ source: any EventSource) throws -> [String] {
    var sums: [String: (balance: Int64, moves: Int64)] = [:]
    for partition in 0..<source.partitionCount {
      for event in try source.read(partition: partition, after: 0, limit: 100_000).events {
        let amount = Int64(String(decoding: event.payload, as: UTF8.self)) ?? 0
        let old = sums[event.stream] ?? (0, 0)
        sums[event.stream] = (old.balance + (event.type == "PAID" ? amount : -amount), old.moves + 1)
      }
    }
    return sums.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.balance) \($0.value.moves)" }
  }

  static func database() throws -> ServiceDatabase {
    try ServiceDatabase(
      name: "view", schema: Projections.schema + SQLiteVersionedView.schema + EventSubscription.schema)
  }

  static func shared() throws -> ServiceDatabase {
    try ServiceDatabase(name: "order", schema: SQLiteEventStore.schema + Projections.schema)
  }
}

extension EventStore {
  func pay(_ amount: Int, to stream: String, id: String, now: Int64 = 1) throws -> EventPosition {
    let outcome = try append([Made.event(id, amount)], to: stream, expectedVersion: nil, now: now)
    guard case .appended(_, let position) = outcome else { throw Crash() }
    return position
  }
}

extension Projector {
  func live(now: Int64 = 1) throws -> [String] {
    try #require(try read(now: now) { try Balances.rows($0, $1) }.value)
  }

  func catchUp(now: Int64 = 1) throws {
    while try !(status(now: now).freshness.behind == 0) { try step(max: 7, now: now) }
  }
}
