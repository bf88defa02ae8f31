import Resilience
import Testing
import YAMLReading

@testable import Platform

/// What a file gives twice: properties have many spellings, keys of maps have one.
@Suite struct ResilienceFileRepetitionTests {
  private static let spellings = [
    "failureRateThreshold", "failure-rate-threshold", "failure_rate_threshold", "FAILURERATETHRESHOLD",
  ]

  @Test(arguments: spellings, spellings) func aPropertyIsGivenOnce(one: String, other: String) {
    let reading = FileReading(
      """
      resilience4j:
        circuitbreaker:
          instances:
            order:
              \(one): 50
              slidingWindowSize: 10
              \(other): 60
      """)
    let spelling = one == other ? "" : ", as \"\(one)\""
    #expect(
      reading.errors == [
        "application.yml:7:9: \"\(other)\" is given again; it stands in line 5 already\(spelling): keep one of them"
      ])
  }

  @Test func eachRepetitionNamesTheFirst() {
    let reading = FileReading(
      """
      resilience4j.retry.configs:
        default: {max-attempts: 3, maxAttempts: 4, MAX_ATTEMPTS: 5}
      """)
    let first = "it stands in line 2 already, as \"max-attempts\": keep one of them"
    #expect(
      reading.errors == [
        "application.yml:2:30: \"maxAttempts\" is given again; \(first)",
        "application.yml:2:46: \"MAX_ATTEMPTS\" is given again; \(first)",
      ])
  }

  @Test func aDottedNameIsTheSameAsADeepOne() {
    let reading = FileReading(
      """
      resilience4j.retry.instances.order.max-attempts: 3
      resilience4j:
        retry:
          instances:
            order: {maxAttempts: 4, waitDuration: 1s}
      """)
    #expect(
      reading.errors == [
        "application.yml:5:15: \"maxAttempts\" is given again; it stands in line 1 already, as \"max-attempts\": "
          + "keep one of them"
      ])
  }

  @Test func aValueIsNoMapping() {
    for yaml in [
      "resilience4j: {bulkhead: 5}\nresilience4j.bulkhead.instances.order.maxConcurrentCalls: 3",
      "resilience4j: {bulkhead: {instances: {order: {}}}}\nresilience4j.bulkhead: 5",
    ] {
      let again = "application.yml:2:1: \"bulkhead\" is given again; it stands in line 1 already: keep one of them"
      #expect(FileReading(yaml).errors.contains(again))
    }
  }

  @Test func whatIsMergedIsNotGivenTwice() throws {
    let reading = FileReading(
      """
      resilience4j:
        circuit-breaker: {configs: {default: {slidingWindowSize: 20}}}
        circuitbreaker: {instances: {order: {failureRateThreshold: 20}}}
        retry:
      resilience4j.circuitBreaker.instances.order.minimumNumberOfCalls: 5
      resilience4j.retry.instances.order.maxAttempts: 2
      """)
    #expect(reading.errors == [])
    let breaker = try #require(reading.guards?.circuitBreaker)
    #expect(breaker.slidingWindowSize == 20)
    #expect(breaker.failureRateThreshold == 20)
    #expect(breaker.minimumNumberOfCalls == 5)
    #expect(reading.guards?.retry?.maxAttempts == 2)
  }

  /// What a merge key takes in is given over by the same spelling only: Spring sees both of two.
  @Test func aMergeKeyIsGivenOverInItsOwnSpelling() {
    func reading(_ name: String) -> FileReading {
      FileReading(
        """
        common: &common {failure-rate-threshold: 50}
        resilience4j.circuitbreaker.instances:
          order: {<<: *common, \(name): 60}
        """)
    }
    #expect(reading("failure-rate-threshold").guards?.circuitBreaker?.failureRateThreshold == 60)
    #expect(
      reading("failureRateThreshold").errors == [
        "application.yml:3:24: \"failureRateThreshold\" is given again; it stands in line 1 already, "
          + "as \"failure-rate-threshold\": keep one of them"
      ])
  }

  // MARK: Names that are keys

  @Test func namesOfInstancesHaveOneSpelling() throws {
    let reading = FileReading(
      block: """
        bulkhead:
          configs:
            my-base: {maxWaitDuration: 1s}
            myBase: {maxWaitDuration: 2s}
          instances:
            payment-gateway: {maxConcurrentCalls: 1, baseConfig: myBase}
            paymentGateway: {maxConcurrentCalls: 2, baseConfig: my-base}
            "[payment_gateway]": {maxConcurrentCalls: 3}
        """)
    #expect(reading.errors == [])
    let settings = try #require(reading.settings)
    #expect(settings.instances.map(\.name) == ["payment-gateway", "paymentGateway", "payment_gateway"])
    #expect(settings.bulkhead.instances.map(\.settings.maxConcurrentCalls) == [1, 2, 3])
    #expect(settings.bulkhead.instances.map(\.settings.maxWaitDuration) == [.seconds(2), .seconds(1), .zero])
  }

  @Test func aBaseIsCalledAsItIsWritten() {
    let reading = FileReading(block: "retry: {configs: {myBase: {}}, instances: {order: {baseConfig: my-base}}}")
    #expect(reading.errors.count == 1)
    #expect(reading.errors.first?.hasSuffix("configuration \"my-base\"; do you mean myBase?") == true)
  }

  @Test func tagsAreKeysToo() {
    let reading = FileReading(
      block: """
        retry:
          tags: {zone: a, Zone: b}
          instances:
            order: {tags: {zone: a, Zone: b}, maxAttempts: 2}
            tags: {max-attempts: 3}
        """)
    #expect(reading.errors == [])
    #expect(reading.settings?.guards(caller: "x", callee: "tags").retry?.maxAttempts == 3)
  }

  /// Other blocks may have keys that differ by their case alone, and no document but the one at hand matters.
  @Test func nothingElseIsCompared() {
    let reading = FileReading(
      """
      logging.level: {com.example.shop: INFO, com.example.Shop: DEBUG}
      resilience4j.retry.instances.order: {maxAttempts: 2}
      ---
      resilience4j.retry.instances.order: {max-attempts: 3}
      ---
      spring.config.activate.on-profile: prod
      resilience4j.retry.instances.order: {max-attempts: 4, maxAttempts: 5}
      """)
    #expect(reading.errors == [])
    #expect(reading.guards?.retry?.maxAttempts == 3)
  }

  @Test func aKeyOfMoreNamesThanAnybodyWritesIsOneName() {
    let key = String(repeating: "a.", count: 100_000) + "b"
    let reading = FileReading("? \(key)\n: 1\nresilience4j.retry.instances.order.maxAttempts: 2")
    #expect(reading.errors == [])
    #expect(reading.guards?.retry?.maxAttempts == 2)
  }
}
