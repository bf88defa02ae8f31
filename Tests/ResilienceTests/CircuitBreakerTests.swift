import Testing

@testable import Resilience

/// The rules that the recorded cases do not reach.
@Suite struct CircuitBreakerTests {
  private func settings(_ change: (inout CircuitBreakerSettings) -> Void) -> CircuitBreakerSettings {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = 4
    settings.minimumNumberOfCalls = 2
    settings.permittedNumberOfCallsInHalfOpenState = 2
    settings.waitIntervalInOpenState = .fixed(.seconds(10))
    change(&settings)
    return settings
  }

  private func breaker(
    now: Int64 = 0, _ change: (inout CircuitBreakerSettings) -> Void = { _ in }
  ) throws -> CircuitBreaker {
    try CircuitBreaker(name: "a → b", settings: settings(change), now: now)
  }

  @Test func defaultsAreThoseOfResilience4j() {
    let settings = CircuitBreakerSettings()
    #expect(settings.failureRateThreshold == 50)
    #expect(settings.slowCallRateThreshold == 100)
    #expect(settings.slowCallDurationThreshold == .seconds(60))
    #expect(settings.slidingWindowType == .countBased)
    #expect(settings.slidingWindowSize == 100)
    #expect(settings.minimumNumberOfCalls == 100)
    #expect(settings.permittedNumberOfCallsInHalfOpenState == 10)
    #expect(settings.waitIntervalInOpenState == .fixed(.seconds(60)))
    #expect(settings.maxWaitDurationInHalfOpenState == .zero)
    #expect(settings.transitionToStateAfterWaitDuration == .open)
    #expect(!settings.automaticTransitionFromOpenToHalfOpenEnabled)
    #expect(settings.initialState == .closed)
  }

