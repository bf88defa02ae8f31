/// The state machine alone: values in, events out. It knows no lock, no clock and no observer.
///
/// The rules are resilience4j's `CircuitBreakerStateMachine`, with one difference: leaving a state by `reset` also
/// stops that state's timer, which resilience4j forgets.
struct CircuitBreakerMachine: Sendable {
  /// A state with what belongs to it alone.
  enum Phase: Sendable {
    case closed
    case open(attempts: Int, waitEndsAt: Int64)
    case halfOpen(Trial)
    case forcedOpen(attempts: Int)
    case disabled
    /// Each rate's excess is announced once for each stay.
    case metricsOnly(announced: CircuitBreakerEvent.Kinds)
  }

  struct Trial: Sendable {
    var attempts: Int
    /// When it began.
    var began: Int64
    /// How many calls it is decided on.
    var permitted: Int
    var permitsLeft: Int
    /// When a permit was last taken, given back or answered.
    var lastActivity: Int64
  }

  var settings: CircuitBreakerSettings
  private(set) var slowThreshold: Int64
  private(set) var maxTrialWait: Int64
  var phase: Phase
  /// When the present state began.
  var since: Int64
  var window: SlidingWindow
  /// In this state, and in an OPEN also in the state before it, as resilience4j counts.
  var notPermittedCalls = 0
  var notPermittedCallsInAll = 0
  /// When an OPEN began whose wait is the one of the settings; nil where somebody said how long it is.
  var waitBegan: Int64?
  /// When `fireTimers` has something to do; `Int64.max` is never.
  var timer: Int64 = .max
  var transitions: [CircuitBreakerTransition] = []
  var lastTrip: CircuitBreakerVerdict?
  var lastTrial: CircuitBreakerVerdict?

  /// The kinds anybody listens to; others are not even made.
  var interest: CircuitBreakerEvent.Kinds = []
  /// What was published and not yet taken away.
  var published: [CircuitBreakerEvent] = []

  static let transitionsKept = 64

  init(settings: CircuitBreakerSettings, now: Int64) {
    self.settings = settings
    slowThreshold = settings.slowCallDurationThreshold.wholeNanoseconds
    maxTrialWait = settings.maxWaitDurationInHalfOpenState.wholeNanoseconds
    phase = .closed
    since = now
    window = Self.callWindow(settings, now: now)
    transitions.reserveCapacity(Self.transitionsKept)
    if settings.initialState != .closed { become(settings.initialState, wait: nil, now: now) }
  }

  var state: CircuitBreakerState {
    switch phase {
    case .closed: .closed
    case .open: .open
    case .halfOpen: .halfOpen
    case .forcedOpen: .forcedOpen
    case .disabled: .disabled
    case .metricsOnly: .metricsOnly
    }
  }

  /// How often it has opened in a row; it drives an exponential wait.
  var attempts: Int {
    switch phase {
    case .open(let attempts, _), .forcedOpen(let attempts): attempts
    case .halfOpen(let trial): trial.attempts
    case .closed, .disabled, .metricsOnly: 0
    }
  }

  /// Goes by these from now on.
  mutating func adopt(_ settings: CircuitBreakerSettings) {
    self.settings = settings
    slowThreshold = settings.slowCallDurationThreshold.wholeNanoseconds
    maxTrialWait = settings.maxWaitDurationInHalfOpenState.wholeNanoseconds
  }

  static func callWindow(_ settings: CircuitBreakerSettings, now: Int64) -> SlidingWindow {
    SlidingWindow(
      type: settings.slidingWindowType, size: settings.slidingWindowSize,
      minimumCalls: settings.minimumNumberOfCalls, now: now)
  }

  mutating func publish(_ event: @autoclosure () -> CircuitBreakerEvent, _ kind: CircuitBreakerEvent.Kinds) {
    guard interest.contains(kind), state.publishesCalls else { return }
    published.append(event())
  }
}
