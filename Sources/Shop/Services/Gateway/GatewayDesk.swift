internal import OrderedCollections
internal import Platform
internal import ShopMessages
internal import TraceModel

/// One life of one instance of a gateway: the filters with what they keep, and what its routes have seen.
final class GatewayDesk: @unchecked Sendable {
  struct RouteCount {
    var statistics = CallStatistics()
    var calls: UInt64 = 0
    /// Turned away by a filter.
    var refused: UInt64 = 0
    /// Answered with 500 or more.
    var errors: UInt64 = 0
  }

  /// As it is planned, and as it is by now.
  let plan: GatewayTable
  private(set) var table: GatewayTable
  private let settings: EdgeSettings
  private(set) var gateway: Gateway
  /// By the id of the route, in the order of first use; what found no route stands under an empty id.
  private(set) var routes = OrderedDictionary<String, RouteCount>()

  init(_ plan: GatewayTable, settings: EdgeSettings, process: ServiceProcess) {
    self.plan = plan
    self.settings = settings
    let (configuration, version) = process.configurationInUse
    do {
      let own = try plan.going(by: configuration)
      table = own
      gateway = try Gateway(
        name: plan.name, configuration: own.configuration(settings, by: configuration, version: version),
        tokens: process.world.tokens,
        translators: [.productsInfoRequest, .productsInfoResponse].map(MessageTranslator.init),
        settings: GatewaySettings(accessLogLimit: 200),
        filters: GatewayFilters.standard(without: settings.filtersLeftOut))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  func begin(_ request: GatewayRequest, now: Int64) -> GatewayStep { gateway.begin(request, now: now) }

  func resume(
    _ exchange: GatewayExchange, with value: Result<[UInt8]?, KeyValueUnavailable>, now: Int64
  ) -> GatewayStep {
    gateway.resume(exchange, with: value, now: now)
  }

  func complete(
    _ exchange: GatewayExchange, with result: Result<GatewayResponse, UpstreamFailure>, now: Int64
  ) -> GatewayAnswer {
    gateway.complete(exchange, with: result, now: now)
  }

  /// Goes by another configuration from now on, its routes among it; calls that are on their way keep theirs. What nobody
  /// could go by was not published.
  func follow(_ configuration: ShopConfiguration, version: Int) {
    do {
      let next = try plan.going(by: configuration)
      try gateway.adopt(next.configuration(settings, by: configuration, version: version))
      table = next
    } catch {
      preconditionFailure("\(error)")
    }
  }

  func count(_ answer: GatewayAnswer, _ gtxid: GTXID, now: Int64) {
    let log = answer.log
    let isError = log.status >= 500
    routes[log.route, default: RouteCount()].statistics.add(
      end: log.time + log.duration, duration: log.duration, isError: isError, gtxid: gtxid,
      message: isError ? answer.failure?.sentence ?? "" : "", now: now)
    routes[log.route]?.calls += 1
    if let failure = answer.failure, failure.reason != .upstream { routes[log.route]?.refused += 1 }
    if isError { routes[log.route]?.errors += 1 }
  }

  /// The figures of the last ten seconds, for all routes.
  func look(at now: Int64) -> [(id: String, count: RouteCount)] {
    for id in routes.keys { routes[id]?.statistics.forget(before: now) }
    return routes.map { ($0.key, $0.value) }
  }
}

extension GatewayRequest {
  /// A call as it stands on the wire: `GET /products/{sku}` with its argument put in.
  init(_ request: Request, gtxid: GTXID) {
    let parts = request.route.split(separator: " ", maxSplits: 1)
    var path = parts.count > 1 ? String(parts[1]) : "/"
    if let start = path.firstIndex(of: "{"), let end = path[start...].firstIndex(of: "}") {
      path.replaceSubrange(start...end, with: request.argument)
    }
    self.init(
      parts.first.map(String.init) ?? "", path, headers: GatewayHeaders(request.headers),
      body: request.protobuf ?? (request.body.fields.isEmpty ? [] : request.body.json), gtxid: gtxid, draw: gtxid.low)
    if request.protobuf != nil { headers["Content-Type"] = GatewayHeaders.protobuf }
  }
}

extension GatewayResponse {
  init(_ response: Response) {
    if let protobuf = response.protobuf {
      self.init(response.status, headers: ["Content-Type": GatewayHeaders.protobuf], body: protobuf)
    } else {
      self.init(response.status, body: response.body.fields.isEmpty ? [] : response.body.json)
    }
  }
}

extension MessageTranslator {
  init(_ form: MessageForm) {
    self.init(
      form.name, encode: { try form.protobuf(ofJSON: $0.bytes) }, decode: { try JSONNode(form.json(ofProtobuf: $0)) })
  }
}
