import Testing
import TraceModel

@testable import Platform

@Suite struct GatewayPhaseTests {
  /// A filter of the test's own that may fail.
  private struct Probe: GatewayFilter {
    let name: String
    let phase: GatewayPhase
    var fails = false

    func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { true }

    func run(
      on exchange: inout GatewayExchange, in context: inout GatewayContext
    ) throws(GatewayFailure) -> FilterOutcome {
      if fails { throw GatewayFailure(.filterFailed, "\(name) fails") }
      return .passed
    }
  }

  private func stage(failing: GatewayPhase?) throws -> GatewayStage {
    var filters: [any GatewayFilter] = [RoutingFilter(), ErrorAnswerFilter()]
    for phase in [GatewayPhase.pre, .route, .post, .error] {
      filters.append(Probe(name: "one", phase: phase, fails: phase == failing))
      filters.append(Probe(name: "two", phase: phase))
    }
    return try GatewayStage(GatewayConfiguration(routes: [route("r", "/r")]), filters: filters)
  }

  @Test func preRouteAndPostRunInOrder() throws {
    var stage = try stage(failing: nil)
    let answer = stage.ask("GET", "/r")
    #expect(
      answer.names == [
        "PRE routing", "PRE one", "PRE two", "ROUTE one", "ROUTE two", "ROUTE forward", "POST one", "POST two",
      ])
    #expect(answer.response.status == 200)
  }

  @Test func anErrorInPreRunsErrorThenPost() throws {
    var stage = try stage(failing: .pre)
    let answer = stage.ask("GET", "/r")
    #expect(
      answer.names == [
        "PRE routing", "PRE one", "ERROR error-answer", "ERROR one", "ERROR two", "POST one", "POST two",
      ])
    #expect(answer.response.status == 500)
    #expect(stage.calls.isEmpty)
  }

  @Test func anErrorInRouteRunsErrorThenPost() throws {
    var failing = try stage(failing: .route)
    #expect(failing.ask("GET", "/r").phases == [.pre, .route, .error, .post])
    #expect(failing.calls.isEmpty)
    var stage = try stage(failing: nil)
    stage.answer = .failure(UpstreamFailure(status: 504, "order did not answer within 8 s"))
    let answer = stage.ask("GET", "/r")
    #expect(answer.phases == [.pre, .route, .error, .post])
    #expect(answer.response.status == 504)
    #expect(answer.text.contains("order did not answer within 8 s"))
  }

  @Test func anErrorInPostRunsErrorOnly() throws {
    var stage = try stage(failing: .post)
    let answer = stage.ask("GET", "/r")
    #expect(
      answer.names == [
        "PRE routing", "PRE one", "PRE two", "ROUTE one", "ROUTE two", "ROUTE forward", "POST one",
        "ERROR error-answer", "ERROR one", "ERROR two",
      ])
    #expect(answer.response.status == 500)
  }

  @Test func whatFailsInErrorLosesNoAnswer() throws {
    var stage = try GatewayStage(
      GatewayConfiguration(routes: []),
      filters: [RoutingFilter(), Probe(name: "one", phase: .error, fails: true), ErrorAnswerFilter()])
    #expect(stage.ask("GET", "/r").response.status == 500)
  }

  @Test func eachTakesItsOwnTime() throws {
    var stage = try GatewayStage(GatewayConfiguration(routes: [route("r", "/r")]))
    let request = GatewayRequest(
      "GET", "/r", headers: ["Authorization": GatewayStage.token()], gtxid: GTXID(high: 1, low: 1)!)
    guard case .lookUp(let key, let waiting) = stage.gateway.begin(request, now: epoch) else {
      Issue.record("the store is asked about the token")
      return
    }
    #expect(key == "revoked:t1")
    guard case .forward(let call, let exchange) = stage.gateway.resume(waiting, with: .success(nil), now: epoch + 5)
    else {
      Issue.record("the call follows")
      return
    }
    #expect(call.target == .service("order"))
    let answer = stage.gateway.complete(exchange, with: .success(GatewayResponse(200)), now: epoch + 25)
    let spans = answer.runs.filter { $0.start != $0.end }.map { [$0.name, "\($0.start - epoch)", "\($0.end - epoch)"] }
    #expect(spans == [["revocation", "0", "5"], ["forward", "5", "25"]])
    #expect(answer.log.duration == 25)
  }

  @Test func aConfigurationIsReplacedWhileRequestsAreOnTheirWay() throws {
    var stage = try GatewayStage(GatewayConfiguration(routes: [route("r", "/r") { $0.isPublic = true }]))
    let request = GatewayRequest("GET", "/r", gtxid: GTXID(high: 1, low: 1)!)
    guard case .forward(_, let exchange) = stage.gateway.begin(request, now: epoch) else {
      Issue.record("it is forwarded")
      return
    }
    try stage.gateway.adopt(GatewayConfiguration(version: 2, routes: []))
    #expect(stage.gateway.complete(exchange, with: .success(GatewayResponse(200)), now: epoch).response.status == 200)
    #expect(stage.ask("GET", "/r").response.status == 404)
    let wrong = GatewayConfiguration(version: 3, routes: [route("a", "/r"), route("a", "/r")])
    #expect(throws: GatewayConfigurationError.self) { try stage.gateway.adopt(wrong) }
    #expect(stage.gateway.configuration.version == 2)
    #expect(wrong.problems.count == 2, "\(wrong.problems)")
  }
}