  @Test(arguments: CircuitBreakerState.allCases, CircuitBreakerState.allCases)
  func exactlyThreeTransitionsAreIllegal(from: CircuitBreakerState, to: CircuitBreakerState) throws {
    let breaker = try breaker { $0.initialState = from }
    let illegal: [[CircuitBreakerState]] = [[.closed, .halfOpen], [.metricsOnly, .open], [.metricsOnly, .halfOpen]]
    if illegal.contains([from, to]) {
      #expect(throws: IllegalStateTransition(name: "a → b", from: from, to: to)) {
        try breaker.transition(to: to, now: 1)
      }
      #expect(breaker.state == from)
      #expect(breaker.snapshot(now: 1).transitions.isEmpty)
    } else {
      try breaker.transition(to: to, now: 1)
      #expect(breaker.state == to)
      #expect(breaker.snapshot(now: 1).transitions.count == (from == to ? 0 : 1))
    }
  }

  @Test func anIllegalTransitionSaysWhatWouldBeRight() {
    let error = IllegalStateTransition(name: "a → b", from: .metricsOnly, to: .open)
    #expect(
      error.description == "circuit breaker a → b is METRICS_ONLY and cannot become OPEN; "
        + "from here it can become CLOSED, FORCED_OPEN, DISABLED")
  }

  @Test func refusalNamesBreakerAndState() throws {
    let breaker = try breaker { $0.initialState = .forcedOpen }
    let refusal = CallNotPermitted(name: "a → b", state: .forcedOpen)
    #expect(throws: refusal) { try breaker.acquire(now: 0) }
    #expect(refusal.description == "circuit breaker a → b is FORCED_OPEN and does not permit the call")
  }

  @Test func openForWaitsThatLongAndNoLonger() throws {
    let breaker = try breaker()
    try breaker.open(for: .seconds(3), now: 0)
    #expect(breaker.snapshot(now: 0).waitEndsAt == .seconds(3))
    #expect(!breaker.tryAcquire(now: .seconds(3)))
    #expect(breaker.tryAcquire(now: .seconds(3) + 1))
    #expect(breaker.state == .halfOpen)
  }

  @Test func openForMovesAnAutomaticTimerToo() throws {
    let breaker = try breaker { $0.automaticTransitionFromOpenToHalfOpenEnabled = true }
    try breaker.open(for: .seconds(3), now: 0)
    #expect(breaker.nextTimer == .seconds(3))
    breaker.fireTimers(now: .seconds(3) - 1)
    #expect(breaker.state == .open)
    breaker.fireTimers(now: .seconds(3))
    #expect(breaker.state == .halfOpen)
    #expect(breaker.nextTimer == nil)
  }

  @Test func timersThatNobodyFiredFireInTheNextCallAtTheirOwnTime() throws {
    let breaker = try breaker {
      $0.automaticTransitionFromOpenToHalfOpenEnabled = true
      $0.maxWaitDurationInHalfOpenState = .seconds(1)
      $0.transitionToStateAfterWaitDuration = .closed
    }
    try breaker.transition(to: .open, now: 0)
    #expect(breaker.tryAcquire(now: .seconds(60)))
    let transitions = breaker.snapshot(now: .seconds(60)).transitions
    #expect(transitions.map(\.to) == [.open, .halfOpen, .closed])
    #expect(transitions.map(\.time) == [0, .seconds(10), .seconds(11)])
    #expect(transitions.map(\.reason) == [.forcedByHand, .waitEnded, .trialTimeEnded])
  }

  @Test func lookingDoesNotFireTimers() throws {
    let breaker = try breaker { $0.automaticTransitionFromOpenToHalfOpenEnabled = true }
    try breaker.transition(to: .open, now: 0)
    #expect(breaker.snapshot(now: .seconds(60)).state == .open)
    #expect(breaker.state == .open)
  }

  @Test func resetStopsTheTimer() throws {
    let breaker = try breaker {
      $0.initialState = .halfOpen
      $0.maxWaitDurationInHalfOpenState = .seconds(1)
    }
    #expect(breaker.nextTimer == .seconds(1))
    breaker.reset(now: 5)
    #expect(breaker.nextTimer == nil)
    breaker.fireTimers(now: .seconds(9))
    #expect(breaker.state == .closed)
  }

  @Test func attemptsGrowWhileItKeepsOpeningAndDriveTheWait() throws {
    let breaker = try breaker { $0.waitIntervalInOpenState = .exponential(initial: .seconds(10)) }
    var now: Int64 = 0
    for (attempt, wait) in [10_000, 15_000, 22_500, 33_750, 50_625, 75_937].enumerated() {
      try breaker.transition(to: .open, now: now)
      #expect(breaker.snapshot(now: now).attempts == attempt + 1)
      now += .milliseconds(Int64(wait))
      #expect(!breaker.tryAcquire(now: now))
      now += 1
      #expect(breaker.tryAcquire(now: now))
    }
    breaker.recordSuccess(duration: 0, now: now)
    breaker.recordSuccess(duration: 0, now: now)
    #expect(breaker.state == .closed)
    #expect(breaker.snapshot(now: now).attempts == 0)
  }

  @Test func exponentialWaitStopsAtItsMaximumAndNeverOverflows() {
    let capped = WaitInterval.exponential(initial: .seconds(10), multiplier: 2, maximum: .seconds(60))
    #expect((1...5).map { capped.nanoseconds(afterAttempts: $0) / .seconds(1) } == [10, 20, 40, 60, 60])
    let free = WaitInterval.exponential(initial: .seconds(10), multiplier: 10)
    #expect(free.nanoseconds(afterAttempts: 1_000_000) == .seconds(36_500 * 86_400), "a hundred years")
    let still = WaitInterval.exponential(initial: .milliseconds(1), multiplier: 1.5)
    #expect(still.nanoseconds(afterAttempts: 1_000_000) == .milliseconds(1), "1.5 ms is cut off to 1 ms again")
  }

  @Test func aCallFromBeforeCountsAsATrialResult() throws {
    let breaker = try breaker()
    #expect(breaker.tryAcquire(now: 0))
    try breaker.transition(to: .open, now: 0)
    #expect(breaker.tryAcquire(now: .seconds(11)))
    breaker.recordError(duration: 0, now: .seconds(12))
    #expect(breaker.snapshot(now: .seconds(12)).trial?.unanswered == 0)
    breaker.recordError(duration: 0, now: .seconds(12))
    #expect(breaker.state == .open)
  }

  @Test func anIgnoredCallFromBeforeGivesBackAPermitThatWasNeverTaken() throws {
    let breaker = try breaker { $0.initialState = .halfOpen }
    breaker.recordError(duration: 0, kind: .ignored, now: 1)
    #expect(breaker.snapshot(now: 1).trial?.left == 3)
    #expect(breaker.snapshot(now: 1).trial?.used == 0)
  }

  @Test func openAfterForcedOpenRecordsNothing() throws {
    let breaker = try breaker { $0.initialState = .forcedOpen }
    try breaker.transition(to: .open, now: 0)
    breaker.recordError(duration: 0, now: 0)
    #expect(breaker.snapshot(now: 0).bufferedCalls == 0)
    #expect(breaker.snapshot(now: 0).failureRate == -1)
  }

  @Test func aTimeWindowNeedsItsWholeMinimum() throws {
    let breaker = try breaker {
      $0.slidingWindowType = .timeBased
      $0.slidingWindowSize = 2
      $0.minimumNumberOfCalls = 5
    }
    for _ in 1...4 { breaker.recordError(duration: 0, now: 0) }
    #expect(breaker.snapshot(now: 0).failureRate == -1)
    #expect(breaker.snapshot(now: 0).minimumCalls == 5)
    breaker.recordError(duration: 0, now: 0)
    #expect(breaker.state == .open)
  }

  @Test func timeWindowsAreCutAtWholeEpochSecondsBeforeTheEpochToo() throws {
    let start: Int64 = -.milliseconds(2_500)
    let breaker = try breaker(now: start) {
      $0.slidingWindowType = .timeBased
      $0.initialState = .metricsOnly
      $0.slidingWindowSize = 2
    }
    breaker.recordError(duration: 0, now: start)
    #expect(breaker.snapshot(now: -.milliseconds(1_001)).bufferedCalls == 1)
    #expect(breaker.snapshot(now: -.milliseconds(1_000)).bufferedCalls == 0)
    #expect(breaker.snapshot(now: start).bufferedCalls == 1, "looking ahead must not lose anything")
  }

  @Test func aClockThatGoesBackLosesNothing() throws {
    let breaker = try breaker(now: .seconds(100)) {
      $0.slidingWindowType = .timeBased
      $0.initialState = .metricsOnly
    }
    breaker.recordError(duration: -5, now: .seconds(100))
    breaker.recordError(duration: 0, now: .seconds(50))
    #expect(breaker.snapshot(now: .seconds(100)).bufferedCalls == 2)
    #expect(breaker.snapshot(now: .seconds(100)).window.totals.duration == 0)
  }

  @Test func executeRecordsWhatCameOfTheCall() async throws {
    let breaker = try breaker()
    let time = Journal<Int64>()
    let now = { () -> Int64 in
      time.add(0)
      return .seconds(Int64(time.entries.count))
    }
    #expect(try await breaker.execute(now: now) { 5 } == 5)
    await #expect(throws: Failed.self) { try await breaker.execute(now: now) { throw Failed() } }
    let snapshot = breaker.snapshot(now: 0)
    #expect(snapshot.window.calls.map(\.outcome) == [.success, .failure])
    #expect(snapshot.window.calls.map(\.duration) == [.seconds(1), .seconds(1)])
    await #expect(throws: CallNotPermitted(name: "a → b", state: .open)) {
      try await breaker.execute(now: now) { Issue.record("a refused call must not be executed") }
    }
  }

  struct WrongSetting: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout CircuitBreakerSettings) -> Void
    var testDescription: String { name }
  }

  static let wrongSettings = [
    WrongSetting(name: "failureRateThreshold") { $0.failureRateThreshold = 0 },
    WrongSetting(name: "failureRateThreshold") { $0.failureRateThreshold = .nan },
    WrongSetting(name: "slowCallRateThreshold") { $0.slowCallRateThreshold = 100.5 },
    WrongSetting(name: "slowCallDurationThreshold") { $0.slowCallDurationThreshold = .zero },
    WrongSetting(name: "slidingWindowSize") { $0.slidingWindowSize = 0 },
    WrongSetting(name: "minimumNumberOfCalls") { $0.minimumNumberOfCalls = 0 },
    WrongSetting(name: "permittedNumberOfCallsInHalfOpenState") { $0.permittedNumberOfCallsInHalfOpenState = 0 },
    WrongSetting(name: "waitIntervalInOpenState") { $0.waitIntervalInOpenState = .fixed(.microseconds(999)) },
    WrongSetting(name: "waitIntervalInOpenState") {
      $0.waitIntervalInOpenState = .exponential(initial: .seconds(1), multiplier: 0.9)
    },
    WrongSetting(name: "maxWaitDurationInHalfOpenState") { $0.maxWaitDurationInHalfOpenState = .microseconds(-1) },
    WrongSetting(name: "transitionToStateAfterWaitDuration") { $0.transitionToStateAfterWaitDuration = .halfOpen },
  ]

  @Test(arguments: wrongSettings) func wrongSettingsAreNamed(_ wrong: WrongSetting) {
    let error = #expect(throws: InvalidSetting.self) { try breaker(wrong.change) }
    #expect(error?.setting == wrong.name)
    #expect(error?.description.hasPrefix("circuit breaker: \(wrong.name) is ") == true)
  }
}
