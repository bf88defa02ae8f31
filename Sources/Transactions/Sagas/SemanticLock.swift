public import GRDB
public import TraceModel

/// The semantic lock, a countermeasure for the isolation that sagas lack (Richardson, "Microservices Patterns", 4.3.2; the
/// order of things is that of Eventuate Tram's SagaLockManager): a resource in a pending state names its owner saga, and
/// messages of other sagas are stashed until it is unlocked.
///
/// Everything happens within the caller's transaction. A resource that is unlocked passes at once to the saga whose message
/// has waited longest, and all its stashed messages are handed out, in order, and exactly once.
public enum SemanticLock {
  public static let schema = """
    CREATE TABLE saga_claim(
      resource TEXT PRIMARY KEY, owner TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX saga_claim_owner ON saga_claim(owner);
    CREATE TABLE saga_stash(
      id INTEGER PRIMARY KEY AUTOINCREMENT, resource TEXT NOT NULL, saga TEXT NOT NULL, step TEXT NOT NULL,
      message TEXT NOT NULL UNIQUE, type TEXT NOT NULL, key TEXT NOT NULL, payload BLOB NOT NULL, gtxid TEXT NOT NULL,
      hop INTEGER NOT NULL, span INTEGER NOT NULL, stashed INTEGER NOT NULL);
    CREATE INDEX saga_stash_resource ON saga_stash(resource, id);
    """

  public enum Claim: Sendable, Hashable {
    /// The saga has the resource, from now on or already.
    case granted
    case blocked(owner: String)
  }

  /// A message that waits for a resource, with the place in its own transaction.
  public struct Message: Sendable, Hashable {
    public var saga: String
    public var step: String
    /// Its id: the same one is not stashed twice.
    public var message: String
    public var type: String
    public var key: String
    public var payload: [UInt8]
    public var gtxid: GTXID
    public var ltxid: LTXID
    public var span: SpanID

    public init(
      saga: String, step: String, message: String, type: String, key: String, payload: [UInt8], gtxid: GTXID,
      ltxid: LTXID, span: SpanID
    ) {
      self.saga = saga
      self.step = step
      self.message = message
      self.type = type
      self.key = key
      self.payload = payload
      self.gtxid = gtxid
      self.ltxid = ltxid
      self.span = span
    }
  }

  /// A resource that is held.
  public struct Held: Sendable, Hashable {
    public let resource: String
    public let owner: String
    public let since: Int64
    /// Messages that wait for it.
    public let stashed: Int
  }

  /// Asks for a resource, as `order/7`, for a saga. Who is blocked stashes its message.
  public static func claim(_ resource: String, for saga: String, now: Int64, _ database: Database) throws -> Claim {
    precondition(!resource.contains("\n"), "the name of a resource is one line: \(resource)")
    try database.run(
      "INSERT OR IGNORE INTO saga_claim(resource, owner, since) VALUES (?, ?, ?)", [resource, saga, now])
    guard let owner = try owner(of: resource, database), owner != saga else { return .granted }
    return .blocked(owner: owner)
  }

  /// - Returns: false when the message is stashed already.
  @discardableResult
  public static func stash(_ message: Message, for resource: String, now: Int64, _ database: Database) throws -> Bool {
    try database.run(
      """
      INSERT OR IGNORE INTO saga_stash(resource, saga, step, message, type, key, payload, gtxid, hop, span, stashed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        resource, message.saga, message.step, message.message, message.type, message.key, message.payload,
        message.gtxid.hex, Int64(message.ltxid.number), Int64(bitPattern: message.span.value), now,
      ])
    return database.changesCount > 0
  }

  /// Gives a resource back. From a saga that does not hold it nothing follows: it was unlocked before.
  /// - Returns: the messages of the saga that has it now, to be acted on within this transaction; they are stashed no more.
  public static func unlock(_ resource: String, by saga: String, now: Int64, _ database: Database) throws -> [Message] {
    guard try owner(of: resource, database) == saga else { return [] }
    let next = try database.first(
      "SELECT saga FROM saga_stash WHERE resource = ? ORDER BY id LIMIT 1", [resource]
    ) { $0.value(0) as String }
    guard let next else {
      try database.run("DELETE FROM saga_claim WHERE resource = ?", [resource])
      return []
    }
    try database.run("UPDATE saga_claim SET owner = ?, since = ? WHERE resource = ?", [next, now, resource])
    let messages = try database.all(
      """
      SELECT saga, step, message, type, key, payload, gtxid, hop, span
      FROM saga_stash WHERE resource = ? AND saga = ? ORDER BY id
      """, [resource, next], message)
    try database.run("DELETE FROM saga_stash WHERE resource = ? AND saga = ?", [resource, next])
    return messages
  }

  /// Takes back what a step of a saga has waiting: it is to do nothing any more.
  public static func withdraw(saga: String, step: String, _ database: Database) throws {
    try database.run("DELETE FROM saga_stash WHERE saga = ? AND step = ?", [saga, step])
  }

  // MARK: Looking

  public static func owner(of resource: String, _ database: Database) throws -> String? {
    try database.first("SELECT owner FROM saga_claim WHERE resource = ?", [resource]) { $0.value(0) }
  }

  /// What a saga holds here, the longest held first.
  public static func resources(of saga: String, _ database: Database) throws -> [String] {
    try database.all("SELECT resource FROM saga_claim WHERE owner = ? ORDER BY since, resource", [saga]) { $0.value(0) }
  }

  /// The resource that a message of a transaction waits for; nil when none does.
  public static func awaited(by gtxid: GTXID, _ database: Database) throws -> String? {
    try database.first("SELECT resource FROM saga_stash WHERE gtxid = ? ORDER BY id LIMIT 1", [gtxid.hex]) {
      $0.value(0)
    }
  }

  /// How many messages wait, for one resource or for all.
  public static func depth(of resource: String? = nil, _ database: Database) throws -> Int {
    if let resource {
      return Int(try database.number("SELECT count(*) FROM saga_stash WHERE resource = ?", [resource]))
    }
    return Int(try database.number("SELECT count(*) FROM saga_stash"))
  }

  /// How many messages of others wait for what a saga holds here.
  public static func depth(behind saga: String, _ database: Database) throws -> Int {
    Int(
      try database.number(
        "SELECT count(*) FROM saga_stash s JOIN saga_claim c ON c.resource = s.resource WHERE c.owner = ?", [saga]))
  }

  /// What is held, the longest held first, at most `limit`.
  public static func held(limit: Int, _ database: Database) throws -> [Held] {
    try database.all(
      """
      SELECT c.resource, c.owner, c.since, (SELECT count(*) FROM saga_stash s WHERE s.resource = c.resource)
      FROM saga_claim c ORDER BY c.since, c.resource LIMIT ?
      """, [limit]
    ) { Held(resource: $0.value(0), owner: $0.value(1), since: $0.value(2), stashed: Int($0.value(3) as Int64)) }
  }

  private static func message(_ row: borrowing Columns) -> Message {
    guard let gtxid = GTXID(row.value(6) as String), let hop = SagaTables.hop(row.number(7)),
      let span = SpanID(UInt64(bitPattern: row.value(8)))
    else { preconditionFailure("a row of the stash was written by something else") }
    return Message(
      saga: row.value(0), step: row.value(1), message: row.value(2), type: row.value(3), key: row.value(4),
      payload: row.bytes(5), gtxid: gtxid, ltxid: hop, span: span)
  }
}
