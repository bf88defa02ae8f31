public import GRDB
internal import TraceModel

/// An event store in SQLite within one transaction that somebody else has begun: what is appended is part of it, and
/// what is read is what it sees. It must not outlive the transaction.
public struct OpenEventStore: EventStore, @unchecked Sendable {
  let database: Database
  let inline: [Projection]

  /// - Parameter database: with the tables of ``SQLiteEventStore/schema``.
  public init(_ database: Database, inline: [Projection] = []) {
    self.database = database
    self.inline = inline
  }

  public var partitionCount: Int { 1 }

  public func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64
  ) throws -> AppendOutcome {
    try AppendRules.check(events, stream: stream)
    let known = try place(of: stream)
    if let known {
      let stored = try events.map { try event($0.id, in: known) }
      if let duplicate = try AppendRules.duplicate(events, stored, stream: stream) { return duplicate }
    }
    let version = known?.version ?? 0
    if let expectedVersion, expectedVersion != version {
      return .conflict(AppendConflict(stream: stream, expected: expectedVersion, actual: version))
    }
    let recorded = max(now, known?.recorded ?? now)
    let number = try advance(stream, known, to: version + Int64(events.count), recorded: recorded)
    let place = Place(number: number, version: version, recorded: recorded)
    let stored = try write(events, to: stream, place)
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

  func place(of stream: String) throws -> Place? {
    try database.first("SELECT number, version, recorded FROM event_stream WHERE name = ?", [stream]) { row in
      Place(number: row.value(0), version: row.value(1), recorded: row.value(2))
    }
  }

  private func advance(
    _ stream: String, _ known: Place?, to version: Int64, recorded: Int64
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
    _ events: [NewEvent], to stream: String, _ place: Place
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
