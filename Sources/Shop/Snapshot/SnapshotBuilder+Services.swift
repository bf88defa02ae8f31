internal import EventBus
internal import Operations
internal import OrderedCollections
internal import Resilience
internal import Simulation
internal import TraceCollector
internal import TraceModel
internal import Transactions

extension SnapshotBuilder {
  /// - Parameter window: over how long a time figures are that one may choose a window for.
  func services(
    breakers: [BreakerSnapshot], faults: FaultBoard, window: RedWindow = .tenSeconds
  ) -> [ServiceSnapshot] {
    let figures = world.traces.services(window: .tenSeconds, now: world.time.now)
    let wanted = window == .tenSeconds ? [] : world.traces.services(window: window, now: world.time.now)
    latestErrors.read()
    return world.services.map { service in
      var snapshot = ServiceSnapshot(name: service.name)
      snapshot.team = service.plan.team
      snapshot.isOutside = service.plan.isOutside
      snapshot.version = service.plan.isOutside ? "" : service.version
      judge(service, &snapshot)
      if service.plan.isOutside {
        outside(service, &snapshot)
      } else {
        if let own = figures.first(where: { $0.service == service.name }) { red(own, &snapshot) }
        leaveOutStreams(of: service, &snapshot)
        endpoints(service, window, &snapshot)
        snapshot.latestErrors = latestErrors.errors(
          of: service.name, and: world.failures.failures(of: service.name))
      }
      snapshot.windowed = wanted.first { $0.service == service.name }?.figures
      pools(service, &snapshot)
      snapshot.instances = service.instances.map { instance(of: $0, in: snapshot) }
      snapshot.calls = calls(of: service, breakers)
      snapshot.breaker = breakers.filter { $0.caller == service.name }.map(\.state).max { $0.rank < $1.rank }
      consumption(service, &snapshot)
      snapshot.publishes = world.publications.publications(of: service.name, now: world.time.now)
      outbox(service, &snapshot)
      snapshot.faults = faults.armed.filter { $0.isOn && $0.spec.target.service == service.name }.map(\.id)
      return snapshot
    }
  }

  private func judge(_ service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    let verdict = world.observatory.health.services[service.name]
    snapshot.health = verdict?.health ?? .up
    snapshot.reason = verdict?.reason ?? ""
    snapshot.since = verdict?.since ?? world.time.start
    snapshot.instancesAll = service.instances.count
    snapshot.instancesUp = service.instances.filter(\.isUp).count
    snapshot.restarts = service.instances.reduce(0) { $0 + $1.restarts }
  }

  private func red(_ own: ServiceFigures, _ snapshot: inout ServiceSnapshot) {
    snapshot.rate = own.figures.rate
    snapshot.errorShare = own.figures.errorShare ?? 0
    snapshot.p50 = own.figures.p50
    snapshot.p95 = own.figures.p95
    snapshot.p99 = own.figures.p99
    // The second that is going on is left out: it is not full yet.
    snapshot.pulse = own.history.calls.dropLast().suffix(60).map { Float($0) }
    objective(snapshot.name, &snapshot)
  }

  /// How long a stream is open says nothing of who is slow: where there are streams the percentiles are those of the
  /// other calls, as its instances have answered them. How many calls there are, and the figures of a longer window,
  /// are those of all.
  private func leaveOutStreams(of service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    guard service.plan.streams > 0 else { return }
    var others = CallStatistics()
    for instance in service.instances { others.join(world.workStatistics(of: instance.address)) }
    (snapshot.p50, snapshot.p95, snapshot.p99) = others.percentiles
  }

  private func objective(_ name: String, _ snapshot: inout ServiceSnapshot) {
    snapshot.objective = world.service(name).plan.objective
    guard let minute = world.traces.minute(of: name, now: world.time.now) else { return }
    charge(minute.calls, errors: minute.errors, to: &snapshot.objective)
  }

