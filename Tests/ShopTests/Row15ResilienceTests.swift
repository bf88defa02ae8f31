import Operations
import Platform
import Testing
import TraceModel
import YAMLReading

@testable import Shop

/// Row 15: what the guards of calls are good for, in ten minutes in which one callee after the other fails.
@Suite struct Row15ResilienceTests {
  /// Guards that are read from an application.yml.
  private static let file = """
    resilience4j:
      retry: {instances: {payment-gateway: {maxAttempts: 3, waitDuration: 500ms}}}
      ratelimiter: {instances: {gateway-search: {limitForPeriod: 1, limitRefreshPeriod: 10s, timeoutDuration: 0}}}
      bulkhead: {instances: {gateway-payment: {maxConcurrentCalls: 2, maxWaitDuration: 0}}}
    """
  private static let fileWithout = """
    resilience4j:
      retry: {instances: {payment-gateway: {maxAttempts: 1}}}
    """

  private struct Outcome {
    var stage: Stage
    /// What was said of payment's health while its company hung.
    var reasons: [String]
  }

  /// - Parameter isOn: false: no breaker, time limiter, bulkhead, rate limiter, retry and fallback.
  private func tenMinutes(isOn: Bool) throws -> Outcome {
    let report = YAMLReport(file: "application.yml")
    let guards = try #require(
      ResilienceFile.read(isOn ? Self.file : Self.fileWithout, report), "\(report.errors)")
    let stage = Stage(seed: 15, rate: 2) {
      $0.mix.journeys = [(.buy, 2), (.card, 1), (.receipt, 2), (.search, 1)]
      $0.resilience = guards
      $0.mistakes = isOn ? [] : [.noBreaker]
      $0.productsInfo.form = .protobuf
      $0.productsInfo.fallsBack = isOn
    }
    stage.run(60)
    stage.arm("payment-gateway:errors=40%,ttl=30s")
    stage.run(90)
    stage.arm("payment-gateway:outage,ttl=60s")
    var reasons: [String] = []
    for _ in 0..<6 {
      stage.run(10)
      reasons.append(stage.snapshot().service(ShopPlan.payment)?.reason ?? "")
    }
    stage.run(90)
    stage.arm("search:errors=100%,ttl=60s")
    stage.run(120)
    stage.arm("payment:latency=6s,ttl=60s")
    stage.run(180)
    stage.world.customers.close()
    stage.run(60)
    return Outcome(stage: stage, reasons: reasons)
  }

  /// What is not as it should be.
  private func findings(_ outcome: Outcome) -> [String] {
    let traces = outcome.stage.tracesOfAll()
    let spans = Array(traces.joined())
    let calls = spans.filter { $0.kind == .client }
    let company = calls.filter { $0.peer == ShopPlan.company }
    var findings = breakers(spans)
    if !outcome.reasons.contains(where: { $0.contains("breaker") }) {
      findings.append("health: no breaker shows in it, only \(outcome.reasons)")
    }
    let slowest = company.compactMap(\.duration).max() ?? 0
    if slowest > 1_100_000_000 { findings.append("time limiter: the company was waited for \(slowest / 1_000_000) ms") }
    // A call that nothing cuts off has no end, and so no span.
    let waiting = outcome.stage.world.book.newest(100_000).count { $0.state == .running || $0.state == .compensating }
    if waiting > 0 { findings.append("time limiter: \(waiting) transactions wait for ever") }
    let attempts = company.filter { $0[attribute: AttributeName.attempt].map { $0 != .integer(1) } ?? false }
    if attempts.isEmpty { findings.append("retry: nothing was tried twice") }
    let most = Self.mostAtOnce(calls.filter { $0.peer == ShopPlan.payment && $0.service == ShopPlan.gateway })
    if most > 2 { findings.append("bulkhead: \(most) calls of one gateway to payment at once") }
    for (instance, count) in Self.counts(calls.filter { $0.peer == ShopPlan.search && $0.service == ShopPlan.gateway })
    where count > 68 {
      findings.append("rate limiter: \(count) searches through \(instance) in eleven minutes")
    }
    let orders = traces.filter { Stage.kind(of: $0) == TransactionKind.checkout }
    let lost = orders.filter { $0.first { $0.parent == nil }?.httpStatus != 202 }
    if !lost.isEmpty { findings.append("fallback: \(lost.count) orders were not taken") }
    return findings
  }

  /// A breaker opens, tries, and closes again; and what it refuses never leaves.
  private func breakers(_ spans: [TraceSpan]) -> [String] {
    let events = spans.flatMap(\.events)
    let changes = events.filter { $0.name == SpanEventName.breaker }.compactMap { event -> String? in
      func word(_ name: String) -> String? {
        guard case .text(let text) = event.attributes.first(where: { $0.name == name })?.value else { return nil }
        return text
      }
      guard word(SpanEventName.breakerName)?.hasSuffix(ShopPlan.company) == true else { return nil }
      return "\(word(SpanEventName.from) ?? "") → \(word(SpanEventName.to) ?? "")"
    }
    var findings = ["CLOSED → OPEN", "OPEN → HALF_OPEN", "HALF_OPEN → CLOSED"].filter { !changes.contains($0) }
      .map { "breaker: never \($0)" }
    if !events.contains(where: { $0.name == SpanEventName.refused }) { findings.append("breaker: nothing was refused") }
    return findings
  }

  private static func mostAtOnce(_ calls: [TraceSpan]) -> Int {
    Dictionary(grouping: calls, by: \.instance).values.map { calls in
      calls.map { call in calls.count { $0.start <= call.start && $0.end > call.start } }.max() ?? 0
    }.max() ?? 0
  }

  private static func counts(_ calls: [TraceSpan]) -> [(String, Int)] {
    Dictionary(grouping: calls, by: \.instance).map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
  }

  @Test func theGuardsHoldForTenMinutes() throws {
    let outcome = try tenMinutes(isOn: true)
    #expect(findings(outcome) == [])
    #expect(outcome.stage.problems() == [])
    #expect(outcome.stage.world.transactions.currentTally().stuck == 0)
  }

  @Test func withoutThemEverythingIsMissed() throws {
    let found = findings(try tenMinutes(isOn: false))
    for word in ["breaker", "health", "time limiter", "retry", "bulkhead", "rate limiter", "fallback"] {
      #expect(found.contains { $0.hasPrefix(word) }, "\(word): \(found)")
    }
  }
}
