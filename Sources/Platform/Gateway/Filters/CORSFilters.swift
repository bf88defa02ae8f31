/// Answers a browser that asks whether it may call from another origin's page (WHATWG Fetch, CORS preflight).
struct CORSPreflightFilter: GatewayFilter {
  let name = "cors-preflight"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    context.configuration.cors != nil && exchange.request.method == "OPTIONS"
      && exchange.request.headers["Origin"] != nil
      && exchange.request.headers["Access-Control-Request-Method"] != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let rule = context.configuration.cors, let origin = exchange.request.headers["Origin"],
      let method = exchange.request.headers["Access-Control-Request-Method"]
    else { return .passed }
    guard rule.allows(origin) else {
      throw GatewayFailure(.originNotAllowed, "pages of \(origin) may not call, only those of \(list(rule.origins))")
    }
    guard rule.methods.contains(method) else {
      throw GatewayFailure(.originNotAllowed, "\(method) is not for other origins, only \(list(rule.methods)) are")
    }
    var response = GatewayResponse(204)
    response.headers["Access-Control-Allow-Methods"] = list(rule.methods)
    response.headers["Access-Control-Allow-Headers"] = list(rule.headers)
    response.headers["Access-Control-Max-Age"] = String(rule.maximumAge)
    return .answered(response)
  }

  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}

/// Tells the browser that the page may see the answer. A page of an origin that is not allowed gets the answer without
/// it.
struct CORSHeadersFilter: GatewayFilter {
  let name = "cors-headers"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    guard let rule = context.configuration.cors, let origin = exchange.original.headers["Origin"] else { return false }
    return rule.allows(origin)
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    exchange.response?.headers["Access-Control-Allow-Origin"] = exchange.original.headers["Origin"]
    let vary = exchange.response?.headers["Vary"].map { "\($0), Origin" }
    exchange.response?.headers["Vary"] = vary ?? "Origin"
    return .passed
  }
}
