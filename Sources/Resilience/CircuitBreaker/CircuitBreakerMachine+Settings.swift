extension CircuitBreakerMachine {
  /// As `CircuitBreaker.change(to:now:)` says.
  mutating func change(to settings: CircuitBreakerSettings, now: Int64) {
    fireTimers(now: now)
    let before = self.settings
    guard settings != before else { return }
    adopt(settings)
    switch phase {
    case .closed, .metricsOnly:
      let isSameWindow =
        settings.slidingWindowType == before.slidingWindowType && settings.slidingWindowSize == before.slidingWindowSize
      if isSameWindow {
        window.require(minimumCalls: settings.minimumNumberOfCalls)
      } else {
        window = Self.callWindow(settings, now: now)
      }
    case .open(let attempts, var end):
      if let waitBegan {
        let wait = settings.waitIntervalInOpenState.nanoseconds(afterAttempts: attempts)
        // What would have ended before anybody asked for it ends now.
        end = max(now, waitBegan.saturatingAdd(wait))
      }
      phase = .open(attempts: attempts, waitEndsAt: end)
      timer = settings.automaticTransitionFromOpenToHalfOpenEnabled ? max(now, end) : .max
    case .halfOpen(let trial):
      timer = maxTrialWait > 0 ? max(now, trial.began.saturatingAdd(maxTrialWait)) : .max
    case .disabled, .forcedOpen: break
    }
    fireTimers(now: now)
  }
}
