import Testing
import Transactions

@Suite struct ColumnsTests {
  private func database() throws -> ServiceDatabase {
    let database = try ServiceDatabase(
      name: "test", schema: "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL, data BLOB NOT NULL, at INTEGER)"
    )
    try database.write { database in
      try database.run("INSERT INTO t VALUES (1, 'a', x'00ff', NULL)")
      try database.run("INSERT INTO t VALUES (2, '한국', x'', 5)")
    }
    return database
  }

  @Test func valuesAreReadByTheirPlaces() throws {
    let rows = try database().read { database in
      try database.all("SELECT id, name, data, at FROM t ORDER BY id") { row in
        "\(row.value(0) as Int64) \(row.value(1) as String) \(row.bytes(2)) \(row.number(3) ?? -1)"
      }
    }
    #expect(rows == ["1 a [0, 255] -1", "2 한국 [] 5"])
  }

  @Test func theFirstRowIsReadAndTheStatementIsFreeAgain() throws {
    let database = try database()
    for _ in 0..<3 {
      let names: [String?] = try [1, 2, 3].map { id in
        try database.read { try $0.first("SELECT name FROM t WHERE id = \(id)") { $0.value(0) } }
      }
      #expect(names == ["a", "한국", nil])
    }
    // A statement that still stood on its row would hold the table.
    try database.write { try $0.run("DELETE FROM t") }
    #expect(try database.read { try $0.number("SELECT count(*) FROM t") } == 0)
  }

  @Test func whatTheReaderThrowsComesThrough() throws {
    struct Refused: Error {}
    let database = try database()
    #expect(throws: Refused.self) {
      try database.read { try $0.all("SELECT id FROM t") { _ in throw Refused() } }
    }
    #expect(try database.read { try $0.all("SELECT id FROM t ORDER BY id") { $0.value(0) as Int64 } } == [1, 2])
  }
}
