internal import GRDB
internal import TraceModel

extension JobRunner {
  /// The run whose next step is this runner's: a new one, or the one that is going on. Nil when nothing is to be done.
  func claim(
    _ job: BatchJob, now: Int64, gtxid: () -> GTXID, _ database: Database
  ) throws -> (run: Run, isNew: Bool)? {
    let isDue = try due(job, now: now, database)
    if let run = try run(of: job.name, database) {
      if isDue { try database.run("UPDATE job SET skipped = skipped + 1 WHERE name = ?", [job.name]) }
      guard run.owner == owner || run.leasedUntil <= now else { return nil }
      // A run that waits after a failure is still this runner's.
      try lease(job, now: now, database)
      return run.retryAt <= now ? try self.run(of: job.name, database).map { ($0, false) } : nil
    }
    let isAsked = try database.number("SELECT asked FROM job WHERE name = ?", [job.name]) != 0
    guard isDue || isAsked else { return nil }
    try database.run("UPDATE job SET asked = 0 WHERE name = ?", [job.name])
    try database.run(
      "INSERT INTO job_run(name, gtxid, owner, leased_until, started) VALUES (?, ?, ?, ?, ?)",
      [job.name, gtxid().hex, owner, now + lease, now])
    return try run(of: job.name, database).map { ($0, true) }
  }

  private func lease(_ job: BatchJob, now: Int64, _ database: Database) throws {
    try database.run(
      "UPDATE job_run SET owner = ?, leased_until = ? WHERE name = ?", [owner, now + lease, job.name])
  }

  /// Whether the job's time has come; it is set to the next one then. What was missed while nobody ran is run once.
  func due(_ job: BatchJob, now: Int64, _ database: Database) throws -> Bool {
    let known = try database.first("SELECT anchor, due, schedule FROM job WHERE name = ?", [job.name]) { row in
      (anchor: row.value(0) as Int64, due: row.number(1), schedule: row.value(2) as String)
    }
    let schedule = job.schedule.description
    guard let known, known.schedule == schedule else {
      // A schedule that was changed counts from now on.
      try database.run(
        """
        INSERT INTO job(name, schedule, anchor, due) VALUES (?, ?, ?, ?)
        ON CONFLICT(name) DO UPDATE SET schedule = excluded.schedule, anchor = excluded.anchor, due = excluded.due
        """, [job.name, schedule, now, job.schedule.next(after: now, anchor: now)])
      return false
    }
    guard let due = known.due, due <= now else { return false }
    try database.run(
      "UPDATE job SET due = ? WHERE name = ?", [job.schedule.next(after: now, anchor: known.anchor), job.name])
    return true
  }

  func run(of name: String, _ database: Database) throws -> Run? {
    try database.first(
      """
      SELECT gtxid, owner, leased_until, started, steps, done, total, state, failures, coalesce(failure, ''), retry_at
      FROM job_run WHERE name = ?
      """, [name]
    ) { row in
      guard let gtxid = GTXID(row.value(0) as String) else {
        preconditionFailure("the run of job \"\(name)\" has a GTXID that is none")
      }
      let failure: String = row.value(9)
      return Run(
        gtxid: gtxid, owner: row.value(1), leasedUntil: row.value(2), started: row.value(3), steps: row.value(4),
        done: row.value(5), total: row.number(6), state: row.bytes(7), failures: Int(row.value(8) as Int64),
        failure: failure.isEmpty ? nil : failure, retryAt: row.value(10))
    }
  }

  // MARK: For a screen

  /// All jobs, in the order of their declaration.
  public func status() throws -> [JobStatus] {
    try database.read { database in try jobs.map { try status(of: $0, database) } }
  }

  private func status(of job: BatchJob, _ database: Database) throws -> JobStatus {
    var status = JobStatus(
      name: job.name, schedule: job.schedule, nextDue: nil, current: nil, last: nil, runs: 0, failedRuns: 0, skipped: 0)
    let counts = try database.first("SELECT due, runs, failed, skipped FROM job WHERE name = ?", [job.name]) { row in
      (due: row.number(0), runs: row.value(1) as Int64, failed: row.value(2) as Int64, skipped: row.value(3) as Int64)
    }
    if let counts {
      status.nextDue = counts.due
      status.runs = counts.runs
      status.failedRuns = counts.failed
      status.skipped = counts.skipped
    }
    status.current = try run(of: job.name, database).map { run in
      JobStatus.Current(
        gtxid: run.gtxid, owner: run.owner, started: run.started, steps: run.steps, done: run.done, total: run.total,
        failures: run.failures, failure: run.failure)
    }
    status.last = try past(of: job.name, database)
    return status
  }

  private func past(of name: String, _ database: Database) throws -> JobStatus.Past? {
    try database.first(
      "SELECT gtxid, started, finished, steps, done, succeeded, result FROM job_past WHERE name = ?", [name]
    ) { row in
      guard let gtxid = GTXID(row.value(0) as String) else {
        preconditionFailure("a run of job \"\(name)\" had a GTXID that is none")
      }
      return JobStatus.Past(
        gtxid: gtxid, started: row.value(1), finished: row.value(2), steps: row.value(3), done: row.value(4),
        succeeded: row.value(5), result: row.value(6))
    }
  }
}
