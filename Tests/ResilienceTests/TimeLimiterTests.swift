import Resilience
import Testing

@Suite struct TimeLimiterTests {
  @Test func theDefaultIsOneSecond() {
    #expect(TimeLimiterSettings().timeoutDuration == .seconds(1))
  }

  @Test func aFastCallPasses() throws {
    let time = VirtualTime()
    let limiter = try TimeLimiter(name: "t")
    let clock = time.clock
    let value = try time.run {
      try await limiter.execute(clock: clock) {
        try await clock.sleep(for: .milliseconds(999))
        return 5
      }
    }
    #expect(value == 5)
    #expect(time.now == .milliseconds(999))
    #expect(limiter.snapshot().passed == 1)
  }

  @Test func aSlowCallIsCutOffAndCancelled() throws {
    let time = VirtualTime()
    let limiter = try TimeLimiter(name: "t")
    let clock = time.clock
    let heard = Journal<String>()
    #expect(throws: TimeLimitExceeded(name: "t", limit: .seconds(1))) {
      try time.run {
        try await limiter.execute(clock: clock) {
          do { try await clock.sleep(for: .seconds(60)) } catch { heard.add("\(clock.now.nanoseconds)") }
        }
      }
    }
    #expect(heard.entries == ["1000000000"])
    #expect(limiter.snapshot().cutOff == 1)
    #expect(limiter.snapshot().passed == 0)
    #expect(limiter.snapshot().running == 0)
    #expect(
      TimeLimitExceeded(name: "t", limit: .seconds(1)).description
        == "time limiter t cut the call off after 1.0 seconds; its outcome is unknown")
  }

  @Test func anErrorOfTheCallIsPassedOn() throws {
    let time = VirtualTime()
    let limiter = try TimeLimiter(name: "t")
    let clock = time.clock
    #expect(throws: Failed(number: 3)) {
      try time.run { try await limiter.execute(clock: clock) { throw Failed(number: 3) } }
    }
    #expect(time.now == 0, "nobody waits for the limit of a call that has ended")
    #expect(limiter.snapshot().passed == 1)
  }

  @Test func aCancelledTaskGetsWhatTheCallMakesOfIt() throws {
    let time = VirtualTime()
    let limiter = try TimeLimiter(name: "t")
    let clock = time.clock
    let value = try time.run {
      try await withThrowingTaskGroup(of: String.self) { group in
        group.addTask {
          try await limiter.execute(clock: clock) {
            do { try await clock.sleep(for: .milliseconds(500)) } catch { return "tidied up" }
            return "slept"
          }
        }
        try await clock.sleep(for: .milliseconds(100))
        group.cancelAll()
        return try await group.next() ?? ""
      }
    }
    #expect(value == "tidied up")
    #expect(limiter.snapshot().cutOff == 0)
  }

  @Test func theLimitIsAboveZero() {
    #expect(throws: InvalidSetting.self) {
      try TimeLimiter(name: "t", settings: TimeLimiterSettings(timeoutDuration: .zero))
    }
  }
}
