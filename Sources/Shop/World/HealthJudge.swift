internal import Operations
internal import OrderedCollections
internal import Resilience
internal import Simulation
internal import TraceCollector

/// The health of every instance and service: the worst of its indicators.
struct HealthJudge {
  struct Verdict: Equatable {
    var health: Health
    /// The indicator that decides, and why; empty when all is well.
    var reason: String
    var since: Int64
  }

  private(set) var instances = OrderedDictionary<String, Verdict>()
  private(set) var services = OrderedDictionary<String, Verdict>()
  /// Objectives that are missed, by service; measured once a second.
  private var missed = OrderedDictionary<String, String>()
  /// The share of calls to an outside company that failed.
  private var outside = OrderedDictionary<String, Double>()

  /// Compares each service's last minute with what was promised of it.
  mutating func measure(_ world: World) {
    let now = world.time.now
    for service in world.services {
      let objective = service.plan.objective
      if service.plan.isOutside {
        // Nobody sees its inside: what its callers saw of it in the last ten seconds is all there is.
        let calls = world.callStatistics(of: service.name)
        // While breakers let next to nothing through, what was last known of it stands.
        guard calls.count >= 3 else { continue }
        outside[service.name] = calls.errorShare
        missed[service.name] =
          calls.errorShare > objective.errorShare * 5
          ? "\(Self.percent(calls.errorShare)) of the calls to it fail" : nil
        continue
      }
      missed[service.name] = Self.delay(of: service, world)
      guard missed[service.name] == nil else { continue }
      guard let minute = world.traces.minute(of: service.name, now: now), minute.calls >= 20 else { continue }
      let share = Double(minute.errors) / Double(minute.calls)
      if share > objective.errorShare * 5 {
        missed[service.name] = "\(Self.percent(share)) errors in the last minute"
      } else if let p99 = Self.p99(of: service, world), p99 > objective.p99 {
        missed[service.name] = "p99 \(CallTreeText.duration(p99)) in the last minute"
      }
    }
  }

  /// How long a stream is open says nothing of who is slow: where there were streams the slowest of the others counts.
  private static func p99(of service: DeployedService, _ world: World) -> Int64? {
    let p99 = world.traces.p99(service: service.name, now: world.time.now)
    guard service.plan.streams > 0, let p99, p99 > service.plan.objective.p99 else { return p99 }
    let operations = world.traces.operations(of: service.name, now: world.time.now)
    guard operations.contains(where: { GatewayStream.isOne($0.operation) && $0.figures.calls > 0 }) else { return p99 }
    return operations.filter { !GatewayStream.isOne($0.operation) && $0.figures.calls >= 20 }
      .compactMap(\.figures.p99).max()
  }

  /// A consumer that reads, but long after: customers wait for it.
  private static func delay(of service: DeployedService, _ world: World) -> String? {
    for topic in service.plan.reads.map(\.topic) {
      guard let oldest = world.oldestUnreadRecord(topic: topic, group: service.name) else { continue }
      let behind = world.time.now - oldest
      if behind > 5_000_000_000 { return "\(CallTreeText.duration(behind)) behind on topic \(topic)" }
    }
    return nil
  }

  /// Judges all; returns what has changed.
  mutating func judge(_ world: World) -> [OperationalEvent] {
    var changes: [OperationalEvent] = []
    for service in world.services {
      var worst: [(Health, String)] = []
      for instance in service.instances {
        let (health, reason) = Self.health(of: instance)
        worst.append((health, reason))
        if let change = Self.note(instance.name, health, reason, in: &instances, world), service.instances.count > 1 {
          changes.append(change)
        }
      }
      let (health, reason) = judge(service, worst, world)
      if let change = Self.note(service.name, health, reason, in: &services, world) { changes.append(change) }
    }
    return changes
  }

  private func judge(
    _ service: DeployedService, _ instances: [(Health, String)], _ world: World
  ) -> (Health, String) {
    if service.plan.isOutside {
      guard let reason = missed[service.name] else { return (.up, "") }
      let share = outside[service.name] ?? 0
      return (share > 0.5 ? .down : .degraded, reason)
    }
    if instances.allSatisfy({ $0.0 != .up && $0.0 != .degraded }) {
      // What ails one comes before that another is out of service as somebody wants it.
      let ill = instances.first { $0.0 > .outOfService && !$0.1.isEmpty }
      let reason = ill?.1 ?? instances.map(\.1).first { !$0.isEmpty }
      // Losing one of several is not losing all.
      if instances.count == 1, let reason { return (.down, reason) }
      let told = Self.told(service, instances.map(\.0))
      return (.down, [told, reason].compactMap(\.self).joined(separator: ": "))
    }
    // One that is drained as somebody wants it is no ailment while others take the calls.
    if let ill = instances.max(by: { $0.0 < $1.0 }), ill.0 > .outOfService { return (.degraded, ill.1) }
    let ailment = Self.canary(of: service, world) ?? missed[service.name] ?? Self.doubt(of: service, world)
    return ailment.map { (.degraded, $0) } ?? (.up, "")
  }

