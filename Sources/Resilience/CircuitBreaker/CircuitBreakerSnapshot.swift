/// What made a breaker decide, kept after it did.
public struct CircuitBreakerVerdict: Hashable, Sendable, Codable {
  /// Nanoseconds since the Unix epoch.
  public let time: Int64
  public let reason: CircuitBreakerReason
  /// The calls it decided on.
  public let window: CircuitBreakerWindow
}

/// Everything there is to see of a circuit breaker at one moment. Times are nanoseconds since the Unix epoch.
public struct CircuitBreakerSnapshot: Hashable, Sendable, Codable {
  /// The trial calls of HALF_OPEN.
  public struct Trial: Hashable, Sendable, Codable {
    public let permitted: Int
    /// Permits handed out and not given back.
    public let used: Int
    /// Permits to be had. It can exceed what is permitted: an ignored call from before HALF_OPEN gives one back too.
    public let left: Int
    /// Trial calls whose result has not come.
    public let unanswered: Int
    /// When HALF_OPEN ends without a verdict, if ever.
    public let endsAt: Int64?
  }

  public let name: String
  public let settings: CircuitBreakerSettings
  public let state: CircuitBreakerState
  /// When the state began.
  public let since: Int64
  /// In percent; −1 while it is not yet known.
  public let failureRate: Float
  /// In percent; −1 while it is not yet known.
  public let slowCallRate: Float
  /// The calls in the window, newest last.
  public let window: CircuitBreakerWindow
  /// Refused in this state, and in an OPEN also in the state before it.
  public let notPermittedCalls: Int
  /// Refused since the breaker was made.
  public let notPermittedCallsInAll: Int
  /// How often it has opened in a row; 0 in CLOSED.
  public let attempts: Int
  /// OPEN: when the wait is over.
  public let waitEndsAt: Int64?
  /// Whether OPEN becomes HALF_OPEN of itself at `waitEndsAt`, or only on the first call after it.
  public let endsOfItself: Bool
  /// HALF_OPEN: its trial calls.
  public let trial: Trial?
  /// HALF_OPEN, without an end of its own, and every permit is with a call that has been silent for so long that its
  /// result is probably lost: it will refuse for ever.
  public let isStuck: Bool
  /// The calls that opened it last, if it ever opened on its own.
  public let lastTrip: CircuitBreakerVerdict?
  /// The trial calls that decided last, either way.
  public let lastTrial: CircuitBreakerVerdict?
  /// The last 64 changes, newest last.
  public let transitions: [CircuitBreakerTransition]

  public var bufferedCalls: Int { window.totals.calls }
  public var failedCalls: Int { window.totals.failed }
  public var successfulCalls: Int { window.totals.successful }
  public var slowCalls: Int { window.totals.slow }
  public var slowFailedCalls: Int { window.totals.slowFailed }
  /// How many calls must be recorded before a rate is known.
  public var minimumCalls: Int { window.minimumCalls }
}

extension CircuitBreakerMachine {
  /// Changes nothing, not even what is due: whoever looks must not move what is looked at.
  ///
  /// - Parameter silence: how long in nanoseconds the trial calls must have been silent to be taken for lost; without
  ///   it, the longer of the slow call's duration and the wait in OPEN.
  func snapshot(name: String, silence: Int64?, now: Int64) -> CircuitBreakerSnapshot {
    var window = window
    window.advance(to: now)
    var waitEndsAt: Int64?
    var trial: CircuitBreakerSnapshot.Trial?
    var isStuck = false
    switch phase {
    case .open(_, let end): waitEndsAt = end
    case .halfOpen(let state):
      let used = max(0, state.permitted - state.permitsLeft)
      trial = CircuitBreakerSnapshot.Trial(
        permitted: state.permitted, used: used, left: state.permitsLeft,
        unanswered: max(0, used - window.totals.calls), endsAt: timer == .max ? nil : timer)
      let patience =
        silence
        ?? max(slowThreshold, settings.waitIntervalInOpenState.nanoseconds(afterAttempts: max(1, state.attempts)))
      isStuck = timer == .max && state.permitsLeft == 0 && now > state.lastActivity.saturatingAdd(patience)
    case .closed, .disabled, .forcedOpen, .metricsOnly: break
    }
    return CircuitBreakerSnapshot(
      name: name, settings: settings, state: state, since: since,
      failureRate: window.failureRate, slowCallRate: window.slowCallRate, window: window.contents(),
      notPermittedCalls: notPermittedCalls, notPermittedCallsInAll: notPermittedCallsInAll,
      attempts: attempts, waitEndsAt: waitEndsAt,
      endsOfItself: settings.automaticTransitionFromOpenToHalfOpenEnabled,
      trial: trial, isStuck: isStuck, lastTrip: lastTrip, lastTrial: lastTrial, transitions: transitions)
  }
}
