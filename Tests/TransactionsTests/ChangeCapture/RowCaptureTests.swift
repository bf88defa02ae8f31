import GRDB
import Testing
import TraceModel

@testable import Transactions

@Suite struct RowCaptureTests {
  private func database(
    _ schema: String = "CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER UNIQUE); CREATE TABLE other(x);",
    capturing tables: [String] = ["item"]
  ) throws -> ServiceDatabase {
    try ServiceDatabase(name: "test", schema: schema, capturing: tables)
  }

  private func texts(_ database: ServiceDatabase) throws -> [String] { try database.changes().map(\.text) }

  @Test func aRowIsToldBeforeAndAfterItsChange() throws {
    let database = try database()
    try database.execute(at: 5, for: origin(9), "INSERT INTO item VALUES (1, 2); INSERT INTO other VALUES (1)")
    try database.execute(at: 6, "UPDATE item SET n = 3; DELETE FROM item")
    #expect(
      try texts(database) == [
        "insert item: id=1 n=2", "update item: id=1 n=2 -> id=1 n=3", "delete item: id=1 n=3",
      ])
    let transactions = try database.transactions()
    #expect(transactions.map(\.number) == [1, 2])
    #expect(transactions.map(\.time) == [5, 6])
    #expect(transactions.map(\.origin) == [origin(9), nil])
    #expect(transactions.flatMap(\.changes).map(\.position) == [1, 2, 3])
    let update = transactions[1].changes[0]
    #expect(update.key == [.integer(1)])
    #expect(update.changedColumns == ["n"])
    #expect(update.before?["n"] == .integer(2))
    #expect(update.after?["absent"] == nil)
  }

  @Test func valuesAreToldExactlyAsTheyAreStored() throws {
    let database = try database(
      "CREATE TABLE item(id INTEGER PRIMARY KEY, a, b REAL, c TEXT, d BLOB, e AS (id * 2) STORED, f DOUBLE PRECISION)")
    let rows: [[ColumnValue]] = [
      [.integer(.min), .real(3), .text(""), .blob([]), .real(-0.5)],
      [.integer(.max), .real(1e300), .text("a\u{0}한국"), .blob([0, 255]), .real(9_007_199_254_740_992)],
      [.text("5"), .null, .null, .null, .real(0)],
      [.blob([1]), .real(0.1), .text("7"), .text("text"), .null],
      [.real(2), .real(2), .text("x"), .integer(3), .real(7)],
    ]
    try database.write(at: 1) { database in
      for (id, row) in rows.enumerated() {
        try database.run("INSERT INTO item(id, a, b, c, d, f) VALUES (?, ?, ?, ?, ?, ?)", Bindings([id] + row))
      }
      try database.run("UPDATE item SET id = id + 10")
    }
    let changes = try database.changes()
    for (id, row) in rows.enumerated() {
      let images = [changes[id].after, changes[id + rows.count].before]
      for image in images {
        #expect(image?.values == [.integer(Int64(id))] + row[..<4] + [.integer(Int64(id) * 2), row[4]])
      }
    }
    // What a query reads is what the log says.
    let stored = try #require(database.changeLog?.snapshot().rows.map(\.after))
    #expect(stored == changes[rows.count...].map(\.after))
  }

  @Test func aTransactionThatIsRolledBackLeavesNothing() throws {
    let database = try database()
    try database.execute("INSERT INTO item VALUES (1, 1)")
    #expect(throws: Abandoned.self) {
      try database.write(at: 2) { database in
        try database.run("INSERT INTO item VALUES (2, 2)")
        throw Abandoned()
      }
    }
    try database.execute("INSERT INTO item VALUES (3, 3)")
    #expect(try database.transactions().map(\.number) == [1, 2])
    #expect(try database.changes().map(\.position) == [1, 2])
    #expect(try texts(database) == ["insert item: id=1 n=1", "insert item: id=3 n=3"])
  }

  @Test func aCommitThatFailsLeavesNothing() throws {
    let database = try database(
      """
      CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER REFERENCES item(id) DEFERRABLE INITIALLY DEFERRED)
      """)
    #expect(throws: DatabaseError.self) { try database.execute("INSERT INTO item VALUES (1, 2)") }
    try database.execute("INSERT INTO item VALUES (1, 2); INSERT INTO item VALUES (2, NULL)")
    #expect(try texts(database) == ["insert item: id=1 n=2", "insert item: id=2 n=NULL"])
    #expect(try database.changes().map(\.position) == [1, 2])
  }

  @Test func whatASavepointUndoesIsNotTold() throws {
    let database = try database()
    try database.execute(
      """
      INSERT INTO item VALUES (1, 1);
      SAVEPOINT a;
        INSERT INTO item VALUES (2, 2);
        SAVEPOINT b; INSERT INTO item VALUES (3, 3); RELEASE b;
        SAVEPOINT c; INSERT INTO item VALUES (4, 4); ROLLBACK TO c; INSERT INTO item VALUES (5, 5); RELEASE c;
      RELEASE a;
      SAVEPOINT d;
        INSERT INTO item VALUES (6, 6);
        SAVEPOINT e; INSERT INTO item VALUES (7, 7); RELEASE e;
      ROLLBACK TO d;
      INSERT INTO item VALUES (8, 8);
      ROLLBACK TO d;
      INSERT INTO item VALUES (9, 9);
      RELEASE d;
      """)
    #expect(try database.changes().map { $0.key[0].integer } == [1, 2, 3, 5, 9])
  }

  @Test func whatAFailingStatementUndoesIsNotTold() throws {
    let database = try database()
    try database.write(at: 1) { database in
      try database.execute(sql: "INSERT INTO item VALUES (1, 1)")
      for sql in [
        "INSERT INTO item VALUES (2, 2), (3, 1)", "INSERT OR FAIL INTO item VALUES (4, 4), (5, 1)",
        "UPDATE item SET n = 7",
      ] {
        #expect(throws: DatabaseError.self) { try database.execute(sql: sql) }
      }
      try database.execute(sql: "INSERT OR IGNORE INTO item VALUES (6, 6), (7, 1), (8, 8)")
    }
    #expect(try database.changes().map { $0.key[0].integer } == [1, 4, 6, 8])
  }

  @Test func statementsWithinStatementsAreTold() throws {
    let database = try database()
    try database.execute("INSERT INTO item VALUES (1, 1), (2, 2)")
    try database.write(at: 2) { database in
      _ = try database.all("UPDATE item SET n = n + 10 RETURNING id") { row in
        let id: Int64 = row.value(0)
        try database.run("INSERT INTO item SELECT ?, ? UNION ALL SELECT ?, ?", [id + 4, id + 4, id + 6, id + 6])
        _ = try? database.run("INSERT INTO item SELECT 9, 9 UNION ALL SELECT 10, 5")
      }
    }
    let ids = try database.changes(after: 2).map { $0.key[0].integer }
    #expect(ids == [1, 2, 5, 7, 6, 8])
  }

  @Test func triggersAndForeignKeysAreTold() throws {
    let database = try database(
      """
      CREATE TABLE item(id INTEGER PRIMARY KEY, n);
      CREATE TABLE part(id INTEGER PRIMARY KEY, item INTEGER REFERENCES item ON DELETE CASCADE);
      CREATE TRIGGER more AFTER INSERT ON item BEGIN INSERT INTO part VALUES (new.id * 10, new.id); END;
      """, capturing: ["item", "part"])
    try database.execute("INSERT INTO item VALUES (1, 1); DELETE FROM item")
    #expect(
      try texts(database) == [
        "insert item: id=1 n=1", "insert part: id=10 item=1", "delete item: id=1 n=1", "delete part: id=10 item=1",
      ])
  }

  @Test func tablesWithoutRowidsAreTold() throws {
    let database = try database("CREATE TABLE item(a, b, c, PRIMARY KEY(c, a)) WITHOUT ROWID")
    try database.execute("INSERT INTO item VALUES (1, 2, 3); UPDATE item SET a = 4; DELETE FROM item")
    #expect(
      try texts(database) == [
        "insert item: a=1 b=2 c=3", "update item: a=1 b=2 c=3 -> a=4 b=2 c=3", "delete item: a=4 b=2 c=3",
      ])
    #expect(try database.changes().last?.key == [.integer(3), .integer(4)])
  }

  @Test func replacedRowsAreDeletedFirst() throws {
    let database = try database()
    try database.execute("INSERT INTO item VALUES (1, 1); REPLACE INTO item VALUES (2, 1)")
    try database.execute("INSERT INTO item VALUES (3, 1) ON CONFLICT(n) DO UPDATE SET n = 5")
    #expect(
      try texts(database) == [
        "insert item: id=1 n=1", "delete item: id=1 n=1", "insert item: id=2 n=1", "update item: id=2 n=1 -> id=2 n=5",
      ])
  }

  @Test func noTriggerDoesIt() throws {
    let count = try database().read { try $0.number("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'") }
    #expect(count == 0)
  }

  @Test func databasesThatCaptureNothingHaveNoLog() throws {
    let database = try database(capturing: [])
    try database.write { try $0.run("INSERT INTO item VALUES (1, 1)") }
    #expect(database.changeLog == nil)
    #expect(try database.read { try $0.number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'change%'") } == 0)
  }

  @Test func changesBesideTheCapturedTablesNeedNoTime() throws {
    let database = try database()
    try database.write { try $0.run("INSERT INTO other VALUES (1)") }
    #expect(try database.changes().isEmpty)
  }

  // MARK: Refusals

  @Test(arguments: [
    ("missing", CaptureError.unknownTable("missing")),
    ("seen", .notATable("seen", kind: "view")),
    ("words", .notATable("words", kind: "virtual table")),
    ("keyless", .noPrimaryKey("keyless")),
    ("computed", .virtualColumn(table: "computed", column: "b")),
    ("change_log", .unknownTable("change_log")),
  ])
  func tablesThatCannotBeToldAreRefused(table: String, error: CaptureError) {
    #expect(throws: error) {
      try database(
        """
        CREATE TABLE keyless(a);
        CREATE VIEW seen AS SELECT 1 AS a;
        CREATE VIRTUAL TABLE words USING fts5(a);
        CREATE TABLE computed(id INTEGER PRIMARY KEY, b AS (id * 2));
        """, capturing: [table])
    }
  }

  @Test(arguments: [
    "ALTER TABLE item ADD COLUMN m DEFAULT 5", "ALTER TABLE item RENAME COLUMN n TO m", "DROP TABLE item",
    "INSERT INTO item VALUES (2, 2); ALTER TABLE item ADD COLUMN m; INSERT INTO item VALUES (3, 3, 3)",
    "ALTER TABLE item RENAME TO thing",
  ])
  func capturedTablesKeepTheirColumns(sql: String) throws {
    let database = try database()
    #expect(throws: CaptureError.schemaChanged(table: "item")) { try database.execute(sql) }
    try database.execute("CREATE TABLE another(x); ALTER TABLE other ADD COLUMN y; INSERT INTO item VALUES (1, 1)")
    #expect(try texts(database) == ["insert item: id=1 n=1"])
  }

  @Test func aStatementCannotCommitPastTheLog() throws {
    let database = try database()
    #expect(throws: DatabaseError.self) { try database.execute("INSERT INTO item VALUES (1, 1); COMMIT") }
    try database.execute("INSERT INTO item VALUES (2, 2)")
    #expect(try texts(database) == ["insert item: id=2 n=2"])
    #expect(try database.read { try $0.number("SELECT count(*) FROM item") } == 1)
  }

  // MARK: The order of commits

  /// P8: a transaction takes its number first and commits last.
  @Test func aLateCommitIsNotMissed() throws {
    let database = try database("CREATE TABLE event(id INTEGER PRIMARY KEY, name TEXT)", capturing: ["event"])
    // As a database server's sequence: a transaction takes its number when it begins, not when it commits.
    var sequence: Int64 = 0
    func begin() -> Int64 {
      sequence += 1
      return sequence
    }
    func commit(_ id: Int64, _ name: String) throws {
      try database.write(at: 1) { try $0.run("INSERT INTO event VALUES (?, ?)", [id, name]) }
    }
    var cursor: Int64 = 0
    var polled: [String] = []
    func poll() throws {
      let rows = try database.read { database in
        try database.all("SELECT id, name FROM event WHERE id > ? ORDER BY id", [cursor]) { row in
          (id: row.value(0) as Int64, name: row.value(1) as String)
        }
      }
      polled += rows.map(\.name)
      cursor = rows.last?.id ?? cursor
    }
    var position: Int64 = 0
    var mined: [String?] = []
    func mine() throws {
      let changes = try database.changes(after: position)
      mined += changes.map { $0.after?["name"]?.text }
      position = changes.last?.position ?? position
    }

    let late = begin()
    let early = begin()
    try commit(early, "early")
    try poll()
    try mine()
    try commit(late, "late")
    try poll()
    try mine()
    // The naive way, a cursor on the rows' own numbers, never sees the late one.
    #expect(polled == ["early"])
    #expect(mined == ["early", "late"])
  }
}
