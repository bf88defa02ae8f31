/// So many calls a second for each client.
struct RateLimitFilter: GatewayFilter {
  let name = "rate-limit"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    context.plan(of: exchange).rateLimit != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let rule = context.plan(of: exchange).rateLimit else { return .passed }
    guard let wait = context.clients.take(rule, client: exchange.caller, now: context.now) else { return .passed }
    throw GatewayFailure(
      .rateLimited,
      "\(exchange.clientID) may call \(rule.refillPerSecond) times a second, \(rule.capacity) at once",
      headers: ["Retry-After": wholeSeconds(wait)])
  }
}

/// So many calls a day for each client.
struct QuotaFilter: GatewayFilter {
  let name = "quota"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    !exchange.isSandbox && context.plan(of: exchange).dailyQuota != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let quota = context.plan(of: exchange).dailyQuota else { return .passed }
    let weight = exchange.route?.weight ?? 1
    let wait = context.clients.takeQuota(quota, weight: weight, client: exchange.caller, now: context.now)
    guard let wait else {
      return .noted("\(context.clients.quotaUsed(by: exchange.caller, now: context.now)) of \(quota)")
    }
    throw GatewayFailure(
      .quotaExceeded, "\(exchange.clientID) has used its \(quota) calls of today",
      headers: ["Retry-After": wholeSeconds(wait)])
  }
}

/// Rounded up: who comes after so many seconds is not too early.
private func wholeSeconds(_ nanoseconds: Int64) -> String {
  String(nanoseconds / .nanosecondsPerSecond + (nanoseconds % .nanosecondsPerSecond > 0 ? 1 : 0))
}

/// Counts what a client has used, and charges it by its tariff. Refusals, answers of 500 or more and sandbox calls are
/// free.
struct MeteringFilter: GatewayFilter {
  let name = "metering"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { exchange.route != nil }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let isRefused = exchange.failure != nil
    let isSandbox = exchange.isSandbox
    let sent = exchange.original.body.count
    let received = exchange.response?.body.count ?? 0
    var charge: Int64 = 0
    if !isRefused, !isSandbox, (exchange.response?.status ?? 500) < 500 {
      let tariff = context.plan(of: exchange).tariff
      charge = tariff.charge(weight: exchange.route?.weight ?? 1, bytes: sent + received)
    }
    exchange.charge = charge
    context.clients.meter(exchange.caller, now: context.now) { meter in
      if isRefused { meter.refused += 1 } else if isSandbox { meter.sandboxCalls += 1 } else { meter.calls += 1 }
      meter.requestBytes += sent
      meter.responseBytes += received
      meter.charge += charge
    }
    return charge > 0 ? .noted("charged \(charge) millionths") : .passed
  }
}
