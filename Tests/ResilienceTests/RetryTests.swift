import Resilience
import Testing

@Suite struct RetryTests {
  private func settings(_ change: (inout RetrySettings) -> Void) -> RetrySettings {
    var settings = RetrySettings()
    change(&settings)
    return settings
  }

  @Test func defaultsAreThoseOfResilience4j() {
    #expect(RetrySettings().maxAttempts == 3)
    #expect(RetrySettings().waitInterval == .fixed(.milliseconds(500)))
    #expect(RetrySettings().randomizationFactor == 0)
  }

  @Test func triesThreeTimesHalfASecondApartAndThrowsTheLastError() throws {
    let time = VirtualTime()
    let retry = try Retry(name: "r")
    let journal = Journal<String>()
    let clock = time.clock
    #expect(throws: Failed(number: 3)) {
      try time.run {
        try await retry.execute(clock: clock) { attempt, wait, error in
          journal.add("back off \(wait) after \(attempt): \(error)")
        } _: { attempt in
          journal.add("\(clock.now.nanoseconds / .milliseconds(1)) ms: attempt \(attempt)")
          throw Failed(number: attempt)
        }
      }
    }
    #expect(
      journal.entries == [
        "0 ms: attempt 1", "back off 0.5 seconds after 1: Failed(number: 1)",
        "500 ms: attempt 2", "back off 0.5 seconds after 2: Failed(number: 2)",
        "1000 ms: attempt 3",
      ])
    #expect(retry.snapshot().gaveUp == 1)
    #expect(retry.snapshot().attempts == 3)
    #expect(retry.snapshot().backingOff == 0)
  }

  @Test func aLaterSuccessIsASuccess() throws {
    let time = VirtualTime()
    let retry = try Retry(name: "r", settings: settings { $0.waitInterval = .fixed(.zero) })
    let clock = time.clock
    for failures in [0, 2] {
      let value = try time.run {
        try await retry.execute(clock: clock) { attempt in
          if attempt <= failures { throw Failed() }
          return attempt
        }
      }
      #expect(value == failures + 1)
    }
    #expect(retry.snapshot().succeededAtOnce == 1)
    #expect(retry.snapshot().succeededAfterRetry == 1)
    #expect(retry.snapshot().attempts == 4)
    #expect(time.now == 0)
  }

  @Test func anErrorThatIsNotToBeRetriedIsThrownAtOnce() throws {
    let time = VirtualTime()
    let retry = try Retry(name: "r") { ($0 as? Failed)?.number != 7 }
    let clock = time.clock
    #expect(throws: Failed(number: 7)) {
      try time.run { try await retry.execute(clock: clock) { _ in throw Failed(number: 7) } }
    }
    #expect(retry.snapshot().failedForGood == 1)
    #expect(retry.snapshot().attempts == 1)
  }

  @Test func cancellationIsNeverRetried() throws {
    let time = VirtualTime()
    let retry = try Retry(name: "r")
    let clock = time.clock
    #expect(throws: CancellationError.self) {
      try time.run { try await retry.execute(clock: clock) { _ in throw CancellationError() } }
    }
    #expect(retry.snapshot().attempts == 1)
    #expect(retry.snapshot().cancelled == 1)
  }

  @Test func aCancelledTaskStopsInItsBackOff() throws {
    let time = VirtualTime()
    let retry = try Retry(name: "r")
    let clock = time.clock
    try time.run {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: CancellationError.self) {
            try await retry.execute(clock: clock) { _ in throw Failed() }
          }
        }
        try? await clock.sleep(for: .milliseconds(100))
        #expect(retry.snapshot().backingOff == 1)
        group.cancelAll()
      }
    }
    #expect(time.now == .milliseconds(100))
    #expect(retry.snapshot().cancelled == 1)
  }

  @Test func backOffsGrowAndAreSpread() throws {
    let time = VirtualTime()
    let settings = settings {
      $0.maxAttempts = 5
      $0.waitInterval = .exponential(initial: .milliseconds(100), multiplier: 2, maximum: .milliseconds(400))
      $0.randomizationFactor = 0.5
    }
    let numbers = Journal<Double>()
    let random: @Sendable () -> Double = {
      numbers.add(0)
      return [0, 0.5, 0.75, 0.25][numbers.entries.count - 1]
    }
    let retry = try Retry(name: "r", settings: settings, random: random)
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
    #expect(waits.entries == [.milliseconds(50), .milliseconds(200), .milliseconds(500), .milliseconds(300)])
  }

  @Test func jitterNeedsRandomNumbers() {
    let error = #expect(throws: InvalidSetting.self) {
      try Retry(name: "r", settings: settings { $0.randomizationFactor = 0.5 })
    }
    #expect(error?.setting == "randomizationFactor")
    #expect(throws: InvalidSetting.self) { try Retry(name: "r", settings: settings { $0.maxAttempts = 0 }) }
    #expect(throws: InvalidSetting.self) {
      try Retry(name: "r", settings: settings { $0.waitInterval = .fixed(.seconds(-1)) })
    }
  }
}
