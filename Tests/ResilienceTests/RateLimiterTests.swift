import Resilience
import TestSupport
import Testing

@Suite struct RateLimiterTests {
  private let threeASecond = RateLimiterSettings(
    limitForPeriod: 3, limitRefreshPeriod: .seconds(1), timeoutDuration: .seconds(2))

  @Test func defaultsAreThoseOfResilience4j() {
    let settings = RateLimiterSettings()
    #expect(settings.limitForPeriod == 50)
    #expect(settings.limitRefreshPeriod == .nanoseconds(500))
    #expect(settings.timeoutDuration == .seconds(5))
    for wrong in [
      RateLimiterSettings(limitForPeriod: 0), RateLimiterSettings(limitForPeriod: Int(Int32.max) + 1),
      RateLimiterSettings(limitRefreshPeriod: .zero), RateLimiterSettings(timeoutDuration: .seconds(-1)),
    ] {
      #expect(throws: InvalidSetting.self) { try RateLimiter(name: "r", settings: wrong, now: 0) }
    }
  }

  @Test func permitsOfComingPeriodsAreReservedWithinTheTimeOut() throws {
    let start: Int64 = .milliseconds(12_345)
    let limiter = try RateLimiter(name: "r", settings: threeASecond, now: start)
    let decisions = (1...10).map { _ in limiter.reserve(now: start + .milliseconds(400)) }
    let soon = RateLimitDecision.permittedAfter(nanoseconds: .milliseconds(600))
    let later = RateLimitDecision.permittedAfter(nanoseconds: .milliseconds(1_600))
    #expect(
      decisions == [.permitted, .permitted, .permitted, soon, soon, soon, later, later, later, .refused])
    let snapshot = limiter.snapshot(now: start + .milliseconds(400))
    #expect(snapshot.available == -6)
    #expect(snapshot.permitted == 9)
    #expect(snapshot.refused == 1)
    #expect(limiter.snapshot(now: start + .seconds(1)).available == -3)
    #expect(limiter.snapshot(now: start + .seconds(99)).available == 3, "what is not used is lost")
  }

  @Test func aWaitOfExactlyTheTimeOutIsAllowed() throws {
    var settings = threeASecond
    settings.timeoutDuration = .seconds(1)
    let limiter = try RateLimiter(name: "r", settings: settings, now: 0)
    for _ in 1...3 { #expect(limiter.reserve(now: 0) == .permitted) }
    #expect(limiter.reserve(now: 0) == .permittedAfter(nanoseconds: .seconds(1)))
  }

  @Test func severalPermitsAtOnceMayTakeSeveralPeriods() throws {
    let limiter = try RateLimiter(name: "r", settings: threeASecond, now: 0)
    #expect(limiter.reserve(7, now: 0) == .permittedAfter(nanoseconds: .seconds(2)))
    #expect(limiter.reserve(now: 0) == .permittedAfter(nanoseconds: .seconds(2)))
    #expect(limiter.reserve(now: 0) == .permittedAfter(nanoseconds: .seconds(2)))
    #expect(limiter.reserve(now: 0) == .refused)
  }

  @Test(arguments: UInt64(1)...40) func neverMoreThanTheLimitStartInAPeriod(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let limit = Int.random(in: 1...5, using: &random)
    let period = Int64.random(in: 1...1_000, using: &random)
    let settings = RateLimiterSettings(
      limitForPeriod: limit, limitRefreshPeriod: .nanoseconds(period),
      timeoutDuration: .nanoseconds(Int64.random(in: 0...5_000, using: &random)))
    let limiter = try RateLimiter(name: "r", settings: settings, now: 0)
    var starts: [Int] = Array(repeating: 0, count: 60_000)
    var now: Int64 = 0
    for step in 1...500 {
      now += .random(in: 0...(period / 2), using: &random)
      switch limiter.reserve(now: now) {
      case .permitted: starts[Int(now / period)] += 1
      case .permittedAfter(let wait):
        #expect(.nanoseconds(wait) <= settings.timeoutDuration, "seed \(seed), step \(step)")
        starts[Int((now + wait) / period)] += 1
      case .refused: break
      }
    }
    #expect(starts.allSatisfy { $0 <= limit }, "seed \(seed)")
    #expect(starts.contains { $0 > 0 }, "seed \(seed)")
  }

  @Test func callsWaitForTheirPermit() throws {
    let time = VirtualTime()
    let limiter = try RateLimiter(name: "r", settings: threeASecond, now: 0)
    let clock = time.clock
    let journal = Journal<Int64>()
    try time.run {
      await withTaskGroup(of: Void.self) { group in
        for _ in 1...10 {
          group.addTask {
            do {
              try await limiter.execute(clock: clock, now: clock.now.nanoseconds) {
                journal.add(clock.now.nanoseconds / .seconds(1))
              }
            } catch { journal.add(-1) }
          }
        }
        try? await clock.sleep(for: .milliseconds(1))
        #expect(limiter.snapshot(now: clock.now.nanoseconds).waiting == 6)
      }
    }
    #expect(journal.entries == [0, 0, 0, -1, 1, 1, 1, 2, 2, 2])
    #expect(limiter.snapshot(now: time.now).waiting == 0)
    #expect(RequestNotPermitted(name: "r").description == "rate limiter r has no permit within its time-out")
  }

  @Test func aCancelledWaiterGivesItsPermitBack() throws {
    let time = VirtualTime()
    let limiter = try RateLimiter(name: "r", settings: threeASecond, now: 0)
    let clock = time.clock
    try time.run {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: CancellationError.self) { try await limiter.acquire(clock: clock, now: 0, permits: 5) }
        }
        try? await clock.sleep(for: .milliseconds(1))
        #expect(limiter.snapshot(now: clock.now.nanoseconds).available == -2)
        group.cancelAll()
      }
    }
    #expect(limiter.snapshot(now: time.now).available == 3)
    #expect(limiter.snapshot(now: time.now).permitted == 0)
  }

  @Test func theDefaultPeriodWorksFarFromTheStart() throws {
    let limiter = try RateLimiter(name: "r", now: 0)
    for _ in 1...50 { #expect(limiter.reserve(now: .max - 1) == .permitted) }
    #expect(limiter.snapshot(now: .max - 1).available == 0)
  }
}
