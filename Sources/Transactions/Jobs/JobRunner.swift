internal import GRDB
public import TraceModel

/// Runs jobs when they are due, one step at a call.
///
/// All that is known of a job is in the database: a runner that crashes is replaced by another, which goes on with the
/// same run, under the same GTXID, once the lease of the first is over. Of each job one run is going on at most.
public struct JobRunner: Sendable {
  public static let schema = """
    CREATE TABLE job(
      name TEXT PRIMARY KEY,
      schedule TEXT NOT NULL,
      anchor INTEGER NOT NULL,
      due INTEGER,
      asked INTEGER NOT NULL DEFAULT 0,
      runs INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0,
      skipped INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE job_run(
      name TEXT PRIMARY KEY,
      gtxid TEXT NOT NULL,
      owner TEXT NOT NULL,
      leased_until INTEGER NOT NULL,
      started INTEGER NOT NULL,
      steps INTEGER NOT NULL DEFAULT 0,
      done INTEGER NOT NULL DEFAULT 0,
      total INTEGER,
      state BLOB NOT NULL DEFAULT x'',
      failures INTEGER NOT NULL DEFAULT 0,
      failure TEXT,
      retry_at INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE job_past(
      name TEXT PRIMARY KEY,
      gtxid TEXT NOT NULL,
      started INTEGER NOT NULL,
      finished INTEGER NOT NULL,
      steps INTEGER NOT NULL,
      done INTEGER NOT NULL,
      succeeded INTEGER NOT NULL,
      result TEXT NOT NULL) WITHOUT ROWID;
    """

  public let owner: String
  public let jobs: [BatchJob]
  /// So long after its last step a runner counts as dead, in nanoseconds.
  public let lease: Int64
  let database: ServiceDatabase

  /// - Parameters:
  ///   - owner: the instance that runs them.
  ///   - database: with the tables of ``schema``.
  public init(_ jobs: [BatchJob], owner: String, lease: Int64 = 30_000_000_000, database: ServiceDatabase) {
    precondition(lease > 0, "a lease of \(lease) ns is over before it begins: 1 or more")
    for (index, job) in jobs.enumerated() {
      precondition(!jobs[..<index].contains { $0.name == job.name }, "two jobs are called \"\(job.name)\"")
    }
    self.jobs = jobs
    self.owner = owner
    self.lease = lease
    self.database = database
  }

  /// What one call did for one job.
  public struct Report: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
      case began
      case stepped
      case finished(String)
      /// It threw, and is tried again.
      case failed(String)
      /// It threw too often: the run is over.
      case gaveUp(String)
      /// Another runner took the run over while this one was at work: nothing was kept.
      case lost
    }

    public var job: String
    public var gtxid: GTXID
    public var outcomes: [Outcome]
  }

  /// Begins each job that is due, and does one step of each run that is going on.
  /// - Parameters:
  ///   - now: nanoseconds since the Unix epoch.
  ///   - gtxid: makes the transaction of a new run; called once for each that begins.
  /// - Returns: what was done, in the order of the jobs.
  /// - Throws: `DatabaseError` of its own database. What a job throws is kept with it.
  public func step(now: Int64, gtxid: () -> GTXID) throws -> [Report] {
    var reports: [Report] = []
    for job in jobs {
      guard let claim = try database.write({ try claim(job, now: now, gtxid: gtxid, $0) }) else { continue }
      var report = Report(job: job.name, gtxid: claim.run.gtxid, outcomes: claim.isNew ? [.began] : [])
      report.outcomes.append(try carryOut(job, claim.run, now: now))
      reports.append(report)
    }
    return reports
  }

  /// Has a job run as soon as possible, whatever its schedule says.
  /// - Returns: false when a run is going on, or is asked for already.
  @discardableResult
  public func ask(for name: String, now: Int64) throws -> Bool {
    guard let job = jobs.first(where: { $0.name == name }) else { return false }
    return try database.write { database in
      _ = try due(job, now: now, database)
      guard try run(of: name, database) == nil else { return false }
      try database.run("UPDATE job SET asked = 1 WHERE name = ? AND asked = 0", [name])
      return database.changesCount > 0
    }
  }

  // MARK: A step

  struct Run {
    var gtxid: GTXID
    var owner: String
    var leasedUntil: Int64
    var started: Int64
    var steps: Int64
    var done: Int64
    var total: Int64?
    var state: [UInt8]
    var failures: Int
    var failure: String?
    var retryAt: Int64
  }

  private func carryOut(_ job: BatchJob, _ run: Run, now: Int64) throws -> Report.Outcome {
    let context = BatchJob.Context(gtxid: run.gtxid, now: now, started: run.started, state: run.state)
    let result = Result { try job.step(context) }
    return try database.write { database in
      guard let current = try self.run(of: job.name, database), current.owner == owner, current.gtxid == run.gtxid,
        current.steps == run.steps, current.failures == run.failures
      else { return .lost }
      switch result {
      case .success(.more(let state, let done, let total)):
        try database.run(
          """
          UPDATE job_run SET steps = steps + 1, state = ?, done = ?, total = ?, failures = 0, failure = NULL,
            retry_at = 0 WHERE name = ?
          """, [state, done, total, job.name])
        return .stepped
      case .success(.finished(let text, let done)):
        try end(job, run, now: now, steps: run.steps + 1, done: done, failure: nil, text, database)
        return .finished(text)
      case .failure(let error):
        let text = "\(error)"
        guard run.failures + 1 < job.attempts else {
          try end(job, run, now: now, steps: run.steps, done: run.done, failure: text, text, database)
          return .gaveUp(text)
        }
        try database.run(
          "UPDATE job_run SET failures = failures + 1, failure = ?, retry_at = ? WHERE name = ?",
          [text, now + job.retryAfter, job.name])
        return .failed(text)
      }
    }
  }

  private func end(
    _ job: BatchJob, _ run: Run, now: Int64, steps: Int64, done: Int64, failure: String?, _ text: String,
    _ database: Database
  ) throws {
    try database.run(
      """
      INSERT OR REPLACE INTO job_past(name, gtxid, started, finished, steps, done, succeeded, result)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, [job.name, run.gtxid.hex, run.started, now, steps, done, failure == nil, text])
    try database.run("DELETE FROM job_run WHERE name = ?", [job.name])
    try database.run(
      "UPDATE job SET runs = runs + 1, failed = failed + ? WHERE name = ?", [failure == nil ? 0 : 1, job.name])
  }
}
