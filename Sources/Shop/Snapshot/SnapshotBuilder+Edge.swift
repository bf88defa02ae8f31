internal import Operations
internal import OrderedCollections
internal import Platform
internal import Simulation
internal import TraceModel
internal import Transactions

extension SnapshotBuilder {
  private static let linesShown = 50
  private static let tokensShown = 50

  /// - Parameter kept: what is in the key-value store, by space.
  func edge(_ kept: [String: KeyValueSpace]) -> EdgeSnapshot {
    var snapshot = edgeFigures(kept)
    snapshot.gateways = [GatewayTable.external, .inside].map(gateway)
    snapshot.members = members()
    let prefix = RevocationList.key(of: "")
    let store = world.keyValueStore
    snapshot.revoked = store.entries(withPrefix: prefix, limit: Self.tokensShown).map { entry in
      RevokedToken(
        id: String(entry.key.dropFirst(prefix.count)), user: String(decoding: entry.value, as: UTF8.self),
        timeLeft: entry.timeLeft ?? 0)
    }
    snapshot.keyValueStore = keyValueStore()
    return snapshot
  }

  /// What is counted at the gateways, without their routes and clients.
  func edgeFigures(_ kept: [String: KeyValueSpace]) -> EdgeSnapshot {
    var snapshot = EdgeSnapshot()
    snapshot.gateways = [GatewayTable.external, .inside].map { table in
      var gateway = EdgeGateway(name: table.name)
      gateway.refusals = refusals(table)
      return gateway
    }
    snapshot.members.lateUsesRefused = world.edge.revokedUsesRefused
    snapshot.members.lateUsesPassed = world.edge.revokedUsesPassed
    snapshot.revokedCount = kept[String(KeyValueStore.space(of: RevocationList.key(of: "")))]?.keys ?? 0
    return snapshot
  }

  private func refusals(_ table: GatewayTable) -> [EdgeGateway.Refusal] {
    let account = world.edge.account(of: table.name, at: world.time.now)
    return GatewayReason.allCases.compactMap { reason in
      account.refusals[reason].map {
        EdgeGateway.Refusal(reason: reason.rawValue, status: reason.status, count: UInt64($0), meaning: reason.meaning)
      }
    }
  }

  private func gateway(_ table: GatewayTable) -> EdgeGateway {
    var gateway = EdgeGateway(name: table.name)
    let account = world.edge.account(of: table.name, at: world.time.now)
    let desks = world.edge.desks(of: table.name)
    // The newest that one of them goes by.
    let newest = desks.map(\.desk).max { $0.gateway.configuration.version < $1.gateway.configuration.version }
    let current = newest?.table ?? table
    let configuration =
      newest?.gateway.configuration
      ?? table.configuration(
        world.settings.edge, by: world.configuration.current, version: world.configuration.server.current.number)
    gateway.versions = desks.map { instance, desk in
      let isUp = world.service(table.name).instances.first { $0.name == instance }?.isUp ?? false
      return EdgeGateway.Version(instance: instance, version: desk.gateway.configuration.version, isUp: isUp)
    }
    gateway.routes = configuration.routes.map { route($0, current, desks.map(\.desk)) }
    gateway.clients = account.clients.map { client($0.key, $0.value, configuration) }
    gateway.refusals = refusals(table)
    gateway.filters = GatewayFilters.standard(without: world.settings.edge.filtersLeftOut).map {
      "\($0.phase.rawValue) \($0.name)"
    }
    gateway.failsOpen = configuration.revocationPolicy == .failOpen
    gateway.unchecked = UInt64(account.unchecked)
    gateway.cacheHits = UInt64(account.cacheHits)
    gateway.cacheMisses = UInt64(account.cacheMisses)
    gateway.accessLog = desks.flatMap { $0.desk.gateway.accessLog.suffix(Self.linesShown) }
      .sorted { ($0.time, $0.gtxid) > ($1.time, $1.gtxid) }.prefix(Self.linesShown).map(Self.line)
    return gateway
  }

  private static func line(_ entry: AccessLogEntry) -> EdgeLogLine {
    EdgeLogLine(
      time: entry.time, duration: entry.duration, method: entry.method, path: entry.path, route: entry.route,
      client: entry.client, status: entry.status, reason: entry.reason, gtxid: GTXID(entry.gtxid))
  }

