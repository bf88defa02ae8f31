/// Serves the specification of the gateway's own table.
struct SpecificationFilter: GatewayFilter {
  let name = "specification"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.request.method == "GET" && exchange.request.path == context.configuration.specificationPath
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    .answered(GatewayResponse(200, json: context.configuration.specification(title: context.title)))
  }
}
