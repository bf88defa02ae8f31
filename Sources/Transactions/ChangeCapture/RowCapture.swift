internal import CSQLiteHooks
internal import GRDB
internal import GRDBSQLite

/// Notes each row of some tables before it changes, in the order in which a transaction changes them.
///
/// SQLite calls it from within its storage layer (`sqlite3_preupdate_hook`), also for what triggers and foreign keys
/// change. What a savepoint or a statement undoes is forgotten, since SQLite tells of its savepoints too. It belongs to
/// one connection, and is used on that connection's queue alone.
final class RowCapture: @unchecked Sendable {
  /// A change that the transaction has made. Its images lie one after the other in `bytes`.
  struct Note {
    let table: Int
    let operation: RowChange.Operation
    let start: Int
    /// Where the image before ends and that afterwards begins.
    let middle: Int
    let end: Int
  }

  let tables: [CapturedTable]
  private let names: [ContiguousArray<CChar>]
  private(set) var notes: [Note] = []
  private(set) var bytes: [UInt8] = []
  /// Why the transaction cannot be committed.
  private(set) var failure: CaptureError?
  private(set) var isWatching = false
  /// How much there was when the savepoint of each level began.
  private var savepoints: [(notes: Int, bytes: Int)] = []

  static let tableOfSavepoints = "change_capture"

  /// Watches the connection until it is closed, which keeps this alive.
  /// - Throws: `notSupported`, `DatabaseError`.
  init(_ tables: [CapturedTable], of database: Database) throws {
    guard sqlite_hooks_know_rows() else { throw CaptureError.notSupported }
    self.tables = tables
    names = tables.map { ContiguousArray($0.name.utf8CString) }
    guard let connection = database.sqliteConnection else { preconditionFailure("the connection is closed") }
    let this = Unmanaged.passRetained(self).toOpaque()
    sqlite_hooks_watch_rows(connection, this) { this, connection, operation, schema, table, _, _ in
      guard let this, let connection, let schema, let table else { return }
      RowCapture.of(this).note(operation, schema, table, connection)
    }
    let hooks = savepoint_hooks(
      save: { this, level in RowCapture.of(this).save(Int(level)) },
      undo: { this, level in RowCapture.of(this).undo(Int(level)) },
      release: { this, level in RowCapture.of(this).release(Int(level)) },
      may_commit: { this in RowCapture.of(this).isEmpty },
      end: { this in RowCapture.of(this).end() },
      close: { this in this.map { Unmanaged<RowCapture>.fromOpaque($0).release() } })
    let code = sqlite_hooks_watch_savepoints(connection, Self.tableOfSavepoints, hooks, this)
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> RowCapture {
    guard let pointer else { preconditionFailure("SQLite forgot whom to call") }
    return Unmanaged<RowCapture>.fromOpaque(pointer).takeUnretainedValue()
  }

  // MARK: Transactions

  /// Watches the transaction that has just begun, until it ends.
  func watch(_ database: Database) throws {
    try database.run("INSERT INTO \(Self.tableOfSavepoints) DEFAULT VALUES")
    isWatching = true
  }

  /// Nothing is noted that is not in the log.
  private var isEmpty: Bool { notes.isEmpty && failure == nil }

  /// The log has what was noted.
  func forget() {
    notes.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  private func end() {
    forget()
    savepoints.removeAll(keepingCapacity: true)
    failure = nil
    isWatching = false
  }

  private func save(_ level: Int) {
    // Levels below the first that is told of began before anything was noted.
    while savepoints.count < level { savepoints.append((0, 0)) }
    savepoints.removeSubrange(level...)
    savepoints.append((notes.count, bytes.count))
  }

  private func undo(_ level: Int) {
    // As for SQLite itself, what a savepoint further out has released cannot be undone any more.
    guard level < savepoints.count else { return }
    notes.removeSubrange(savepoints[level].notes...)
    bytes.removeSubrange(savepoints[level].bytes...)
    savepoints.removeSubrange((level + 1)...)
  }

  private func release(_ level: Int) {
    guard level < savepoints.count else { return }
    savepoints.removeSubrange(level...)
  }

  // MARK: Rows

  private func note(
    _ operation: CInt, _ schema: UnsafePointer<CChar>, _ table: UnsafePointer<CChar>, _ connection: OpaquePointer
  ) {
    guard let place = place(of: table), isMain(schema) else { return }
    let table = tables[place]
    precondition(isWatching, "table \(table.name) is captured, but was changed outside of ServiceDatabase.write")
    guard failure == nil else { return }
    guard sqlite_hooks_column_count(connection) == table.columns.count else {
      return failure = .schemaChanged(table: table.name)
    }
    guard !sqlite_hooks_is_blob_write(connection) else {
      return failure = .blobWrittenInPlace(table: table.name)
    }
    let start = bytes.count
    if operation != SQLITE_INSERT { append(table) { sqlite_hooks_old_value(connection, $0, &$1) } }
    let middle = bytes.count
    if operation != SQLITE_DELETE { append(table) { sqlite_hooks_new_value(connection, $0, &$1) } }
    let kind: RowChange.Operation =
      operation == SQLITE_INSERT ? .insert : operation == SQLITE_DELETE ? .delete : .update
    notes.append(Note(table: place, operation: kind, start: start, middle: middle, end: bytes.count))
  }

  private func append(_ table: CapturedTable, _ read: (CInt, inout OpaquePointer?) -> CInt) {
    for (column, isReal) in table.realColumns.enumerated() {
      var value: OpaquePointer?
      let code = read(CInt(column), &value)
      guard code == SQLITE_OK, let value else {
        return failure = .unreadableRow(table: table.name, code: Int(code))
      }
      RowImageCoding.append(value, isReal: isReal, to: &bytes)
    }
  }

  private func place(of table: UnsafePointer<CChar>) -> Int? {
    for (place, name) in names.enumerated() {
      let isEqual = name.withUnsafeBufferPointer { characters in
        var index = 0
        while characters[index] == table[index] {
          if table[index] == 0 { return true }
          index += 1
        }
        return false
      }
      if isEqual { return place }
    }
    return nil
  }

  private func isMain(_ schema: UnsafePointer<CChar>) -> Bool {
    schema[0] == CChar(UInt8(ascii: "m")) && String(cString: schema) == "main"
  }
}
