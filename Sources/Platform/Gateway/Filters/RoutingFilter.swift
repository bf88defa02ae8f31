/// Finds the route: the first of the table whose path, method, headers and content fit.
struct RoutingFilter: GatewayFilter {
  let name = "routing"
  let phase = GatewayPhase.pre
  private static let sandboxPrefix = "/sandbox"

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { true }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let request = exchange.request
    let isSandbox = request.path.hasPrefix(Self.sandboxPrefix + "/")
    let path = isSandbox ? String(request.path.dropFirst(Self.sandboxPrefix.count)) : request.path
    let words = path.words(between: "/")
    // The body is read as JSON once, and only if a route asks for it.
    var content: JSONNode??
    var otherMethods: [String] = []
    for route in context.configuration.routes where !isSandbox || route.sandbox != nil {
      guard let parameters = route.pattern.match(words) else { continue }
      guard route.methods.isEmpty || route.methods.contains(request.method) else {
        for method in route.methods where !otherMethods.contains(method) { otherMethods.append(method) }
        continue
      }
      guard route.headers.allSatisfy({ $0.holds(for: request.headers) }) else { continue }
      if !route.content.isEmpty {
        let document = content ?? (try? JSONNode(request.body))
        content = .some(document)
        guard let document, route.content.allSatisfy({ document.value(at: $0.path)?.plainText == $0.value }) else {
          continue
        }
      }
      exchange.route = route
      exchange.parameters = parameters
      exchange.isSandbox = isSandbox
      exchange.request.path = path
      return .noted(isSandbox ? "\(route.id), sandbox" : route.id)
    }
    guard otherMethods.isEmpty else {
      let methods = otherMethods.joined(separator: ", ")
      throw GatewayFailure(
        .methodNotAllowed, "\(request.method) is not for \(request.path), only \(methods)", headers: ["Allow": methods])
    }
    throw GatewayFailure(.noRoute, "\(context.title) has no route for \(request.method) \(request.path)")
  }
}
