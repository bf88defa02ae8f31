import Resilience
import Testing
import YAMLReading

@testable import Platform

@Suite struct ResilienceFileTests {
  private let report = YAMLReport(file: "application.yml")

  private func read(_ yaml: String) -> ResilienceFileSettings? { ResilienceFile.read(yaml, report) }
  private func read(block: String) -> ResilienceFileSettings? {
    read(
      "resilience4j:\n"
        + block.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n"))
  }
  private var warnings: [String] { report.warnings.map(\.description) }
  private var errors: [String] { report.errors.map(\.description) }

  /// As it stands in many an application, with what else stands there.
  private static let sample = """
    server:
      port: 8080
    spring:
      application.name: order-service
      datasource:
        url: jdbc:mysql://localhost/orders
    resilience4j.circuitbreaker:
      configs:
        default:
          register-health-indicator: true
          sliding-window-type: COUNT_BASED
          sliding-window-size: 10
          minimum-number-of-calls: 5
          permitted-number-of-calls-in-half-open-state: 3
          wait-duration-in-open-state: 5s
          failure-rate-threshold: 50
          event-consumer-buffer-size: 10
        shared:
          slidingWindowSize: 100
          permittedNumberOfCallsInHalfOpenState: 30
          waitDurationInOpenState: 1s
          failureRateThreshold: 50
      instances:
        searchService:
          baseConfig: default
          failure-rate-threshold: 60
        payment-gateway:
          baseConfig: shared
          slow-call-duration-threshold: PT6S
          slowCallRateThreshold: 80
    resilience4j.retry:
      instances:
        payment-gateway:
          max-attempts: 4
          wait-duration: 500
          enable-exponential-backoff: true
          exponential-backoff-multiplier: 2
    resilience4j.ratelimiter:
      instances:
        payment-gateway:
          limit-for-period: 50
          limit-refresh-period: 1s
          timeout-duration: 100ms
    resilience4j.timelimiter:
      configs.default:
        timeout-duration: 2s
        cancel-running-future: true
    resilience4j.bulkhead:
      instances:
        payment-gateway:
          max-concurrent-calls: 12
          max-wait-duration: 10ms
    """

  @Test func aFileOfAnApplicationIsReadAsItIs() throws {
    let settings = try #require(read(Self.sample))
    #expect(warnings.isEmpty)
    let guards = settings.guards(caller: "payment", callee: "payment-gateway")
    let breaker = try #require(guards.circuitBreaker)
    #expect(breaker.slidingWindowSize == 100)
    #expect(breaker.permittedNumberOfCallsInHalfOpenState == 30)
    #expect(breaker.waitIntervalInOpenState == .fixed(.seconds(1)))
    #expect(breaker.slowCallDurationThreshold == .seconds(6))
    #expect(breaker.slowCallRateThreshold == 80)
    // `shared` is no child of `default`: a circuit breaker's configuration without a base stands alone.
    #expect(breaker.minimumNumberOfCalls == 100)
    #expect(guards.retry?.maxAttempts == 4)
    #expect(guards.retry?.waitInterval == .exponential(initial: .milliseconds(500), multiplier: 2))
    #expect(
      guards.rateLimiter
        == RateLimiterSettings(limitForPeriod: 50, limitRefreshPeriod: .seconds(1), timeoutDuration: .milliseconds(100))
    )
    #expect(guards.timeLimiter == TimeLimiterSettings(timeoutDuration: .seconds(2)))
    #expect(guards.bulkhead == BulkheadSettings(maxConcurrentCalls: 12, maxWaitDuration: .milliseconds(10)))
    let search = try #require(settings.guards(caller: "order", callee: "search").circuitBreaker)
    #expect(search.failureRateThreshold == 60)
    #expect(search.slidingWindowSize == 10)
    #expect(search.minimumNumberOfCalls == 5)
  }

