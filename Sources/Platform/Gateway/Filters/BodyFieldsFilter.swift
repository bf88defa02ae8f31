/// Turns away a body that is not what its route takes: where nobody stands behind it who could say so.
struct BodyFieldsFilter: GatewayFilter {
  let name = "body-fields"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    !(exchange.route?.fields ?? []).isEmpty
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let body: JSONNode
    do {
      body = try JSONNode(exchange.request.body)
    } catch {
      throw GatewayFailure(.malformedBody, "the body is \(error)")
    }
    guard case .object = body else { throw GatewayFailure(.malformedBody, "the body is no JSON object") }
    let problems = (exchange.route?.fields ?? []).compactMap { $0.problem(in: body) }
    guard problems.isEmpty else { throw GatewayFailure(.malformedBody, problems.joined(separator: "; ")) }
    return .passed
  }
}
