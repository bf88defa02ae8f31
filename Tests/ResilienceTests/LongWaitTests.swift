import Resilience
import TestSupport
import Testing

/// Waits of a hundred years, which no wait is longer than: whatever they are added to is still a time.
@Suite struct LongWaitTests {
  /// In 2026.
  private let today: Int64 = .seconds(1_770_000_000)
  private let longest: Int64 = .seconds(36_500 * 86_400)

  @Test func aTimeOfTodayAndTwoOfTheLongestFit() {
    #expect(WaitInterval.longest == .nanoseconds(longest))
    #expect(!today.addingReportingOverflow(2 * longest).overflow)
  }

  /// Whatever the settings are, waits grow to their maximum or to the longest there is, and no further.
  @Test(arguments: UInt64(1)...60) func noWaitIsLonger(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (most, more) = (1 << random.below(62), 1 << random.below(62))
    let initial = Duration.milliseconds(1 + random.below(most))
    let multiplier: Double = random.pick([1, 1.5, 2, 10, 1e18, 1e300, .greatestFiniteMagnitude])
    let maximum: Duration? = random.chance(50) ? initial + Duration.milliseconds(random.below(more)) : nil
    let interval = WaitInterval.exponential(initial: initial, multiplier: multiplier, maximum: maximum)
    let waits = (1...300).map { interval.nanoseconds(afterAttempts: $0) }
    #expect(waits == waits.sorted(), "\(interval)")
    #expect(waits.allSatisfy { $0 > 0 && $0 <= longest }, "\(interval)")
    let limit = min(maximum.map(nanoseconds) ?? longest, longest)
    #expect(waits.allSatisfy { $0 <= limit }, "\(interval)")
    if multiplier >= 2 { #expect(waits.last == limit, "\(interval)") }
    let fixed = WaitInterval.fixed(initial)
    #expect(fixed.nanoseconds(afterAttempts: 7) == min(nanoseconds(initial), longest), "\(interval)")
  }

  /// Or the nearest number that fits.
  private func nanoseconds(_ duration: Duration) -> Int64 {
    let (product, overflow) = duration.components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product + duration.components.attoseconds / 1_000_000_000
  }

  @Test func aRetryWaitsAHundredYearsAtMost() throws {
    let time = VirtualTime(now: today)
    var settings = RetrySettings()
    settings.waitInterval = .exponential(initial: .milliseconds(500), multiplier: 1e300)
    settings.randomizationFactor = 0.9
    let retry = try Retry(name: "r", settings: settings, random: { 0.999 })
    let waits = Journal<Duration>()
    let clock = time.clock
    #expect(throws: Failed.self) {
      try time.run {
        try await retry.execute(clock: clock) { _, wait, _ in
          waits.add(wait)
        } _: { _ in
          throw Failed()
        }
      }
    }
    #expect(waits.entries.count == 2)
    #expect(waits.entries.last == WaitInterval.longest)
    #expect(retry.snapshot().gaveUp == 1)
  }

  @Test func aTimeLimiterCutsOffAfterAHundredYears() throws {
    let time = VirtualTime(now: today)
    let settings = TimeLimiterSettings(timeoutDuration: WaitInterval.longest)
    let limiter = try TimeLimiter(name: "t", settings: settings)
    let clock = time.clock
    #expect(throws: TimeLimitExceeded.self) {
      try time.run {
        try await limiter.execute(clock: clock) { try await clock.sleep(for: WaitInterval.longest * 2) }
      }
    }
    #expect(time.now == today + longest)
  }

  @Test func aBulkheadRefusesAfterAHundredYears() throws {
    let time = VirtualTime(now: today)
    let settings = BulkheadSettings(maxConcurrentCalls: 1, maxWaitDuration: WaitInterval.longest)
    let bulkhead = try Bulkhead(name: "b", settings: settings)
    let clock = time.clock
    #expect(bulkhead.tryAcquire())
    #expect(throws: BulkheadFull.self) { try time.run { try await bulkhead.acquire(clock: clock) } }
    #expect(time.now == today + longest)
  }

  @Test func aRateLimitersPeriodsMayBeAHundredYears() throws {
    let settings = RateLimiterSettings(
      limitForPeriod: 1, limitRefreshPeriod: WaitInterval.longest, timeoutDuration: WaitInterval.longest)
    let limiter = try RateLimiter(name: "r", settings: settings, now: today)
    #expect(limiter.reserve(now: today) == .permitted)
    #expect(limiter.reserve(now: today) == .permittedAfter(nanoseconds: longest))
    #expect(limiter.reserve(now: today) == .refused)
    #expect(limiter.reserve(now: today + longest) == .permittedAfter(nanoseconds: longest))
    #expect(limiter.reserve(2, now: today + 2 * longest) == .refused)
    var most = settings
    most.limitForPeriod = Int(Int32.max)
    let generous = try RateLimiter(name: "g", settings: most, now: today)
    for _ in 1...5 { #expect(generous.reserve(1_000_000, now: today + 2 * longest) == .permitted) }
  }

  @Test func aBreakerStaysOpenForAHundredYearsAtMost() throws {
    var settings = CircuitBreakerSettings()
    settings.waitIntervalInOpenState = .exponential(initial: .seconds(1), multiplier: 1e300)
    settings.maxWaitDurationInHalfOpenState = WaitInterval.longest
    settings.slowCallDurationThreshold = WaitInterval.longest
    let breaker = try CircuitBreaker(name: "a → b", settings: settings, now: today)
    try breaker.transition(to: .open, now: today)
    #expect(breaker.snapshot(now: today).waitEndsAt == today + .seconds(1))
    let later = today + .seconds(2)
    #expect(breaker.tryAcquire(now: later))
    #expect(breaker.nextTimer == later + longest)
    breaker.fireTimers(now: later + longest)
    #expect(breaker.snapshot(now: later + longest).waitEndsAt == later + 2 * longest)
  }
}
