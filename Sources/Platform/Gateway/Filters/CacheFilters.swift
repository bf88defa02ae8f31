/// Answers from what an earlier answer said, as long as it is good.
struct CacheReadFilter: GatewayFilter {
  let name = "cache-read"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.route?.cache != nil && exchange.request.method == "GET" && !exchange.isSandbox
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let key = Self.key(of: exchange) else { return .passed }
    exchange.cacheKey = key
    guard let entry = context.cache[key], entry.until > context.now else {
      context.cacheMisses += 1
      return .noted("miss")
    }
    context.cacheHits += 1
    exchange.isCached = true
    var response = entry.response
    response.headers["Age"] = String((context.now - entry.stored) / .nanosecondsPerSecond)
    return .answered(response)
  }

  /// All that tells one answer from another. Lengths keep the parts apart, whatever is in them.
  private static func key(of exchange: GatewayExchange) -> String? {
    guard let route = exchange.route, let rule = route.cache else { return nil }
    var parts = [
      route.id, exchange.request.path, exchange.request.query, exchange.canaryVersion ?? "",
      exchange.isLegacy == true ? "legacy" : "",
    ]
    // Many users come with the key of one client.
    if !rule.isShared { parts += [exchange.client?.id ?? "", exchange.claims?.subject ?? ""] }
    parts += rule.vary.map { exchange.request.headers[$0] ?? "" }
    return parts.map { "\($0.utf8.count):\($0)" }.joined()
  }
}

/// Keeps an answer of 200 for as long as its route says.
struct CacheWriteFilter: GatewayFilter {
  let name = "cache-write"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.cacheKey != nil && !exchange.isCached && exchange.failure == nil && exchange.response?.status == 200
      && exchange.response?.headers["Cache-Control"] != "no-store"
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let key = exchange.cacheKey, let response = exchange.response, let rule = exchange.route?.cache else {
      return .passed
    }
    // The cache was emptied meanwhile: what comes from where the routes led before is no answer for those now.
    guard exchange.configurationVersion == context.configuration.version else { return .noted("of earlier routes") }
    context.cache[key] = CachedResponse(
      response: response, stored: context.now, until: context.now.saturatingAdd(rule.timeToLive))
    return .passed
  }
}
