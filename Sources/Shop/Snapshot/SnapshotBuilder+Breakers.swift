internal import Operations
internal import OrderedCollections
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

extension SnapshotBuilder {
  /// One row for each breaker that lives in an instance now.
  func breakers() -> [BreakerSnapshot] {
    let now = world.time.now
    return world.services.flatMap { service in
      service.instances.flatMap { instance in
        (instance.process?.clients ?? []).map { client in
          breaker(client.breaker.snapshot(now: now), of: client, instance: instance)
        }
      }
    }
  }

  private func breaker(
    _ state: CircuitBreakerSnapshot, of client: RemoteClient, instance: ServiceInstance
  ) -> BreakerSnapshot {
    var breaker = BreakerSnapshot(
      id: client.breakerID, caller: instance.service.name, instance: instance.name, callee: client.callee)
    breaker.configuredAs = configuredName(caller: breaker.caller, callee: breaker.callee)
    breaker.state = BreakerState(state.state)
    breaker.since = state.since
    breaker.failureRate = state.failureRate < 0 ? nil : Double(state.failureRate)
    breaker.slowRate = state.slowCallRate < 0 ? nil : Double(state.slowCallRate)
    breaker.buffered = state.bufferedCalls
    breaker.minimumCalls = state.minimumCalls
    breaker.failed = state.failedCalls
    breaker.slow = state.slowCalls
    breaker.rejected = UInt64(state.notPermittedCallsInAll)
    breaker.trialFrom = state.waitEndsAt
    breaker.isStuck = state.isStuck
    breaker.settings = settings(state)
    breaker.window = calls(state.window)
    breaker.trippedBy = state.lastTrip.map { calls($0.window) } ?? []
    breaker.trial = breaker.state == .halfOpen ? breaker.window : state.lastTrial.map { calls($0.window) } ?? []
    breaker.transitions = transitions(state)
    if client.isBare, breaker.transitions.first?.to == .disabled {
      breaker.transitions[0].reason = "left out: \(Mistake.noBreaker.rawValue)"
    }
    breaker.history = world.observatory.breakerHistory[client.breakerID]?.cells ?? []
    return breaker
  }

  /// The instance of the file that the run was given, or the one by which a file could name it.
  private func configuredName(caller: String, callee: String) -> String {
    world.settings.resilience?.circuitBreakerName(caller: caller, callee: callee)
      ?? ResilienceFileSettings.usualName(callee: callee)
  }

  private func settings(_ state: CircuitBreakerSnapshot) -> BreakerSettingsSnapshot {
    let settings = state.settings
    var snapshot = BreakerSettingsSnapshot()
    snapshot.isTimeBased = settings.slidingWindowType == .timeBased
    snapshot.windowSize = settings.slidingWindowSize
    snapshot.minimumCalls =
      snapshot.isTimeBased
      ? settings.minimumNumberOfCalls : min(settings.minimumNumberOfCalls, settings.slidingWindowSize)
    snapshot.failureRateThreshold = Double(settings.failureRateThreshold)
    snapshot.slowRateThreshold = Double(settings.slowCallRateThreshold)
    snapshot.slowCallDuration = settings.slowCallDurationThreshold.wholeNanoseconds
    // A trial goes on with as many as it began with.
    snapshot.trialCalls = state.trial?.permitted ?? settings.permittedNumberOfCallsInHalfOpenState
    if case .fixed(let wait) = settings.waitIntervalInOpenState { snapshot.openWait = wait.wholeNanoseconds }
    return snapshot
  }

  private func calls(_ window: CircuitBreakerWindow) -> [BreakerCall] {
    window.calls.map { call in
      BreakerCall(
        isFailure: call.outcome.isFailure, isSlow: call.outcome.isSlow, duration: call.duration,
        gtxid: call.tag.flatMap { GTXID(high: $0.high, low: $0.low) })
    }
  }

  /// Newest first; the state that it started in is the last.
  private func transitions(_ state: CircuitBreakerSnapshot) -> [BreakerTransition] {
    var transitions = state.transitions.map { transition in
      BreakerTransition(
        time: transition.time, from: BreakerState(transition.from), to: BreakerState(transition.to),
        reason: transition.reason.sentence)
    }
    transitions.sort { $0.time > $1.time }
    return transitions
  }
}

extension BreakerState {
  /// How much it matters, from CLOSED up.
  var rank: Int {
    switch self {
    case .closed: 0
    case .metricsOnly: 1
    case .disabled: 2
    case .halfOpen: 3
    case .open: 4
    case .forcedOpen: 5
    }
  }
}
