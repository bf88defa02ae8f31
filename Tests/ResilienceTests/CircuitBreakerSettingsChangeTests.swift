import Testing

@testable import Resilience

/// What becomes of a breaker whose settings change while it works; the property test has their combinations.
@Suite struct CircuitBreakerSettingsChangeTests {
  private func breaker(_ change: (inout CircuitBreakerSettings) -> Void = { _ in }) throws -> CircuitBreaker {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = 10
    settings.minimumNumberOfCalls = 4
    settings.permittedNumberOfCallsInHalfOpenState = 3
    settings.waitIntervalInOpenState = .fixed(.seconds(10))
    settings.slowCallDurationThreshold = .seconds(6)
    change(&settings)
    return try CircuitBreaker(name: "a → b", settings: settings, now: 0)
  }

  private func change(
    _ breaker: CircuitBreaker, now: Int64, _ change: (inout CircuitBreakerSettings) -> Void
  ) throws {
    var settings = breaker.settings
    change(&settings)
    try breaker.change(to: settings, now: now)
  }

  /// Two of five have failed: 40 %.
  private func used(_ breaker: CircuitBreaker) -> CircuitBreaker {
    for number in 0..<5 {
      _ = breaker.tryAcquire(now: 0)
      if number >= 3 {
        breaker.recordError(duration: .seconds(2), now: 0)
      } else {
        breaker.recordSuccess(duration: .seconds(2), now: 0)
      }
    }
    return breaker
  }

  @Test func ratesCountFromTheNextResultOnAndTheWindowStays() throws {
    let breaker = used(try breaker())
    try change(breaker, now: 1) { $0.failureRateThreshold = 30 }
    #expect(breaker.state == .closed && breaker.snapshot(now: 1).bufferedCalls == 5)
    breaker.recordSuccess(duration: 0, now: 2)
    #expect(breaker.state == .open, "2 of 6 are 33 %")
    #expect(breaker.snapshot(now: 2).settings.failureRateThreshold == 30)
  }

  @Test func whatIsSlowIsDecidedWhenACallEnds() throws {
    let breaker = used(try breaker())
    try change(breaker, now: 1) {
      $0.slowCallDurationThreshold = .seconds(1)
      $0.slowCallRateThreshold = 50
    }
    breaker.recordSuccess(duration: .seconds(2), now: 2)
    #expect(breaker.snapshot(now: 2).slowCalls == 1, "five took as long before, and were not slow then")
    #expect(breaker.state == .closed)
    for _ in 0..<4 { breaker.recordSuccess(duration: .seconds(2), now: 3) }
    #expect(breaker.state == .open, "5 of 10")
  }

  @Test func anotherMinimumMakesARateKnownOrUnknown() throws {
    let breaker = used(try breaker())
    #expect(breaker.snapshot(now: 0).failureRate == 40)
    try change(breaker, now: 1) { $0.minimumNumberOfCalls = 6 }
    #expect(breaker.snapshot(now: 1).failureRate == -1 && breaker.snapshot(now: 1).minimumCalls == 6)
    try change(breaker, now: 1) { $0.minimumNumberOfCalls = 60 }
    #expect(breaker.snapshot(now: 1).minimumCalls == 10, "a window of ten never holds more")
    try change(breaker, now: 1) { $0.minimumNumberOfCalls = 5 }
    #expect(breaker.snapshot(now: 1).failureRate == 40 && breaker.snapshot(now: 1).bufferedCalls == 5)
  }

  @Test(arguments: [CircuitBreakerSettings.WindowType.countBased, .timeBased])
  func anotherWindowBeginsEmpty(type: CircuitBreakerSettings.WindowType) throws {
    let breaker = used(try breaker())
    try change(breaker, now: 1) {
      $0.slidingWindowType = type
      $0.slidingWindowSize = type == .timeBased ? 10 : 5
    }
    let empty = breaker.snapshot(now: 1)
    #expect(empty.state == .closed && empty.bufferedCalls == 0 && empty.failureRate == -1)
    #expect(empty.window.type == type && empty.window.size == breaker.settings.slidingWindowSize)
    for _ in 0..<4 { breaker.recordError(duration: 0, now: 2) }
    #expect(breaker.state == .open)
  }

