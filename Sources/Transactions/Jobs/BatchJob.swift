// Batch jobs: work that is done on a schedule in bounded steps: settlement, reconciliation, rebuilds. They never run
// twice at a time, never start a task, and never read a clock: whoever owns the runner calls it, and tells the time.

public import TraceModel

/// When a job is due. Times are nanoseconds.
public enum JobSchedule: Sendable, Hashable, CustomStringConvertible {
  /// Every so often, counted from when the job was first seen with this schedule; 1 or more.
  case every(Int64)
  /// Every day (UTC) at so long after midnight; 0 to a day.
  case daily(at: Int64)
  /// Only when somebody asks for it.
  case onDemand

  public var description: String {
    switch self {
    case .every(let period): "every \(period) ns"
    case .daily(let time): "daily at \(time) ns"
    case .onDemand: "on demand"
    }
  }

  static let day: Int64 = 86_400_000_000_000

  /// The first time after `now` at which a job is due.
  /// - Parameter anchor: when the job was first seen with this schedule.
  func next(after now: Int64, anchor: Int64) -> Int64? {
    switch self {
    case .every(let period):
      let passed = max(0, now - anchor)
      return anchor + (passed / period + 1) * period
    case .daily(let time):
      let midnight = now - Self.remainder(now, Self.day)
      return midnight + time > now ? midnight + time : midnight + Self.day + time
    case .onDemand: return nil
    }
  }

  private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  func validate() {
    switch self {
    case .every(let period): precondition(period > 0, "a job every \(period) ns never ends: 1 or more")
    case .daily(let time):
      precondition((0..<Self.day).contains(time), "\(time) ns is no time of day: 0 to a day")
    case .onDemand: break
    }
  }
}

/// A job, as it is declared.
public struct BatchJob: Sendable {
  /// What a step is given.
  public struct Context: Sendable {
    /// The transaction of this run.
    public var gtxid: GTXID
    /// Nanoseconds since the Unix epoch.
    public var now: Int64
    /// When the run began.
    public var started: Int64
    /// What the last step of this run left; empty at the first one.
    public var state: [UInt8]
  }

  /// What a step did. What is done and the total are in the job's own unit.
  public enum Step: Sendable, Hashable {
    /// There is more to do. `state` is kept, and handed to the next step, also after a crash.
    case more(state: [UInt8], done: Int64, total: Int64?)
    /// The run is over.
    case finished(result: String, done: Int64)
  }

  public let name: String
  public let schedule: JobSchedule
  /// So many steps in a row may throw before the run is given up; 1 or more.
  public let attempts: Int
  /// How long to wait after a step that threw, in nanoseconds.
  public let retryAfter: Int64
  /// Does a bounded piece of the work. After a crash between its effects and the saved state it runs again with the
  /// state before it, so that its effects must bear that.
  public let step: @Sendable (Context) throws -> Step

  public init(
    _ name: String, schedule: JobSchedule, attempts: Int = 5, retryAfter: Int64 = 1_000_000_000,
    step: @escaping @Sendable (Context) throws -> Step
  ) {
    schedule.validate()
    precondition(!name.isEmpty && attempts >= 1 && retryAfter >= 0, "job \"\(name)\" cannot be run as declared")
    self.name = name
    self.schedule = schedule
    self.attempts = attempts
    self.retryAfter = retryAfter
    self.step = step
  }
}

/// A job as a screen shows it. Times are nanoseconds since the Unix epoch.
public struct JobStatus: Sendable, Hashable {
  /// A run that is going on.
  public struct Current: Sendable, Hashable {
    public var gtxid: GTXID
    public var owner: String
    public var started: Int64
    public var steps: Int64
    public var done: Int64
    public var total: Int64?
    /// Steps in a row that threw, and what the last one said.
    public var failures: Int
    public var failure: String?

    /// 0 … 1; nil while the total is not known.
    public var fraction: Double? { total.map { $0 > 0 ? min(1, Double(done) / Double($0)) : 1 } }
  }

  /// A run that is over.
  public struct Past: Sendable, Hashable {
    public var gtxid: GTXID
    public var started: Int64
    public var finished: Int64
    public var steps: Int64
    public var done: Int64
    public var succeeded: Bool
    /// What the job said, or the error that ended it.
    public var result: String
  }

  public var name: String
  public var schedule: JobSchedule
  /// Nil for a job that runs on demand.
  public var nextDue: Int64?
  public var current: Current?
  public var last: Past?
  public var runs: Int64
  public var failedRuns: Int64
  /// How often it was due while a run was going on: no second one began.
  public var skipped: Int64
}
