/// A materialised view: how far it is behind what it is made of, how it is read, and how its rebuild goes.
public struct ViewSnapshot: Sendable, Equatable, Codable {
  /// How commands and queries are kept apart, and in step.
  public enum Form: String, Sendable, Equatable, Codable, CaseIterable {
    /// Two databases: changes come over the bus, and the view is behind.
    case overBus
    /// One database: a table for reading is changed in the transaction of what it is made of, and is never behind.
    case singleDatabase
    /// One database: a table is changed in the transaction that appends the events that it is made of.
    case ofEvents
  }

  public var name: String
  public var form = Form.overBus
  /// The service that keeps it.
  public var service: String
  /// Which build serves, counted from 1.
  public var generation: Int64 = 1
  public var documents: Int64 = 0
  /// Changes that it lacks; nil while that is not known.
  public var behind: Int64?
  /// How long it has lacked the oldest of them, in nanoseconds; 0 when it lacks none, nil while that is not known.
  public var age: Int64?
  /// Since the start.
  public var reads: UInt64 = 0
  /// Of these: all that lacked the reader's own last write.
  public var staleReads: UInt64 = 0
  /// The build beside the one that serves; nil when there is none.
  public var rebuilding: Int64?

  public init(name: String, service: String, form: Form = .overBus) {
    self.name = name
    self.service = service
    self.form = form
  }
}

/// A batch job: its schedule, how far a run is, and what the last one came to.
public struct JobSnapshot: Sendable, Equatable, Codable {
  public var name: String
  /// The service that runs it.
  public var service: String
  /// Nanoseconds between two runs; nil for a job that runs when it is asked for.
  public var period: Int64?
  public var nextDue: Int64?
  public var runs: Int64 = 0
  public var failedRuns: Int64 = 0
  public var current: Run?
  public var last: Run?

  /// Times are nanoseconds since the Unix epoch.
  public struct Run: Sendable, Equatable, Codable {
    /// 32 hexadecimal digits.
    public var gtxid: String
    public var started: Int64
    /// Nil while it goes on.
    public var finished: Int64?
    /// In the job's own unit; the total is nil while it is not known.
    public var done: Int64
    public var total: Int64?
    /// Nil while it goes on.
    public var succeeded: Bool?
    /// What it came to, or what went wrong last; empty while nothing is to be said.
    public var result: String

    public init(
      gtxid: String, started: Int64, finished: Int64? = nil, done: Int64, total: Int64? = nil, succeeded: Bool? = nil,
      result: String
    ) {
      self.gtxid = gtxid
      self.started = started
      self.finished = finished
      self.done = done
      self.total = total
      self.succeeded = succeeded
      self.result = result
    }
  }

  public init(name: String, service: String) {
    self.name = name
    self.service = service
  }
}
