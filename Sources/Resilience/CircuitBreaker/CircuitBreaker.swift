internal import Concurrency

/// A circuit breaker with resilience4j's state machine, safe from any thread.
///
/// It asks no clock: every time is handed in as nanoseconds since the Unix epoch, every duration in nanoseconds.
/// Whoever was permitted a call owes exactly one of `recordSuccess`, `recordError` and `releasePermission`.
///
/// Two transitions need no call: OPEN to HALF_OPEN when it is automatic, and HALF_OPEN after its longest wait. They
/// happen in the next call of any method that takes `now` (except `snapshot`), each with its own time. To have them
/// happen on time without traffic, call `fireTimers` at `nextTimer`.
public final class CircuitBreaker: Sendable {
  public typealias Observer = @Sendable (CircuitBreakerEvent) -> Void

  public let name: String
  private let core: Locked<Core>

  private struct Core: Sendable {
    var machine: CircuitBreakerMachine
    var observers: [(kinds: CircuitBreakerEvent.Kinds, notify: Observer)] = []
    /// Somebody is calling observers; he takes along what is published meanwhile, so that order holds.
    var isDelivering = false

    mutating func add(_ kinds: CircuitBreakerEvent.Kinds, _ observer: @escaping Observer) {
      observers.append((kinds, observer))
      machine.interest.formUnion(kinds)
    }
  }

  /// - Parameters:
  ///   - kinds: what `observer` is told; the fewer, the cheaper each call.
  ///   - observer: told of events as `addObserver` says.
  /// - Throws: `InvalidSetting` for the first setting that cannot be used.
  public init(
    name: String, settings: CircuitBreakerSettings = CircuitBreakerSettings(), now: Int64,
    observing kinds: CircuitBreakerEvent.Kinds = .all, observer: Observer? = nil
  ) throws(InvalidSetting) {
    try settings.validate()
    self.name = name
    var core = Core(machine: CircuitBreakerMachine(settings: settings, now: now))
    if let observer { core.add(kinds, observer) }
    self.core = Locked(core)
  }

  /// Has `observer` told of every event of these kinds from now on: in order, outside of the lock, on a thread that
  /// uses the breaker. An observer may use the breaker itself; what that publishes follows afterwards.
  public func addObserver(for kinds: CircuitBreakerEvent.Kinds = .all, _ observer: @escaping Observer) {
    core.withLock { $0.add(kinds, observer) }
  }

  // MARK: Calls

  /// Whether a call may go out now. It may be the call that makes OPEN into HALF_OPEN.
  public func tryAcquire(tag: CallTag? = nil, now: Int64) -> Bool {
    perform { $0.tryAcquire(tag: tag, now: now) }
  }

  /// The same as `tryAcquire`, for those who would rather catch.
  public func acquire(tag: CallTag? = nil, now: Int64) throws(CallNotPermitted) {
    var state = CircuitBreakerState.closed
    let isPermitted = perform { machine in
      let isPermitted = machine.tryAcquire(tag: tag, now: now)
      state = machine.state
      return isPermitted
    }
    guard isPermitted else { throw CallNotPermitted(name: name, state: state) }
  }

  /// - Parameter duration: how long the call took, in nanoseconds; a negative one counts as 0.
  public func recordSuccess(duration: Int64, tag: CallTag? = nil, now: Int64) {
    perform { $0.record(isFailure: false, duration: max(0, duration), tag: tag, now: now) }
  }

  /// - Parameter duration: how long the call took, in nanoseconds; a negative one counts as 0.
  public func recordError(
    duration: Int64, kind: CircuitBreakerOutcome = .recorded, tag: CallTag? = nil, now: Int64
  ) {
    perform { $0.recordError(kind, duration: max(0, duration), tag: tag, now: now) }
  }

  /// Gives a permission back: the call was not made, or its result will never be known.
  public func releasePermission(now: Int64) {
    perform { $0.releasePermission(now: now) }
  }

  // MARK: By hand

  /// Puts the breaker into a state. To the same state it starts afresh, silently.
  public func transition(to state: CircuitBreakerState, now: Int64) throws(IllegalStateTransition) {
    try transition(to: state, wait: nil, because: .forcedByHand, now: now)
  }

