internal import TraceModel

/// Answers in the sandbox where nobody behind the gateway plays what would be done: what has come so far would have been
/// passed on. What was accepted is answered as ever, with the GTXID to ask with.
struct SandboxFilter: GatewayFilter {
  let name = "sandbox"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.isSandbox && exchange.route?.sandbox == .gateway
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    .answered(GatewayResponse(200, json: ["gtxid": .text(exchange.request.gtxid.hex), "step": "sandbox"]))
  }
}
