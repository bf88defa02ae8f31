import Concurrency
import Testing
import TraceModel

@testable import Transactions

@Suite struct JobRunnerTests {
  /// Counts to `total` in steps of 1, and may be told to throw.
  private static func counting(
    _ schedule: JobSchedule, to total: Int64 = 3, attempts: Int = 3, fails: Switch = Switch()
  ) -> BatchJob {
    BatchJob("count", schedule: schedule, attempts: attempts, retryAfter: 10) { context in
      if fails.isOn { throw Crash() }
      let done = Int64(context.state.first ?? 0) + 1
      return done < total
        ? .more(state: [UInt8(done)], done: done, total: total) : .finished(result: "counted \(done)", done: done)
    }
  }

  private func database() throws -> ServiceDatabase {
    try ServiceDatabase(name: "jobs", schema: JobRunner.schema)
  }

  private func runner(
    _ job: BatchJob, _ database: ServiceDatabase, owner: String = "one"
  ) -> JobRunner {
    JobRunner([job], owner: owner, lease: 50, database: database)
  }

  private let made = Locked(0)

  private func step(_ runner: JobRunner, _ now: Int64) throws -> [JobRunner.Report.Outcome] {
    try runner.step(now: now) {
      Made.gtxid(
        made.withLock { made in
          made += 1
          return made
        })
    }.flatMap(\.outcomes)
  }