  /// Takes the errors of so many calls from the budget.
  private func charge(_ calls: Int, errors: Int, to objective: inout ServiceObjective) {
    let allowed = Double(calls) * objective.errorShare
    objective.budgetLeft = allowed > 0 ? 1 - Double(errors) / allowed : 1
  }

  /// A company is known by what its callers see.
  private func outside(_ service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    snapshot.objective = service.plan.objective
    let statistics = world.callStatistics(of: service.name)
    charge(statistics.minute.calls, errors: statistics.minute.errors, to: &snapshot.objective)
    snapshot.rate = statistics.rate
    snapshot.errorShare = statistics.errorShare
    (snapshot.p50, snapshot.p95, snapshot.p99) = statistics.percentiles
    snapshot.pulse = statistics.pulse
    snapshot.latestErrors = statistics.errors.reversed()
    snapshot.endpoints = world.routeStatistics(of: service.name).map { operation, statistics in
      var endpoint = EndpointSnapshot(operation: operation)
      endpoint.rate = statistics.rate
      endpoint.errorShare = statistics.errorShare
      (endpoint.p50, endpoint.p95, endpoint.p99) = statistics.percentiles
      endpoint.total = statistics.total
      return endpoint
    }
  }

  private func endpoints(_ service: DeployedService, _ window: RedWindow, _ snapshot: inout ServiceSnapshot) {
    snapshot.endpointWindow = window
    snapshot.endpoints = world.traces.operations(of: service.name, window: window, now: world.time.now)
      .filter { $0.operation != "GET /health" }
      .map { operation in
        var endpoint = EndpointSnapshot(operation: operation.operation)
        endpoint.rate = operation.figures.rate
        endpoint.errorShare = operation.figures.errorShare ?? 0
        endpoint.p50 = operation.figures.p50
        endpoint.p95 = operation.figures.p95
        endpoint.p99 = operation.figures.p99
        endpoint.total = UInt64(operation.figures.totalCalls)
        return endpoint
      }
      .sorted { $0.rate != $1.rate ? $0.rate > $1.rate : $0.operation < $1.operation }
  }

  private func pools(_ service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    let processes = service.instances.compactMap(\.process)
    guard !service.plan.isOutside else { return }
    snapshot.workers = Self.sum(processes.map(\.workers))
    let connections = processes.compactMap { $0.database?.connections }
    snapshot.cache = cache(of: processes)
    if service.plan.store != nil { snapshot.connections = Self.sum(connections) }
  }

  private static func sum(_ pools: [ResourcePool]) -> PoolUse {
    PoolUse(
      used: pools.reduce(0) { $0 + $1.used }, size: pools.reduce(0) { $0 + $1.size },
      waiting: pools.reduce(0) { $0 + $1.waiting })
  }

  private func instance(of instance: ServiceInstance, in service: ServiceSnapshot) -> InstanceSnapshot {
    var snapshot = InstanceSnapshot(name: instance.name, port: instance.port)
    let verdict = world.observatory.health.instances[instance.name]
    snapshot.health = service.isOutside ? service.health : verdict?.health ?? .up
    snapshot.reason = verdict?.reason ?? ""
    snapshot.since = instance.since
    snapshot.version = service.isOutside ? "" : instance.version
    if !service.isOutside { registryView(of: instance, &snapshot) }
    snapshot.restarts = instance.restarts
    if let process = instance.process {
      let own = service.isOutside ? world.callStatistics(of: service.name) : world.workStatistics(of: instance.address)
      snapshot.configurationVersion = process.configurationVersion
      snapshot.rate = own.rate
      snapshot.errorShare = own.errorShare
      snapshot.p99 = own.percentile(0.99)
      snapshot.workers = service.isOutside ? nil : Self.sum([process.workers])
      snapshot.connections = process.database.map { Self.sum([$0.connections]) }
      snapshot.memory = service.isOutside ? nil : process.memory
      snapshot.memoryLimit = service.isOutside ? nil : ProcessMemoryModel.limit
    }
    return snapshot
  }

