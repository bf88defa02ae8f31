import TraceModel

@testable import Platform

/// A gateway with one of everything, a store, and a service behind it that answers what the test says.
struct GatewayStage {
  static let authority = TokenAuthority(secret: Array("a secret of thirty-two bytes, no less".utf8))

  var gateway: Gateway
  let store = TestStore()
  var now = epoch
  /// What came through.
  var calls: [GatewayCall] = []
  var answer: Result<GatewayResponse, UpstreamFailure> = .success(
    GatewayResponse(200, headers: ["Content-Type": "application/json"], body: Array(#"{"ok":true}"#.utf8)))

  init(_ configuration: GatewayConfiguration, filters: [any GatewayFilter] = GatewayFilters.standard) throws {
    gateway = try Gateway(
      name: "external", configuration: configuration, tokens: Self.authority,
      translators: [Self.translator], filters: filters)
  }

  /// A message with one field, `id`, as protobuf writes it: field 1, a text of up to 127 bytes.
  static let translator = MessageTranslator(
    "ProductRequest",
    encode: { node in
      guard let id = node["id"]?.text else { throw KeyValueUnavailable(reason: "id is missing") }
      return [0x0A, UInt8(id.utf8.count)] + Array(id.utf8)
    },
    decode: { bytes in
      guard bytes.count > 2, bytes[0] == 0x0A else { throw KeyValueUnavailable(reason: "no field 1") }
      return ["id": .text(String(decoding: bytes[2...], as: UTF8.self))]
    })

  static func token(_ user: String = "u1", roles: [String] = ["customer"], id: String = "t1") -> String {
    "Bearer " + authority.issue(subject: user, roles: roles, id: id, now: epoch).text
  }

  mutating func ask(
    _ method: String, _ path: String, headers: GatewayHeaders = ["Authorization": GatewayStage.token()],
    body: String = "", draw: UInt64 = 0
  ) -> GatewayAnswer {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let request = GatewayRequest(
      method, parts[0], query: parts.count > 1 ? parts[1] : "", headers: headers, body: Array(body.utf8),
      gtxid: GTXID(high: 7, low: 1)!, draw: draw)
    var passed: [GatewayCall] = []
    let result = gateway.handle(request, store: store, now: now) { call in
      passed.append(call)
      return answer
    }
    calls += passed
    return result
  }
}

extension GatewayAnswer {
  var text: String { String(decoding: response.body, as: UTF8.self) }
  var names: [String] { runs.map { "\($0.phase.rawValue) \($0.name)" } }
  var phases: [GatewayPhase] {
    runs.reduce(into: []) { phases, run in if phases.last != run.phase { phases.append(run.phase) } }
  }
}

func route(
  _ id: String, _ pattern: RoutePattern, methods: [String] = ["GET"], to service: String = "order",
  _ change: (inout RouteDefinition) -> Void = { _ in }
) -> RouteDefinition {
  var route = RouteDefinition(id, methods: methods, pattern, to: .service(service))
  change(&route)
  return route
}
