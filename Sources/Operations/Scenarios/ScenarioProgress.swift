/// How far a scenario is, and what of what it expects has come true.
public struct ScenarioProgress: Sendable, Codable {
  public var name: String
  public var title: String
  /// Nanoseconds since the Unix epoch.
  public var startedAt: Int64
  /// Nanoseconds.
  public var duration: Int64
  /// Nil while it plays.
  public var endedAt: Int64?
  /// True when somebody stopped it before its end.
  public var isStopped = false
  public var steps: [Step]
  public var expectations: [Expectation]

  public struct Step: Sendable, Codable {
    /// Nanoseconds since the beginning.
    public var at: Int64
    public var words: String
    public var isDone: Bool

    public init(at: Int64, words: String, isDone: Bool = false) {
      (self.at, self.words, self.isDone) = (at, words, isDone)
    }
  }

  public enum State: String, Sendable, Codable {
    case pending, held, failed
  }

  public struct Expectation: Sendable, Codable {
    /// `by 40s: breaker payment>payment-gateway = OPEN`
    public var words: String
    public var because: String
    public var state = State.pending
    /// When it was decided: nanoseconds since the beginning. Nil while it is not.
    public var moment: Int64?
    /// What the figure was then, or is now; nil while it is not known.
    public var figure: String?
    /// True for one that is told only when all is at rest, which load that goes on never lets it be.
    public var needsRest = false

    public init(words: String, because: String) {
      self.words = words
      self.because = because
    }
  }

  public init(
    name: String, title: String, startedAt: Int64, duration: Int64, endedAt: Int64? = nil, isStopped: Bool = false,
    steps: [Step], expectations: [Expectation]
  ) {
    self.name = name
    self.title = title
    self.startedAt = startedAt
    self.duration = duration
    self.endedAt = endedAt
    self.isStopped = isStopped
    self.steps = steps
    self.expectations = expectations
  }

  public var failed: Int { expectations.count { $0.state == .failed } }
  public var held: Int { expectations.count { $0.state == .held } }
  public var isOver: Bool { endedAt != nil }
}

/// The scenarios of a system, and the one that plays or played last.
public struct ScenarioBoard: Sendable, Codable {
  public struct Entry: Sendable, Codable {
    public var name: String
    public var title: String
    public var teaches: String
    public var faults: Int
    /// Nanoseconds.
    public var duration: Int64

    public init(_ scenario: Scenario) {
      name = scenario.name
      title = scenario.title
      teaches = scenario.teaches
      faults = scenario.faultCount
      duration = scenario.duration
    }
  }

  public var entries: [Entry] = []
  public var current: ScenarioProgress?

  public init() {}

  /// The one that plays now.
  public var playing: ScenarioProgress? { current.flatMap { $0.isOver ? nil : $0 } }
}