  @Test func aJobRunsWhenItIsDueInSteps() throws {
    let runner = runner(Self.counting(.every(100)), try database())
    #expect(try step(runner, 1_000).isEmpty)
    #expect(try runner.status()[0].nextDue == 1_100)
    #expect(try step(runner, 1_099).isEmpty)
    #expect(try step(runner, 1_100) == [.began, .stepped])
    let current = try #require(try runner.status()[0].current)
    #expect(current.gtxid == Made.gtxid(1) && current.done == 1 && current.total == 3 && current.started == 1_100)
    #expect(current.fraction == 1.0 / 3)
    #expect(try step(runner, 1_101) == [.stepped])
    #expect(try step(runner, 1_102) == [.finished("counted 3")])
    let status = try runner.status()[0]
    #expect(status.current == nil && status.runs == 1 && status.nextDue == 1_200)
    #expect(
      status.last
        == JobStatus.Past(
          gtxid: Made.gtxid(1), started: 1_100, finished: 1_102, steps: 3, done: 3, succeeded: true, result: "counted 3"
        ))
    #expect(try step(runner, 1_199).isEmpty)
  }

  @Test func aRunThatIsGoingOnIsNotBegunTwice() throws {
    let runner = runner(Self.counting(.every(10), to: 5), try database())
    _ = try step(runner, 0)
    for now in stride(from: Int64(10), through: 50, by: 10) { _ = try step(runner, now) }
    let status = try runner.status()[0]
    #expect(status.runs == 1 && status.skipped == 4 && made.withLock { $0 } == 1)
  }

  @Test func missedTimesAreRunOnce() throws {
    let runner = runner(Self.counting(.every(100), to: 1), try database())
    _ = try step(runner, 0)
    #expect(try step(runner, 950) == [.began, .finished("counted 1")])
    #expect(try step(runner, 960).isEmpty)
    #expect(try runner.status()[0].nextDue == 1_000)
  }

  @Test func aTimeOfDay() {
    let day = JobSchedule.day
    let schedule = JobSchedule.daily(at: 100)
    #expect(schedule.next(after: 0, anchor: 0) == 100)
    #expect(schedule.next(after: 100, anchor: 0) == day + 100)
    #expect(schedule.next(after: 5 * day + 99, anchor: 7) == 5 * day + 100)
    #expect(schedule.next(after: -1, anchor: 0) == 100)
    #expect(schedule.next(after: -day, anchor: 0) == 100 - day)
    #expect(JobSchedule.daily(at: 0).next(after: day, anchor: 0) == 2 * day)
  }

  @Test func aScheduleThatWasChangedCountsFromThen() throws {
    let database = try database()
    _ = try step(runner(Self.counting(.every(1_000)), database), 0)
    let changed = runner(Self.counting(.every(10)), database)
    #expect(try step(changed, 500).isEmpty)
    #expect(try changed.status()[0].nextDue == 510)
  }

  @Test func onDemand() throws {
    let runner = runner(Self.counting(.onDemand, to: 2), try database())
    #expect(try step(runner, 0).isEmpty)
    #expect(try runner.ask(for: "count", now: 1))
    #expect(try !runner.ask(for: "count", now: 1))
    #expect(try !runner.ask(for: "other", now: 1))
    #expect(try step(runner, 2) == [.began, .stepped])
    #expect(try !runner.ask(for: "count", now: 2))
    #expect(try step(runner, 3) == [.finished("counted 2")])
    #expect(try step(runner, 4).isEmpty)
  }

  @Test func anotherRunnerGoesOnWithTheSameTransactionAfterACrash() throws {
    let database = try database()
    let first = runner(Self.counting(.every(100), to: 4), database)
    _ = try step(first, 0)
    #expect(try step(first, 100) == [.began, .stepped])
    #expect(try step(first, 110) == [.stepped])
    let second = runner(Self.counting(.every(100), to: 4), database, owner: "two")
    #expect(try step(second, 159).isEmpty)
    #expect(try step(second, 160) == [.stepped])
    // The one that was thought dead has no part in it any more.
    #expect(try step(first, 161).isEmpty)
    #expect(try step(second, 162) == [.finished("counted 4")])
    #expect(try second.status()[0].last?.gtxid == Made.gtxid(1))
  }

  @Test func aStepOfARunThatWasTakenOverIsNotKept() throws {
    let database = try database()
    let thief = runner(Self.counting(.every(100)), database, owner: "two")
    let slow = BatchJob("count", schedule: .every(100)) { _ in
      // It takes so long that its lease is over.
      _ = try thief.step(now: 200) { Made.gtxid(9) }
      return .finished(result: "too late", done: 1)
    }
    let first = runner(slow, database)
    _ = try step(first, 0)
    #expect(try step(first, 100) == [.began, .lost])
    #expect(try thief.status()[0].current?.owner == "two")
    #expect(try thief.status()[0].last == nil)
  }

  @Test func aStepThatThrowsIsTriedAgainAndGivenUp() throws {
    let fails = Switch()
    let runner = runner(Self.counting(.every(100), fails: fails), try database())
    _ = try step(runner, 0)
    #expect(try step(runner, 100) == [.began, .stepped])
    fails.isOn = true
    #expect(try step(runner, 101) == [.failed("Crash()")])
    #expect(try step(runner, 105).isEmpty)
    #expect(try step(runner, 111) == [.failed("Crash()")])
    #expect(try runner.status()[0].current?.failures == 2)
    fails.isOn = false
    #expect(try step(runner, 121) == [.stepped])
    // Its state was kept, and its failures are forgotten.
    #expect(try runner.status()[0].current?.done == 2)
    fails.isOn = true
    for now: Int64 in [131, 141] { #expect(try step(runner, now) == [.failed("Crash()")]) }
    #expect(try step(runner, 151) == [.gaveUp("Crash()")])
    let status = try runner.status()[0]
    #expect(status.failedRuns == 1 && status.last?.succeeded == false && status.last?.result == "Crash()")
  }

  @Test func aCrashBetweenTheWorkAndItsStateRepeatsTheStep() throws {
    let database = try database()
    let seen = Locked<[UInt8]>([])
    let job = BatchJob("count", schedule: .every(100)) { context in
      let state = context.state.first ?? 0
      seen.withLock { $0.append(state) }
      // The job's database is gone when the step wants to be kept.
      if state == 1, seen.withLock({ $0.filter { $0 == 1 }.count }) == 1 {
        try database.write { try $0.run("ALTER TABLE job_run RENAME TO away") }
      }
      return state < 2 ? .more(state: [state + 1], done: 1, total: nil) : .finished(result: "done", done: 3)
    }
    let runner = runner(job, database)
    _ = try step(runner, 0)
    _ = try step(runner, 100)
    #expect(throws: (any Error).self) { try step(runner, 101) }
    try database.write { try $0.run("ALTER TABLE away RENAME TO job_run") }
    _ = try step(runner, 102)
    #expect(try step(runner, 103) == [.finished("done")])
    #expect(seen.withLock { $0 } == [0, 1, 1, 2])
  }

  // MARK: Jobs of this library

  @Test func aRebuildIsAJob() throws {
    let store = try StoreKind.sqlite.make()
    let projector = Projector(Balances.projection(), source: store, database: try Balances.database())
    try projector.install(now: 0)
    for number in 0..<10 { _ = try store.pay(1, to: "a", id: "\(number)") }
    let runner = runner(projector.rebuildJob(max: 4), try database())
    _ = try step(runner, 0)
    try runner.ask(for: "rebuild balances", now: 1)
    var outcomes: [JobRunner.Report.Outcome] = []
    for now in 2..<9 { outcomes += try step(runner, Int64(now)) }
    #expect(outcomes.last == .finished("10 positions, checksums equal"))
    #expect(try projector.status(now: 9).generation == 2)
    #expect(try projector.live() == ["a 10 10"])
  }

  @Test func reconciliationIsAJob() throws {
    let log = try ServiceDatabase(name: "order", schema: AuditLog.schema)
    let reconciliation = Reconciliation(
      rules: [ReconciliationRule("r", [.init("order", "paid"), .init("order", "charge")])],
      sources: [DatabaseAuditSource("order", log)], grace: 10,
      database: try ServiceDatabase(name: "own", schema: Reconciliation.schema))
    for number in 0..<5 {
      try log.write { database in
        try AuditLog.write(
          AuditEntry(
            message: "\(number)", gtxid: Made.gtxid(number), kind: "paid", subject: "o", amount: 1, time: 1), database)
      }
    }
    let runner = runner(reconciliation.job(schedule: .every(100), max: 2), try database())
    _ = try step(runner, 0)
    _ = try step(runner, 100)
    _ = try step(runner, 101)
    #expect(try step(runner, 102) == [.finished("5 mismatches, 0 waiting")])
    #expect(try runner.status()[0].last?.done == 5)
  }
}
