import GRDB
import Testing
import Transactions

@Suite struct BindingsTests {
  private func database() throws -> ServiceDatabase {
    try ServiceDatabase(
      name: "test", schema: "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB, at INTEGER)")
  }

  private struct Row: Equatable {
    var name: String?
    var data: [UInt8]?
    var at: Int64?
  }

  private func stored(_ row: Row) throws -> Row? {
    let database = try database()
    try database.write { database in
      try database.run("INSERT INTO t VALUES (1, ?, ?, ?)", [row.name, row.data, row.at])
    }
    return try database.read { database in
      try database.first("SELECT name, name IS NULL, data, data IS NULL, at FROM t") { row in
        let (lacksName, lacksData): (Bool, Bool) = (row.value(1), row.value(3))
        return Row(name: lacksName ? nil : row.value(0), data: lacksData ? nil : row.bytes(2), at: row.number(4))
      }
    }
  }

  @Test(arguments: ["", "a", "결제", "a\u{0}b", String(repeating: "long ", count: 10_000)])
  func textsComeBackAsTheyAre(text: String) throws {
    #expect(
      try stored(Row(name: text, data: Array(text.utf8), at: .min)) == Row(name: text, data: Array(text.utf8), at: .min)
    )
  }

  @Test func nothingIsNotEmpty() throws {
    #expect(try stored(Row()) == Row())
    #expect(try stored(Row(name: "", data: [], at: 0)) == Row(name: "", data: [], at: 0))
  }

  @Test func aStatementThatFailedIsGoodForTheNextOne() throws {
    let database = try database()
    func insert(_ id: Int64) throws {
      try database.write { try $0.run("INSERT INTO t(id, name) VALUES (?, ?)", [id, "one"]) }
    }
    try insert(1)
    #expect(throws: DatabaseError.self) { try insert(2) }
    try database.write { try $0.run("DELETE FROM t") }
    try insert(2)
    #expect(try database.read { try $0.number("SELECT id FROM t") } == 2)
  }

  @Test func pagesHaveTheUsualSize() throws {
    #expect(try database().read { try $0.number("SELECT page_size FROM pragma_page_size()") } == 4096)
  }
}
