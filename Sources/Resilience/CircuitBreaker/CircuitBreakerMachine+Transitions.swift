extension CircuitBreakerMachine {
  /// False when the transition does not exist; then nothing changed.
  mutating func transition(
    to target: CircuitBreakerState, wait: Int64? = nil, because reason: CircuitBreakerReason, now: Int64
  ) -> Bool {
    fireTimers(now: now)
    guard state.mayBecome(target) else { return false }
    enter(target, wait: wait, because: reason, tag: nil, now: now)
    return true
  }

  mutating func reset(now: Int64) {
    fireTimers(now: now)
    enter(.closed, because: .resetByHand, tag: nil, now: now)
    publish(CircuitBreakerEvent(.reset, time: now), .reset)
  }

  /// Everything that was due up to and including `now`, each at its own time.
  mutating func fireTimers(now: Int64) {
    while timer <= now {
      let due = timer
      switch phase {
      case .open: enter(.halfOpen, because: .waitEnded, tag: nil, now: due)
      case .halfOpen:
        enter(settings.transitionToStateAfterWaitDuration, because: .trialTimeEnded, tag: nil, now: due)
      case .closed, .disabled, .forcedOpen, .metricsOnly:
        preconditionFailure("only OPEN and HALF_OPEN have a timer")
      }
    }
  }

  /// A state that becomes itself starts afresh (window, permits, wait), but tells nobody.
  mutating func enter(
    _ target: CircuitBreakerState, wait: Int64? = nil, because reason: CircuitBreakerReason, tag: CallTag?, now: Int64
  ) {
    let previous = state
    become(target, wait: wait, now: now)
    guard previous != target else { return }
    since = now
    let transition = CircuitBreakerTransition(time: now, from: previous, to: target, reason: reason, tag: tag)
    if transitions.count == Self.transitionsKept { transitions.removeFirst() }
    transitions.append(transition)
    // Published by every state, unlike the events of calls.
    if interest.contains(.stateTransition) {
      published.append(CircuitBreakerEvent(.stateTransition, time: now, transition: transition, tag: tag))
    }
  }

  mutating func become(_ target: CircuitBreakerState, wait: Int64?, now: Int64) {
    let attempts = self.attempts
    timer = .max
    switch target {
    case .open:
      // The window stays, and late results still enter it; so does the count of refused calls.
      let isByHand = wait != nil
      let wait = wait ?? settings.waitIntervalInOpenState.nanoseconds(afterAttempts: attempts + 1)
      let end = now.saturatingAdd(wait)
      if settings.automaticTransitionFromOpenToHalfOpenEnabled { timer = end }
      waitBegan = isByHand ? nil : now
      phase = .open(attempts: attempts + 1, waitEndsAt: end)
      return
    case .halfOpen:
      let permits = settings.permittedNumberOfCallsInHalfOpenState
      window = SlidingWindow(
        type: .countBased, size: permits, minimumCalls: settings.minimumNumberOfCalls, now: now)
      if maxTrialWait > 0 { timer = now.saturatingAdd(maxTrialWait) }
      phase = .halfOpen(
        Trial(attempts: attempts, began: now, permitted: permits, permitsLeft: permits, lastActivity: now))
    case .closed:
      window = Self.callWindow(settings, now: now)
      phase = .closed
    case .metricsOnly:
      window = Self.callWindow(settings, now: now)
      phase = .metricsOnly(announced: [])
    case .forcedOpen:
      window = .recordingNothing(now: now)
      phase = .forcedOpen(attempts: attempts + 1)
    case .disabled:
      window = .recordingNothing(now: now)
      phase = .disabled
    }
    notPermittedCalls = 0
  }
}
