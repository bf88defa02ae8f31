internal import TraceModel

/// Turns what failed into an answer (RFC 9457, problem details).
struct ErrorAnswerFilter: GatewayFilter {
  let name = "error-answer"
  let phase = GatewayPhase.error

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { exchange.failure != nil }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let failure = exchange.failure else { return .passed }
    let problem: JSONNode = [
      "status": .integer(Int64(failure.status)), "title": .text(failure.reason.rawValue),
      "detail": .text(failure.sentence), "gtxid": .text(exchange.request.gtxid.hex),
    ]
    var response = GatewayResponse(failure.status, headers: failure.headers, body: problem.bytes)
    response.headers["Content-Type"] = "application/problem+json"
    exchange.response = response
    return .noted("\(failure.status) \(failure.reason.rawValue)")
  }
}

/// An exchange outside for a message inside: what was accepted is answered with 202 and the GTXID to ask with.
struct AsynchronousAnswerFilter: GatewayFilter {
  let name = "sync-to-async"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    guard exchange.route?.isAsynchronous == true, exchange.failure == nil else { return false }
    return exchange.response.map { (200..<300).contains($0.status) } ?? false
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let id = exchange.request.gtxid.hex
    let path = (exchange.route?.statusPath ?? "").replacing("{gtxid}", with: id)
    let place = (exchange.isSandbox ? "/sandbox" : "") + path
    var response = GatewayResponse(202, json: ["gtxid": .text(id), "href": .text(place)])
    response.headers["Location"] = place
    exchange.response = response
    return .passed
  }
}

/// Every answer names its transaction.
struct TransactionHeaderFilter: GatewayFilter {
  let name = "transaction-header"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { exchange.response != nil }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    exchange.response?.headers[Carrier.gtxid] = exchange.request.gtxid.hex
    if exchange.isSandbox { exchange.response?.headers["X-Sandbox"] = "true" }
    return .passed
  }
}

/// Writes the line of the access log.
struct AccessLogFilter: GatewayFilter {
  let name = "access-log"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { true }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    // Twice the limit at most, so that making room is not paid for by every line.
    if context.log.count >= 2 * context.logLimit { context.log.removeFirst(context.log.count - context.logLimit) }
    context.log.append(Self.entry(for: exchange, response: exchange.response, now: context.now))
    return .passed
  }

  static func entry(for exchange: GatewayExchange, response: GatewayResponse?, now: Int64) -> AccessLogEntry {
    var isUnchecked = false
    if case .admittedUnchecked = exchange.revocation { isUnchecked = true }
    return AccessLogEntry(
      time: exchange.started, duration: now - exchange.started, method: exchange.original.method,
      path: exchange.original.path, route: exchange.route?.id ?? "", client: exchange.clientID,
      status: response?.status ?? exchange.failure?.status ?? 0, reason: exchange.failure?.reason.rawValue ?? "",
      requestBytes: exchange.original.body.count, responseBytes: response?.body.count ?? 0,
      gtxid: exchange.request.gtxid.hex, isCached: exchange.isCached, isUnchecked: isUnchecked)
  }
}
