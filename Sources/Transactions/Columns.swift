internal import Foundation
public import GRDB

/// The row on which a query stands, its columns read by their places from SQLite itself.
///
/// GRDB's `Row` makes a table of the columns' names for each query, which costs more than a small query does. It is good
/// until the query goes on: read what is needed at once.
public struct Columns {
  private let statement: SQLiteStatement

  fileprivate init(_ statement: SQLiteStatement) {
    self.statement = statement
  }

  /// The value of the column at `place`, counted from 0, which the schema must say is of this type and NOT NULL.
  public func value<Value: StatementColumnConvertible>(_ place: Int) -> Value {
    guard let value = Value(sqliteStatement: statement, index: CInt(place)) else {
      preconditionFailure("column \(place) is no \(Value.self): the query and its reader do not fit")
    }
    return value
  }

  /// The whole number of the column at `place`; nil when it is NULL.
  public func number(_ place: Int) -> Int64? {
    Int64.fromDatabaseValue(DatabaseValue(sqliteStatement: statement, index: CInt(place)))
  }

  /// The bytes of the column at `place`.
  public func bytes(_ place: Int) -> [UInt8] {
    [UInt8](value(place) as Data)
  }
}

extension Database {
  /// What `read` makes of the first row of a query that is prepared once for each connection; nil when there is none.
  public func first<Value>(
    _ sql: String, _ arguments: StatementArguments = StatementArguments(), _ read: (Columns) throws -> Value
  ) throws -> Value? {
    let cursor = try Standing.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
    return try cursor.next().map { try read(Columns($0.statement)) }
  }

  /// What `read` makes of each row of a query that is prepared once for each connection.
  public func all<Value>(
    _ sql: String, _ arguments: StatementArguments = StatementArguments(), _ read: (Columns) throws -> Value
  ) throws -> [Value] {
    let cursor = try Standing.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
    var values: [Value] = []
    while let row = try cursor.next() { values.append(try read(Columns(row.statement))) }
    return values
  }
}

/// How a cursor of GRDB's that reads no row tells where it stands. It is read in place of a value, and is none.
private struct Standing: DatabaseValueConvertible, StatementColumnConvertible {
  let statement: SQLiteStatement

  init(sqliteStatement: SQLiteStatement, index: CInt) {
    statement = sqliteStatement
  }

  static func fromDatabaseValue(_ value: DatabaseValue) -> Standing? { nil }

  var databaseValue: DatabaseValue { preconditionFailure("a row of a query cannot be written into a database") }
}
