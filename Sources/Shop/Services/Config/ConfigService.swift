internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel

/// Pushes the configuration to all who have subscribed, and knows who runs which version. Who cannot be reached goes on
/// with what it has, and is asked again.
actor ConfigService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.config, team: "platform", instances: 1, firstPort: 8_888, workers: 16,
    program: { ConfigService($0) })

  static let routes = ["POST /subscriptions/{instance}"]

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private static let interval: Int64 = 1_000_000_000
  private static let timeLimit: Int64 = 2_000_000_000

  init(_ process: ServiceProcess) {
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    process.life.spawn {
      while !process.life.isOver {
        for name in process.world.configuration.server.pending(now: process.world.time.now) {
          process.life.spawn { await Self.push(to: name, from: process) }
        }
        try? await process.world.time.sleep(for: Self.interval)
      }
    }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "POST /subscriptions/{instance}" else {
      return .notFound("config has no \(request.route)")
    }
    world.configuration.server.subscribe(request.argument)
    return Response(204)
  }

  private static func push(to name: String, from process: ServiceProcess) async {
    let world = process.world
    let version = world.configuration.server.current
    guard let instance = world.services.flatMap(\.instances).first(where: { $0.name == name }) else {
      return world.configuration.server.unsubscribe(name)
    }
    var request = Request("PUT /configuration", argument: "\(version.number)")
    request.document = .configuration(version.value, version: version.number)
    let reply = Reply<Response>()
    let timer = world.time.after(timeLimit) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    let answer = try? await world.network.call(instance, request, caller: ShopPlan.config, reply: reply)
    guard !process.life.isOver, answer?.status == 200 else { return }
    world.configuration.server.acknowledge(name, version: version.number, now: world.time.now)
  }
}

extension ServiceProcess {
  /// Asks to be told of the configuration, until the service that has it answers.
  func subscribe() async {
    while !life.isOver {
      let reply = Reply<Response>()
      let timer = world.time.after(2_000_000_000) { reply.resolve(.failure(TimedOut())) }
      defer { timer.cancel() }
      let answer = try? await world.network.call(
        world.service(ShopPlan.config).instances[0], Request("POST /subscriptions/{instance}", argument: instance.name),
        caller: instance.service.name, reply: reply)
      if answer?.status == 204 { return }
      try? await world.time.sleep(for: 5_000_000_000)
    }
  }

  /// What was pushed to it last; before the first time, what it has read when it started.
  var configurationInUse: (value: ShopConfiguration, version: Int) {
    (configuration ?? configurationAtStart.value, configurationVersion ?? configurationAtStart.number)
  }

  /// Goes by another configuration from now on.
  func take(_ configuration: ShopConfiguration, version: Int) -> Response {
    // A push that was overtaken by a newer one changes nothing.
    guard version > configurationVersion ?? 0 else { return Response(200) }
    self.configuration = configuration
    configurationVersion = version
    fitPool()
    directory.follow(configuration)
    gatewayDesk?.follow(configuration, version: version)
    fitBreakers()
    return Response(200)
  }

  /// Gives the breakers of its clients the settings that the configuration says.
  func fitBreakers() {
    let configuration = configurationInUse.value
    for client in clients {
      client.useBreaker(
        configuration.breaker(instance.service.name, client.callee, planned: client.plan.breaker))
    }
  }
}
