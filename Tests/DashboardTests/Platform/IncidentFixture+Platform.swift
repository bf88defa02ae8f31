import Operations
import TraceModel

extension IncidentFixture {
  /// The incident with all that the shop leans on: a registry that spares a process that is gone, a setting that was
  /// pushed a moment ago, a canary, a full database server, and clients at the gate.
  static func platform() -> SystemSnapshot {
    var snapshot = snapshot()
    snapshot.services = ["gateway", "review", "order", "payment"].compactMap(snapshot.service)
    for index in snapshot.services.indices {
      for place in snapshot.services[index].instances.indices {
        let isLate = snapshot.services[index].name == "order" && place == 1
        snapshot.services[index].instances[place].configurationVersion = isLate ? 6 : 7
        snapshot.services[index].instances[place].version = snapshot.services[index].version
      }
    }
    (snapshot.services[3].instances[1].health, snapshot.services[3].instances[1].workers) = (.down, nil)
    (snapshot.services[3].instances[1].reason, snapshot.services[3].instancesUp) = ("crashed", 1)
    snapshot.services[1].cache = CacheUse(entries: 70, capacity: 1_000, hits: 691, misses: 309, loads: 309)
    snapshot.registry = registry(of: snapshot.services)
    snapshot.configuration = configuration()
    snapshot.deployments = deployments()
    snapshot.databaseServers = [databaseServer()]
    snapshot.edge = edge()
    return snapshot
  }

  private static func registry(of services: [ServiceSnapshot]) -> RegistrySnapshot {
    var registry = RegistrySnapshot()
    for service in services {
      for (number, instance) in service.instances.enumerated() {
        let silence: Int64 = instance.health == .down ? 71 : Int64(7 * number + 3)
        registry.leases.append(
          RegistrySnapshot.Lease(
            service: service.name, id: "\(instance.name):\(instance.port)", status: "UP",
            zone: number % 2 == 0 ? "a" : "b", version: service.version, age: 2 * hour, sinceRenewal: silence * second,
            remaining: (90 - silence) * second))
      }
    }
    registry.leases.append(
      RegistrySnapshot.Lease(
        service: "order", id: "order-1:40999", status: "UP", zone: "a", version: "1.4.1", age: 3 * hour,
        sinceRenewal: 95 * second, remaining: -5 * second))
    (registry.renewalsLastMinute, registry.renewalsThreshold, registry.isSelfPreserving) = (14, 17, true)
    (registry.evicted, registry.registrations, registry.version, registry.rule) = (3, 14, 41, "round-robin")
    return registry
  }

  private static func configuration() -> ConfigurationSnapshot {
    var configuration = ConfigurationSnapshot(version: 7, published: now - 4 * second, author: "kim")
    configuration.entries = [
      .init(key: "balancing.rule", value: "round-robin"),
      .init(key: "gateway>order.breaker.failure-rate-threshold", value: "50"),
      .init(key: "order.pool", value: "20"), .init(key: "review.supervisor", value: "back-off"),
    ]
    configuration.changes = ["order.pool 10 → 20"]
    (configuration.upToDate, configuration.instances, configuration.oldestKept) = (7, 8, 2)
    return configuration
  }

  private static func deployments() -> [DeploymentSnapshot] {
    var canary = DeploymentSnapshot(service: "review", phase: "canary")
    (canary.version, canary.canaryShare, canary.began) = ("2.0.0", 0.1, now - 41 * second)
    (canary.canaryCalls, canary.canaryErrors, canary.otherCalls, canary.otherErrors) = (120, 9, 1_080, 1)
    canary.fewestServing = 1
    canary.members = [
      .init(instance: "review-1", version: "1.4.2", takesCalls: true),
      .init(instance: "review-2", version: "2.0.0", takesCalls: false, step: "awaitHealth"),
    ]
    var back = DeploymentSnapshot(service: "order", phase: "rolled back")
    (back.version, back.reason) = ("1.5.0", "order-2 did not become healthy within 30 s")
    (back.began, back.ended, back.fewestServing) = (now - 3_600 * second, now - 3_480 * second, 1)
    return [canary, back]
  }

