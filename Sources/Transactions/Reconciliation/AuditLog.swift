// Reconciliation: what each service did for a transaction, compared afterwards. It never changes a service's data (what
// would be right is told as values), never starts a task, and never reads a clock.

public import GRDB
public import TraceModel

/// One thing that a service did for a transaction, or undid.
public struct AuditEntry: Sendable, Hashable {
  public enum Direction: Int64, Sendable, Hashable, Codable {
    case done = 1
    case undone = -1
  }

  /// Grows in the order of commits; 0 before it is written.
  public var id: Int64 = 0
  /// The same each time the same thing is written: it counts once.
  public var message: String
  public var gtxid: GTXID
  /// What was done: `charge`, `order.paid`.
  public var kind: String
  /// Of what: an order's id.
  public var subject: String
  /// In the smallest unit of the currency, or pieces; 0 or more.
  public var amount: Int64
  public var direction: Direction
  /// When: nanoseconds since the Unix epoch.
  public var time: Int64

  public init(
    message: String, gtxid: GTXID, kind: String, subject: String, amount: Int64, direction: Direction = .done,
    time: Int64
  ) {
    precondition(amount >= 0, "an amount of \(amount) is none: what is taken back has a direction")
    self.message = message
    self.gtxid = gtxid
    self.kind = kind
    self.subject = subject
    self.amount = amount
    self.direction = direction
    self.time = time
  }
}

/// The audit log of one service: rows of the same transaction as what they tell of.
public enum AuditLog {
  public static let schema = """
    CREATE TABLE audit(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message TEXT NOT NULL UNIQUE,
      gtxid TEXT NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      amount INTEGER NOT NULL,
      direction INTEGER NOT NULL,
      time INTEGER NOT NULL);
    CREATE INDEX audit_gtxid ON audit(gtxid);
    CREATE INDEX audit_time ON audit(time);
    """

  /// Writes an entry within the transaction of what it tells of; one that is there already is left alone.
  public static func write(_ entry: AuditEntry, _ database: Database) throws {
    try database.run(
      """
      INSERT INTO audit(message, gtxid, kind, subject, amount, direction, time) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT(message) DO NOTHING
      """,
      [
        entry.message, entry.gtxid.hex, entry.kind, entry.subject, entry.amount, entry.direction.rawValue, entry.time,
      ])
  }

  /// The oldest entries after `id`.
  /// - Parameter limit: the most; 1 or more.
  public static func entries(after id: Int64, limit: Int, _ database: Database) throws -> [AuditEntry] {
    try database.all(
      "SELECT \(columns) FROM audit WHERE id > ? ORDER BY id LIMIT ?", [id, limit], entry)
  }

  /// All entries of one transaction, oldest first.
  public static func entries(of gtxid: GTXID, _ database: Database) throws -> [AuditEntry] {
    try database.all("SELECT \(columns) FROM audit WHERE gtxid = ? ORDER BY id", [gtxid.hex], entry)
  }

  /// Forgets entries that were written before `time`. Reconciliation must have read them.
  public static func prune(writtenBefore time: Int64, _ database: Database) throws {
    try database.run("DELETE FROM audit WHERE time < ?", [time])
  }

  private static let columns = "id, message, gtxid, kind, subject, amount, direction, time"

  private static func entry(_ row: borrowing Columns) -> AuditEntry {
    guard let gtxid = GTXID(row.value(2) as String), let direction = AuditEntry.Direction(rawValue: row.value(6)) else {
      preconditionFailure("an audit row was written that cannot be read")
    }
    var entry = AuditEntry(
      message: row.value(1), gtxid: gtxid, kind: row.value(3), subject: row.value(4), amount: row.value(5),
      direction: direction, time: row.value(7))
    entry.id = row.value(0)
    return entry
  }
}

/// What a source of audit entries has after a place.
public struct AuditReading: Sendable, Hashable {
  /// In ascending order of their ids.
  public var entries: [AuditEntry]
  /// The place up to which everything was read: the id of the last entry, or a larger one where what follows it is no
  /// entry. The next reading begins there, so that the source may forget what comes before.
  public var through: Int64

  public init(_ entries: [AuditEntry], through: Int64) {
    precondition(entries.last.map { $0.id <= through } ?? true, "what was read goes up to the last entry at least")
    self.entries = entries
    self.through = through
  }
}

/// Where audit entries of one service are read: its database, or the file of an outside company.
public protocol AuditSource: Sendable {
  var service: String { get }
  /// The oldest entries after the place `id`, fewer than `limit` when there are no more. What is written later never
  /// comes to lie before what was read.
  func read(after id: Int64, limit: Int) throws -> AuditReading
}

/// The audit log in a service's database.
public struct DatabaseAuditSource: AuditSource {
  public let service: String
  private let database: ServiceDatabase

  public init(_ service: String, _ database: ServiceDatabase) {
    self.service = service
    self.database = database
  }

  public func read(after id: Int64, limit: Int) throws -> AuditReading {
    let entries = try database.read { try AuditLog.entries(after: id, limit: limit, $0) }
    return AuditReading(entries, through: entries.last?.id ?? id)
  }
}
