internal import Operations
internal import Platform
internal import Simulation

/// The part of a process that talks to the registry: it registers its instance, renews the lease, and refreshes the copy
/// of the list, each by a call over the network.
final class RegistryAgent: @unchecked Sendable {
  private unowned let process: ServiceProcess
  private let world: World
  private let instance: ServiceInstance
  private var random: RandomStream
  private static let timeLimit: Int64 = 2_000_000_000
  /// Between tries to register.
  private static let retryInterval: Int64 = 5_000_000_000

  init(_ process: ServiceProcess) {
    self.process = process
    world = process.world
    instance = process.instance
    random = world.random("\(instance.name)/registry/\(process.number)")
  }

  private var interval: Int64 { world.settings.discovery.registry.renewalInterval }

  /// Registers at once, unless that is for whoever deploys it to say, and renews from some moment of the first interval
  /// on: not all at the same time.
  func run() async {
    var isListed = process.isLeaving ? false : await register()
    try? await world.time.sleep(for: isListed ? Int64(random.below(Int(interval))) : Self.retryInterval)
    while !process.life.isOver {
      if !process.isLeaving { isListed = isListed ? await renew() : await register() }
      await refresh()
      try? await world.time.sleep(for: isListed ? interval : Self.retryInterval)
    }
  }

  // MARK: The lease

  @discardableResult
  func register() async -> Bool {
    let answer = await ask("POST /eureka/apps/{app}") { $0.document = .instance(self.instance.registration) }
    return answer?.status == 204
  }

  private func renew() async -> Bool {
    guard let answer = await ask("PUT /eureka/apps/{app}/{id}") else { return true }
    // The registry knows nothing of it: it has lost its memory, or taken the instance for dead.
    return answer.status == 404 ? await register() : true
  }

  func deregister() async -> Bool {
    let answer = await ask("DELETE /eureka/apps/{app}/{id}")
    return answer?.status == 200 || answer?.status == 404
  }

  /// Says that it takes no more calls, which callers learn with their next refresh.
  func leaveService() async -> Bool {
    let answer = await ask("PUT /eureka/apps/{app}/{id}/status") {
      $0.document = .status(.outOfService)
    }
    return answer?.status == 200 || answer?.status == 404
  }

  /// It takes calls again.
  func enterService() async -> Bool {
    let answer = await ask("PUT /eureka/apps/{app}/{id}/status") { $0.document = .status(.up) }
    return answer?.status == 200
  }

  // MARK: The list

  private func refresh() async {
    guard let fetch = instance.known.due(now: world.time.now) else { return }
    if await self.fetch(fetch) == .needsWhole { _ = await self.fetch(.whole) }
  }

  private func fetch(_ fetch: RegistryCache.Fetch) async -> RegistryCache.Outcome? {
    let answer = await ask(fetch == .whole ? "GET /eureka/apps" : "GET /eureka/apps/delta")
    guard !process.life.isOver else { return nil }
    switch answer?.document {
    case .listing(let listing):
      instance.known.apply(listing, now: world.time.now)
      return .refreshed
    case .delta(let delta): return instance.known.apply(delta, now: world.time.now)
    default:
      instance.known.failed(now: world.time.now)
      return nil
    }
  }

  private func ask(_ route: String, _ complete: (inout Request) -> Void = { _ in }) async -> Response? {
    guard !process.life.isOver else { return nil }
    guard !world.faults.isCutOffFromRegistry(instance) else {
      // Nobody says no: it is waited for in vain.
      try? await world.time.sleep(for: Self.timeLimit)
      return nil
    }
    var request = Request(route, argument: "\(instance.service.name)/\(instance.address)")
    complete(&request)
    let reply = Reply<Response>()
    let timer = world.time.after(Self.timeLimit) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    return try? await world.network.call(
      world.service(ShopPlan.registry).instances[0], request, caller: instance.service.name, reply: reply)
  }
}

extension ServiceInstance {
  /// What it says of itself.
  var registration: RegistryInstance {
    RegistryInstance(
      app: service.name, id: address, host: "10.0.\(zone == "a" ? 1 : 2).\(number)", port: port, zone: zone,
      version: version, lastDirty: placedAt)
  }
}
