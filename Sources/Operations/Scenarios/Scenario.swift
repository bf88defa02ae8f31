/// A script of load and faults over time, with what is expected to come of it: an incident that can be rehearsed.
public struct Scenario: Sendable {
  /// `breaker-opens-and-heals`
  public var name: String
  public var title: String
  /// The one thing that is to be learnt from it, in a few sentences.
  public var teaches: String
  /// The run when nobody asks for another one.
  public var seed: UInt64
  /// Transactions a second at its beginning.
  public var rate: Double
  /// What customers come for, and how their orders are carried out, by weight; empty: as before.
  public var journeys: [Weight] = []
  public var sagas: [Weight] = []
  /// Where the databases are that it needs: `shared-db`; empty: it is played wherever they are.
  public var topology = ""
  /// Nanoseconds. Then its faults end and the rate is what it was before.
  public var duration: Int64
  /// In the order of their moments.
  public var steps: [ScenarioStep]
  public var expectations: [ScenarioExpectation]

  /// One of several choices, and how often it is taken against the others.
  public struct Weight: Sendable, Equatable {
    public var name: String
    public var weight: Double

    public init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  public init(
    name: String, title: String, teaches: String, seed: UInt64 = 1, rate: Double, duration: Int64,
    steps: [ScenarioStep], expectations: [ScenarioExpectation]
  ) {
    self.name = name
    self.title = title
    self.teaches = teaches
    self.seed = seed
    self.rate = rate
    self.duration = duration
    self.steps = steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    self.expectations = expectations
  }

  /// How many faults it arms.
  public var faultCount: Int {
    steps.count { if case .command(.arm) = $0.deed { true } else { false } }
  }
}

/// Something that a scenario does at a moment.
public struct ScenarioStep: Sendable {
  public enum Deed: Sendable {
    case command(Command)
    /// Takes off the faults with that target and of that kind; of every kind where it is nil.
    case end(FaultTarget, FaultKind.Name?)
    /// Brings all breakers of a caller for a callee into a state; at the scenario's end they are CLOSED again.
    case force(caller: String, callee: String, BreakerState)
    /// A customer logs out, and another window goes on with the token.
    case logOut(user: String)
  }

  /// Nanoseconds since the scenario began.
  public var at: Int64
  public var deed: Deed
  /// As it was written: `fault payment-gateway:outage`.
  public var words: String

  public init(at: Int64, deed: Deed, words: String) {
    self.at = at
    self.deed = deed
    self.words = words
  }
}

/// Something that must come true while a scenario plays.
public struct ScenarioExpectation: Sendable {
  /// When a condition must hold, in nanoseconds since the scenario began.
  public enum Span: Sendable, Equatable {
    /// At some moment from the first to the second.
    case by(Int64, from: Int64)
    /// At every moment between the two.
    case during(Int64, Int64)
    /// At every moment.
    case always
    /// When the load has stopped, all faults have ended and nothing is in flight any more.
    case finally
  }

  public var span: Span
  public var condition: ScenarioCondition
  /// Why it is expected; may be empty.
  public var because: String

  public init(_ span: Span, _ condition: ScenarioCondition, because: String = "") {
    self.span = span
    self.condition = condition
    self.because = because
  }

  /// `by 40s: breaker payment>payment-gateway = OPEN`
  public var words: String {
    switch span {
    case .by(let end, 0): "by \(Self.moment(end)): \(condition)"
    case .by(let end, let start): "\(Self.range(start, end)) once: \(condition)"
    case .during(let start, let end): "\(Self.range(start, end)): \(condition)"
    case .always: "always: \(condition)"
    case .finally: "finally: \(condition)"
    }
  }

  private static func range(_ start: Int64, _ end: Int64) -> String { "\(moment(start))–\(moment(end))" }

  /// In seconds as long as these are few, so that moments can be compared: `30s–60s`.
  public static func moment(_ nanoseconds: Int64) -> String {
    let second: Int64 = 1_000_000_000
    let isShort = nanoseconds % second == 0 && nanoseconds < 600 * second
    return isShort ? "\(nanoseconds / second)s" : FaultNotation.duration(nanoseconds)
  }
}
