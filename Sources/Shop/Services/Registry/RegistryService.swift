internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel

/// Where everybody registers, and learns of the others: by Eureka's rules. It keeps all in memory, so that a crash leaves
/// it with nothing but what the instances say anew when they renew.
actor RegistryService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.registry, team: "platform", instances: 1, firstPort: 8_761, workers: 64,
    program: { RegistryService($0) })

  static let routes = [
    "POST /eureka/apps/{app}", "PUT /eureka/apps/{app}/{id}", "PUT /eureka/apps/{app}/{id}/status",
    "DELETE /eureka/apps/{app}/{id}", "GET /eureka/apps", "GET /eureka/apps/delta",
  ]

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let book: RegistryBook
  /// One that has lost its memory gives out no list before everybody had the time to register again: Eureka's
  /// `waitTimeInMsWhenSyncEmpty`.
  private let listsFrom: Int64

  init(_ process: ServiceProcess) {
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let settings = world.settings.discovery.registry
    book = RegistryBook(ServiceRegistry(settings: settings, now: world.time.now))
    listsFrom = process.number == 1 ? .min : world.time.now + settings.renewalInterval + 5_000_000_000
    world.registryBook = book
    process.life.whenOver { [world] in world.registryBook = nil }
    let (book, random) = (book, world.random("registry/eviction/\(process.number)"))
    process.life.spawn { await Self.evict(from: book, every: settings.evictionInterval, random, process) }
  }

  private static func evict(
    from book: RegistryBook, every interval: Int64, _ random: RandomStream, _ process: ServiceProcess
  ) async {
    var random = random
    while true {
      do { try await process.world.time.sleep(for: interval) } catch { return }
      let report = book.registry.evict(now: process.world.time.now) { random.below($0) }
      book.note(report, process.world)
    }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let now = world.time.now
    let parts = request.argument.split(separator: "/").map(String.init)
    let (app, id) = (parts.first ?? "", parts.last ?? "")
    switch request.route {
    case "POST /eureka/apps/{app}":
      guard case .instance(let instance) = request.document else { return Response(400) }
      book.registry.register(instance, now: now)
      return Response(204)
    case "PUT /eureka/apps/{app}/{id}":
      return Response(book.registry.renew(app: app, id: id, now: now) ? 200 : 404)
    case "PUT /eureka/apps/{app}/{id}/status":
      guard case .status(let status) = request.document else { return Response(400) }
      return Response(book.registry.override(status, app: app, id: id, now: now) ? 200 : 404)
    case "DELETE /eureka/apps/{app}/{id}":
      return Response(book.registry.cancel(app: app, id: id, now: now) ? 200 : 404)
    case "GET /eureka/apps": return list(.listing(book.registry.listing))
    case "GET /eureka/apps/delta": return list(.delta(book.registry.delta(now: now)))
    default: return .notFound("registry has no \(request.route)")
    }
  }

  private func list(_ document: Document) -> Response {
    guard world.time.now >= listsFrom else {
      return Response(503, body: Payload(reason: "the registry has started anew, and waits for registrations"))
    }
    var response = Response(200)
    response.document = document
    return response
  }
}

/// What the registry has in its memory, for those who look at it.
final class RegistryBook: @unchecked Sendable {
  var registry: ServiceRegistry
  private var wasSelfPreserving = false

  init(_ registry: ServiceRegistry) {
    self.registry = registry
  }

  /// Tells who was evicted, and when it begins and ends to spare everybody.
  func note(_ report: EvictionReport, _ world: World) {
    for instance in report.evicted {
      world.counters.evictions += 1
      world.tell(
        OperationalEvent(
          time: world.time.now, kind: .instance, severity: .warning, subject: instance.id, change: "evicted",
          reason: "its lease was not renewed"))
    }
    // Expired leases alone make it worth telling.
    let isSparing = report.isSelfPreserving && report.spared > 0
    guard isSparing != wasSelfPreserving else { return }
    wasSelfPreserving = isSparing
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .instance, severity: isSparing ? .warning : .good, subject: ShopPlan.registry,
        change: isSparing ? "preserves itself" : "evicts again",
        reason: isSparing ? "too few renew: \(report.spared) expired leases stay" : "enough renew"))
  }
}
