public import GRDB
internal import TraceModel

/// An event store in a service's own database, so that an append can be part of a larger local transaction.
///
/// SQLite has one writer at a time: positions are given within the transaction, so their order is that of commits, and
/// a transaction that is rolled back leaves no gap. There is one partition. Events are never removed, so that any view
/// can be rebuilt from the first one: the database grows with them.
public struct SQLiteEventStore: EventStore {
  /// Tables of a store; one to a database.
  public static let schema = """
    CREATE TABLE event_stream(
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      version INTEGER NOT NULL,
      recorded INTEGER NOT NULL);
    CREATE TABLE stored_event(
      position INTEGER PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES event_stream(number),
      version INTEGER NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      payload BLOB NOT NULL,
      gtxid TEXT NOT NULL,
      ltxid INTEGER NOT NULL,
      span INTEGER NOT NULL,
      parent INTEGER,
      recorded INTEGER NOT NULL,
      UNIQUE(stream, version),
      UNIQUE(stream, id));
    CREATE TABLE event_total(
      number INTEGER PRIMARY KEY CHECK(number = 1),
      events INTEGER NOT NULL,
      payload_bytes INTEGER NOT NULL);
    INSERT INTO event_total VALUES (1, 0, 0);
    CREATE TABLE state_snapshot(
      stream TEXT NOT NULL,
      schema INTEGER NOT NULL,
      version INTEGER NOT NULL,
      state BLOB NOT NULL,
      taken INTEGER NOT NULL,
      PRIMARY KEY(stream, schema, version)) WITHOUT ROWID;
    """

  public let database: ServiceDatabase
  /// Views that change in the transaction of the append itself.
  let inline: [Projection]

  /// - Parameters:
  ///   - database: with the tables of ``schema``; with inline views also those of ``Projections/schema``.
  ///   - inline: views of the same database that every append brings up to date within its own transaction. A
  ///     ``Projector`` of each must have been installed. What their handlers throw refuses the append.
  public init(_ database: ServiceDatabase, inline: [Projection] = []) {
    self.database = database
    self.inline = inline
  }

  public var partitionCount: Int { 1 }

  public func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64
  ) throws -> AppendOutcome {
    try database.write { try append(events, to: stream, expectedVersion: expectedVersion, now: now, $0) }
  }

  /// The store within a transaction of the caller, for a repository whose commands are part of it.
  public func within(_ database: Database) -> OpenEventStore { OpenEventStore(database, inline: inline) }

  /// As the other `append`, within a transaction of the caller: with an inbox row, or an audit row, say.
  public func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64, _ database: Database
  ) throws -> AppendOutcome {
    try within(database).append(events, to: stream, expectedVersion: expectedVersion, now: now)
  }
}
