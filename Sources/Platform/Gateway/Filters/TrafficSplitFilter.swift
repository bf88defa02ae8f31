/// Decides who serves: the legacy system or the new service (strangler), and of that the main version or the canary.
struct TrafficSplitFilter: GatewayFilter {
  let name = "traffic-split"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    !exchange.isSandbox && (exchange.route?.capability != nil || exchange.route?.canary != nil)
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let route = exchange.route else { return .passed }
    let (user, draw) = (exchange.user, exchange.request.draw)
    if let capability = route.capability {
      let rule = context.configuration.strangler.first { $0.capability == capability }
      let isNew = rule?.share.contains(purpose: "strangler/\(capability)", user: user, draw: draw) ?? false
      exchange.isLegacy = !isNew
      if !isNew { return .noted("\(capability): legacy") }
    }
    if let canary = route.canary,
      canary.share.contains(purpose: "canary/\(route.id)/\(canary.version)", user: user, draw: draw)
    {
      exchange.canaryVersion = canary.version
      return .noted("canary \(canary.version)")
    }
    return .noted(route.capability.map { "\($0): new" } ?? "main version")
  }
}
