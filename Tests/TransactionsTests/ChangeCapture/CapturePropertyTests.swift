import GRDB
import TestSupport
import Testing

@testable import Transactions

/// Random transactions over tables of several kinds. Replayed from nothing, the log gives the tables as they are.
@Suite struct CapturePropertyTests {
  private static let schema = """
    CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL, data);
    CREATE TABLE stock(place TEXT, item INTEGER, n, PRIMARY KEY(item, place)) WITHOUT ROWID;
    CREATE TABLE part(
      id TEXT PRIMARY KEY, item INTEGER REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE, note TEXT);
    CREATE TRIGGER noted AFTER UPDATE OF price ON item BEGIN
      UPDATE part SET note = note || '.' WHERE item = new.id;
    END;
    CREATE TRIGGER stocked BEFORE INSERT ON item WHEN new.id % 5 = 0 BEGIN
      INSERT OR REPLACE INTO stock VALUES ('trigger', new.id, new.price);
    END;
    """
  private static let tables = ["item", "stock", "part"]

  /// The tables as the log tells them.
  private struct Replay {
    var rows: [String: [[ColumnValue]: RowImage]] = [:]

    mutating func apply(_ change: RowChange) {
      if let before = change.before {
        let old = rows[change.table, default: [:]].removeValue(forKey: before.key)
        #expect(old == before, "the image before is not the row at position \(change.position): \(change.text)")
      }
      if let after = change.after {
        let old = rows[change.table, default: [:]].updateValue(after, forKey: after.key)
        #expect(old == nil, "a row comes where one is at position \(change.position): \(change.text)")
      }
    }
  }

  @Test(arguments: 0..<250) func theLogReplayedGivesTheTables(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let database = try ServiceDatabase(name: "test", schema: Self.schema, capturing: Self.tables)
    var replay = Replay()
    var position: Int64 = 0
    var number: Int64 = 0
    for time in 1...Int64(12) {
      let isRolledBack = random.chance(20)
      var isCommitted = true
      do {
        try database.write(at: time, for: origin(UInt64(time))) { database in
          for _ in 0..<random.below(8) { try change(database, &random, depth: 0) }
          if isRolledBack { throw Abandoned() }
        }
      } catch {
        isCommitted = false
      }
      let transactions = try database.transactions(after: position)
      #expect(transactions.count <= (isCommitted ? 1 : 0), "seed \(seed)")
      for transaction in transactions {
        number += 1
        #expect(transaction.number == number && transaction.time == time, "seed \(seed)")
        #expect(transaction.origin == origin(UInt64(time)), "seed \(seed)")
        for change in transaction.changes {
          position += 1
          #expect(change.position == position, "seed \(seed)")
          replay.apply(change)
        }
      }
      try compare(replay, database, seed)
    }
  }

  private func compare(_ replay: Replay, _ database: ServiceDatabase, _ seed: Int) throws {
    for (table, order) in [("item", "id"), ("stock", "item, place"), ("part", "id")] {
      let shape = try #require(database.changeLog?.tables.first { $0.name == table })
      let rows = try database.read { database in
        try database.all("SELECT * FROM \(table) ORDER BY \(order)") { row in
          var values: [ColumnValue] = []
          for place in shape.columns.indices { values.append(row.any(place)) }
          return RowImage(table: shape, values: values)
        }
      }
      #expect(
        Set(rows) == Set((replay.rows[table] ?? [:]).values), "seed \(seed): table \(table) is not what the log says")
    }
  }

  /// One statement, or a savepoint with some. Statements may fail, which undoes them alone.
  private func change(_ database: Database, _ random: inout SeededGenerator, depth: Int) throws {
    guard depth < 3, random.chance(25) else {
      do {
        try database.execute(sql: statement(&random))
      } catch {
        // The whole transaction is gone after OR ROLLBACK.
        guard database.isInsideTransaction else { throw error }
      }
      return
    }
    let name = "s\(depth)"
    try database.execute(sql: "SAVEPOINT \(name)")
    for _ in 0..<random.below(4) { try change(database, &random, depth: depth + 1) }
    if random.chance(50) {
      try database.execute(sql: "ROLLBACK TO \(name)")
      if random.chance(50) { try change(database, &random, depth: depth + 1) }
    }
    // A savepoint that stays open is committed with its transaction.
    if random.chance(80) { try database.execute(sql: "RELEASE \(name)") }
  }

  private func statement(_ random: inout SeededGenerator) -> String {
    let id = random.below(12)
    let ways = ["OR IGNORE", "OR REPLACE", "OR REPLACE", "OR FAIL", "OR FAIL", "OR ABORT", "OR ROLLBACK"]
    let way = random.chance(50) ? "" : ways[random.below(ways.count)]
    let value = ["NULL", "1", "2.0", "2.5", "'x'", "'7'", "x'00ff'", "''"][random.below(8)]
    let name = ["NULL", "'a'", "'b'", "'c'", "'결제'"][random.below(5)]
    switch random.below(14) {
    case 0: return "INSERT \(way) INTO item VALUES (\(id), \(name), \(random.below(9)), \(value))"
    case 1:
      return "INSERT \(way) INTO item VALUES (\(id), \(name), 1, 1), (\(id + 1), 'b', 2.5, \(value)), (3, 'a', 4, 5)"
    case 2: return "INSERT INTO item VALUES (\(id), \(name), 0, 0) ON CONFLICT DO UPDATE SET data = \(value)"
    case 3: return "UPDATE \(way) item SET price = price + 1, data = \(value) WHERE id >= \(id)"
    case 4: return "UPDATE \(way) item SET id = id + \(random.below(3)), name = \(name) WHERE id % 3 = \(id % 3)"
    case 5: return "DELETE FROM item WHERE id = \(id)"
    case 6: return random.chance(20) ? "DELETE FROM item" : "DELETE FROM item WHERE id > 8"
    case 7: return "INSERT \(way) INTO stock VALUES (\(name), \(id % 4), \(value)), ('z', \(id % 4), 1)"
    case 8: return "UPDATE \(way) stock SET place = place || 'y', n = \(value) WHERE item <= \(id % 4)"
    case 9: return "UPDATE \(way) stock SET item = item + 1"
    case 10: return "DELETE FROM stock WHERE item = \(id % 4)"
    case 11: return "INSERT \(way) INTO part VALUES (\(name), \(id), 'n'), ('p\(id)', \(id), NULL)"
    case 12: return "UPDATE \(way) part SET item = \(id) WHERE id < 'c'"
    default: return "REPLACE INTO item SELECT id + 1, name, price, data FROM item WHERE id > \(id)"
    }
  }
}