  /// A canary that fails more often than the others, as long as it is there: in the figures of all its share is too small
  /// to show. Two errors are told, as one may be chance; at the third it is taken back.
  private static func canary(of service: DeployedService, _ world: World) -> String? {
    guard let trial = world.deployments.rollout(of: service.name)?.trial, trial.failed >= 2, trial.isWorse else {
      return nil
    }
    let errors = "errors \(percent(trial.errorShare)) against \(percent(trial.usual))"
    return "canary \(trial.version)\(trial.share.map { " " + percent($0) } ?? ""): \(errors)"
  }

  /// A registry that evicts nobody any more does not know who is there.
  private static func doubt(of service: DeployedService, _ world: World) -> String? {
    service.name == ShopPlan.registry && world.isRegistryPreservingItself ? "in SELF-PRESERVATION" : nil
  }

  /// How many of those that run are unwell: they are up, as the column beside it counts. Who is drained or has crashed is
  /// none of them.
  private static func told(_ service: DeployedService, _ health: [Health]) -> String {
    guard service.instances.contains(where: \.isUp) else { return "no instance is up" }
    let unwell = zip(service.instances, health).count { $0.isUp && $1 > .outOfService }
    guard unwell > 0 else { return "no instance takes calls" }
    return "\(unwell) of \(health.count) instances \(unwell == 1 ? "is" : "are") unwell"
  }

  /// What ended its process, and that nobody starts it again: `payment-1 killed by the scenario, not started again`.
  private static func absence(of instance: ServiceInstance) -> String {
    let reason = instance.crashReason
    let ended = reason.hasPrefix(ServiceInstance.killed) ? reason : reason.isEmpty ? "crashed" : "crashed: \(reason)"
    return "\(instance.name) \(ended)" + (instance.isLeftDown ? ", not started again" : "")
  }

  /// Process, database and breakers of one instance.
  private static func health(of instance: ServiceInstance) -> (Health, String) {
    guard let process = instance.process else {
      return instance.isBeingReplaced
        ? (.outOfService, "\(instance.name) is being replaced") : (.down, absence(of: instance))
    }
    if process.isLeaving || process.isClosed { return (.outOfService, "\(instance.name) is drained") }
    if let ailment = instance.ailment { return (.down, ailment) }
    if process.bus.isOutOfReach { return (.degraded, "\(instance.name) cannot reach the bus") }
    if instance.service.plan.usesKeyValueStore, let ailment = instance.world.keyValueStore.ailment {
      return (.degraded, ailment)
    }
    for client in process.clients {
      switch client.breaker.state {
      case .open, .forcedOpen, .halfOpen:
        return (.degraded, "breaker \(client.callee) is \(client.breaker.state.shortName)")
      case .closed, .disabled, .metricsOnly: break
      }
    }
    return (.up, "")
  }

  private static func note(
    _ name: String, _ health: Health, _ reason: String, in verdicts: inout OrderedDictionary<String, Verdict>,
    _ world: World
  ) -> OperationalEvent? {
    let before = verdicts[name]
    guard before?.health != health else {
      verdicts[name]?.reason = reason
      return nil
    }
    verdicts[name] = Verdict(health: health, reason: reason, since: world.time.now)
    guard let before else { return nil }
    return OperationalEvent(
      time: world.time.now, kind: .health, severity: severity(health), subject: name,
      change: "\(word(before.health)) → \(word(health))", reason: reason, state: health.rawValue)
  }

  private static func severity(_ health: Health) -> OperationalEvent.Severity {
    switch health {
    case .up: .good
    case .outOfService: .info
    case .degraded, .unknown: .warning
    case .down: .bad
    }
  }

  private static func word(_ health: Health) -> String {
    switch health {
    case .up: "UP"
    case .degraded: "DEGRADED"
    case .down: "DOWN"
    case .outOfService: "OUT_OF_SERVICE"
    case .unknown: "UNKNOWN"
    }
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths >= 100 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
