// Transactions: what keeps state and events of a service in step: its database, the transactional outbox, the inbox.
// It never knows a shop, never starts a task, and never reads a clock: the time is passed in.

public import GRDB

/// The database of one service: SQLite, in memory. It belongs to the disk, not to an instance, and outlives a crash.
///
/// Every method is synchronous, so that GRDB's async ones, which go to another thread, cannot be chosen by accident. A
/// transaction is one closure: what it throws rolls it back.
public final class ServiceDatabase: Sendable {
  public let name: String
  private let queue: DatabaseQueue

  /// - Parameter schema: SQL that makes the tables.
  /// - Throws: what SQLite has against the schema.
  public init(name: String, schema: String) throws {
    self.name = name
    var configuration = Configuration()
    configuration.label = name
    queue = try DatabaseQueue(configuration: configuration)
    try queue.writeWithoutTransaction { database in
      // A page that a transaction changes is copied first, for a rollback: in memory, small pages make small copies.
      try database.execute(sql: "PRAGMA page_size = 1024")
      try database.execute(sql: schema)
    }
  }

  /// Runs `body` in one transaction, of which GRDB's own observers learn nothing.
  public func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.writeWithoutTransaction { database in
      // GRDB's own way into a transaction compiles its three statements each time.
      try database.run("BEGIN IMMEDIATE TRANSACTION")
      do {
        let value = try body(database)
        try database.run("COMMIT TRANSACTION")
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
