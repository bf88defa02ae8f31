import Resilience
import Testing
import YAMLReading

@testable import Platform

/// How long and how many whatever is asked for may be.
@Suite struct ResilienceFileLimitTests {
  private static let durations = [
    "circuitbreaker.slowCallDurationThreshold", "circuitbreaker.waitDurationInOpenState",
    "circuitbreaker.maxWaitDurationInHalfOpenState", "circuitbreaker.exponentialMaxWaitDurationInOpenState",
    "retry.waitDuration", "retry.exponentialMaxWaitDuration", "ratelimiter.limitRefreshPeriod",
    "ratelimiter.timeoutDuration", "timelimiter.timeoutDuration", "bulkhead.maxWaitDuration",
  ]

  private func validate(_ guards: EdgeGuardSettings?) throws {
    let all = try #require(guards)
    try all.circuitBreaker?.validate()
    try all.retry?.validate()
    try all.rateLimiter?.validate()
    try all.timeLimiter?.validate()
    try all.bulkhead?.validate()
  }

  @Test(arguments: durations, ["36500d", "876000h", "P36500D", "PT876000H", "3153600000000", "3_153_600_000_000"])
  func aHundredYearsAreTaken(property: String, text: String) throws {
    let reading = FileReading(property, text)
    #expect(reading.errors == [])
    try validate(reading.guards)
  }

  @Test(
    arguments: durations,
    [
      "36501d", "87000d", "106751d", "106752d", "99999999999d", "99999999999999999999d", "3153600000001",
      "P36500DT0.000000001S", "PT9223372036.999999999S", "3_153_600_000_001",
    ])
  func moreIsRefused(property: String, text: String) {
    let wrong = FileReading.finding(property, "\"\(text)\"; it must be at most 36500d, which is 100 years")
    #expect(FileReading(property, text).errors == [wrong])
  }

  @Test func aWaitThatGrowsMayGrowFasterThanNumbersGo() throws {
    let reading = FileReading(
      block: """
        retry:
          instances:
            order:
              maxAttempts: 300
              waitDuration: 500ms
              enableExponentialBackoff: true
              exponentialBackoffMultiplier: 1e300
              exponentialMaxWaitDuration: 36500d
        """)
    #expect(reading.errors == [])
    let wait = try #require(reading.guards?.retry?.waitInterval)
    #expect(wait.nanoseconds(afterAttempts: 1) == 500_000_000)
    #expect(wait.nanoseconds(afterAttempts: 299) == 36_500 * 86_400_000_000_000)
  }

  // MARK: Counts

  @Test(arguments: [
    "retry.maxAttempts", "ratelimiter.limitForPeriod", "bulkhead.maxConcurrentCalls",
    "circuitbreaker.minimumNumberOfCalls",
  ])
  func aCountIsWhatAnIntOfJavaIs(property: String) throws {
    let most = FileReading(property, "2147483647")
    #expect(most.errors == [])
    try validate(most.guards)
    var window = CircuitBreakerSettings()
    window.slidingWindowType = .timeBased
    window.slidingWindowSize = CircuitBreakerSettings.longestWindow
    try window.validate()
    window.slidingWindowSize += 1
    #expect(throws: InvalidSetting.self) { try window.validate() }
    for text in ["2147483648", "9223372036854775807", "9223372036854775808", "0", "-1"] {
      let wrong = FileReading.finding(property, "\"\(text)\"; it must be a whole number, 1 to 2147483647")
      #expect(FileReading(property, text).errors == [wrong])
    }
  }

  @Test func attemptsForEverNeedAWait() {
    #expect(FileReading("retry.maxAttempts", "2147483647").guards?.retry?.maxAttempts == 2_147_483_647)
    func errors(_ attempts: Int, _ wait: String) -> [String] {
      FileReading(
        block: """
          retry:
            configs: {default: {waitDuration: \(wait)}}
            instances: {order: {maxAttempts: \(attempts)}}
          """
      ).errors
    }
    #expect(errors(2_147_483_647, "1ms") == [])
    #expect(errors(1_000, "0") == [])
    let wrong = "waitDuration is below 1 ms; with maxAttempts above 1000 it must be at least 1 ms"
    for wait in ["0", "999us"] {
      #expect(errors(1_001, wait) == ["application.yml:3:39: \(wrong)"])
    }
  }

