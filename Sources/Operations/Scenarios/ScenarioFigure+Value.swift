extension ScenarioMoment {
  /// What a figure is now; nil when that is not known, as the lag of a group that has not committed.
  ///
  /// - Parameter start: the moment at which the scenario began.
  func value(of name: ScenarioFigureName, _ subject: String, since start: ScenarioMoment) -> ScenarioFigureValue? {
    if let word = word(name, subject) { return .word(word) }
    guard let now = number(name, subject) else { return nil }
    guard name.isCountedSinceStart else { return .number(now) }
    return .number(max(0, now - (start.number(name, subject) ?? 0)))
  }

  private func word(_ name: ScenarioFigureName, _ subject: String) -> String? {
    switch name {
    case .breaker: breakers(subject).map(\.state).max { $0.gravity < $1.gravity }?.rawValue
    case .health: snapshot.service(subject)?.health.word
    case .verdict: groups(subject).compactMap(\.verdict).max()?.rawValue
    case .deployment: deployment(subject).map { Self.word($0.phase) }
    case .registry:
      snapshot.registry.map {
        $0.isSelfPreserving ? RegistrySnapshot.selfPreservingWord : RegistrySnapshot.normalWord
      }
    default: nil
    }
  }

  private func number(_ name: ScenarioFigureName, _ subject: String) -> Double? {
    let service = snapshot.service(subject)
    let isAll = subject.isEmpty
    switch name {
    case .breaker, .health, .verdict, .deployment, .registry: return nil
    case .errors: return isAll ? snapshot.traffic.errorShare : service?.errorShare
    case .p50: return (isAll ? snapshot.traffic.p50 : service?.p50).map(Double.init)
    case .p95: return (isAll ? snapshot.traffic.p95 : service?.p95).map(Double.init)
    case .p99: return (isAll ? snapshot.traffic.p99 : service?.p99).map(Double.init)
    case .rate: return isAll ? snapshot.traffic.rate : service?.rate
    case .lag: return isAll ? snapshot.traffic.lag.map(Double.init) : sum(groups(subject).compactMap(\.lag))
    case .open: return Double(snapshot.tally.running + snapshot.tally.compensating)
    case .outbox: return service?.outboxDepth.map(Double.init)
    case .outboxAge:
      return service.flatMap { service in service.outboxDepth.map { _ in Double(service.outboxAge ?? 0) } }
    case .instances: return service.map { Double($0.instancesUp) }
    case .members: return groups(subject).map { Double($0.members.count) }.max()
    case .started: return Double(snapshot.tally.started)
    case .committed: return Double(snapshot.tally.committed)
    case .rejected: return Double(snapshot.tally.rejected)
    case .compensated: return Double(snapshot.tally.compensated)
    case .failed: return Double(snapshot.tally.failed)
    case .stuck: return Double(snapshot.tally.stuck)
    case .deadLetters:
      return Double(snapshot.topics.filter { isAll || $0.name == subject }.reduce(0) { $0 + $1.deadLetters })
    case .restarts: return service.map { Double($0.restarts) }
    case .rebalances: return groups(subject).map { Double($0.rebalances) }.max()
    case .retries: return service.map { Double($0.calls.reduce(0) { $0 + $1.retried }) }
    case .cutOff: return service.map { Double($0.calls.reduce(0) { $0 + $1.cutOff }) }
    case .refused:
      return Double(snapshot.breakers.filter { $0.caller == subject }.reduce(0) { $0 + $1.rejected })
    case .versions: return service.map { Double(Set($0.instances.map(\.version)).count) }
    case .canaryErrors: return deployment(subject).flatMap(Self.canaryErrors)
    case .listed, .evicted: return listing(name, subject)
    case .connections, .tooManyConnections: return connections(name)
    case .turnedAway, .revokedTokens, .revokedPassed: return tokens(name, subject)
    case .brokenInvariants: return brokenInvariants.map(Double.init)
    }
  }

  // MARK: The platform

  private func deployment(_ service: String) -> DeploymentSnapshot? {
    snapshot.deployments.first { $0.service == service }
  }

  /// Nil while there is no canary, or nobody has called it.
  private static func canaryErrors(_ deployment: DeploymentSnapshot) -> Double? {
    guard deployment.canaryShare != nil, deployment.canaryCalls > 0 else { return nil }
    return Double(deployment.canaryErrors) / Double(deployment.canaryCalls)
  }

  private func listing(_ name: ScenarioFigureName, _ service: String) -> Double? {
    guard let registry = snapshot.registry else { return nil }
    return Double(name == .evicted ? registry.evicted : registry.leases.count { $0.service == service })
  }

  /// Nil where no server is shared.
  private func connections(_ name: ScenarioFigureName) -> Double? {
    let servers = snapshot.databaseServers
    guard !servers.isEmpty else { return nil }
    return Double(servers.reduce(0) { $0 + (name == .connections ? $1.open : $1.refused) })
  }

  private func tokens(_ name: ScenarioFigureName, _ reason: String) -> Double {
    switch name {
    case .revokedTokens: Double(snapshot.edge.revokedCount)
    case .revokedPassed: Double(snapshot.edge.members.lateUsesPassed)
    default:
      Double(snapshot.edge.gateways.flatMap(\.refusals).filter { $0.reason == reason }.reduce(0) { $0 + $1.count })
    }
  }

  /// `rolling-back`: a phase as one word.
  static func word(_ phase: String) -> String { phase.split(separator: " ").joined(separator: "-") }

  private func sum(_ lags: [Int64]) -> Double? { lags.isEmpty ? nil : Double(lags.reduce(0, +)) }

  /// A group reads one topic or several.
  private func groups(_ name: String) -> [GroupSnapshot] {
    snapshot.topics.flatMap(\.groups).filter { $0.name == name }
  }

  /// `payment>payment-gateway`, or of one instance `payment-1>payment-gateway`.
  private func breakers(_ edge: String) -> [BreakerSnapshot] {
    snapshot.breakers.filter { $0.id == edge || "\($0.caller)>\($0.callee)" == edge }
  }
}

extension BreakerState {
  /// Of several breakers the one that keeps most away counts.
  fileprivate var gravity: Int {
    switch self {
    case .disabled: 0
    case .metricsOnly: 1
    case .closed: 2
    case .halfOpen: 3
    case .open: 4
    case .forcedOpen: 5
    }
  }
}
