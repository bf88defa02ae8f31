internal import GRDBSQLite

/// The row on which a query stands, its columns read by their places, counted from 0.
///
/// It is good until the query goes on, and can be kept no longer. A column read as a value that cannot be NULL stops
/// the program when it is: the query and its reader do not fit.
public struct Columns: ~Copyable {
  private let statement: OpaquePointer

  init(of statement: OpaquePointer) {
    self.statement = statement
  }

  /// The whole number of the column at `place`.
  public func value(_ place: Int) -> Int64 {
    require(place)
    return sqlite3_column_int64(statement, CInt(place))
  }

  /// The truth of the column at `place`, which SQLite keeps as a number.
  public func value(_ place: Int) -> Bool {
    require(place)
    return sqlite3_column_int64(statement, CInt(place)) != 0
  }

  /// The text of the column at `place`.
  public func value(_ place: Int) -> String {
    require(place)
    // In this order: the count is that of the text once the text was asked for.
    guard let text = sqlite3_column_text(statement, CInt(place)) else {
      preconditionFailure("there is no memory for the text of column \(place)")
    }
    let count = Int(sqlite3_column_bytes(statement, CInt(place)))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// The whole number of the column at `place`; nil when it is NULL.
  public func number(_ place: Int) -> Int64? {
    isNull(place) ? nil : sqlite3_column_int64(statement, CInt(place))
  }

  /// The bytes of the column at `place`.
  public func bytes(_ place: Int) -> [UInt8] {
    require(place)
    let start = sqlite3_column_blob(statement, CInt(place))
    let count = Int(sqlite3_column_bytes(statement, CInt(place)))
    precondition(start != nil || count == 0, "there is no memory for the bytes of column \(place)")
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The value of the column at `place`, of whatever kind it is.
  public func any(_ place: Int) -> ColumnValue {
    switch sqlite3_column_type(statement, CInt(place)) {
    case SQLITE_INTEGER: .integer(value(place))
    case SQLITE_FLOAT: .real(sqlite3_column_double(statement, CInt(place)))
    case SQLITE_TEXT: .text(value(place))
    case SQLITE_BLOB: .blob(bytes(place))
    default: .null
    }
  }

  func isNull(_ place: Int) -> Bool { sqlite3_column_type(statement, CInt(place)) == SQLITE_NULL }

  private func require(_ place: Int) {
    precondition(!isNull(place), "column \(place) is NULL: the query and its reader do not fit")
  }
}
