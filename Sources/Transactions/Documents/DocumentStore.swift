internal import GRDB

/// JSON documents by collection and id, in SQLite.
///
/// One call changes one document, at once or not at all; there is no transaction over several, no join, and so no outbox.
/// Who must tell others of a change reads the change stream, or mines ``changeLog`` with a ``ChangeMiner``: each
/// document is one row with the columns `id`, `version` and `body` of the table that is named like its collection. Where
/// nobody does, the store need not keep its changes.
public final class DocumentStore: Sendable {
  public let name: String
  public let collections: [DocumentCollection]
  let maximumBytes: Int
  /// Where the documents are, and the tables beside them.
  public let database: ServiceDatabase
  /// What became of each document, in the order in which it did; nil where that is not kept.
  public let changeLog: ChangeLog?

  /// - Parameters:
  ///   - collections: at least one.
  ///   - tables: SQL that makes tables of another kind beside the documents: for a lease, or how far a reader has come.
  ///     Nothing is changed in one step with a document.
  ///   - keepsChanges: whether there is a change log: it holds each document as it was before a change and after it.
  ///   - maximumBytes: how large a document may be.
  /// - Throws: `badName`, `storage`.
  public init(
    name: String, collections: [DocumentCollection], beside tables: String = "", keepsChanges: Bool = true,
    maximumBytes: Int = 16 << 20
  ) throws(DocumentError) {
    precondition(!collections.isEmpty, "document store \(name) needs a collection")
    var schema = tables + "\n" + (keepsChanges ? "" : Self.versions)
    for collection in collections { schema += try Self.schema(of: collection) }
    self.name = name
    self.collections = collections
    self.maximumBytes = maximumBytes
    do {
      database = try ServiceDatabase(
        name: name, schema: schema, capturing: keepsChanges ? collections.map(\.name) : [])
    } catch {
      throw .storage("\(error)")
    }
    changeLog = database.changeLog
  }

  /// The newest version, where no log counts the changes.
  private static let versions = """
    CREATE TABLE change_version(newest INTEGER NOT NULL);
    INSERT INTO change_version(newest) VALUES (0);

    """

  /// One that no document has had. Where there is a log it is the number of the first change of this transaction.
  func nextVersion(_ database: Database) throws -> Int64 {
    if let changeLog { return changeLog.newest + 1 }
    try database.run("UPDATE change_version SET newest = newest + 1", [])
    return try database.number("SELECT newest FROM change_version")
  }

