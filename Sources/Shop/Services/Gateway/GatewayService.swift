internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel

/// The only ways in: one gateway for customers and partners, one for those who run the shop. Each request goes through
/// the filters of `Platform`'s gateway, and on to the service that answers it, see ``GatewayTable``. `POST /orders` is
/// answered with 202 and the GTXID to ask with; `GET /transactions/{gtxid}` says how far it is. What is sent to
/// `POST /messages/…` becomes a record of a topic, with no service in its way.
actor GatewayService: ShopService {
  static let plan = plan(.external, instances: 2, firstPort: 41_801)
  static let insidePlan = plan(.inside, instances: 2, firstPort: 41_971)

  private static func plan(_ table: GatewayTable, instances: Int, firstPort: Int) -> ServicePlan {
    var plan = ServicePlan(
      name: table.name, team: "edge", instances: instances, firstPort: firstPort, workers: 64, calls: table.calls,
      program: { GatewayService($0, table) })
    plan.usesKeyValueStore = true
    plan.publishesDirectly = !table.intakes.isEmpty
    plan.streams = table.routes.contains { $0.definition.kind == .streaming } ? 512 : 0
    return plan
  }

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let desk: GatewayDesk
  private var random: RandomStream
  private let filters = LatencyModel(floor: 0.2, mean: 0.3)

  init(_ process: ServiceProcess, _ table: GatewayTable) {
    self.process = process
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("work")
    desk = GatewayDesk(table, settings: process.world.settings.edge, process: process)
    process.gatewayDesk = desk
    process.world.edge.opened(desk, at: process.instance.name)
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let trail = GatewayTrail(process: process, context: context, start: world.time.now)
    await world.time.pause(for: filters.sample(&random))
    try process.life.check()
    // What it is called behind the gateway is what the table says that its route was found in.
    let table = desk.table
    var step = desk.begin(GatewayRequest(request, gtxid: context.gtxid), now: world.time.now)
    while case .lookUp(let key, let exchange) = step {
      let value = try await process.keyValueStore.value(of: key)
      step = desk.resume(exchange, with: value, now: world.time.now)
    }
    switch step {
    case .forward(let call, let exchange):
      trail.before(exchange.runs)
      guard let route = exchange.route.map({ table.route($0.id) }) else {
        preconditionFailure("what is passed on has a route")
      }
      return try await GatewayPassage(
        process: process, desk: desk, call: call, exchange: exchange, request: request, route: route, trail: trail
      ).run()
    case .answered(let answer):
      trail.before(answer.runs)
      trail.after(answer)
      return turnedAway(answer, context)
    case .lookUp: preconditionFailure("a look-up is answered before anything else")
    }
  }

  private func turnedAway(_ answer: GatewayAnswer, _ context: TraceContext) -> Response {
    desk.count(answer, context.gtxid, now: world.time.now)
    var response = Response(answer.response.status, body: answer.payload)
    response.headers = answer.carried
    guard let failure = answer.failure else { return response }
    response.body.reason = failure.sentence
    process.log(
      .warn, context, "\(answer.log.method) \(answer.log.path) refused: \(failure.status) \(failure.sentence)")
    return response
  }

  /// On an answer to somebody whose token nobody could check.
  static let unchecked = "X-Token-Unchecked"
}
