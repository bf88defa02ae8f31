/// What a supervisor does about instances that crash.
public enum SupervisionPolicy: Sendable, Hashable {
  /// Nothing: they stay down until somebody starts them.
  case off
  /// Starts them again after that many nanoseconds, however often.
  case restart(after: Int64)
  case backOff(RestartBackOff)
}

/// Starts again after a wait that doubles, and gives up when it happens too often. Times are nanoseconds.
public struct RestartBackOff: Sendable, Hashable {
  public var first: Int64
  /// 1 or more: each wait is so many times the one before.
  public var multiplier: Int64
  public var maximum: Int64
  /// At most so many restarts …
  public var limit: Int
  /// … in such a time.
  public var window: Int64
  /// Who has run so long begins again with the first wait.
  public var stableAfter: Int64

  public init(
    first: Int64 = 1_000_000_000, multiplier: Int64 = 2, maximum: Int64 = 60_000_000_000, limit: Int = 10,
    window: Int64 = 600_000_000_000, stableAfter: Int64 = 120_000_000_000
  ) {
    precondition(
      first >= 0 && multiplier >= 1 && maximum >= first && limit > 0 && window > 0 && stableAfter > 0,
      "a back-off begins at 0 ns or later, does not shrink, and allows one restart in its window at least")
    self.first = first
    self.multiplier = multiplier
    self.maximum = maximum
    self.limit = limit
    self.window = window
    self.stableAfter = stableAfter
  }
}

/// What a supervisor has decided after a crash.
public enum SupervisionDecision: Sendable, Hashable {
  case leaveDown
  /// Start it then: nanoseconds since the Unix epoch.
  case restart(at: Int64)
  /// It crashed too often: it stays down until ``Supervisor/reset(now:)``.
  case giveUp(restarts: Int)
}

/// Watches one instance. A state machine: it starts nothing, it says when to. Times are nanoseconds since the Unix
/// epoch.
public struct Supervisor: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    case running(since: Int64)
    case waiting(until: Int64, attempt: Int)
    /// The policy is off.
    case down(since: Int64)
    case givenUp(since: Int64)
  }

  public private(set) var policy: SupervisionPolicy
  public private(set) var state: State
  public private(set) var crashes = 0
  public private(set) var restarts = 0
  /// Crashes one after the other without a stable time between them.
  private var streak = 0
  /// When it was decided to start it again, within the window.
  private var recent: [Int64] = []

  public init(_ policy: SupervisionPolicy, now: Int64) {
    self.policy = policy
    state = .running(since: now)
  }

  /// The instance has crashed; who is not running cannot, and then nothing changes.
  public mutating func crashed(at now: Int64) -> SupervisionDecision {
    guard case .running(let since) = state else { return decision }
    crashes += 1
    switch policy {
    case .off:
      state = .down(since: now)
    case .restart(let delay):
      streak += 1
      state = .waiting(until: now.saturatingAdd(delay), attempt: streak)
    case .backOff(let rule):
      if now - since >= rule.stableAfter { streak = 0 }
      recent.removeAll { now - $0 >= rule.window }
      guard recent.count < rule.limit else {
        state = .givenUp(since: now)
        return decision
      }
      recent.append(now)
      state = .waiting(until: now.saturatingAdd(Self.delay(rule, afterCrashes: streak)), attempt: streak + 1)
      streak += 1
    }
    return decision
  }

  /// The instance was started, by the supervisor's word or by hand.
  public mutating func started(at now: Int64) {
    switch state {
    case .running: return
    case .waiting(let until, _): if now >= until { restarts += 1 }
    case .down, .givenUp: break
    }
    state = .running(since: now)
  }

  /// Somebody takes it in hand: past crashes are forgotten. What is down under a policy that restarts is due at once.
  public mutating func reset(now: Int64) {
    streak = 0
    recent = []
    switch state {
    case .running: return
    case .waiting, .down, .givenUp: state = policy == .off ? .down(since: now) : .waiting(until: now, attempt: 1)
    }
  }

  /// Another policy from now on: who is down is looked at anew.
  public mutating func change(_ policy: SupervisionPolicy, now: Int64) {
    guard policy != self.policy else { return }
    self.policy = policy
    reset(now: now)
  }

  /// Nil while it runs.
  public var due: Int64? {
    guard case .waiting(let until, _) = state else { return nil }
    return until
  }

  private var decision: SupervisionDecision {
    switch state {
    case .waiting(let until, _): .restart(at: until)
    case .givenUp: .giveUp(restarts: recent.count)
    case .down, .running: .leaveDown
    }
  }

  private static func delay(_ rule: RestartBackOff, afterCrashes count: Int) -> Int64 {
    var delay = rule.first
    for _ in 0..<count where delay < rule.maximum { delay = delay.saturatingMultiply(rule.multiplier) }
    return min(delay, rule.maximum)
  }
}