  private func route(_ definition: RouteDefinition, _ table: GatewayTable, _ desks: [GatewayDesk]) -> EdgeRoute {
    let known = table.route(definition.id)
    let topic = known.intake?.topic
    var route = EdgeRoute(id: definition.id, pattern: known.route, service: topic == nil ? known.service : "")
    route.topic = topic
    route.summary = definition.summary
    route.conditions =
      definition.content.map { "\($0.path)=\($0.value)" }
      + definition.headers.map { "\($0.name): \($0.value ?? "any")" }
    route.settings = Self.settings(of: definition)
    var latest = CallStatistics()
    for desk in desks {
      guard let count = desk.look(at: world.time.now).first(where: { $0.id == definition.id })?.count else { continue }
      route.calls += count.calls
      route.refused += count.refused
      route.errors += count.errors
      latest.join(count.statistics)
    }
    route.rate = latest.rate
    route.errorShare = latest.errorShare
    (route.p50, route.p95, route.p99) = latest.percentiles
    return route
  }

  private static func settings(of route: RouteDefinition) -> [String] {
    var words: [String] = []
    if route.isPublic { words.append("no token") }
    if !route.roles.isEmpty { words.append("roles \(route.roles.joined(separator: " or "))") }
    if let limit = route.maximumBodyBytes { words.append("body ≤ \(limit)") }
    if route.kind == .asynchronous { words.append("202") }
    if !route.requestTransforms.isEmpty { words.append("request changed") }
    if !route.responseTransforms.isEmpty { words.append("answer changed") }
    if let translation = route.translation { words.append(translation.isOpen ? "JSON, protobuf" : "protobuf behind") }
    if route.kind == .streaming { words.append("stream") }
    if route.cache != nil { words.append("cached") }
    return words
  }

  private func client(_ id: String, _ client: EdgeBooks.Client, _ configuration: GatewayConfiguration) -> EdgeClient {
    var snapshot = EdgeClient(id: id)
    let name = configuration.clients.first { $0.id == id }?.plan
    let plan = configuration.plans.first { $0.name == name } ?? configuration.defaultPlan
    snapshot.plan = plan.name
    snapshot.rateLimit = plan.rateLimit?.refillPerSecond
    snapshot.quota = plan.dailyQuota
    snapshot.quotaUsed = client.quotaUsed
    snapshot.calls = UInt64(client.meter.calls)
    snapshot.refused = UInt64(client.meter.refused)
    snapshot.sandboxCalls = UInt64(client.meter.sandboxCalls)
    snapshot.requestBytes = UInt64(client.meter.requestBytes)
    snapshot.responseBytes = UInt64(client.meter.responseBytes)
    snapshot.charge = client.meter.charge
    return snapshot
  }

  private func members() -> MemberFigures {
    var figures = MemberFigures()
    let edge = world.edge
    figures.accounts = Int((try? world.disk(of: ShopPlan.member)?.database.read { try MemberTables.count($0) }) ?? 0)
    figures.signUps = edge.signUps
    figures.logIns = edge.logIns
    figures.refusedLogIns = edge.refusedLogins
    figures.logOuts = edge.logOuts
    figures.failedLogOuts = edge.failedLogOuts
    figures.lateUsesRefused = edge.revokedUsesRefused
    figures.lateUsesPassed = edge.revokedUsesPassed
    figures.tokenLifetime = world.settings.edge.tokenLifetime
    return figures
  }

  private func keyValueStore() -> KeyValueFigures {
    var figures = KeyValueFigures()
    let (machine, store) = (world.keyValueStore, world.keyValueStore.store)
    figures.keys = store.count
    figures.bytes = store.bytes
    figures.byteLimit = store.settings.maximumBytes
    figures.hits = UInt64(store.counters.hits)
    figures.misses = UInt64(store.counters.misses)
    figures.expired = UInt64(store.counters.expired)
    figures.refused = UInt64(store.counters.refused)
    figures.failed = machine.failed
    figures.ailment = machine.ailment ?? ""
    return figures
  }
}