  @Test(arguments: ["circuitbreaker.slidingWindowSize", "circuitbreaker.permittedNumberOfCallsInHalfOpenState"])
  func callsThatAreKeptAreAMillionAtMost(property: String) throws {
    let most = FileReading(property, "1000000")
    #expect(most.errors == [])
    try validate(most.guards)
    let wrong = FileReading.finding(property, "\"1000001\"; it must be a whole number, 1 to 1000000")
    #expect(FileReading(property, "1000001").errors == [wrong])
  }

  /// Type and size may stand in different places.
  @Test(arguments: [
    ("slidingWindowSize: SIZE, slidingWindowType: TIME_BASED", ""),
    ("slidingWindowSize: SIZE", "slidingWindowType: time-based"),
    ("slidingWindowSize: SIZE, slidingWindowType: COUNT_BASED", "slidingWindowType: TIME_BASED"),
  ])
  func aWindowOfSecondsIsADayAtMost(config: String, instance: String) throws {
    func reading(_ size: Int) -> FileReading {
      FileReading(
        block: """
          circuitbreaker:
            configs: {default: {\(config.replacing("SIZE", with: "\(size)"))}}
            instances: {order: {\(instance)}, other: {\(instance)}}
          """)
    }
    let day = reading(86_400)
    #expect(day.errors == [])
    #expect(day.guards?.circuitBreaker?.slidingWindowType == .timeBased)
    try validate(day.guards)
    let wrong = "of a TIME_BASED window it must be 1 to 86400 seconds, which is a day"
    #expect(reading(86_401).errors == ["application.yml:3:44: slidingWindowSize is 86401; \(wrong)"])
  }

  @Test func aSizeThatAnInstanceMendsIsNoMistake() {
    let reading = FileReading(
      block: """
        circuitbreaker:
          configs:
            long: {slidingWindowSize: 100000}
            timed: {baseConfig: long, slidingWindowType: TIME_BASED}
          instances: {order: {baseConfig: timed, slidingWindowSize: 60}}
        """)
    #expect(reading.errors == [])
    #expect(reading.guards?.circuitBreaker?.slidingWindowSize == 60)
  }

  // MARK: Underscores

  @Test(arguments: ["1_000", "+1_000", "1_0_0_0", "1__000"]) func underscoresMayStandBetweenDigits(text: String) {
    #expect(FileReading("retry.maxAttempts", text).guards?.retry?.maxAttempts == 1_000)
    #expect(FileReading("retry.waitDuration", text).guards?.retry?.waitInterval == .fixed(.seconds(1)))
  }

  @Test(arguments: ["_1000", "1000_", "1_000_", "+_1000", "0_7", "_", "1_000.5", "1_x", "\"1_000\"", "'1_000'"])
  func elsewhereTheyMayNot(text: String) {
    let bare = text.filter { $0 != "\"" && $0 != "'" }
    let wrong = FileReading.finding("retry.maxAttempts", "\"\(bare)\"; it must be a whole number, 1 to 2147483647")
    #expect(FileReading("retry.maxAttempts", text).errors == [wrong])
    #expect(!FileReading("retry.waitDuration", text).errors.isEmpty)
  }

  /// What comes out of a placeholder is text.
  @Test func norMayTheyInADefault() {
    #expect(FileReading("retry.maxAttempts", "${CALLS:1_000}").errors.count == 1)
  }

  @Test func aDurationWithAUnitHasNone() {
    #expect(!FileReading("retry.waitDuration", "1_000ms").errors.isEmpty)
    #expect(FileReading("retry.waitDuration", "-1_000").errors.first?.contains("is \"-1_000\"") == true)
  }
}
