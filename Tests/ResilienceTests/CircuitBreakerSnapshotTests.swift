import Foundation
import Resilience
import Testing

/// What the breaker shows of itself, and whom it tells.
@Suite struct CircuitBreakerSnapshotTests {
  private let shop: CircuitBreakerSettings = {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = 10
    settings.slowCallDurationThreshold = .seconds(6)
    settings.permittedNumberOfCallsInHalfOpenState = 3
    settings.waitIntervalInOpenState = .fixed(.seconds(10))
    return settings
  }()

  private func tag(_ number: Int) -> CallTag { CallTag(high: 7, low: UInt64(number)) }

  /// Six of ten calls fail, two of them slowly.
  private func tripped() throws -> CircuitBreaker {
    let breaker = try CircuitBreaker(name: "payment → payment-gateway", settings: shop, now: 0)
    for number in 1...10 {
      #expect(breaker.tryAcquire(tag: tag(number), now: .seconds(1)))
      if number <= 4 {
        breaker.recordSuccess(duration: .seconds(1), tag: tag(number), now: .seconds(Int64(number)))
      } else {
        breaker.recordError(
          duration: number <= 6 ? .seconds(7) : 5, tag: tag(number), now: .seconds(Int64(number)))
      }
    }
    return breaker
  }

  @Test func theWindowShowsEachCallNewestLast() throws {
    let calls = try tripped().snapshot(now: .seconds(10)).window.calls
    #expect(calls.map(\.tag) == (1...10).map { tag($0) })
    #expect(
      calls.map(\.outcome)
        == [.success, .success, .success, .success, .slowFailure, .slowFailure, .failure, .failure, .failure, .failure])
    #expect(calls[4].duration == .seconds(7))
    #expect(calls[4].time == .seconds(5))
  }

  @Test func theRingKeepsItsOrderAfterItWentRound() throws {
    var settings = shop
    settings.initialState = .metricsOnly
    let breaker = try CircuitBreaker(name: "b", settings: settings, now: 0)
    for number in 1...24 { breaker.recordSuccess(duration: 0, tag: tag(number), now: Int64(number)) }
    #expect(breaker.snapshot(now: 24).window.calls.map(\.tag) == (15...24).map { tag($0) })
  }

  @Test func whatTrippedItIsKeptWhenLateResultsEnterTheWindow() throws {
    let breaker = try tripped()
    breaker.recordSuccess(duration: 0, tag: tag(11), now: .seconds(11))
    let snapshot = breaker.snapshot(now: .seconds(11))
    #expect(snapshot.state == .open)
    #expect(snapshot.window.calls.last?.tag == tag(11))
    let trip = try #require(snapshot.lastTrip)
    #expect(trip.window.calls.map(\.tag) == (1...10).map { tag($0) })
    #expect(trip.reason.sentence == "failure rate 60 % (limit 50 %), 10 calls")
    #expect(trip.time == .seconds(10))
    #expect(snapshot.waitEndsAt == .seconds(20))
    #expect(!snapshot.endsOfItself)
    #expect(snapshot.transitions.last?.tag == tag(10), "the transition names the call that brought it about")
  }

  @Test func trialsAreCountedAndTheirVerdictKept() throws {
    let breaker = try tripped()
    #expect(!breaker.tryAcquire(now: .seconds(20)))
    for number in 21...23 { #expect(breaker.tryAcquire(tag: tag(number), now: .seconds(20) + 1)) }
    #expect(!breaker.tryAcquire(now: .seconds(21)))
    breaker.recordError(duration: 0, tag: tag(21), now: .seconds(21))
    let during = breaker.snapshot(now: .seconds(21))
    #expect(during.trial?.permitted == 3)
    #expect(during.trial?.used == 3)
    #expect(during.trial?.left == 0)
    #expect(during.trial?.unanswered == 2)
    #expect(during.notPermittedCalls == 1)
    #expect(during.notPermittedCallsInAll == 2)
    #expect(during.minimumCalls == 3)
    breaker.recordError(duration: 0, tag: tag(22), now: .seconds(22))
    breaker.recordError(duration: 0, tag: tag(23), now: .seconds(23))
    let after = breaker.snapshot(now: .seconds(23))
    #expect(after.lastTrial?.window.calls.map(\.tag) == [tag(21), tag(22), tag(23)])
    #expect(
      after.transitions.map(\.reason.sentence) == [
        "failure rate 60 % (limit 50 %), 10 calls", "a call after the wait", "3 of 3 trials failed",
      ])
    #expect(after.attempts == 2)
    #expect(after.lastTrip?.time == .seconds(10), "trial calls are no trip")
  }

  @Test func sentencesOfTrials() throws {
    func sentence(_ results: [(isFailure: Bool, seconds: Int64)]) throws -> String? {
      var settings = shop
      settings.initialState = .halfOpen
      let breaker = try CircuitBreaker(name: "b", settings: settings, now: 0)
      for result in results {
        if result.isFailure {
          breaker.recordError(duration: .seconds(result.seconds), now: 0)
        } else {
          breaker.recordSuccess(duration: .seconds(result.seconds), now: 0)
        }
      }
      return breaker.snapshot(now: 0).lastTrial?.reason.sentence
    }
    #expect(try sentence([(false, 1), (false, 1), (false, 1)]) == "all 3 trials passed")
    #expect(try sentence([(false, 1), (true, 1), (false, 7)]) == "of 3 trials only 1 failed and 1 was slow")
    #expect(try sentence([(false, 7), (false, 7), (false, 7)]) == "3 of 3 trials were slow")
    #expect(try sentence([(true, 7), (true, 7), (false, 7)]) == "2 of 3 trials failed and 3 were slow")
    #expect(
      CircuitBreakerReason.openedByHand(nanoseconds: .milliseconds(1_050)).sentence == "opened by hand for 1.050 s")
  }

  @Test func stuckIsHalfOpenWithEveryPermitOutAndSilence() throws {
    let breaker = try tripped()
    for _ in 1...3 { #expect(breaker.tryAcquire(now: .seconds(30))) }
    #expect(!breaker.snapshot(now: .seconds(40)).isStuck)
    #expect(breaker.snapshot(now: .seconds(40) + 1).isStuck, "10 s of silence is longer than the wait in OPEN")
    #expect(breaker.snapshot(stuckAfter: .seconds(1), now: .seconds(32)).isStuck)
    breaker.recordSuccess(duration: 0, now: .seconds(41))
    #expect(!breaker.snapshot(now: .seconds(42)).isStuck)
    #expect(breaker.snapshot(now: .seconds(60)).isStuck, "two results are missing for ever")
    breaker.releasePermission(now: .seconds(60))
    #expect(!breaker.snapshot(now: .seconds(99)).isStuck, "another call may come")
  }

  @Test func withALongestWaitItIsNeverStuck() throws {
    var settings = shop
    settings.initialState = .halfOpen
    settings.maxWaitDurationInHalfOpenState = .seconds(90)
    let breaker = try CircuitBreaker(name: "b", settings: settings, now: 0)
    for _ in 1...3 { #expect(breaker.tryAcquire(now: 0)) }
    #expect(!breaker.snapshot(now: .seconds(80)).isStuck)
    #expect(breaker.snapshot(now: 0).trial?.endsAt == .seconds(90))
  }

  @Test func aTimeWindowShowsItsSeconds() throws {
    var settings = shop
    settings.slidingWindowType = .timeBased
    settings.slidingWindowSize = 3
    let breaker = try CircuitBreaker(name: "b", settings: settings, now: .seconds(100))
    breaker.recordError(duration: .seconds(7), now: .seconds(100))
    breaker.recordSuccess(duration: 5, now: .seconds(102))
    breaker.recordSuccess(duration: 6, now: .seconds(102))
    let window = breaker.snapshot(now: .seconds(102)).window
    #expect(window.calls.isEmpty)
    #expect(window.seconds.map(\.second) == [100, 102])
    #expect(window.seconds.map(\.totals.calls) == [1, 2])
    #expect(window.seconds[0].totals.slowFailed == 1)
    #expect(breaker.snapshot(now: .seconds(103)).window.seconds.map(\.second) == [102])
  }

  @Test func only64TransitionsAreKept() throws {
    let breaker = try CircuitBreaker(name: "b", now: 0)
    for time in 1...100 { try breaker.transition(to: time % 2 == 0 ? .closed : .open, now: Int64(time)) }
    #expect(breaker.snapshot(now: 100).transitions.map(\.time) == Array(37...100))
  }

  @Test func snapshotsSurviveJSON() throws {
    let snapshot = try tripped().snapshot(now: .seconds(11))
    let decoded = try JSONDecoder().decode(CircuitBreakerSnapshot.self, from: JSONEncoder().encode(snapshot))
    #expect(decoded == snapshot)
  }

  @Test func observersHearOnlyWhatTheyAskedForAndInOrder() throws {
    let all = Journal<CircuitBreakerEvent.Kind>()
    let changes = Journal<CircuitBreakerEvent>()
    let breaker = try CircuitBreaker(name: "b", settings: shop, now: 0) { all.add($0.kind) }
    breaker.addObserver(for: .changes) { changes.add($0) }
    for number in 1...10 { breaker.recordError(duration: .seconds(7), tag: tag(number), now: 5) }
    let kinds: [CircuitBreakerEvent.Kind] = [.failureRateExceeded, .slowCallRateExceeded, .stateTransition]
    #expect(all.entries == Array(repeating: .error, count: 10) + kinds)
    #expect(changes.entries.map(\.kind) == kinds)
    #expect(changes.entries.map(\.rate) == [100, 100, nil])
    #expect(changes.entries.last?.transition?.to == .open)
    #expect(changes.entries.allSatisfy { $0.time == 5 && $0.tag == tag(10) })
  }

  @Test func anObserverMayUseTheBreaker() throws {
    let heard = Journal<CircuitBreakerEvent.Kind>()
    let breaker = try CircuitBreaker(name: "b", settings: shop, now: 0)
    breaker.addObserver { event in
      heard.add(event.kind)
      if event.kind == .error { breaker.recordSuccess(duration: 0, now: event.time) }
      if event.kind == .success { #expect(breaker.snapshot(now: event.time).bufferedCalls == 2) }
    }
    breaker.recordError(duration: 0, now: 0)
    #expect(heard.entries == [.error, .success])
  }
}