  private static func schema(of collection: DocumentCollection) throws(DocumentError) -> String {
    let name = collection.name
    let isWord = name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || byte == UInt8(ascii: "_")
    }
    guard isWord, let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= first),
      !["sqlite_", "change_"].contains(where: name.lowercased().hasPrefix)
    else {
      throw .badName(
        name, wanted: "a collection has letters, digits and _, no digit first, and neither sqlite_ nor change_ first")
    }
    var sql = """
      CREATE TABLE "\(name)"(id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;

      """
    for (number, index) in collection.indexes.enumerated() {
      var values: [String] = []
      for field in index.fields { values.append(try FieldPath(field).value) }
      sql += "CREATE INDEX \"\(name).\(number)\" ON \"\(name)\"(\(values.joined(separator: ", ")));\n"
    }
    return sql
  }

  /// Bytes that the store holds, its change log included.
  public var bytes: Int { database.bytes }

  // MARK: Reading

  /// The document under an id; nil when there is none.
  /// - Throws: `unknownCollection`, `storage`.
  public func get(_ id: String, in collection: String) throws(DocumentError) -> Document? {
    try check(collection)
    return try reading { database in try Self.document(id, collection, database) }
  }

  /// The documents that a filter names.
  /// - Parameters:
  ///   - limit: the most documents; nil for all.
  ///   - skip: how many of the first ones are left out.
  /// - Throws: `unknownCollection`, `badName`, `storage`.
  public func find(
    _ filter: DocumentFilter = .all, in collection: String, order: DocumentOrder = .id, limit: Int? = nil, skip: Int = 0
  ) throws(DocumentError) -> [Document] {
    let query = try query("id, version, body", filter, collection, order: order)
    return try reading { database in
      try database.all(query.sql + " LIMIT ? OFFSET ?", Bindings(query.values + [limit ?? -1, skip])) { row in
        Document(id: row.value(0), version: row.value(1), body: row.value(2))
      }
    }
  }

  /// How many documents a filter names.
  /// - Throws: `unknownCollection`, `badName`, `storage`.
  public func count(_ filter: DocumentFilter = .all, in collection: String) throws(DocumentError) -> Int {
    let query = try query("count(*)", filter, collection, order: nil)
    return try reading { database in Int(try database.number(query.sql, Bindings(query.values))) }
  }

  /// How SQLite goes about a query: `SEARCH item USING INDEX item.0 (<expr>=?)`.
  func plan(
    _ filter: DocumentFilter, in collection: String, order: DocumentOrder? = nil
  ) throws(DocumentError) -> [String] {
    let query = try query("id", filter, collection, order: order)
    return try reading { database in
      try database.all("EXPLAIN QUERY PLAN " + query.sql, Bindings(query.values)) { row in row.value(3) as String }
    }
  }

  private func query(
    _ columns: String, _ filter: DocumentFilter, _ collection: String, order: DocumentOrder?
  ) throws(DocumentError) -> (sql: String, values: [any Bindable]) {
    try check(collection)
    let condition = try DocumentCondition(filter)
    let sql = "SELECT \(columns) FROM \"\(collection)\" WHERE \(condition.sql)"
    return switch order {
    case nil: (sql, condition.values)
    case .id: ("\(sql) ORDER BY id", condition.values)
    case .field(let field, let isDescending):
      ("\(sql) ORDER BY \(try FieldPath(field).value) \(isDescending ? "DESC" : "ASC"), id", condition.values)
    }
  }

  func check(_ collection: String) throws(DocumentError) {
    guard collections.contains(where: { $0.name == collection }) else { throw .unknownCollection(collection) }
  }

  static func document(_ id: String, _ collection: String, _ database: Database) throws -> Document? {
    try database.first("SELECT id, version, body FROM \"\(collection)\" WHERE id = ?", [id]) { row in
      Document(id: row.value(0), version: row.value(1), body: row.value(2))
    }
  }

  private func reading<Value>(_ body: (Database) throws -> Value) throws(DocumentError) -> Value {
    do {
      return try database.read(body)
    } catch {
      throw .storage("\(error)")
    }
  }

  // MARK: Changes

  /// The change stream of a collection: what became of its documents after `token`.
  /// - Parameters:
  ///   - token: where an earlier call left off; 0 for the beginning.
  ///   - limit: the most changes, over all collections, that are looked at.
  /// - Throws: `unknownCollection`, `keepsNoChanges`; `storage`, also for a token of another store.
  public func changes(of collection: String, after token: Int64, limit: Int) throws(DocumentError) -> DocumentChanges {
    try check(collection)
    guard let changeLog else { throw .keepsNoChanges(name) }
    do {
      switch try changeLog.read(after: token, limit: limit) {
      case .lost(let loss):
        // What is lost of other collections is no loss to this one.
        return loss.tables.contains(collection) ? .lost(loss) : .changes([], next: loss.to)
      case .transactions(let transactions):
        let changes = transactions.flatMap { transaction in
          transaction.changes.map { change in
            DocumentChange(
              token: change.position, collection: change.table, operation: change.operation,
              before: Document(change.before), after: Document(change.after), time: transaction.time,
              origin: transaction.origin)
          }
        }
        return .changes(changes.filter { $0.collection == collection }, next: changes.last?.token ?? token)
      }
    } catch {
      throw .storage("\(error)")
    }
  }
}