  private func consumption(_ service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    guard !service.plan.reads.isEmpty else { return }
    // Of a bus that does not answer nobody learns how far anything has been read.
    let report = world.broker.isAvailable ? world.observatory.lag.report(group: service.name) : nil
    let group = try? world.broker.groups.snapshot(of: service.name)
    snapshot.consumes = service.plan.reads.map { subscription in
      var consumption = ConsumptionSnapshot(topic: subscription.topic, group: service.name)
      let report = report?.topics.first { $0.topic == subscription.topic }
      consumption.lag = report?.totalLag
      consumption.verdict = report?.verdict.flatMap { Operations.LagVerdict(rawValue: $0.rawValue) }
      if let report { consumption.trend = Operations.LagTrend(report.trend) }
      if let group {
        consumption.state = group.state.rawValue
        consumption.members = group.members.count
      }
      return consumption
    }
    snapshot.lag = report?.totalLag
    snapshot.lagVerdict = report?.verdict.flatMap { Operations.LagVerdict(rawValue: $0.rawValue) }
  }

  private func outbox(_ service: DeployedService, _ snapshot: inout ServiceSnapshot) {
    guard service.plan.store?.publishes == true, let disk = world.disk(of: service.name),
      let depth = try? disk.waiting()
    else { return }
    snapshot.outboxDepth = depth.count
    snapshot.outboxAge = depth.oldest.map { max(0, world.time.now - $0) }
  }

  private func calls(of service: DeployedService, _ breakers: [BreakerSnapshot]) -> [CallSnapshot] {
    service.plan.calls.map { plan in
      let plan = plan.guarded(by: world.settings.resilience, caller: service.name)
      var call = CallSnapshot(callee: plan.callee)
      call.purpose = plan.purpose
      let own = breakers.filter { $0.caller == service.name && $0.callee == plan.callee }
      call.breakers = own.map(\.id)
      call.breakerState = own.map(\.state).max { $0.rank < $1.rank }
      call.failureRate = own.compactMap(\.failureRate).max()
      let statistics = world.callStatistics(from: service.name, to: plan.callee)
      call.rate = statistics.rate
      call.errorShare = statistics.errorShare
      call.retryRate = statistics.retryRate
      call.messages = world.messages.forms(on: Edge(caller: service.name, callee: plan.callee))
      call.retryAttempts = plan.retry.maxAttempts
      let clients = service.instances.compactMap(\.process).compactMap { process in
        process.clients.first { $0.callee == plan.callee }
      }
      call.timeLimit = clients.contains(where: \.isBare) ? nil : plan.timeLimit.wholeNanoseconds
      for client in clients {
        add(client.guards(retrying: true).snapshot(now: world.time.now), to: &call)
      }
      return call
    }
  }

  private func add(_ guards: ResilienceSnapshot, to call: inout CallSnapshot) {
    if let retry = guards.retry {
      let calls = retry.succeededAtOnce + retry.succeededAfterRetry + retry.gaveUp + retry.failedForGood
      call.retried += UInt64(max(0, retry.attempts - calls))
      call.gaveUp += UInt64(retry.gaveUp)
    }
    call.cutOff += UInt64(guards.timeLimiter?.cutOff ?? 0)
    if let limiter = guards.rateLimiter {
      call.rateLimit = limiter.settings.limitForPeriod
      call.rateRefused += UInt64(limiter.refused)
    }
    if let bulkhead = guards.bulkhead {
      var use = call.bulkhead ?? PoolUse(used: 0, size: 0, waiting: 0)
      use.used += bulkhead.used
      use.size += bulkhead.settings.maxConcurrentCalls
      use.waiting += bulkhead.waiting
      call.bulkhead = use
      call.bulkheadRefused += UInt64(bulkhead.refused)
    }
  }
}
