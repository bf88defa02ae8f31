internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel

/// The only way in: it passes each request on to the service that answers it, see ``GatewayRoute``. `POST /orders` is
/// answered with 202 and the GTXID to ask with; `GET /transactions/{gtxid}` says how far it is.
actor GatewayService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.gateway, team: "edge", instances: 2, firstPort: 41_801, workers: 64, calls: GatewayRoute.calls,
    program: { GatewayService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private var random: RandomStream
  private let filters = LatencyModel(floor: 0.2, mean: 0.3)

  init(_ process: ServiceProcess) {
    self.process = process
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.world.random("\(process.instance.name)/work/\(process.number)")
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    await world.time.pause(for: filters.sample(&random))
    try process.life.check()
    guard let route = GatewayRoute.of(request.route, request.body) else {
      return .notFound("no route for \(request.route)")
    }
    var forwarded = Request(route.target, argument: request.argument, body: request.body)
    forwarded.user = request.user
    let outcome = await process.client(of: route.service).call(
      forwarded, in: process.tracer.openSpan(of: context.gtxid))
    try process.life.check()
    switch outcome.result {
    case .success(let response): return Response(response.status, body: response.body)
    case .failure(let error):
      let reason = error is CallNotPermitted ? "breaker \(route.service) is OPEN" : "\(error)"
      if route.kind == TransactionKind.checkout {
        world.transactions.refusedAtGateway(context.gtxid, reason: reason)
        process.log(.error, context, "order not accepted: \(reason)")
      }
      return Response(outcome.isUnknown ? 504 : 503, body: Payload(reason: reason))
    }
  }
}
