public import GRDB
internal import GRDBSQLite

// GRDB's ways to run a statement watch what it changes, and make a value of each argument and a table of each row's
// columns. For the small statements of a service that costs as much as SQLite's own work. So a statement that GRDB has
// prepared is run here through SQLite's interface, and nobody is watching: GRDB's observers of transactions are told
// nothing, and after a change of the schema its cache must be cleared by hand. Nothing of the kind is used here.

extension Database {
  /// Runs one statement that is prepared once for each connection.
  /// - Throws: `DatabaseError`.
  public func run(_ sql: String, _ bindings: Bindings = []) throws {
    try execute(sql, bindings) { _ in true }
  }

  /// What `read` makes of the first row of a query that is prepared once for each connection; nil when there is none.
  /// - Throws: `DatabaseError`, and what `read` throws.
  public func first<Value>(
    _ sql: String, _ bindings: Bindings = [], _ read: (borrowing Columns) throws -> Value
  ) throws -> Value? {
    var value: Value?
    try execute(sql, bindings) { row in
      value = try read(row)
      return false
    }
    return value
  }

  /// What `read` makes of each row of a query that is prepared once for each connection. `read` must not run the same
  /// query.
  /// - Throws: `DatabaseError`, and what `read` throws.
  public func all<Value>(
    _ sql: String, _ bindings: Bindings = [], _ read: (borrowing Columns) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try execute(sql, bindings) { row in
      values.append(try read(row))
      return true
    }
    return values
  }

  /// The first value of the first row, as a whole number; 0 when there is none.
  /// - Throws: `DatabaseError`.
  public func number(_ sql: String, _ bindings: Bindings = []) throws -> Int64 {
    try first(sql, bindings) { $0.number(0) ?? 0 } ?? 0
  }

  /// Runs a statement, and hands over row after row, until `row` says false.
  private func execute(_ sql: String, _ bindings: Bindings, _ row: (borrowing Columns) throws -> Bool) throws {
    let prepared = try cachedStatement(sql: sql)
    // GRDB's cache alone would keep it, and `row` may do what empties that.
    try withExtendedLifetime(prepared) {
      let statement = prepared.sqliteStatement
      precondition(sqlite3_stmt_busy(statement) == 0, "a query runs within itself: \(sql)")
      // Without this a query would hold its table, and what it was given.
      defer {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
      }
      try require(bindings.bind(to: statement), SQLITE_OK, sql)
      while true {
        let code = sqlite3_step(statement)
        guard code == SQLITE_ROW else {
          return try require(code, SQLITE_DONE, sql)
        }
        guard try row(Columns(of: statement)) else { return }
      }
    }
  }

  private func require(_ code: CInt, _ wanted: CInt, _ sql: String) throws {
    guard code != wanted else { return }
    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage, sql: sql)
  }
}
