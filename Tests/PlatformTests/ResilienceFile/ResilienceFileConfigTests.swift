import Resilience
import Testing
import YAMLReading

@testable import Platform

/// Configurations: what is wrong with those that nothing stands on, and with what stands on those that are not there.
@Suite struct ResilienceFileConfigTests {
  private static let wrong = [
    ("timelimiter", "{timeoutDuration: 5 parsecs}"),
    ("timelimiter", "{timeoutDuration: \"${LIMIT}\"}"),
    ("timelimiter", "{timeoutDuration: [1s], baseConfig: spare}"),
    ("circuitbreaker", "{failureRateThreshold: 900, baseConfig: nowhere}"),
    ("circuitbreaker", "{slidingWindowType: TIME_BASED, slidingWindowSize: 1000000}"),
    ("circuitbreaker", "{initialState: AJAR, minimumNumberOfCalls: \"${CALLS:0}\", enableRandomizedWait: true}"),
    ("retry", "{maxAttempts: 0, enableRandomizedWait: perhaps, waitDuratoin: 1s}"),
    ("retry", "{waitDuration: 10s, enableExponentialBackoff: true, exponentialMaxWaitDuration: 1s}"),
    ("ratelimiter", "{limitForPeriod: 1.5, timeoutDuration: 106751d}"),
    ("bulkhead", "{maxConcurrentCalls: 2147483648, baseConfig: [a]}"),
  ]

  /// Whether anything stands on a configuration or not, the same is said of it, and that once.
  @Test(arguments: wrong) func whatNothingStandsOnIsJudgedLikeTheRest(kind: String, body: String) {
    func reading(_ first: String, _ second: String) -> FileReading {
      FileReading(
        block: """
          \(kind):
            configs:
              spare: \(body)
            instances: {order: \(first), search: \(second)}
          """)
    }
    let idle = reading("{}", "{}")
    #expect(idle.settings == nil)
    #expect(!idle.errors.isEmpty)
    for used in [reading("{baseConfig: spare}", "{}"), reading("{baseConfig: spare}", "{baseConfig: spare}")] {
      #expect(idle.errors == used.errors)
      #expect(idle.warnings == used.warnings)
    }
    for findings in [idle.errors, idle.warnings] { #expect(Set(findings).count == findings.count) }
  }

  @Test func allOfThemAreNamedAtOnce() {
    let reading = FileReading(
      block: """
        timelimiter:
          configs:
            default: {timeoutDuration: 2s}
            spare: {timeoutDuration: 5 parsecs}
            other: {baseConfig: spare}
            third: {baseConfig: spare, timeoutDuration: 0}
        """)
    #expect(
      reading.errors == [
        "application.yml:5:32: timeoutDuration is \"5 parsecs\"; it must be \(SpringDuration.requirement); above 0",
        "application.yml:7:51: timeoutDuration is \"0\"; it must be \(SpringDuration.requirement); above 0",
      ])
  }

  @Test(arguments: ["{}", "{instances: {x: {baseConfig: b}, y: {baseConfig: a}, z: {baseConfig: c}}}"])
  func aCircleHasOneFinding(more: String) {
    let reading = FileReading(
      """
      resilience4j.retry.configs:
        a: {baseConfig: b}
        b: {baseConfig: a}
        c: {baseConfig: b}
        d: {baseConfig: d}
      resilience4j.retry: \(more)
      """)
    #expect(
      reading.errors == [
        "application.yml:2:3: the baseConfigs of a and b lead back to a; one of them must go",
        "application.yml:5:3: the baseConfig of d is d itself; name another one, or leave it out",
      ])
  }

  @Test func aFileWithoutConfigurationsIsToldWhereTheyStand() {
    let reading = FileReading(block: "circuitbreaker: {instances: {order: {baseConfig: nope}}}")
    #expect(
      reading.errors == [
        "application.yml:2:52: there is no circuitbreaker configuration \"nope\"; the file has no configs of "
          + "circuitbreaker: write it below resilience4j.circuitbreaker.configs, or leave baseConfig out"
      ])
  }
}