  /// OPEN shows the calls that opened it, and CLOSED begins with a window of the new size anyway.
  @Test func anOpenBreakerStaysOpenAndKeepsItsWindow() throws {
    let breaker = used(try breaker { $0.failureRateThreshold = 40 })
    #expect(breaker.state == .open)
    try change(breaker, now: 1) {
      $0.slidingWindowSize = 2
      $0.permittedNumberOfCallsInHalfOpenState = 1
      $0.failureRateThreshold = 100
    }
    let open = breaker.snapshot(now: 1)
    #expect(open.state == .open && open.bufferedCalls == 5 && open.attempts == 1 && open.lastTrip != nil)
    #expect(breaker.tryAcquire(now: .seconds(10) + 1) && !breaker.tryAcquire(now: .seconds(10) + 1))
    breaker.recordSuccess(duration: 0, now: .seconds(11))
    #expect(breaker.state == .closed && breaker.snapshot(now: .seconds(11)).window.size == 2)
  }

  @Test func aTrialUnderWayIsDecidedOnAsManyCallsAsItBeganWith() throws {
    let breaker = try breaker { $0.initialState = .halfOpen }
    _ = breaker.tryAcquire(now: 0)
    try change(breaker, now: 1) {
      $0.permittedNumberOfCallsInHalfOpenState = 1
      $0.minimumNumberOfCalls = 1
    }
    breaker.recordSuccess(duration: 0, now: 2)
    let trial = try #require(breaker.snapshot(now: 2).trial)
    #expect(breaker.state == .halfOpen && (trial.permitted, trial.left, trial.used) == (3, 2, 1))
    for _ in 0..<2 { breaker.recordSuccess(duration: 0, now: 3) }
    #expect(breaker.state == .closed && breaker.snapshot(now: 3).minimumCalls == 1)
  }

  @Test func aMinimumThatComesInOpenCountsForTheNextTrial() throws {
    let breaker = try breaker()
    try breaker.transition(to: .open, now: 0)
    try change(breaker, now: 1) { $0.minimumNumberOfCalls = 1 }
    try breaker.transition(to: .halfOpen, now: 2)
    _ = breaker.tryAcquire(now: 2)
    breaker.recordSuccess(duration: 0, now: 3)
    #expect(breaker.state == .closed, "one of three permitted calls is enough")
  }

  @Test func aWaitUnderWayIsCountedFromItsBeginning() throws {
    let breaker = try breaker()
    try breaker.transition(to: .open, now: 0)
    try change(breaker, now: .seconds(1)) { $0.waitIntervalInOpenState = .fixed(.seconds(3)) }
    #expect(breaker.snapshot(now: .seconds(1)).waitEndsAt == .seconds(3))
    // What would be over long since is over now, not in the past.
    try change(breaker, now: .seconds(2)) {
      $0.waitIntervalInOpenState = .fixed(.seconds(1))
      $0.automaticTransitionFromOpenToHalfOpenEnabled = true
    }
    #expect(breaker.state == .halfOpen)
    #expect(breaker.snapshot(now: .seconds(2)).transitions.map(\.time) == [0, .seconds(2)])
  }

  @Test func whatWasSaidByHandOfOneWaitStays() throws {
    let breaker = try breaker()
    try breaker.open(for: .seconds(30), now: 0)
    try change(breaker, now: 1) { $0.waitIntervalInOpenState = .fixed(.seconds(1)) }
    #expect(breaker.snapshot(now: 1).waitEndsAt == .seconds(30))
    try breaker.transition(to: .open, now: 2)
    #expect(breaker.snapshot(now: 2).waitEndsAt == .seconds(1) + 2)
  }

  @Test func whatCannotBeUsedChangesNothingAndNobodyIsToldOfAChange() throws {
    let told = Journal<String>()
    let breaker = used(try breaker())
    breaker.addObserver { told.add($0.kind.rawValue) }
    let before = breaker.snapshot(now: 1)
    #expect(throws: InvalidSetting.self) {
      try change(breaker, now: 1) {
        $0.failureRateThreshold = 10
        $0.slidingWindowSize = 0
      }
    }
    #expect(breaker.snapshot(now: 1) == before)
    for state in CircuitBreakerState.allCases where state != .open && state != .halfOpen {
      let other = try CircuitBreaker(name: "c", settings: breaker.settings, now: 0) { told.add($0.kind.rawValue) }
      try other.transition(to: state, now: 0)
      _ = told.take()
      try change(other, now: 1) { $0.slidingWindowSize = 3 }
      #expect(other.state == state && told.take() == [])
    }
  }
}
