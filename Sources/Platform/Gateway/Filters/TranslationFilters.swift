internal import OrderedCollections

/// JSON outside, protobuf inside: translates the request.
struct RequestTranslationFilter: GatewayFilter {
  let name = "json-to-protobuf"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.route?.translation != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let names = exchange.route?.translation, let translator = context.translators[names.request] else {
      throw GatewayFailure(.filterFailed, "the gateway has lost its translator")
    }
    let document: JSONNode
    do {
      document = try exchange.request.body.isEmpty ? .object([]) : JSONNode(exchange.request.body)
    } catch {
      throw GatewayFailure(.malformedBody, "the body is \(error)")
    }
    let before = exchange.request.body.count
    do {
      exchange.request.body = try translator.encode(document)
    } catch {
      throw GatewayFailure(.untranslatable, "the body is no \(names.request): \(error)")
    }
    exchange.request.headers["Content-Type"] = "application/x-protobuf"
    return .noted("\(before) to \(exchange.request.body.count) bytes")
  }
}

/// Translates the answer back, unless it is a refusal of the service or already JSON.
struct ResponseTranslationFilter: GatewayFilter {
  let name = "protobuf-to-json"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.route?.translation != nil && exchange.failure == nil && !exchange.isCached
      && exchange.response?.headers["Content-Type"] == "application/x-protobuf"
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let names = exchange.route?.translation, let translator = context.translators[names.response],
      let body = exchange.response?.body
    else { throw GatewayFailure(.filterFailed, "the gateway has lost its translator") }
    do {
      exchange.response?.body = try translator.decode(body).bytes
    } catch {
      throw GatewayFailure(.filterFailed, "the answer is no \(names.response): \(error)", status: 502)
    }
    exchange.response?.headers["Content-Type"] = "application/json"
    return .noted("\(body.count) to \(exchange.response?.body.count ?? 0) bytes")
  }
}
