internal import GRDB
internal import TraceModel

/// What reconciliation has found so far.
public struct ReconciliationReport: Sendable, Hashable {
  /// How far one audit log was read.
  public struct Source: Sendable, Hashable {
    public var service: String
    /// Everything that was written before this time was read; nil before the first read.
    public var readThrough: Int64?
    /// Why it could not be read the last time.
    public var failure: String?
  }

  /// The oldest first; at most as many as were asked for.
  public var mismatches: [Mismatch]
  /// All of them.
  public var mismatchCount: Int
  /// Legs that do not agree yet, and have time left.
  public var waitingCount: Int
  /// Transactions under a rule, those that agree included.
  public var caseCount: Int
  public var sources: [Source]
  /// What happened up to this time is judged: all audit logs were read so far. Nil before that.
  public var judgedThrough: Int64?
}

extension Reconciliation {
  /// The mismatches as they are now: one that was repaired is no longer there.
  /// - Parameter limit: the most mismatches that are listed; 1 or more.
  public func report(limit: Int = 1_000) throws -> ReconciliationReport {
    try database.read { database in
      let sources = try sources.map { try standing($0.service, database) }
      let times = sources.compactMap(\.readThrough)
      let judged = times.count == sources.count ? times.min() : nil
      let latest = judged.map { $0 - grace } ?? .min
      let listed = try database.all(
        """
        SELECT rule, gtxid, subject, newest FROM reconciliation_case
        WHERE is_open = 1 AND newest <= ? ORDER BY newest, gtxid, rule LIMIT ?
        """, [latest, limit]
      ) { row in
        (
          rule: row.value(0) as String, gtxid: row.value(1) as String, subject: row.value(2) as String,
          since: row.value(3) as Int64
        )
      }
      let mismatches = try listed.compactMap { try mismatch($0.rule, $0.gtxid, $0.subject, $0.since, database) }
      let open = try database.number("SELECT count(*) FROM reconciliation_case WHERE is_open = 1")
      let late = try database.number(
        "SELECT count(*) FROM reconciliation_case WHERE is_open = 1 AND newest <= ?", [latest])
      let all = try database.number("SELECT count(*) FROM reconciliation_case")
      return ReconciliationReport(
        mismatches: mismatches, mismatchCount: Int(late), waitingCount: Int(open - late), caseCount: Int(all),
        sources: sources, judgedThrough: judged)
    }
  }

  /// Everything of a service that was written before this time was read, in nanoseconds since the Unix epoch: what is
  /// later must be kept for the next step. Nil before the first one.
  public func readThrough(_ service: String) throws -> Int64? {
    try database.read { try standing(service, $0).readThrough }
  }

  /// Grows with each step that has read: what was reported before is out of date then.
  public func progress() throws -> Int64 {
    try database.read { try $0.number("SELECT sum(entry) + sum(read_through) FROM reconciliation_cursor") }
  }

  private func standing(_ service: String, _ database: Database) throws -> ReconciliationReport.Source {
    try database.first(
      "SELECT read_through, coalesce(failure, '') FROM reconciliation_cursor WHERE service = ?", [service]
    ) { row in
      let through: Int64 = row.value(0)
      let failure: String = row.value(1)
      return ReconciliationReport.Source(
        service: service, readThrough: through > 0 ? through : nil, failure: failure.isEmpty ? nil : failure)
    } ?? ReconciliationReport.Source(service: service)
  }

  /// Nil for a rule that is no longer declared.
  private func mismatch(
    _ name: String, _ id: String, _ subject: String, _ since: Int64, _ database: Database
  ) throws -> Mismatch? {
    guard let rule = rules.first(where: { $0.name == name }), let gtxid = GTXID(id) else { return nil }
    let nets = try nets(of: rule, id, database)
    let legs = rule.legs.enumerated().map { index, leg in
      Mismatch.Leg(leg: leg, expected: rule.expected(index, nets), actual: rule.actual(index, nets))
    }
    return Mismatch(rule: name, gtxid: gtxid, subject: subject, legs: legs, since: since)
  }
}