  /// Opens the breaker for `nanoseconds`, whatever its settings say of the wait.
  public func open(for nanoseconds: Int64, now: Int64) throws(IllegalStateTransition) {
    let wait = max(0, nanoseconds)
    try transition(to: .open, wait: wait, because: .openedByHand(nanoseconds: wait), now: now)
  }

  private func transition(
    to target: CircuitBreakerState, wait: Int64?, because reason: CircuitBreakerReason, now: Int64
  ) throws(IllegalStateTransition) {
    let (isLegal, from) = perform { machine in
      let isLegal = machine.transition(to: target, wait: wait, because: reason, now: now)
      return (isLegal, machine.state)
    }
    guard isLegal else { throw IllegalStateTransition(name: name, from: from, to: target) }
  }

  /// Back to CLOSED with an empty window.
  public func reset(now: Int64) {
    perform { $0.reset(now: now) }
  }

  // MARK: Settings

  /// Those it goes by now.
  public var settings: CircuitBreakerSettings { core.withLock { $0.machine.settings } }

  /// Goes by other settings from now on, in the state and with the history that it has; nobody is told.
  ///
  /// - Rates and the duration of a slow call: from the next result on. What is in the window stays counted as it was.
  /// - Minimum number of calls: from the next result on; OPEN: with the next trial; HALF_OPEN: with the next state.
  /// - Size and type of the window: CLOSED and METRICS_ONLY begin a new one, which is empty, as resilience4j does where
  ///   it makes a new breaker; other states keep theirs, and CLOSED begins with a new one anyway.
  /// - Permitted calls: from the next HALF_OPEN on; a trial under way is decided on as many as it began with.
  /// - Waits: those under way, too, counted from their beginning, unless `open(for:now:)` has said how long one is.
  /// - Initial state: it has begun; this changes nothing.
  ///
  /// - Throws: `InvalidSetting` for the first setting that cannot be used; then all stay as they were.
  public func change(to settings: CircuitBreakerSettings, now: Int64) throws(InvalidSetting) {
    try settings.validate()
    perform { $0.change(to: settings, now: now) }
  }

  // MARK: Time

  /// Performs the transitions that were due up to and including `now`.
  public func fireTimers(now: Int64) {
    perform { $0.fireTimers(now: now) }
  }

  /// When `fireTimers` will next have something to do. It changes with the state only.
  public var nextTimer: Int64? {
    core.withLock { $0.machine.timer == .max ? nil : $0.machine.timer }
  }

  // MARK: To look at

  public var state: CircuitBreakerState { core.withLock { $0.machine.state } }

  /// Changes nothing, not even a transition that is due.
  ///
  /// - Parameter silence: how long in nanoseconds HALF_OPEN's trial calls must have been silent to call it stuck;
  ///   without it, the longer of the slow call's duration and the wait in OPEN.
  public func snapshot(stuckAfter silence: Int64? = nil, now: Int64) -> CircuitBreakerSnapshot {
    core.withLock { $0.machine.snapshot(name: name, silence: silence, now: now) }
  }

  // MARK: Events

  private func perform<Result>(_ body: (inout CircuitBreakerMachine) -> Result) -> Result {
    let (result, mustDeliver) = core.withLock { core in
      let result = body(&core.machine)
      guard !core.machine.published.isEmpty, !core.isDelivering else { return (result, false) }
      core.isDelivering = true
      return (result, true)
    }
    if mustDeliver { deliver() }
    return result
  }

  private func deliver() {
    var batch: [CircuitBreakerEvent] = []
    while true {
      batch.removeAll(keepingCapacity: true)
      let observers = core.withLock { core in
        // Swapped and not copied, so that both arrays keep their storage and no event costs an allocation.
        swap(&batch, &core.machine.published)
        core.isDelivering = !batch.isEmpty
        return core.observers
      }
      if batch.isEmpty { return }
      for event in batch {
        let kind = CircuitBreakerEvent.Kinds(event.kind)
        for observer in observers where observer.kinds.contains(kind) { observer.notify(event) }
      }
    }
  }
}