  @Test func anEdgeThatNoInstanceNamesGetsTheDefaultAndNoRateLimiter() throws {
    let settings = try #require(
      read(
        block: """
          circuitbreaker:
            configs: {default: {slidingWindowSize: 20}}
          ratelimiter:
            configs: {default: {limitForPeriod: 5}}
          """))
    let guards = settings.guards(caller: "gateway", callee: "order")
    #expect(guards.circuitBreaker?.slidingWindowSize == 20)
    #expect(guards.rateLimiter == nil)
    #expect(guards.retry == nil)
  }

  @Test func whatAnInstanceDoesNotSayIsAsResilience4jHasIt() throws {
    let settings = try #require(read(block: "circuitbreaker: {instances: {order: {failureRateThreshold: 20}}}"))
    var expected = CircuitBreakerSettings()
    expected.failureRateThreshold = 20
    #expect(settings.guards(caller: "gateway", callee: "order").circuitBreaker == expected)
  }

  @Test func anInstanceIsFoundByCalleeAndByCallerAndCallee() throws {
    let settings = try #require(
      read(
        block: """
          bulkhead:
            instances:
              paymentGateway: {maxConcurrentCalls: 1}
              payment-payment-gateway: {maxConcurrentCalls: 2}
              order-service: {maxConcurrentCalls: 3}
          """))
    #expect(settings.guards(caller: "order", callee: "payment-gateway").bulkhead?.maxConcurrentCalls == 1)
    #expect(settings.guards(caller: "payment", callee: "payment-gateway").bulkhead?.maxConcurrentCalls == 2)
    #expect(settings.guards(caller: "gateway", callee: "order").bulkhead?.maxConcurrentCalls == 3)
    #expect(settings.guards(caller: "gateway", callee: "member").bulkhead == nil)
    #expect(
      ResilienceFileSettings.instanceNames(caller: "order", callee: "search").contains("searchService"))
  }

  @Test func theSecondOfTwoSpellingsGuardsNothing() throws {
    let settings = try #require(
      read(
        block: """
          retry:
            instances:
              paymentGateway: {maxAttempts: 3}
              payment-gateway: {maxAttempts: 2}
              payment-payment-gateway: {maxAttempts: 4}
          bulkhead:
            instances:
              paymentGateway: {maxConcurrentCalls: 1}
          """))
    let edges = [(caller: "payment", callee: "payment-gateway"), (caller: "order", callee: "payment-gateway")]
    let unused = settings.passedOver(on: edges)
    #expect(unused.map(\.name) == ["paymentGateway"] && unused.map(\.instead) == ["payment-payment-gateway"])
    #expect(settings.guards(caller: "order", callee: "payment-gateway").retry?.maxAttempts == 2)
  }

  @Test func aBreakerIsKnownByTheInstanceThatItHas() throws {
    let settings = try #require(
      read(
        block: """
          circuitbreaker:
            instances:
              searchService: {slidingWindowSize: 20}
              order-search: {slidingWindowSize: 30}
          """))
    #expect(settings.circuitBreakerName(caller: "gateway", callee: "search") == "searchService")
    #expect(settings.circuitBreakerName(caller: "order", callee: "search") == "order-search")
    #expect(settings.circuitBreakerName(caller: "order", callee: "customer") == nil)
    let usual = ResilienceFileSettings.usualName(callee: "payment-gateway")
    #expect(usual == "paymentGatewayService")
    #expect(ResilienceFileSettings.instanceNames(caller: "payment", callee: "payment-gateway").contains(usual))
  }

  @Test func theOtherGuardsConfigurationsStandOnDefault() throws {
    let settings = try #require(
      read(
        block: """
          bulkhead:
            configs:
              default: {maxWaitDuration: 5ms}
              small: {maxConcurrentCalls: 2}
            instances:
              order: {baseConfig: small}
          """))
    #expect(
      settings.guards(caller: "gateway", callee: "order").bulkhead
        == BulkheadSettings(maxConcurrentCalls: 2, maxWaitDuration: .milliseconds(5)))
  }

  @Test func aBaseThatIsMissingOrLeadsBackIsAnError() {
    _ = read(
      block: """
        retry:
          configs:
            a: {baseConfig: b}
            b: {baseConfig: a}
          instances:
            x: {baseConfig: a}
            y: {baseConfig: sharde}
        """)
    #expect(errors.count == 2)
    #expect(errors.contains { $0.contains("lead back") })
    #expect(errors.contains("application.yml:8:23: there is no retry configuration \"sharde\"; allowed are a and b"))
  }

  @Test func laterDocumentsWinAndThoseOfOtherProfilesArePassedOver() throws {
    let settings = try #require(
      read(
        """
        resilience4j: {timelimiter: {instances: {order: {timeoutDuration: 1s}}}, bulkhead: {instances: {order: {maxConcurrentCalls: 5}}}}
        ---
        resilience4j.timelimiter.instances.order.timeout-duration: 3s
        ---
        spring.config.activate.on-profile: prod
        resilience4j.timelimiter.instances.order.timeout-duration: 9s
        """))
    let guards = settings.guards(caller: "gateway", callee: "order")
    #expect(guards.timeLimiter?.timeoutDuration == .seconds(3))
    #expect(guards.bulkhead?.maxConcurrentCalls == 5)
    #expect(
      warnings == ["application.yml:5:36: this document is for a profile, and none is active here: it is passed over"])
  }

  @Test func aPlaceholderIsItsDefaultAndThatIsSaid() throws {
    let settings = try #require(
      read(block: "timelimiter: {instances: {order: {timeoutDuration: \"${LIMIT:${OTHER:4}}s\"}}}"))
    #expect(settings.guards(caller: "gateway", callee: "order").timeLimiter?.timeoutDuration == .seconds(4))
    #expect(warnings.contains { $0.hasSuffix("${LIMIT} is taken as its default, \"4\"") })
    #expect(read(block: "timelimiter: {instances: {order: {timeoutDuration: \"${LIMIT}\"}}}") == nil)
    #expect(errors.contains { $0.contains("${LIMIT} has no default") })
  }

  @Test func whatIsUnknownIsAWarningWithItsPlace() throws {
    _ = try #require(
      read(
        block: """
          circuitbreaker:
            circuitBreakerAspectOrder: 1
            instances:
              order:
                failureRateTreshold: 20
                recordExceptions: [java.io.IOException]
                allowHealthIndicatorToFail: true
          thread-pool-bulkhead:
            instances: {order: {coreThreadPoolSize: 2}}
          timeliimter: {}
          """))
    #expect(
      report.warnings.map { "\($0.position?.line ?? 0):\($0.position?.column ?? 0)" } == [
        "3:5", "6:9", "7:9", "8:9", "9:3", "11:3",
      ])
    #expect(
      report.warnings[1].message
        == "\"failureRateTreshold\" is no property of a circuitbreaker; do you mean failureRateThreshold or slowCallRateThreshold?"
        || report.warnings[1].message.contains("do you mean failureRateThreshold"))
    #expect(report.warnings[2].message.contains("classes of Java"))
    #expect(report.warnings[4].message.contains("no thread pools"))
    #expect(report.warnings[5].message.contains("do you mean timelimiter?"))
  }

  @Test func everyWrongValueIsAnErrorWithItsPlaceAndWhatIsAllowed() {
    #expect(
      read(
        block: """
          circuitbreaker:
            instances:
              order:
                failureRateThreshold: 120
                slidingWindowType: COUNT
                waitDurationInOpenState: 10 seconds
                automaticTransitionFromOpenToHalfOpenEnabled: maybe
                minimumNumberOfCalls: [1]
          retry:
            instances: {order: {maxAttempts: 0, waitDuration: -1s}}
          bulkhead: 5
          """) == nil)
    #expect(
      errors == [
        "application.yml:5:31: failureRateThreshold is \"120\"; it must be a number, above 0 and at most 100",
        "application.yml:6:28: slidingWindowType is \"COUNT\"; it must be one of COUNT_BASED, TIME_BASED",
        "application.yml:7:34: waitDurationInOpenState is \"10 seconds\"; it must be \(SpringDuration.requirement); at least 1 ms",
        "application.yml:8:55: automaticTransitionFromOpenToHalfOpenEnabled is \"maybe\"; it must be true or false",
        "application.yml:9:31: resilience4j.circuitbreaker.instances.order.minimumNumberOfCalls is a list; it must be a whole number, 1 to 2147483647",
        "application.yml:11:38: maxAttempts is \"0\"; it must be a whole number, 1 to 2147483647",
        "application.yml:11:55: waitDuration is \"-1s\"; it must be \(SpringDuration.requirement); at least 0",
        "application.yml:12:13: resilience4j.bulkhead is \"5\"; it must be a mapping with configs and instances",
      ])
  }

  @Test func backOffComesToBearWithTheNextWait() throws {
    let settings = try #require(
      read(
        block: """
          retry:
            configs:
              default: {waitDuration: 100ms, enableExponentialBackoff: true, exponentialBackoffMultiplier: 3, exponentialMaxWaitDuration: 1s}
            instances:
              a: {waitDuration: 200ms}
              b: {enableRandomizedWait: true}
              c: {waitDuration: 50ms, enableRandomizedWait: true, randomizedWaitFactor: 0.2, enableExponentialBackoff: false}
          """))
    let a = try #require(settings.guards(caller: "x", callee: "a").retry)
    #expect(a.waitInterval == .exponential(initial: .milliseconds(200), multiplier: 3, maximum: .seconds(1)))
    let b = try #require(settings.guards(caller: "x", callee: "b").retry)
    #expect(b.waitInterval == .exponential(initial: .milliseconds(100), multiplier: 3, maximum: .seconds(1)))
    #expect(b.randomizationFactor == 0)
    #expect(warnings.contains { $0.contains("enableRandomizedWait changes nothing without waitDuration") })
    let c = try #require(settings.guards(caller: "x", callee: "c").retry)
    #expect(c.waitInterval == .fixed(.milliseconds(50)))
    #expect(c.randomizationFactor == 0.2)
  }

  /// Whatever is read can be made into a guard.
  @Test func whatIsReadCanBeUsed() throws {
    let settings = try #require(read(Self.sample))
    for callee in ["payment-gateway", "search", "order"] {
      let guards = settings.guards(caller: "payment", callee: callee)
      try guards.circuitBreaker?.validate()
      try guards.retry?.validate()
      try guards.rateLimiter?.validate()
      try guards.timeLimiter?.validate()
      try guards.bulkhead?.validate()
    }
  }

  @Test func aFileWithoutTheBlockIsAnError() {
    #expect(read("server: {port: 8080}") == nil)
    #expect(errors == ["application.yml: there is no block resilience4j in the file"])
  }
}
