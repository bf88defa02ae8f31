import Operations
import Platform
import Resilience
import Testing
import YAMLReading

@testable import Shop

/// The guards of an application.yml on the shop's own calls.
@Suite struct ResilienceSettingsTests {
  private func settings(_ block: String) throws -> ResilienceFileSettings {
    let report = YAMLReport(file: "application.yml")
    return try #require(ResilienceFile.read("resilience4j: {\(block)}", report), "\(report.errors)")
  }

  private func guards(_ stage: Stage, _ service: String) throws -> ResiliencePipeline {
    try #require(stage.world.service(service).instances[0].process?.clients.first).pipeline
  }

  @Test func aFileTakesThePlaceOfThePlan() throws {
    let file = try settings(
      """
      circuitbreaker: {instances: {payment-gateway: {slidingWindowSize: 4, minimumNumberOfCalls: 2}}},
      retry: {instances: {paymentGateway: {maxAttempts: 2, waitDuration: 10ms, enableRandomizedWait: true}}},
      timelimiter: {instances: {payment-gateway: {timeoutDuration: 3s}}},
      ratelimiter: {instances: {payment-gateway: {limitForPeriod: 7, limitRefreshPeriod: 1s}}},
      bulkhead: {instances: {payment-gateway: {maxConcurrentCalls: 3}}}
      """)
    let stage = Stage { $0.resilience = file }
    let guards = try guards(stage, ShopPlan.payment)
    #expect(guards.circuitBreaker?.settings.slidingWindowSize == 4)
    #expect(guards.retry?.settings.maxAttempts == 2)
    #expect(guards.timeLimiter?.settings.timeoutDuration == .seconds(3))
    #expect(guards.rateLimiter?.settings.limitForPeriod == 7)
    #expect(guards.bulkhead?.settings.maxConcurrentCalls == 3)
    // What the file does not name stays as planned.
    #expect(try self.guards(stage, ShopPlan.gateway).circuitBreaker?.settings == ShopPlan.breaker)
    #expect(try self.guards(stage, ShopPlan.gateway).rateLimiter == nil)
  }

  /// By which of its names a file has a breaker, or could have it.
  @Test func aBreakerSaysHowAFileNamesIt() throws {
    func name(_ caller: String, _ callee: String, _ stage: Stage) -> Set<String> {
      Set(stage.snapshot().breakers.filter { $0.caller == caller && $0.callee == callee }.map(\.configuredAs))
    }
    #expect(name(ShopPlan.order, ShopPlan.search, Stage()) == ["searchService"])
    let file = try settings("circuitbreaker: {instances: {order-search: {slidingWindowSize: 4}}}")
    let stage = Stage { $0.resilience = file }
    #expect(name(ShopPlan.order, ShopPlan.search, stage) == ["order-search"])
    #expect(name(ShopPlan.gateway, ShopPlan.search, stage) == ["searchService"])
  }

  /// A breaker that opens after two calls opens after two calls.
  @Test func theFilesBreakerIsTheOneThatOpens() throws {
    let file = try settings(
      "circuitbreaker: {instances: {payment-gateway: {slidingWindowSize: 4, minimumNumberOfCalls: 2}}}, retry: {instances: {payment-gateway: {maxAttempts: 1}}}"
    )
    let stage = Stage(faults: ["payment-gateway:errors=100%"]) { $0.resilience = file }
    stage.order(user: "kim")
    stage.order(user: "lee")
    stage.order(user: "park")
    stage.order(user: "choi")
    stage.run(3)
    let states = stage.world.service(ShopPlan.payment).instances.compactMap { $0.process?.clients.first?.breaker.state }
    #expect(states.contains(.open), "\(states)")
  }

  @Test func aRateLimiterOfTheFileRefuses() throws {
    let file = try settings(
      "ratelimiter: {instances: {gateway-order: {limitForPeriod: 1, limitRefreshPeriod: 1h, timeoutDuration: 0}}}")
    let stage = Stage { $0.resilience = file }
    for _ in 0..<4 {
      stage.send(
        Request("POST /orders", body: Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1), user: "kim"))
    }
    stage.run(5)
    #expect(stage.answers.contains { $0.status == 202 })
    // A refusal is an answer of 5xx, which the caller takes as a failure.
    #expect(stage.answers.contains { $0.status >= 500 })
  }
}
