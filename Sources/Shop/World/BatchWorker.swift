internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Runs a service's batch jobs in one of its instances. All instances have one; which of them takes a step is decided by
/// the lease that stands in the database, so that a run goes on elsewhere when its instance is gone.
final class BatchWorker: @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let runner: JobRunner
  private let world: World
  /// Called with a job's name after each step that leaves something to do: a crash in the middle of a run.
  private let passed: (_ job: String) throws -> Void

  /// Between two looks at what is due, and between two steps.
  private static let interval: Int64 = 1_000_000_000
  private static let pause: Int64 = 50_000_000
  static let lease: Int64 = 5_000_000_000

  init(
    process: ServiceProcess, database: DatabasePort, jobs: [BatchJob],
    passed: @escaping (_ job: String) throws -> Void = { _ in }
  ) {
    self.process = process
    self.database = database
    self.passed = passed
    world = process.world
    runner = JobRunner(
      jobs, owner: process.instance.name, lease: Self.lease, database: database.disk.database)
  }

  func run() async {
    if process.leavesOut(.jobs) { return }
    var wait = Self.interval
    while !process.life.isOver {
      try? await world.time.sleep(for: wait)
      wait = Self.interval
      do {
        for job in try await step() {
          wait = Self.pause
          try passed(job)
        }
      } catch is InstanceCrashed {
        return
      } catch {
        // The database is away; what stands there is gone on with.
      }
    }
  }

  /// Takes a step of each job that is due; the jobs that have more to do.
  private func step() async throws -> [String] {
    let (process, runner, world) = (process, runner, world)
    let reports = try await database.batch("jobs") { _ in
      let reports = try runner.step(now: world.time.now) { world.makeGTXID(at: process.instance) }
      // Told in the same moment: a crash loses both, or neither.
      for report in reports { try process.tell(report, of: runner) }
      return reports
    }
    return reports.filter { $0.outcomes.contains(.stepped) }.map(\.job)
  }
}

extension ServiceProcess {
  /// A run that is over is one span, and a transaction of its own.
  fileprivate func tell(_ report: JobRunner.Report, of runner: JobRunner) throws {
    let text: String
    let isGood: Bool
    switch report.outcomes.last {
    case .finished(let result):
      text = result
      isGood = true
    case .gaveUp(let error):
      text = error
      isGood = false
    default: return
    }
    guard let last = try runner.status().first(where: { $0.name == report.job })?.last else { return }
    let span = TraceSpan(
      gtxid: report.gtxid, id: tracer.makeID(), parent: nil, ltxid: .first, kind: .internal,
      service: instance.service.name, instance: instance.address, operation: report.job, start: last.started,
      duration: last.finished - last.started, status: isGood ? .ok : .error, message: isGood ? "" : text, peer: "",
      attributes: [
        SpanAttribute(AttributeName.kind, .text(TransactionKind.batch)),
        SpanAttribute(AttributeName.subject, .text(text)),
      ])
    tracer.report(span)
    let context = TraceContext(gtxid: report.gtxid, ltxid: .first, span: span.id)
    log(isGood ? .info : .error, context, "\(report.job): \(text)")
  }
}
