extension CircuitBreakerMachine {
  mutating func tryAcquire(tag: CallTag?, now: Int64) -> Bool {
    fireTimers(now: now)
    switch phase {
    case .closed, .disabled, .metricsOnly:
      return true
    case .open(_, let waitEndsAt):
      guard now > waitEndsAt else { break }
      enter(.halfOpen, because: .callAfterWait, tag: tag, now: now)
      return tryAcquire(tag: tag, now: now)
    case .halfOpen(var trial):
      guard trial.permitsLeft > 0 else { break }
      trial.permitsLeft -= 1
      trial.lastActivity = now
      phase = .halfOpen(trial)
      return true
    case .forcedOpen:
      break
    }
    notPermittedCalls += 1
    notPermittedCallsInAll += 1
    publish(CircuitBreakerEvent(.notPermitted, time: now, tag: tag), .notPermitted)
    return false
  }

  /// Not capped at the number of permits: a call that was permitted in CLOSED and is ignored in HALF_OPEN adds one,
  /// as it does in resilience4j.
  mutating func releasePermission(now: Int64) {
    fireTimers(now: now)
    guard case .halfOpen(var trial) = phase else { return }
    trial.permitsLeft += 1
    trial.lastActivity = now
    phase = .halfOpen(trial)
  }

  mutating func recordError(_ outcome: CircuitBreakerOutcome, duration: Int64, tag: CallTag?, now: Int64) {
    switch outcome {
    case .recorded: record(isFailure: true, duration: duration, tag: tag, now: now)
    case .notRecorded: record(isFailure: false, duration: duration, tag: tag, now: now)
    case .ignored:
      releasePermission(now: now)
      publish(CircuitBreakerEvent(.ignoredError, time: now, elapsed: duration, tag: tag), .ignoredError)
    }
  }

  mutating func record(isFailure: Bool, duration: Int64, tag: CallTag?, now: Int64) {
    fireTimers(now: now)
    if isFailure {
      publish(CircuitBreakerEvent(.error, time: now, elapsed: duration, tag: tag), .error)
    } else {
      publish(CircuitBreakerEvent(.success, time: now, elapsed: duration, tag: tag), .success)
    }
    if case .disabled = phase { return }
    if case .forcedOpen = phase { return }
    let outcome = CircuitBreakerCall.Outcome(isFailure: isFailure, isSlow: duration > slowThreshold)
    window.record(outcome, duration: duration, tag: tag, now: now)
    judge(tag: tag, now: now)
  }

  /// Any result can decide, a success too.
  private mutating func judge(tag: CallTag?, now: Int64) {
    if case .open = phase { return }
    if case .halfOpen(var trial) = phase {
      trial.lastActivity = now
      phase = .halfOpen(trial)
    }
    let failureRate = window.failureRate
    guard failureRate >= 0 else { return }
    let slowCallRate = window.slowCallRate
    let isFailureRateExceeded = failureRate >= settings.failureRateThreshold
    let isSlowCallRateExceeded = slowCallRate >= settings.slowCallRateThreshold
    let isExceeded = isFailureRateExceeded || isSlowCallRateExceeded
    switch phase {
    case .closed:
      guard isExceeded else { return }
      announce(isFailureRateExceeded, isSlowCallRateExceeded, tag: tag, now: now)
      let reason = CircuitBreakerReason.thresholdsExceeded(rates)
      lastTrip = CircuitBreakerVerdict(time: now, reason: reason, window: window.contents())
      enter(.open, because: reason, tag: tag, now: now)
    case .halfOpen:
      let reason = isExceeded ? CircuitBreakerReason.trialFailed(rates) : .trialPassed(rates)
      lastTrial = CircuitBreakerVerdict(time: now, reason: reason, window: window.contents())
      enter(isExceeded ? .open : .closed, because: reason, tag: tag, now: now)
    case .metricsOnly(let announced):
      let isFailureNew = isFailureRateExceeded && !announced.contains(.failureRateExceeded)
      let isSlowNew = isSlowCallRateExceeded && !announced.contains(.slowCallRateExceeded)
      guard isFailureNew || isSlowNew else { return }
      announce(isFailureNew, isSlowNew, tag: tag, now: now)
      phase = .metricsOnly(
        announced: announced.union(isFailureNew ? .failureRateExceeded : [])
          .union(isSlowNew ? .slowCallRateExceeded : []))
    case .open, .disabled, .forcedOpen:
      break
    }
  }

  private mutating func announce(_ failureRate: Bool, _ slowCallRate: Bool, tag: CallTag?, now: Int64) {
    if failureRate {
      let rate = window.failureRate
      publish(CircuitBreakerEvent(.failureRateExceeded, time: now, rate: rate, tag: tag), .failureRateExceeded)
    }
    if slowCallRate {
      let rate = window.slowCallRate
      publish(CircuitBreakerEvent(.slowCallRateExceeded, time: now, rate: rate, tag: tag), .slowCallRateExceeded)
    }
  }

  private var rates: CircuitBreakerRates {
    CircuitBreakerRates(
      failureRate: window.failureRate, slowCallRate: window.slowCallRate,
      failureRateThreshold: settings.failureRateThreshold, slowCallRateThreshold: settings.slowCallRateThreshold,
      totals: window.totals)
  }
}
