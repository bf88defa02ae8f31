import Resilience
import TestSupport
import Testing

/// Random operations on the breaker and on the plain model of it side by side.
@Suite struct CircuitBreakerPropertyTests {
  private func randomSettings(_ random: inout SeededGenerator) -> CircuitBreakerSettings {
    var settings = CircuitBreakerSettings()
    settings.failureRateThreshold = [1, 33.3, 50, 66.6, 100].randomElement(using: &random) ?? 50
    settings.slowCallRateThreshold = [10, 50, 100].randomElement(using: &random) ?? 100
    settings.slowCallDurationThreshold = .milliseconds(Bool.random(using: &random) ? 100 : 105)
    settings.slidingWindowType = Bool.random(using: &random) ? .countBased : .timeBased
    settings.slidingWindowSize = .random(in: 1...12, using: &random)
    settings.minimumNumberOfCalls = .random(in: 1...15, using: &random)
    settings.permittedNumberOfCallsInHalfOpenState = .random(in: 1...5, using: &random)
    settings.waitIntervalInOpenState =
      Bool.random(using: &random) ? .fixed(.seconds(2)) : .exponential(initial: .seconds(1), maximum: .seconds(9))
    settings.maxWaitDurationInHalfOpenState = Bool.random(using: &random) ? .zero : .seconds(3)
    settings.transitionToStateAfterWaitDuration = Bool.random(using: &random) ? .open : .closed
    settings.automaticTransitionFromOpenToHalfOpenEnabled = Bool.random(using: &random)
    return settings
  }

  @Test(arguments: UInt64(1)...100) func agreesWithTheModel(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let settings = randomSettings(&random)
    var now: Int64 = .seconds(1_000_000)
    var model = CircuitBreakerModel(settings: settings, now: now)
    let events = Journal<String>()
    let breaker = try CircuitBreaker(name: "b", settings: settings, now: now) { event in
      if let rate = event.rate {
        events.add("\(event.kind.rawValue):\(rate)")
      } else if let change = event.transition {
        events.add("\(event.kind.rawValue):\(change.from.rawValue)_TO_\(change.to.rawValue)")
      } else {
        events.add(event.kind.rawValue)
      }
    }
    for step in 1...300 {
      now += [0, 1, .milliseconds(50), .milliseconds(700), .seconds(4)].randomElement(using: &random) ?? 0
      while let due = model.timer, due <= now { model.fireTimer(now: due) }
      let duration: Int64 = .milliseconds(.random(in: 90...110, using: &random))
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<40:
        #expect(breaker.tryAcquire(now: now) == model.acquire(now: now), "seed \(seed), step \(step)")
      case 40..<65:
        breaker.recordSuccess(duration: duration, now: now)
        model.record(isFailure: false, duration: duration, now: now)
      case 65..<85:
        breaker.recordError(duration: duration, now: now)
        model.record(isFailure: true, duration: duration, now: now)
      case 85..<88:
        breaker.recordError(duration: duration, kind: .notRecorded, now: now)
        model.record(isFailure: false, duration: duration, now: now)
      case 88..<91:
        breaker.recordError(duration: duration, kind: .ignored, now: now)
        model.ignore()
      case 91..<94:
        breaker.releasePermission(now: now)
        model.release()
      case 94:
        breaker.reset(now: now)
        model.change(to: .closed, now: now)
        model.events.append("RESET")
      case 95..<97:
        let other = otherSettings(model.settings, &random)
        try breaker.change(to: other, now: now)
        model.use(other, now: now)
        #expect(breaker.settings == other)
      default:
        try changeByHand(breaker, &model, &random, now: now)
      }
      try compare(breaker.snapshot(now: now), model, now: now, "seed \(seed), step \(step)")
      #expect(breaker.nextTimer == model.timer, "seed \(seed), step \(step)")
      #expect(events.take() == model.events, "seed \(seed), step \(step)")
      model.events = []
    }
  }

  /// Some of them, or all, so that a window is kept as often as not.
  private func otherSettings(
    _ settings: CircuitBreakerSettings, _ random: inout SeededGenerator
  ) -> CircuitBreakerSettings {
    var other = randomSettings(&random)
    if Bool.random(using: &random) {
      (other.slidingWindowType, other.slidingWindowSize) = (settings.slidingWindowType, settings.slidingWindowSize)
    }
    return other
  }

  private func changeByHand(
    _ breaker: CircuitBreaker, _ model: inout CircuitBreakerModel, _ random: inout SeededGenerator, now: Int64
  ) throws {
    let target = try #require(CircuitBreakerState.allCases.randomElement(using: &random))
    do {
      try breaker.transition(to: target, now: now)
      #expect(model.state.mayBecome(target))
      model.change(to: target, now: now)
    } catch {
      #expect(!model.state.mayBecome(target))
    }
  }

  private func compare(
    _ snapshot: CircuitBreakerSnapshot, _ model: CircuitBreakerModel, now: Int64, _ place: Comment
  ) throws {
    let rates = model.rates(at: now)
    let calls = model.inWindow(at: now)
    #expect(snapshot.state == model.state, place)
    #expect(snapshot.failureRate == rates.failure, place)
    #expect(snapshot.slowCallRate == rates.slow, place)
    #expect(snapshot.bufferedCalls == calls.count, place)
    #expect(snapshot.failedCalls == calls.filter(\.isFailure).count, place)
    #expect(snapshot.slowCalls == calls.filter(\.isSlow).count, place)
    #expect(snapshot.slowFailedCalls == calls.filter { $0.isFailure && $0.isSlow }.count, place)
    #expect(snapshot.notPermittedCalls == model.refused, place)
    #expect(snapshot.attempts == model.attempts, place)
    #expect(snapshot.trial?.left ?? 0 == (model.state == .halfOpen ? model.permits : 0), place)
    #expect((snapshot.trial?.left ?? 0) >= 0, place)
    #expect(snapshot.window.type == .timeBased || snapshot.window.calls.count == calls.count, place)
    #expect(
      snapshot.window.type == .countBased
        || snapshot.window.seconds.reduce(0) { $0 + $1.totals.calls } == calls.count, place)
    for (earlier, later) in zip(snapshot.transitions, snapshot.transitions.dropFirst()) {
      #expect(earlier.to == later.from && earlier.time <= later.time, place)
    }
    #expect(snapshot.transitions.last.map { $0.to == snapshot.state } ?? true, place)
  }
}
