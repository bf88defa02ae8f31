internal import Concurrency
internal import GRDB
internal import TraceModel

/// Writes what a transaction has changed into the change log, as the last thing before its COMMIT.
///
/// So the log has the changes of a transaction if and only if it was committed, and positions follow the order of
/// commits. Used on the queue of its connection alone.
final class ChangeLogWriter: @unchecked Sendable {
  private let capture: RowCapture
  /// The shape of each captured table.
  private let shapes: [Int64]
  /// All that the log has rows of.
  let knownShapes: [Int64: CapturedTable]
  /// The newest change and transaction that were committed.
  private var newest: (position: Int64, number: Int64)
  /// The same change, for those who ask from outside the queue: far more often than anything has changed.
  private let published: Locked<Int64>
  /// The same, once the transaction that is under way is committed.
  private var next: (position: Int64, number: Int64)
  /// SQLite's count of changes of the schema, when the captured tables were last compared with it.
  private var schemaVersion: Int64

  /// Makes the log's tables where they are missing, and captures from now on.
  /// - Throws: ``CaptureError``, `DatabaseError`.
  init(capturing names: [String], _ database: Database) throws {
    // In this order: the log itself is none of the tables that can be named.
    let tables = try names.map { try CapturedTable(name: $0, database) }
    try database.execute(sql: ChangeLogTables.schema)
    shapes = try tables.map { try ChangeLogTables.shape(of: $0, database) }
    knownShapes = try ChangeLogTables.shapes(database)
    newest =
      try database.first(
        """
        SELECT max(position), max(number) FROM (
          SELECT * FROM (SELECT position, number FROM change_log ORDER BY position DESC LIMIT 1)
          UNION ALL SELECT position, number FROM change_pruned)
        """
      ) { row in (row.number(0) ?? 0, row.number(1) ?? 0) } ?? (0, 0)
    next = newest
    published = Locked(newest.position)
    schemaVersion = try Self.schemaVersion(database)
    capture = try RowCapture(tables, of: database)
  }

  private static func schemaVersion(_ database: Database) throws -> Int64 {
    try database.number("PRAGMA main.schema_version")
  }

  /// The position of the newest change that was committed; 0 for none. From any thread.
  var newestPosition: Int64 { published.withLock { $0 } }

  /// A transaction has begun.
  func begin(_ database: Database) throws {
    try capture.watch(database)
  }

  /// A transaction is about to be committed.
  /// - Parameter time: needed when it has changed captured rows.
  /// - Throws: ``CaptureError`` when it must be rolled back, `DatabaseError`.
  func finish(at time: Int64?, for origin: ChangeOrigin?, _ database: Database) throws {
    next = newest
    try checkSchema(database)
    if let failure = capture.failure { throw failure }
    guard !capture.notes.isEmpty else { return }
    guard let time else {
      preconditionFailure("a transaction that changes captured rows needs its time: ServiceDatabase.write(at:)")
    }
    next.number += 1
    let gtxid = origin?.gtxid.hex
    let ltxid = origin.map { Int64($0.ltxid.number) }
    let span = origin.map { Int64(bitPattern: $0.span.value) }
    let size = capture.notes.count
    try capture.bytes.withUnsafeBytes { bytes in
      for (ordinal, note) in capture.notes.enumerated() {
        next.position += 1
        let before = BytesInPlace(bytes: UnsafeRawBufferPointer(rebasing: bytes[note.start..<note.middle]))
        let after = BytesInPlace(bytes: UnsafeRawBufferPointer(rebasing: bytes[note.middle..<note.end]))
        try database.run(
          ChangeLogTables.insert,
          [
            next.position, next.number, ordinal, size, time, shapes[note.table], note.operation.rawValue,
            note.operation == .insert ? nil : before, note.operation == .delete ? nil : after, gtxid, ltxid, span,
          ])
      }
    }
    capture.forget()
  }

  /// The transaction was committed.
  func committed() {
    guard newest.position != next.position else { return }
    newest = next
    published.withLock { $0 = next.position }
  }

  /// Compares the captured tables with the schema when that has changed: what is captured keeps its columns.
  private func checkSchema(_ database: Database) throws {
    let version = try Self.schemaVersion(database)
    guard version != schemaVersion else { return }
    for table in capture.tables {
      guard let now = try? CapturedTable(name: table.name, database), now == table else {
        throw CaptureError.schemaChanged(table: table.name)
      }
    }
    schemaVersion = version
  }
}
