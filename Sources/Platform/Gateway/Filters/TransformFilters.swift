internal import TraceModel

/// Changes the request as its route says.
struct RequestTransformFilter: GatewayFilter {
  let name = "request-transform"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    !(exchange.route?.requestTransforms ?? []).isEmpty
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let transforms = exchange.route?.requestTransforms ?? []
    var change = MessageChange(exchange: exchange, headers: exchange.request.headers, path: exchange.request.path)
    if transforms.contains(where: \.needsJSON) {
      do {
        change.body = try JSONNode(exchange.request.body)
      } catch {
        throw GatewayFailure(.malformedBody, "the body is \(error)")
      }
    }
    transforms.forEach { change.apply($0) }
    exchange.request.headers = change.headers
    exchange.request.path = change.path
    if let body = change.body { exchange.request.body = body.bytes }
    return .noted("\(transforms.count) changes")
  }
}

/// Changes the answer as its route says. Streams and refusals stay as they are.
struct ResponseTransformFilter: GatewayFilter {
  let name = "response-transform"
  let phase = GatewayPhase.post

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    guard let route = exchange.route, exchange.failure == nil, !exchange.isCached else { return false }
    return !route.responseTransforms.isEmpty && route.kind != .streaming && exchange.response != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let transforms = exchange.route?.responseTransforms ?? []
    guard let response = exchange.response else { return .passed }
    var change = MessageChange(exchange: exchange, headers: response.headers, path: "")
    if transforms.contains(where: \.needsJSON), !response.body.isEmpty {
      do {
        change.body = try JSONNode(response.body)
      } catch {
        throw GatewayFailure(.filterFailed, "the answer of \(exchange.route?.id ?? "") cannot be changed: \(error)")
      }
    }
    transforms.forEach { change.apply($0) }
    exchange.response?.headers = change.headers
    if let body = change.body { exchange.response?.body = body.bytes }
    return .noted("\(transforms.count) changes")
  }
}

/// A message while it is being changed.
private struct MessageChange {
  let exchange: GatewayExchange
  var headers: GatewayHeaders
  var path: String
  var body: JSONNode?

  mutating func apply(_ transform: MessageTransform) {
    switch transform {
    case .setHeader(let name, let value): headers[name] = filled(value)
    case .removeHeader(let name): headers[name] = nil
    case .setPath(let value): path = filled(value)
    case .setField(let path, let value):
      let value = filled(value)
      body?.set(.text(value), at: path)
    case .removeField(let path): body?.set(nil, at: path)
    case .renameField(let path, let target):
      guard let value = body?.value(at: path) else { return }
      body?.set(nil, at: path)
      body?.set(value, at: target)
    }
  }

  /// What comes out of a parameter is not looked into again.
  private func filled(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      result += rest[..<start]
      let name = rest[rest.index(after: start)..<end]
      result += value(of: String(name)) ?? String(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func value(of name: String) -> String? {
    switch name {
    case "subject": exchange.claims?.subject ?? ""
    case "client": exchange.clientID
    case "gtxid": exchange.request.gtxid.hex
    default: exchange.parameters.first { $0.name == name }?.value
    }
  }
}

extension JSONNode {
  /// Sets or, with nil, removes what stands at a path of names; objects on the way are made. Where something else
  /// stands in the way nothing happens.
  mutating func set(_ value: JSONNode?, at path: String) {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let name = parts.first else { return }
    guard parts.count > 1 else {
      self[name] = value
      return
    }
    guard var inner = self[name] ?? (value == nil ? nil : .object([])) else { return }
    inner.set(value, at: parts[1])
    self[name] = inner
  }
}
