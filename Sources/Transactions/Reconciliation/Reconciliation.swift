internal import GRDB
internal import TraceModel

/// Reads the audit logs of several services in bounded steps, and lists transactions whose legs do not agree after a
/// time of grace.
///
/// A verdict is given only on what has been read from all: an audit log that lags or does not answer makes nothing look
/// wrong, it holds the verdicts back. What was read and how far is one transaction of the job's own database, so that
/// it goes on after a crash where it stood, and counts each entry once.
public struct Reconciliation: Sendable {
  public static let schema = """
    CREATE TABLE reconciliation_cursor(
      service TEXT PRIMARY KEY,
      entry INTEGER NOT NULL,
      read_through INTEGER NOT NULL,
      failure TEXT) WITHOUT ROWID;
    CREATE TABLE reconciliation_leg(
      rule TEXT NOT NULL,
      gtxid TEXT NOT NULL,
      leg INTEGER NOT NULL,
      amount INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY(rule, gtxid, leg)) WITHOUT ROWID;
    CREATE TABLE reconciliation_case(
      rule TEXT NOT NULL,
      gtxid TEXT NOT NULL,
      subject TEXT NOT NULL,
      newest INTEGER NOT NULL,
      is_open INTEGER NOT NULL,
      PRIMARY KEY(rule, gtxid)) WITHOUT ROWID;
    CREATE INDEX reconciliation_open ON reconciliation_case(newest, gtxid, rule) WHERE is_open = 1;
    CREATE INDEX reconciliation_settled ON reconciliation_case(newest) WHERE is_open = 0;
    """

  public let rules: [ReconciliationRule]
  public let sources: [any AuditSource]
  /// How long after a transaction's newest entry its legs may differ before that is a mismatch, in nanoseconds.
  public let grace: Int64
  let database: ServiceDatabase

  /// - Parameter database: with the tables of ``schema``; a new set of rules takes a new database, or emptied tables.
  public init(
    rules: [ReconciliationRule], sources: [any AuditSource], grace: Int64, database: ServiceDatabase
  ) {
    precondition(grace >= 0, "a grace of \(grace) ns is none: 0 or more")
    for rule in rules {
      for leg in rule.legs {
        precondition(
          sources.contains { $0.service == leg.service }, "rule \"\(rule.name)\" needs the audit log of \(leg.service)")
      }
    }
    self.rules = rules
    self.sources = sources
    self.grace = grace
    self.database = database
  }

  /// What one step did.
  public struct Step: Sendable, Hashable {
    public var read = 0
    /// Services whose audit log did not answer.
    public var failed: [String] = []
    /// Some audit log may have more.
    public var hasMore = false
  }

  /// Reads on in all audit logs.
  /// - Parameters:
  ///   - max: the most entries of each; 1 or more.
  ///   - now: nanoseconds since the Unix epoch.
  /// - Throws: what the job's own database throws. A source that fails is named in the result.
  public func step(max: Int, now: Int64) throws -> Step {
    var result = Step()
    for source in sources {
      let cursor = try database.read { database in
        try database.number("SELECT entry FROM reconciliation_cursor WHERE service = ?", [source.service])
      }
      do {
        let reading = try source.read(after: cursor, limit: max)
        let isLast = reading.entries.count < max
        try take(reading, from: source.service, after: cursor, isLast: isLast, now: now)
        result.read += reading.entries.count
        if !isLast { result.hasMore = true }
      } catch let error as JobDatabaseFailure {
        throw error.underlying
      } catch {
        result.failed.append(source.service)
        try note(failure: "\(error)", of: source.service)
      }
    }
    return result
  }

  private struct JobDatabaseFailure: Error {
    var underlying: any Error
  }

  private func take(
    _ reading: AuditReading, from service: String, after cursor: Int64, isLast: Bool, now: Int64
  ) throws {
    do {
      try database.write { database in
        let known = try database.number("SELECT entry FROM reconciliation_cursor WHERE service = ?", [service])
        // Another step was here since.
        guard known == cursor else { return }
        for entry in reading.entries { try take(entry, of: service, database) }
        // What is written from now on cannot be older than what was read last, nor, at the end of the log, than now.
        let through = isLast ? now : reading.entries.last?.time ?? 0
        try database.run(
          """
          INSERT INTO reconciliation_cursor(service, entry, read_through) VALUES (?, ?, ?)
          ON CONFLICT(service) DO UPDATE SET
            entry = excluded.entry, read_through = max(read_through, excluded.read_through), failure = NULL
          """, [service, reading.through, through])
      }
    } catch {
      throw JobDatabaseFailure(underlying: error)
    }
  }

  private func note(failure: String, of service: String) throws {
    try database.write { database in
      try database.run(
        """
        INSERT INTO reconciliation_cursor(service, entry, read_through, failure) VALUES (?, 0, 0, ?)
        ON CONFLICT(service) DO UPDATE SET failure = excluded.failure
        """, [service, failure])
    }
  }

  private func take(_ entry: AuditEntry, of service: String, _ database: Database) throws {
    for rule in rules {
      guard let index = rule.legs.firstIndex(where: { $0.service == service && $0.kind == entry.kind }) else {
        continue
      }
      let sign = entry.direction.rawValue
      try database.run(
        """
        INSERT INTO reconciliation_leg(rule, gtxid, leg, amount, count) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT(rule, gtxid, leg) DO UPDATE SET amount = amount + excluded.amount, count = count + excluded.count
        """, [rule.name, entry.gtxid.hex, index, sign * entry.amount, sign])
      let isBalanced = rule.isBalanced(try nets(of: rule, entry.gtxid.hex, database))
      // In what order the logs are read must not matter: it counts from the newest entry, whichever comes first.
      try database.run(
        """
        INSERT INTO reconciliation_case(rule, gtxid, subject, newest, is_open) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT(rule, gtxid) DO UPDATE SET newest = max(newest, excluded.newest), is_open = excluded.is_open
        """, [rule.name, entry.gtxid.hex, entry.subject, entry.time, !isBalanced])
    }
  }

  func nets(of rule: ReconciliationRule, _ gtxid: String, _ database: Database) throws -> [ReconciliationRule.Net] {
    var nets = rule.legs.map { _ in ReconciliationRule.Net(amount: 0, count: 0) }
    let found = try database.all(
      "SELECT leg, amount, count FROM reconciliation_leg WHERE rule = ? AND gtxid = ? ORDER BY leg", [rule.name, gtxid]
    ) { row in
      (leg: Int(row.value(0) as Int64), net: ReconciliationRule.Net(amount: row.value(1), count: row.value(2)))
    }
    for (leg, net) in found { nets[leg] = net }
    return nets
  }

  /// Forgets transactions that agree and whose newest entry is older than `time`. An entry that comes later still would
  /// stand alone, and be listed.
  public func prune(settledBefore time: Int64) throws {
    try database.write { database in
      try database.run(
        """
        DELETE FROM reconciliation_leg WHERE (rule, gtxid) IN (
          SELECT rule, gtxid FROM reconciliation_case WHERE is_open = 0 AND newest < ?)
        """, [time])
      try database.run("DELETE FROM reconciliation_case WHERE is_open = 0 AND newest < ?", [time])
    }
  }
}