  private static func databaseServer() -> SharedDatabaseSnapshot {
    SharedDatabaseSnapshot(
      name: "shared-db", open: 20, maximum: 20, refused: 38,
      pools: [
        .init(name: "order-1", size: 10, inUse: 10, idle: 0, refused: 31),
        .init(name: "order-2", size: 10, inUse: 7, idle: 1, refused: 7),
        .init(name: "review-1", size: 5, inUse: 0, idle: 2, refused: 0),
      ])
  }

  private static func edge() -> EdgeSnapshot {
    var gateway = EdgeGateway(name: "gateway")
    gateway.routes = [
      route("POST /orders", "order", 46, (9, 14, 22), settings: ["body ≤ 8192", "202"], refused: 12),
      route("GET /reviews/{sku}", "review", 74, (6, 12, 18), settings: ["cached"]),
      route("POST /login", "member", 0, nil, settings: ["no token"]),
    ]
    gateway.clients = [
      client("mobile", "own", limit: 10_000, quota: nil, calls: 12_571, refused: 0),
      client("partner", "partner", limit: 20, quota: (98_412, 100_000), calls: 98_412, refused: 311),
    ]
    gateway.refusals = [
      .init(reason: "rate-limit", status: 429, count: 311), .init(reason: "revoked-token", status: 401, count: 3),
    ]
    gateway.filters = ["PRE routing", "PRE authentication", "PRE rate-limit", "ERROR error-answer", "POST access-log"]
    (gateway.cacheHits, gateway.cacheMisses) = (691, 309)
    gateway.accessLog = [
      EdgeLogLine(
        time: at(14, 3, 26.9), duration: 2_000_000, method: "POST", path: "/orders", route: "order.create",
        client: "mobile", status: 202, reason: "", gtxid: stuckSaga),
      EdgeLogLine(
        time: at(14, 3, 26.4), duration: 310_000, method: "GET", path: "/reviews/sku-18", route: "review.list",
        client: "partner", status: 429, reason: "rate-limit", gtxid: notPermitted),
    ]
    var edge = EdgeSnapshot()
    edge.gateways = [gateway]
    (edge.members.accounts, edge.members.logIns, edge.members.logOuts) = (21, 31, 14)
    (edge.members.lateUsesRefused, edge.members.tokenLifetime) = (3, 900)
    edge.revoked = [RevokedToken(id: "d5d83e0b12f8887e", user: "park", timeLeft: 856 * second)]
    edge.revokedCount = 14
    var store = KeyValueFigures()
    (store.keys, store.bytes, store.byteLimit) = (14, 1_300, 4_194_304)
    edge.keyValueStore = store
    return edge
  }

  private static func route(
    _ pattern: String, _ service: String, _ rate: Double, _ latency: (Int64, Int64, Int64)?, settings: [String],
    refused: UInt64 = 0
  ) -> EdgeRoute {
    var route = EdgeRoute(id: "\(service).\(pattern)", pattern: pattern, service: service)
    (route.rate, route.settings, route.refused) = (rate, settings, refused)
    route.calls = UInt64(rate * 600)
    if let latency {
      (route.p50, route.p95, route.p99) = (latency.0 * 1_000_000, latency.1 * 1_000_000, latency.2 * 1_000_000)
    }
    return route
  }

  private static func client(
    _ id: String, _ plan: String, limit: Int, quota: (Int, Int)?, calls: UInt64, refused: UInt64
  ) -> EdgeClient {
    var client = EdgeClient(id: id)
    (client.plan, client.rateLimit, client.calls, client.refused) = (plan, limit, calls, refused)
    (client.quotaUsed, client.quota) = (quota?.0 ?? 0, quota?.1)
    (client.requestBytes, client.responseBytes, client.charge) = (calls * 15, calls * 169, Int64(calls) * 2_000)
    return client
  }
}
