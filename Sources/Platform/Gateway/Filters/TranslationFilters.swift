internal import OrderedCollections

/// Lets a body in protobuf in where its route says so.
struct MediaTypeFilter: GatewayFilter {
  let name = "media-type"
  let phase = GatewayPhase.pre

  /// A type without a body says nothing.
  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.comesInProtobuf && !exchange.original.body.isEmpty
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let translation = exchange.route?.translation, translation.isOpen else {
      throw GatewayFailure(
        .unsupportedType, "\(exchange.route?.id ?? "") takes no \(GatewayHeaders.protobuf); send application/json",
        headers: ["Accept": "application/json"])
    }
    return .noted(translation.request)
  }
}

extension GatewayExchange {
  var comesInProtobuf: Bool { original.headers.mediaTypes(in: "Content-Type").first == GatewayHeaders.protobuf }

  /// Whoever says nothing else, or takes either, is answered in the form in which it has asked.
  var wantsProtobuf: Bool {
    guard route?.translation?.isOpen == true else { return false }
    guard original.headers["Accept"] != nil else { return comesInProtobuf }
    for type in original.headers.mediaTypes(in: "Accept") {
      switch type {
      case GatewayHeaders.protobuf: return true
      case "application/json": return false
      case "*/*", "application/*": return comesInProtobuf
      default: continue
      }
    }
    return false
  }
}

/// JSON outside, protobuf inside: translates the request. What comes in protobuf is looked at, and passed on as it is.
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
    guard !exchange.comesInProtobuf else {
      do {
        _ = try translator.decode(exchange.request.body)
      } catch {
        throw GatewayFailure(.untranslatable, "the body is no \(names.request): \(error)")
      }
      return .noted("as it came, \(exchange.request.body.count) bytes")
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
    exchange.request.headers["Content-Type"] = GatewayHeaders.protobuf
    return .noted("\(before) to \(exchange.request.body.count) bytes")
  }
}

/// Translates the answer back, unless it is a refusal of the service, already JSON, or wanted as it is.
struct ResponseTranslationFilter: GatewayFilter {
  let name = "protobuf-to-json"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.route?.translation != nil && exchange.failure == nil && !exchange.isCached && !exchange.wantsProtobuf
      && exchange.response?.headers["Content-Type"] == GatewayHeaders.protobuf
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
