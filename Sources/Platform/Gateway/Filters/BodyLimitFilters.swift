/// Turns away a body that is too large for any route, before anybody looks into it.
struct BodyLimitFilter: GatewayFilter {
  let name = "body-limit"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { !exchange.request.body.isEmpty }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    try check(exchange.request.body.count, limit: context.configuration.maximumBodyBytes)
    return .passed
  }
}

/// Turns away a body that is too large for its route.
struct RouteBodyLimitFilter: GatewayFilter {
  let name = "route-body-limit"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.route?.maximumBodyBytes != nil && !exchange.request.body.isEmpty
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    try check(exchange.request.body.count, limit: exchange.route?.maximumBodyBytes ?? .max)
    return .passed
  }
}

private func check(_ count: Int, limit: Int) throws(GatewayFailure) {
  guard count > limit else { return }
  throw GatewayFailure(.bodyTooLarge, "the body has \(count) bytes, at most \(limit) are taken here")
}
