public import EventBus
public import GRDB
public import TraceModel

/// The transactional outbox: the event is a row of the same transaction as the state it tells of, and a relay publishes
/// it later (Richardson, "Microservices Patterns", 3.3).
///
/// So an event is published if and only if its transaction was committed, in the order of commits, at least once, each
/// time under the same message id.
public enum Outbox {
  public static let schema = """
    CREATE TABLE event(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message TEXT NOT NULL UNIQUE,
      topic TEXT NOT NULL,
      key TEXT NOT NULL,
      type TEXT NOT NULL,
      payload BLOB NOT NULL,
      gtxid TEXT NOT NULL,
      ltxid INTEGER NOT NULL,
      span INTEGER NOT NULL,
      parent INTEGER NOT NULL,
      created INTEGER NOT NULL,
      published INTEGER);
    CREATE INDEX event_unpublished ON event(id) WHERE published IS NULL;
    CREATE INDEX event_published ON event(published) WHERE published IS NOT NULL;
    """ + "\n" + leaseSchema

  /// The table that ``lease(to:now:until:_:)`` needs, for a database without an outbox.
  public static let leaseSchema = """
    CREATE TABLE lease(name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL);
    """

  /// One event, as it is written and as the relay reads it.
  public struct Entry: Sendable {
    /// Grows in the order of commits; 0 before it is written.
    public var id: Int64 = 0
    /// What de-duplication goes by.
    public var message: String
    public var topic: String
    public var key: String
    public var type: String
    public var payload: [UInt8]
    public var gtxid: GTXID
    /// The number of the crossing.
    public var ltxid: LTXID
    /// The PRODUCER span, which is reported when the event is published.
    public var span: SpanID
    /// The span in which the event was written.
    public var parent: SpanID
    /// When it was written: nanoseconds since the Unix epoch.
    public var created: Int64

    public init(
      message: String, topic: String, key: String, type: String, payload: [UInt8], gtxid: GTXID, ltxid: LTXID,
      span: SpanID, parent: SpanID, created: Int64
    ) {
      self.message = message
      self.topic = topic
      self.key = key
      self.type = type
      self.payload = payload
      self.gtxid = gtxid
      self.ltxid = ltxid
      self.span = span
      self.parent = parent
      self.created = created
    }

    /// The record that is published: the same bytes each time.
    public var record: ProducerRecord {
      var headers = Carrier.headers(gtxid: gtxid, ltxid: ltxid, span: span).map {
        RecordHeader(name: $0.name, text: $0.value)
      }
      headers.append(RecordHeader(name: RecordHeaderName.message, text: message))
      headers.append(RecordHeader(name: RecordHeaderName.type, text: type))
      return ProducerRecord(key: Array(key.utf8), value: payload, headers: headers)
    }
  }

  /// Writes an event within the transaction of its state.
  public static func write(_ entry: Entry, _ database: Database) throws {
    try database.run(
      """
      INSERT INTO event(message, topic, key, type, payload, gtxid, ltxid, span, parent, created)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        entry.message, entry.topic, entry.key, entry.type, entry.payload, entry.gtxid.hex,
        Int64(entry.ltxid.number), Int64(bitPattern: entry.span.value), Int64(bitPattern: entry.parent.value),
        entry.created,
      ])
  }

  /// The oldest events after `position` that are not marked as published, at most `limit`.
  public static func unpublished(after position: Int64, limit: Int, _ database: Database) throws -> [Entry] {
    try database.all(
      """
      SELECT id, message, topic, key, type, payload, gtxid, ltxid, span, parent, created
      FROM event WHERE published IS NULL AND id > ? ORDER BY id LIMIT ?
      """, [position, limit], entry
    ).compactMap(\.self)
  }

  /// What tells events apart, and which come after one another.
  public struct Mark: Sendable, Hashable {
    public let id: Int64
    public let message: String
    public let topic: String
    public let key: String

    public init(_ entry: Entry) {
      (id, message, topic, key) = (entry.id, entry.message, entry.topic, entry.key)
    }

    init(_ row: borrowing Columns) {
      id = row.value(0)
      message = row.value(1)
      topic = row.value(2)
      key = row.value(3)
    }
  }

  /// The events after `position`, published or not, oldest first.
  public static func written(after position: Int64, _ database: Database) throws -> [Mark] {
    try database.all(
      "SELECT id, message, topic, key FROM event WHERE id > ? ORDER BY id", [position], Mark.init)
  }

  /// Marks events as published at `time`.
  public static func mark(_ ids: [Int64], publishedAt time: Int64, _ database: Database) throws {
    for id in ids { try database.run("UPDATE event SET published = ? WHERE id = ?", [time, id]) }
  }

  /// How many events wait for the relay, and when the oldest of them was written.
  public static func depth(_ database: Database) throws -> (count: Int, oldest: Int64?) {
    try database.first("SELECT count(*), min(created) FROM event WHERE published IS NULL") { row in
      (Int(row.value(0) as Int64), row.number(1))
    } ?? (0, nil)
  }

  /// Forgets events that were published before `time`.
  public static func prune(publishedBefore time: Int64, _ database: Database) throws {
    try database.run("DELETE FROM event WHERE published IS NOT NULL AND published < ?", [time])
  }

  /// Takes or renews the right to publish, so that one relay is at work at a time; false when another has it.
  /// - Parameter name: which relay it is, where a database has several.
  public static func lease(
    _ name: String = "relay", to owner: String, now: Int64, until: Int64, _ database: Database
  ) throws -> Bool {
    try database.run(
      """
      INSERT INTO lease(name, owner, until) VALUES (?, ?, ?)
      ON CONFLICT(name) DO UPDATE SET owner = excluded.owner, until = excluded.until
      WHERE lease.owner = excluded.owner OR lease.until <= ?
      """, [name, owner, until, now])
    return database.changesCount > 0
  }

  /// Whether this owner took the lease last: what fences off one that has slept through its own.
  public static func isLeased(_ name: String = "relay", to owner: String, _ database: Database) throws -> Bool {
    try database.number("SELECT count(*) FROM lease WHERE name = ? AND owner = ?", [name, owner]) > 0
  }

  private static func entry(_ row: borrowing Columns) -> Entry? {
    guard let gtxid = GTXID(row.value(6) as String), let ltxid = LTXID(UInt32(row.value(7) as Int64)),
      let span = SpanID(UInt64(bitPattern: row.value(8))), let parent = SpanID(UInt64(bitPattern: row.value(9)))
    else { return nil }
    var entry = Entry(
      message: row.value(1), topic: row.value(2), key: row.value(3), type: row.value(4), payload: row.bytes(5),
      gtxid: gtxid, ltxid: ltxid, span: span, parent: parent, created: row.value(10))
    entry.id = row.value(0)
    return entry
  }
}

/// Headers of a record beside those that carry the transaction.
public enum RecordHeaderName {
  public static let message = "message-id"
  public static let type = "event-type"
}
