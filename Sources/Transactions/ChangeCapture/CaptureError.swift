/// Why changes cannot be captured or read.
public enum CaptureError: Error, Hashable, Sendable {
  /// This SQLite has no preupdate hook.
  case notSupported
  case unknownTable(String)
  /// A view or a virtual table has no rows of its own.
  case notATable(String, kind: String)
  case noPrimaryKey(String)
  /// A row does not hold a column that is computed when it is read.
  case virtualColumn(table: String, column: String)
  /// A transaction would have changed the columns of a captured table.
  case schemaChanged(table: String)
  /// Bytes were written into a BLOB in place: the new row cannot be told.
  case blobWrittenInPlace(table: String)
  /// SQLite could not hand over a row that changes.
  case unreadableRow(table: String, code: Int)
  /// A position that the log has not reached: it belongs to another log.
  case positionAhead(position: Int64, newest: Int64)
  /// What stands in the log is not what capture writes.
  case damaged(position: Int64)
}

extension CaptureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notSupported:
      "changes cannot be captured: this SQLite was built without SQLITE_ENABLE_PREUPDATE_HOOK"
    case .unknownTable(let table):
      "table \(table) cannot be captured: the schema has no table of this name"
    case .notATable(let table, let kind):
      "\(table) cannot be captured: it is a \(kind); name the table that holds the rows"
    case .noPrimaryKey(let table):
      "table \(table) cannot be captured: it needs a PRIMARY KEY, by which a change names its row"
    case .virtualColumn(let table, let column):
      "table \(table) cannot be captured: column \(column) is GENERATED VIRTUAL; make it STORED"
    case .schemaChanged(let table):
      "the transaction is refused: it changes the columns of table \(table), which is captured"
    case .blobWrittenInPlace(let table):
      "the transaction is refused: it writes into a BLOB of table \(table) in place, which is captured; use UPDATE"
    case .unreadableRow(let table, let code):
      "the transaction is refused: SQLite does not tell a row of table \(table) that changes (result code \(code))"
    case .positionAhead(let position, let newest):
      "position \(position) is none of this change log, whose newest is \(newest): is it the position of another log?"
    case .damaged(let position):
      "the change log cannot be read at position \(position): it was written by something else"
    }
  }
}
