internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel

/// The only way in. `POST /orders` is answered with 202 and the GTXID to ask with; `GET /transactions/{gtxid}` says how
/// far it is.
actor GatewayService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.gateway, team: "edge", instances: 2, firstPort: 41_801, workers: 64,
    calls: [CallPlan(ShopPlan.order, "creates the order; asks for its state")], program: { GatewayService($0) })

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

  func handle(_ delivery: Delivery) async throws -> Handling {
    preconditionFailure("the gateway reads no topic")
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    await world.time.pause(for: filters.sample(&random))
    try process.life.check()
    switch request.route {
    case "POST /orders": return try await order(request, context)
    case "GET /transactions/{gtxid}": return try await state(request, context)
    case "GET /health": return Response(200)
    default: return Response(404, body: Payload(reason: "no route for \(request.route)"))
    }
  }

  private func order(_ request: Request, _ context: TraceContext) async throws -> Response {
    let span = process.tracer.openSpan(of: context.gtxid)
    var forwarded = Request("POST /orders", body: request.body)
    forwarded.user = request.user
    let outcome = await process.client(of: ShopPlan.order).call(forwarded, in: span)
    try process.life.check()
    switch outcome.result {
    case .success(let response): return Response(response.status, body: response.body)
    case .failure(let error):
      let reason = error is CallNotPermitted ? "breaker \(ShopPlan.order) is OPEN" : "\(error)"
      world.transactions.refusedAtGateway(context.gtxid, reason: reason)
      process.log(.error, context, "order not accepted: \(reason)")
      return Response(outcome.isUnknown ? 504 : 503, body: Payload(reason: reason))
    }
  }

  private func state(_ request: Request, _ context: TraceContext) async throws -> Response {
    let span = process.tracer.openSpan(of: context.gtxid)
    let forwarded = Request("GET /orders/{gtxid}", argument: request.argument, user: request.user)
    let outcome = await process.client(of: ShopPlan.order).call(forwarded, in: span)
    try process.life.check()
    switch outcome.result {
    case .success(let response): return Response(response.status, body: response.body)
    case .failure(let error): return Response(503, body: Payload(reason: "\(error)"))
    }
  }
}
