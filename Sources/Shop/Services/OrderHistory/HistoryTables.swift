internal import GRDB
internal import Transactions

/// The order history's document store: a document for each order, found by its number or by its customer. A view is a
/// collection of them; the alias says which one serves, and whether another is being built beside it.
///
/// Each document is written by itself, and knows the position of the newest change that is in it, by the order of
/// order's commits. So the order's number and that position tell whether a change is news, however often and in whatever
/// order changes come.
enum HistoryTables: ServiceTables {
  static let schema =
    Outbox.leaseSchema + MinerPositions.schema + JobRunner.schema + Reconciliation.schema + """
      CREATE TABLE document(
        view INTEGER NOT NULL,
        id INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY(view, id)) WITHOUT ROWID;
      CREATE INDEX document_user ON document(view, json ->> 'user', id);
      CREATE INDEX document_finished ON document(json ->> 'finished') WHERE json ->> 'finished' IS NOT NULL;
      CREATE TABLE alias(name TEXT PRIMARY KEY, view INTEGER NOT NULL) WITHOUT ROWID;
      """

  static func fill(_ database: Database) throws {
    try database.run("INSERT INTO alias(name, view) VALUES ('live', 1), ('newest', 1)")
  }

  /// Finished orders are shown for a little less long than order keeps its rows, so that what is shown can be read
  /// there: a minute is more than the time between two rounds of forgetting.
  static let margin: Int64 = 60_000_000_000

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM document WHERE json ->> 'finished' < ?", [time + margin])
  }

  // MARK: Views

  /// The number of the view that serves.
  static func live(_ database: Database) throws -> Int64 {
    try database.number("SELECT view FROM alias WHERE name = 'live'")
  }

  /// The number of the view that is being built; nil when none is.
  static func shadow(_ database: Database) throws -> Int64? {
    try database.first("SELECT view FROM alias WHERE name = 'shadow'", []) { $0.value(0) as Int64 }
  }

  /// Begins another view beside the one that serves; one that was left half built goes.
  static func beginShadow(_ database: Database) throws -> Int64 {
    try endShadow(database)
    try database.run("UPDATE alias SET view = view + 1 WHERE name = 'newest'")
    try database.run("INSERT INTO alias(name, view) SELECT 'shadow', view FROM alias WHERE name = 'newest'")
    return try shadow(database) ?? 0
  }

  static func endShadow(_ database: Database) throws {
    guard let shadow = try shadow(database) else { return }
    try database.run("DELETE FROM document WHERE view = ?", [shadow])
    try database.run("DELETE FROM alias WHERE name = 'shadow'")
  }

  /// The view that was built serves from now on.
  static func cutOver(to shadow: Int64, _ database: Database) throws {
    try database.run("DELETE FROM document WHERE view <> ?", [shadow])
    try database.run("UPDATE alias SET view = ? WHERE name = 'live'", [shadow])
    try database.run("DELETE FROM alias WHERE name = 'shadow'")
  }

  // MARK: Documents

  /// Puts a document into a view, unless that has one as new.
  /// - Parameter isBlind: true takes it in any case, which is a mistake.
  /// - Returns: whether it was news.
  @discardableResult
  static func put(_ document: Payload, into view: Int64, isBlind: Bool = false, _ database: Database) throws -> Bool {
    guard let id = document.order, document.position != nil else { return false }
    let isNews = isBlind ? "" : " WHERE excluded.json ->> 'position' > document.json ->> 'position'"
    try database.run(
      """
      INSERT INTO document(view, id, json) VALUES (?, ?, ?)
      ON CONFLICT(view, id) DO UPDATE SET json = excluded.json\(isNews)
      """, [view, id, String(decoding: document.json, as: UTF8.self)])
    return database.changesCount > 0
  }

  /// A customer's newest orders.
  static func latest(of user: String, limit: Int, _ database: Database) throws -> [Payload] {
    try database.all(
      "SELECT json FROM document WHERE view = ? AND json ->> 'user' = ? ORDER BY id DESC LIMIT ?",
      [try live(database), user, limit]
    ) { Payload(json: Array(($0.value(0) as String).utf8)) ?? Payload() }
  }

  /// All documents of the view that serves.
  static func all(_ database: Database) throws -> [Payload] {
    try database.all("SELECT json FROM document WHERE view = ? ORDER BY id", [try live(database)]) {
      Payload(json: Array(($0.value(0) as String).utf8)) ?? Payload()
    }
  }

  static func count(of view: Int64, _ database: Database) throws -> Int64 {
    try database.number("SELECT count(*) FROM document WHERE view = ?", [view])
  }

  /// FNV-1a over the documents of a view in the order of their numbers. Their positions are left out: a document that
  /// was made of the row itself has another than one that was made of its last change.
  static func checksum(of view: Int64, _ database: Database) throws -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    _ = try database.all(
      "SELECT json_remove(json, '$.position') FROM document WHERE view = ? ORDER BY id", [view]
    ) { row in
      for byte in (row.value(0) as String).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0x0A) &* 0x100_0000_01B3
    }
    return hash
  }

  /// The orders whose documents are not the same in two views, the first few.
  static func differences(_ one: Int64, _ other: Int64, _ database: Database) throws -> [Int64] {
    let rows = "SELECT id, json_remove(json, '$.position') AS body FROM document WHERE view = ?"
    return try database.all(
      """
      SELECT DISTINCT id FROM (
        SELECT * FROM (\(rows) EXCEPT \(rows)) UNION ALL SELECT * FROM (\(rows) EXCEPT \(rows)))
      ORDER BY id LIMIT 5
      """, [one, other, other, one]
    ) { $0.value(0) as Int64 }
  }
}
