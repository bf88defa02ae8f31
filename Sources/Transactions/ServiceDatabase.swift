// Transactions: what keeps state and events of a service in step: its database, the outbox, the inbox, the change log.
// It never knows a shop, never starts a task, and never reads a clock: the time is passed in.

internal import CSQLiteHooks
public import GRDB

/// The database of one service: SQLite, in memory. It belongs to the disk, not to an instance, and outlives a crash.
///
/// Every method is synchronous, so that GRDB's async ones, which go to another thread, cannot be chosen by accident. A
/// transaction is one closure: what it throws rolls it back.
public final class ServiceDatabase: Sendable {
  public let name: String
  private let queue: DatabaseQueue
  private let capture: ChangeLogWriter?

  /// - Parameters:
  ///   - schema: SQL that makes the tables.
  ///   - tables: those whose changes go into a log within the database: ``changeLog``. Each needs a primary key, and keeps
  ///     its columns from now on.
  /// - Throws: what SQLite has against the schema; ``CaptureError`` for a table that cannot be captured.
  public init(name: String, schema: String, capturing tables: [String] = []) throws {
    self.name = name
    _ = Self.countsNoMemory
    var configuration = Configuration()
    configuration.label = name
    queue = try DatabaseQueue(configuration: configuration)
    capture = try queue.writeWithoutTransaction { database in
      // Not smaller pages, whatever less a rollback would copy: whenever a tree of pages is put in order anew, its
      // commit goes through all pages of the database (pcache1TruncateUnsafe, SQLite 3.40).
      try database.execute(sql: "PRAGMA page_size = 4096")
      // Debian's SQLite overwrites with zeros what is deleted, for the eyes of whoever finds the file.
      try database.execute(sql: "PRAGMA secure_delete = OFF")
      try database.execute(sql: schema)
      return tables.isEmpty ? nil : try ChangeLogWriter(capturing: tables, database)
    }
  }

  /// Nobody asks how much memory SQLite holds, and to know that costs a lock each time it takes some. If another part of
  /// the program has opened a database before, it stays as it is, which does no harm.
  private static let countsNoMemory = sqlite_hooks_count_no_memory()

  /// The log of the changes of the captured tables; nil when none is captured.
  public var changeLog: ChangeLog? { capture.map { ChangeLog(self, $0) } }

  /// Runs `body` in one transaction, of which GRDB's own observers learn nothing. It must not change a captured table:
  /// for that it would need a time.
  public func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try transaction(at: nil, for: nil, body)
  }

  /// Runs `body` in one transaction. What it changes in captured tables stands in the change log afterwards, as one
  /// transaction of `time`, and when it is rolled back nothing does.
  /// - Parameters:
  ///   - time: nanoseconds since the Unix epoch.
  ///   - origin: on whose behalf the rows change.
  /// - Throws: what `body` throws, `DatabaseError`; ``CaptureError`` when the log cannot tell what has changed, and so
  ///   nothing was committed.
  public func write<Value>(
    at time: Int64, for origin: ChangeOrigin? = nil, _ body: (Database) throws -> Value
  ) throws -> Value {
    try transaction(at: time, for: origin, body)
  }

  private func transaction<Value>(
    at time: Int64?, for origin: ChangeOrigin?, _ body: (Database) throws -> Value
  ) throws -> Value {
    try queue.writeWithoutTransaction { database in
      // GRDB's own way into a transaction compiles its three statements each time.
      try database.run("BEGIN IMMEDIATE TRANSACTION")
      do {
        try capture?.begin(database)
        let value = try body(database)
        try capture?.finish(at: time, for: origin, database)
        try database.run("COMMIT TRANSACTION")
        capture?.committed()
        return value
      } catch {
        // SQLite ends a transaction by itself when it runs out of room, say.
        if database.isInsideTransaction { try database.run("ROLLBACK TRANSACTION") }
        throw error
      }
    }
  }

  /// Runs `body`, which only reads.
  public func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.unsafeRead(body)
  }

  /// Bytes that the database holds.
  public var bytes: Int {
    (try? read { database in
      Int(try database.number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    }) ?? 0
  }
}
