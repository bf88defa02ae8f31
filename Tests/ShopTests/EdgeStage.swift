import Operations
import Platform
import Simulation
import TraceCollector
import TraceModel

@testable import Shop

/// Coming in through a gateway as somebody in particular.
extension Stage {
  private final class Box: @unchecked Sendable {
    var response: Response?
  }

  /// Sends a request, lets time pass, and says what came back, refusals and failures included; status 0: nothing.
  /// - Parameters:
  ///   - user: who has logged in; nil comes without a token.
  ///   - client: whose key is sent along: `partner`.
  func ask(
    _ request: Request, of service: String = ShopPlan.gateway, by user: String? = "kim",
    roles: [String] = [MemberRole.customer], client: String? = nil, token: String? = nil, instance: Int? = nil,
    seconds: Double = 0.4
  ) -> Response {
    var request = request
    if let token {
      request.headers.append(Accounts.header(token))
    } else if let user {
      request.headers.append(Accounts.header(self.token(of: user, roles: roles)))
    }
    request.user = user ?? ""
    if let client { request.headers.append(Carrier.Header("X-API-Key", GatewayTable.key(of: client))) }
    let (box, reply) = (Box(), Reply<Response>())
    let deployed = world.service(service)
    let target = instance.map { deployed.instances[$0 - 1] } ?? deployed.next()
    guard let process = target.process else { return Response(0) }
    process.accept(request, reply: reply, caller: "")
    world.time.spawn { box.response = try? await reply.value() }
    run(seconds)
    return box.response ?? Response(0)
  }

  func snapshot() -> SystemSnapshot {
    SnapshotBuilder(world: world, external: TraceStore(budget: 1 << 20))
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  func logIn(_ user: String = "kim", password: String? = nil) -> Response {
    ask(Accounts.logIn(user, password: password ?? Accounts.password(of: user)), by: nil)
  }

  /// The phases of the gateway's filters in a transaction, in order.
  func filterSpans(_ response: Response) -> [TraceSpan] {
    let server = spans(Self.id(response)).first { $0.kind == .server && $0.service.hasPrefix("gateway") }
    return filters(in: server, response)
  }

  /// The filters that ran in a phase, in order.
  func filters(in phase: TraceSpan?, _ response: Response) -> [TraceSpan] {
    spans(Self.id(response)).filter { $0.kind == .internal && $0.parent != nil && $0.parent == phase?.id }
      .sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
  }

  static func id(_ response: Response) -> GTXID? { header(Carrier.gtxid, response).flatMap { GTXID($0) } }

  static func header(_ name: String, _ response: Response) -> String? {
    response.headers.first { $0.name == name }?.value
  }

  /// Whom the gateway called.
  func callees(_ response: Response) -> [String] { callees(spans(Self.id(response))) }

  func callees(_ spans: [TraceSpan]) -> [String] {
    spans.filter { $0.kind == .client && $0.service.hasPrefix("gateway") }.map(\.peer)
  }

  func refusals(_ reason: GatewayReason, at gateway: String = ShopPlan.gateway) -> Int {
    world.edge.refusals(of: gateway, for: reason)
  }
}

extension Payload {
  /// A text that makes a body large.
  static func large(_ bytes: Int) -> Payload {
    var body = Payload(sku: "sku-01")
    body.stars = 5
    body.words = String(repeating: "x", count: bytes)
    return body
  }
}
