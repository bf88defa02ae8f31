public import Operations
public import TraceModel

/// What a run without a screen came to: what `simulate` prints.
public struct SimulationReport: Sendable, Codable {
  public struct Transactions: Sendable, Codable {
    public var started: Int
    public var committed: Int
    public var rejected: Int
    public var compensated: Int
    public var failed: Int
    public var stuck: Int
    /// Neither ended nor stuck when the run was over.
    public var open: Int
  }

  public struct Stuck: Sendable, Codable {
    public var gtxid: GTXID
    public var reason: String
  }

  public struct Compensation: Sendable, Codable {
    public var step: String
    public var count: UInt64
  }

  /// How often the place of a crash was armed, passed, and struck.
  public struct PassedPoint: Sendable, Codable {
    /// `P4`
    public var point: String
    public var what: String
    public var armed: UInt64
    public var passed: UInt64
    public var struck: UInt64
  }

  /// Faults of one kind.
  public struct FaultTrial: Sendable, Codable {
    /// `latency`
    public var kind: String
    public var armed: UInt64
    /// How many of them have hurt a call, a record, or an instance.
    public var struck: UInt64
  }

  /// A fault or a crash that was ordered and never struck.
  public struct Unstruck: Sendable, Codable {
    /// As it is typed, without the time.
    public var spec: String
    public var reason: String
  }

  /// What put the invariants to the test.
  public struct Trials: Sendable, Codable {
    /// Appends that the bus refused to a relay in whose place another was at work.
    public var fencedRelays: UInt64 = 0
    public var duplicatesDelivered: UInt64
    public var duplicatesSuppressed: UInt64
    public var crashesBeforeOffsetCommit: UInt64
    public var timeOutsWithUnknownOutcome: UInt64
    /// Replies to steps of sagas that had been given up.
    public var lateAnswers: UInt64
    public var compensations: [Compensation]
    /// Those in which partitions moved: that a group begins to read is none.
    public var rebalances: UInt64
    public var deadLetters: UInt64
    public var chargesRepeated: UInt64
    public var refunds: UInt64
    /// Looks at the order history that lacked the customer's own last order.
    public var staleReads: UInt64 = 0
    /// Product pages from which something was missing.
    public var partialPages: UInt64 = 0
    /// Instances that the registry took out because their leases had ended.
    public var evictions: UInt64 = 0
    /// Those kinds of which any was armed.
    public var faults: [FaultTrial] = []
    /// Those that the shop has, by number.
    public var crashPoints: [PassedPoint] = []
  }

  /// What product pages cost those who looked at them: all of one way together.
  public struct Pages: Sendable, Codable {
    /// `page-composer` or `client`
    public var composedBy: String
    public var pages: UInt64
    /// Those that lacked something, and those that could not be had.
    public var partial: UInt64
    public var failed: UInt64
    /// Calls from outside, and the bytes of their questions and answers.
    public var calls: UInt64
    public var bytes: UInt64
    /// From the first question to the last answer.
    public var nanoseconds: Int64
  }

  public struct Verdict: Sendable, Codable {
    public var name: String
    public var holds: Bool
    /// What broke it.
    public var problems: [String]
  }

  public var seed: UInt64
  public var rate: Double
  /// What was built wrong on purpose: `dual-write`.
  public var mistakes: [String] = []
  public var virtualSeconds = 0.0
  public var wallSeconds = 0.0
  public var transactions = Transactions(
    started: 0, committed: 0, rejected: 0, compensated: 0, failed: 0, stuck: 0, open: 0)
  public var stuck: [Stuck] = []
  public var spans: UInt64 = 0
  public var records: UInt64 = 0
  public var commits: UInt64 = 0
  /// Lines of the journal.
  public var events: UInt64 = 0
  public var trials = Trials(
    duplicatesDelivered: 0, duplicatesSuppressed: 0, crashesBeforeOffsetCommit: 0, timeOutsWithUnknownOutcome: 0,
    lateAnswers: 0, compensations: [], rebalances: 0, deadLetters: 0, chargesRepeated: 0, refunds: 0)
  public var neverStruck: [Unstruck] = []
  public var pages: [Pages] = []
  public var invariants: [Verdict] = []
  /// What order calls paid against what the company has charged, when all was at rest.
  public var reconciliation: ReconciliationSnapshot?
  /// What was expected of the scenario that was played; nil when none was.
  public var scenario: ScenarioProgress?
  /// SHA-256 over the journal, in hexadecimal.
  public var digest = ""

  init(seed: UInt64, rate: Double) {
    self.seed = seed
    self.rate = rate
  }

  /// False when it was ended before its time.
  public var isComplete = true

  /// Whether the scenario says itself how many invariants break.
  public var scenarioJudgesInvariants = false

  /// Every invariant, the books, and everything that a scenario expected; where that speaks of invariants, its word counts.
  public var allHold: Bool {
    (scenarioJudgesInvariants || invariants.allSatisfy(\.holds) && booksAgree) && scenarioHolds
  }

  /// Reconciliation was done, and found nothing but what waits for an operator with its stuck transaction anyway.
  public var booksAgree: Bool { unsettled.isEmpty && reconciliation?.failures.isEmpty ?? true }

  /// What does not agree, and nobody was told of.
  public var unsettled: [MismatchSnapshot] {
    let stuck = Set(stuck.map(\.gtxid))
    return (reconciliation?.mismatches ?? []).filter { !stuck.contains($0.gtxid) }
  }

  private var scenarioHolds: Bool { scenario?.expectations.allSatisfy { $0.state == .held } ?? true }
}
