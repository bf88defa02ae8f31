import Resilience

/// The same rules told as plainly as possible: nothing is kept up to date, everything is counted anew each time.
struct CircuitBreakerModel {
  private(set) var settings: CircuitBreakerSettings
  var state: CircuitBreakerState
  var attempts = 0
  var permits = 0
  var refused = 0
  var events: [String] = []
  private var windowSize = 0
  private var required = 0
  private var began: Int64 = 0
  private var isTimeWindow = false
  private var results: [(second: Int64, isFailure: Bool, isSlow: Bool)] = []
  private var waitEnd: Int64 = 0
  private(set) var timer: Int64?
  private var announced: [String] = []

  init(settings: CircuitBreakerSettings, now: Int64) {
    self.settings = settings
    state = .closed
    become(.closed, now: now)
  }

  var minimum: Int { isTimeWindow ? required : min(required, windowSize) }

  func inWindow(at now: Int64) -> [(second: Int64, isFailure: Bool, isSlow: Bool)] {
    guard isTimeWindow else { return results.suffix(windowSize) }
    return results.filter { $0.second > now / 1_000_000_000 - Int64(windowSize) }
  }

  func rates(at now: Int64) -> (failure: Float, slow: Float) {
    let calls = inWindow(at: now)
    guard !calls.isEmpty, calls.count >= minimum else { return (-1, -1) }
    let failed = calls.filter(\.isFailure).count
    let slow = calls.filter(\.isSlow).count
    return (Float(failed) * 100 / Float(calls.count), Float(slow) * 100 / Float(calls.count))
  }

  mutating func acquire(now: Int64) -> Bool {
    if state == .open, now > waitEnd { change(to: .halfOpen, now: now) }
    switch state {
    case .closed, .disabled, .metricsOnly: return true
    case .halfOpen where permits > 0:
      permits -= 1
      return true
    case .open, .halfOpen, .forcedOpen:
      refused += 1
      if state != .forcedOpen { events.append("NOT_PERMITTED") }
      return false
    }
  }

  mutating func release() { if state == .halfOpen { permits += 1 } }

  mutating func ignore() {
    release()
    if state != .disabled, state != .forcedOpen { events.append("IGNORED_ERROR") }
  }

  mutating func record(isFailure: Bool, duration: Int64, now: Int64) {
    guard state != .disabled, state != .forcedOpen else { return }
    events.append(isFailure ? "ERROR" : "SUCCESS")
    let isSlow = Duration.nanoseconds(duration) > settings.slowCallDurationThreshold
    results.append((now / 1_000_000_000, isFailure, isSlow))
    let (failure, slow) = rates(at: now)
    guard failure >= 0 else { return }
    let exceeded =
      (failure >= settings.failureRateThreshold ? ["FAILURE_RATE_EXCEEDED:\(failure)"] : [])
      + (slow >= settings.slowCallRateThreshold ? ["SLOW_CALL_RATE_EXCEEDED:\(slow)"] : [])
    switch state {
    case .closed where !exceeded.isEmpty:
      events += exceeded
      change(to: .open, now: now)
    case .halfOpen: change(to: exceeded.isEmpty ? .closed : .open, now: now)
    case .metricsOnly:
      for event in exceeded where !announced.contains(String(event.prefix(4))) {
        announced.append(String(event.prefix(4)))
        events.append(event)
      }
    default: break
    }
  }

  mutating func change(to target: CircuitBreakerState, now: Int64) {
    let previous = state
    become(target, now: now)
    if previous != target { events.append("STATE_TRANSITION:\(previous.rawValue)_TO_\(target.rawValue)") }
  }

  mutating func fireTimer(now: Int64) {
    change(to: state == .open ? .halfOpen : settings.transitionToStateAfterWaitDuration, now: now)
  }

  /// Other settings from now on.
  mutating func use(_ other: CircuitBreakerSettings, now: Int64) {
    let isOtherWindow =
      other.slidingWindowType != settings.slidingWindowType || other.slidingWindowSize != settings.slidingWindowSize
    settings = other
    switch state {
    case .closed, .metricsOnly:
      required = other.minimumNumberOfCalls
      if isOtherWindow { startWindow() }
    case .open:
      setWait(notBefore: now)
    case .halfOpen:
      setTrialTimer(notBefore: now)
    case .forcedOpen, .disabled: break
    }
    while let due = timer, due <= now { fireTimer(now: due) }
  }

  private mutating func setWait(notBefore now: Int64) {
    waitEnd = max(now, began + settings.waitIntervalInOpenState.nanoseconds(afterAttempts: attempts))
    timer = settings.automaticTransitionFromOpenToHalfOpenEnabled ? waitEnd : nil
  }

  private mutating func setTrialTimer(notBefore now: Int64) {
    let longest = Int64(settings.maxWaitDurationInHalfOpenState / .nanoseconds(1))
    timer = longest > 0 ? max(now, began + longest) : nil
  }

  private mutating func startWindow() {
    results = []
    isTimeWindow = settings.slidingWindowType == .timeBased
    windowSize = settings.slidingWindowSize
  }

  private mutating func become(_ target: CircuitBreakerState, now: Int64) {
    state = target
    timer = nil
    announced = []
    began = now
    guard target != .open else {
      attempts += 1
      setWait(notBefore: now)
      return
    }
    refused = 0
    startWindow()
    required = settings.minimumNumberOfCalls
    switch target {
    case .halfOpen:
      (windowSize, isTimeWindow) = (settings.permittedNumberOfCallsInHalfOpenState, false)
      permits = windowSize
      setTrialTimer(notBefore: now)
    case .forcedOpen, .disabled:
      (windowSize, isTimeWindow) = (0, false)
      attempts = target == .disabled ? 0 : attempts + 1
    default: attempts = 0
    }
  }
}
