internal import GRDB
internal import TraceModel

extension OpenEventStore {
  public func read(_ stream: String, after version: Int64, limit: Int) throws -> [StoredEvent] {
    try database.all(
      """
      SELECT \(Self.columns) FROM stored_event e JOIN event_stream s ON s.number = e.stream
      WHERE s.name = ? AND e.version > ? ORDER BY e.version LIMIT ?
      """, [stream, version, limit], Self.event)
  }

  public func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch {
    let events = try database.all(
      """
      SELECT \(Self.columns) FROM stored_event e JOIN event_stream s ON s.number = e.stream
      WHERE e.position > ? ORDER BY e.position LIMIT ?
      """, [position, limit], Self.event)
    let end = try end(partition: partition)
    return SourceBatch(events: events, through: events.last?.position.number ?? position, end: end)
  }

  public func end(partition: Int) throws -> Int64 {
    try database.number("SELECT events FROM event_total WHERE number = 1")
  }

  public func version(of stream: String) throws -> Int64 {
    try place(of: stream)?.version ?? 0
  }

  public func version(of stream: String, at moment: Int64) throws -> Int64 {
    // Within a stream times never go back, so the first hit from behind is the answer.
    try database.number(
      """
      SELECT e.version FROM stored_event e JOIN event_stream s ON s.number = e.stream
      WHERE s.name = ? AND e.recorded <= ? ORDER BY e.version DESC LIMIT 1
      """, [stream, moment])
  }

  public func event(_ id: String, in stream: String) throws -> StoredEvent? {
    guard let place = try place(of: stream) else { return nil }
    return try event(id, in: place)
  }

  func event(_ id: String, in place: Place) throws -> StoredEvent? {
    try database.first(
      """
      SELECT \(Self.columns) FROM stored_event e JOIN event_stream s ON s.number = e.stream
      WHERE e.stream = ? AND e.id = ?
      """, [place.number, id], Self.event)
  }

  public func statistics() throws -> EventStoreStatistics {
    let totals = try database.first("SELECT events, payload_bytes FROM event_total WHERE number = 1") { row in
      (events: row.value(0) as Int64, bytes: row.value(1) as Int64)
    }
    // Streams are never deleted, so that their numbers have no gap.
    let streams = try database.number("SELECT max(number) FROM event_stream")
    let snapshots = try database.number("SELECT count(*) FROM state_snapshot")
    return EventStoreStatistics(
      streams: Int(streams), events: totals?.events ?? 0, payloadBytes: totals?.bytes ?? 0,
      snapshots: Int(snapshots))
  }

  private static let columns =
    "e.position, s.name, e.version, e.id, e.type, e.payload, e.gtxid, e.ltxid, e.span, e.parent, e.recorded"

  private static func event(_ row: borrowing Columns) throws -> StoredEvent {
    let position: Int64 = row.value(0)
    guard let gtxid = GTXID(row.value(6) as String),
      let ltxid = UInt32(exactly: row.value(7) as Int64).flatMap({ LTXID($0) }),
      let span = SpanID(UInt64(bitPattern: row.value(8)))
    else { throw EventStoreError.unreadableEvent(position: position, reason: "its GTXID, LTXID or span is none") }
    let parent = row.number(9).flatMap { SpanID(UInt64(bitPattern: $0)) }
    return StoredEvent(
      position: EventPosition(number: position), stream: row.value(1), version: row.value(2), id: row.value(3),
      type: row.value(4), payload: row.bytes(5),
      origin: EventOrigin(gtxid: gtxid, ltxid: ltxid, span: span, parent: parent), recorded: row.value(10))
  }
}

// MARK: - Snapshots

extension OpenEventStore {
  /// All snapshots of a schema are kept, so that a state of any age is a few events away from one.
  public func snapshot(of stream: String, upTo version: Int64, schema: Int) throws -> StateSnapshot? {
    try database.first(
      """
      SELECT version, state, taken FROM state_snapshot
      WHERE stream = ? AND schema = ? AND version <= ? ORDER BY version DESC LIMIT 1
      """, [stream, schema, version]
    ) { row in
      StateSnapshot(stream: stream, version: row.value(0), schema: schema, state: row.bytes(1), taken: row.value(2))
    }
  }

  public func keep(_ snapshot: StateSnapshot) throws {
    try database.run(
      "INSERT OR REPLACE INTO state_snapshot(stream, schema, version, state, taken) VALUES (?, ?, ?, ?, ?)",
      [snapshot.stream, snapshot.schema, snapshot.version, snapshot.state, snapshot.taken])
  }

}
