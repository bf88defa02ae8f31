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

  /// As the other `append`, within a transaction of the caller: with an inbox row, or an audit row, say.
  public func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64, _ database: Database
  ) throws -> AppendOutcome {
    try AppendRules.check(events, stream: stream)
    let known = try place(of: stream, database)
    if let known {
      let stored = try events.map { try event($0.id, in: stream, known, database) }
      if let duplicate = try AppendRules.duplicate(events, stored, stream: stream) { return duplicate }
    }
    let version = known?.version ?? 0
    if let expectedVersion, expectedVersion != version {
      return .conflict(AppendConflict(stream: stream, expected: expectedVersion, actual: version))
    }
    let recorded = max(now, known?.recorded ?? now)
    let number = try advance(stream, known, to: version + Int64(events.count), recorded: recorded, database)
    let place = Place(number: number, version: version, recorded: recorded)
    let stored = try write(events, to: stream, place, database)
    for projection in inline { try Projections.applyInline(projection, stored, database) }
    let last = stored[stored.count - 1]
    return .appended(version: last.version, position: last.position)
  }

  // MARK: Parts of an append

  /// What the row of a stream says.
  struct Place {
    var number: Int64
    var version: Int64
    var recorded: Int64
  }

  func place(of stream: String, _ database: Database) throws -> Place? {
    try database.first("SELECT number, version, recorded FROM event_stream WHERE name = ?", [stream]) { row in
      Place(number: row.value(0), version: row.value(1), recorded: row.value(2))
    }
  }

  private func advance(
    _ stream: String, _ known: Place?, to version: Int64, recorded: Int64, _ database: Database
  ) throws -> Int64 {
    if let known {
      try database.run(
        "UPDATE event_stream SET version = ?, recorded = ? WHERE number = ?", [version, recorded, known.number])
      return known.number
    }
    try database.run("INSERT INTO event_stream(name, version, recorded) VALUES (?, ?, ?)", [stream, version, recorded])
    return database.lastInsertedRowID
  }

  private func write(
    _ events: [NewEvent], to stream: String, _ place: Place, _ database: Database
  ) throws -> [StoredEvent] {
    var position = try database.number("SELECT events FROM event_total WHERE number = 1")
    var bytes = 0
    var stored: [StoredEvent] = []
    stored.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      position += 1
      bytes += event.payload.count
      let version = place.version + Int64(index) + 1
      try database.run(
        """
        INSERT INTO stored_event(
          position, stream, version, id, type, payload, gtxid, ltxid, span, parent, recorded)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          position, place.number, version, event.id, event.type, event.payload, event.origin.gtxid.hex,
          Int64(event.origin.ltxid.number), Int64(bitPattern: event.origin.span.value),
          event.origin.parent.map { Int64(bitPattern: $0.value) }, place.recorded,
        ])
      stored.append(
        StoredEvent(
          position: EventPosition(number: position), stream: stream, version: version, id: event.id, type: event.type,
          payload: event.payload, origin: event.origin, recorded: place.recorded))
    }
    try database.run(
      "UPDATE event_total SET events = ?, payload_bytes = payload_bytes + ? WHERE number = 1", [position, bytes])
    return stored
  }
}
