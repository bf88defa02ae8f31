/// Tells what is wrong from its root to what customers have of it: who is not there at all ▸ what was broken or built wrong
/// on purpose ▸ the service that is unwell for it ▸ an open breaker ▸ a growing lag ▸ events and orders that wait ▸ what is
/// undone.
struct IncidentFinder {
  let snapshot: SystemSnapshot
  private let dependencies: Dependencies

  init(snapshot: SystemSnapshot) {
    self.snapshot = snapshot
    dependencies = Dependencies(snapshot.services)
  }

  /// Empty when nothing is wrong. Transactions that are undone one by one, as cards are declined, are no incident.
  var links: [IncidentLink] {
    let (root, lost) = (root, lost)
    let cause = cause(of: root, besides: lost)
    let broken = root.flatMap { $0.bears(cause) ? $0 : nil }
    var links = lost.prefix(2).map { IncidentLink.service(name: $0.name, health: $0.health, what: what($0)) }
    if let root, broken == nil {
      // Nothing comes before what all lean on.
      links.insert(.fault(place: root.place, what: root.what), at: root.isShared ? 0 : links.endIndex)
    }
    links += deployments(of: { $0 != cause?.name }) + registry
    // Its breaker stands between an arrow that fails and whoever makes the call.
    let edge = root?.edge.flatMap { breaker(on: $0) }
    if let edge { links.append(link(edge)) }
    if let cause {
      // Beside a root that all lean on, a fault of its own says more than that it leans on it.
      let own = broken ?? ownFault(of: cause)
      let told = own.map { $0.place == cause.name ? $0.what : "\($0.place) \($0.what)" }
      links.append(.service(name: cause.name, health: cause.health, what: told ?? what(cause)))
      if let victim = exhausted(besides: cause) {
        links.append(.service(name: victim.name, health: victim.health, what: what(victim)))
      }
      links += deployments(of: { $0 == cause.name })
    }
    if let root, root.isShared, let failing { links.append(failing) }
    if edge == nil, let breaker = worstBreaker(lost.first ?? cause) { links.append(link(breaker)) }
    links += retries
    if let topic = worstTopic, let verdict = topic.verdict {
      links.append(.lag(topic: topic.name, lag: topic.lag ?? 0, trend: topic.trend, verdict: verdict))
    }
    links += unpublished + overdue
    guard !links.isEmpty else { return snapshot.tally.stuck > 0 ? [.stuck(snapshot.tally.stuck)] : [] }
    if snapshot.tally.compensatedLately > 0 { links.append(.compensated(snapshot.tally.compensatedLately)) }
    if snapshot.tally.stuck > 0 { links.append(.stuck(snapshot.tally.stuck)) }
    return links
  }

  private func link(_ breaker: BreakerSnapshot) -> IncidentLink {
    .breaker(label: "\(breaker.caller)→\(breaker.callee)", state: breaker.state)
  }
}

// MARK: - What was broken or built wrong

extension IncidentFinder {
  private func cause(of fault: ArmedFault) -> FaultCause {
    FaultCause(fault.spec, isOutside: snapshot.service(fault.spec.target.service)?.isOutside ?? false)
  }

  /// The fault that everything else follows from. A mistake is one where nothing else is broken.
  private var root: FaultCause? {
    hurting.map { (fault: $0, rank: rank($0)) }.enumerated().min { left, right in
      let (one, other) = (left.element.rank, right.element.rank)
      return one != other ? one.lexicographicallyPrecedes(other) : left.offset < right.offset
    }?.element.fault
  }

  private func ownFault(of service: ServiceSnapshot) -> FaultCause? {
    hurting.first { $0.bears(service) }
  }

  private var hurting: [FaultCause] {
    snapshot.faults.armed.filter(\.isOn).map { cause(of: $0) }.filter(isHurting)
  }

  /// The lowest first: what all lean on, then what is unwell itself, by its errors; mistakes last.
  private func rank(_ fault: FaultCause) -> [Double] {
    if fault.isShared { return [0] }
    if fault.isMistake { return [4] }
    let name = fault.edge?.from ?? fault.service
    guard let service = snapshot.service(name) else { return [3] }
    let errors = service.errorShare.isNaN ? 0 : service.errorShare
    return [isUnwell(name) ? 1 : affected.contains(name) ? 2 : 3, service.health == .down ? 0 : 1, -errors]
  }

  private func isHurting(_ fault: FaultCause) -> Bool {
    if fault.isShared { return true }
    if fault.service == registryName { return !registry.isEmpty || isUnwell(fault.service) }
    if fault.isOfView { return false }
    // Whom a mistake hurts are customers, and no service.
    if fault.isMistake, holdsUp(fault.service) { return true }
    if let edge = fault.edge {
      let call = snapshot.service(edge.from)?.calls.first { $0.callee == edge.to }
      let fails = call.map { $0.errorShare > 0.01 } ?? false
      return isUnwell(edge.from)
        || fails && affected.contains { $0 == edge.from || dependencies.behind($0).contains(edge.from) }
    }
    if let topic = fault.topic {
      let groups = snapshot.topic(topic)?.groups ?? []
      return groups.contains { affected.contains($0.name) }
    }
    if fault.isServer { return !unwell.isEmpty }
    return affected.contains(fault.service)
      || unwell.contains { service in service.calls.contains { $0.callee == fault.service } }
  }

  /// The services that are unwell, behind, hold events back or are kept from a call.
  private var affected: [String] {
    let behind = snapshot.topics.flatMap(\.groups).filter { ($0.verdict ?? .ok) != .ok }.map(\.name)
    let breakers = snapshot.breakers.filter { $0.state.isTripped }.flatMap { [$0.caller, $0.callee] }
    return unwell.map(\.name) + behind + breakers + holding.map(\.name)
  }
}

// MARK: - Who is unwell

extension IncidentFinder {
  private func isUnwell(_ name: String) -> Bool { snapshot.service(name)?.health.isUnwell ?? false }

  /// Who only cannot reach what all lean on is left out: that is no cause, and says nothing more. Who is broken itself
  /// stays. Of a registry that preserves itself that is told.
  private var unwell: [ServiceSnapshot] {
    let on = snapshot.faults.armed.filter(\.isOn).map { (target: $0.spec.target, cause: cause(of: $0)) }
    return snapshot.services.filter { service in
      guard service.health == .degraded else { return service.health.isUnwell }
      if service.name == registryName, isSelfPreserving { return false }
      return on.contains { $0.cause.bears(service) }
        || !on.contains { $0.cause.isShared && leans(service, on: $0.target) }
    }
  }

  /// Of those that are left out, the one that fails the most calls for it: that is what customers have of it.
  private var failing: IncidentLink? {
    let unwell = Set(unwell.map(\.name))
    let worst = snapshot.services.filter { service in
      service.health.isUnwell && !unwell.contains(service.name) && service.errorShare > service.objective.errorShare
    }.max { $0.errorShare < $1.errorShare }
    return worst.map {
      let share = ($0.errorShare * 1_000).rounded() / 1_000
      return .service(name: $0.name, health: $0.health, what: "\(FaultCause.percent(share)) errors")
    }
  }

  /// Itself, or by whom it calls.
  private func leans(_ service: ServiceSnapshot, on target: FaultTarget) -> Bool {
    let names = [service.name] + service.calls.map(\.callee)
    return snapshot.faults.catalogue.services.contains { entry in
      names.contains(entry.name) && (target == .keyValueStore ? entry.usesKeyValueStore : entry.usesBus)
    }
  }

  /// Those of which no instance is there, whoever ended them, the worst first: a cause of its own, where no fault is armed
  /// that says so.
  private var lost: [ServiceSnapshot] {
    let gone = snapshot.services.filter { service in
      service.instancesAll > 0 && service.instancesUp == 0 && service.lacksInstances && !service.isOutside
        && !hurting.contains { $0.endsProcesses && $0.bears(service) }
    }
    guard let worst = severest(of: gone) else { return [] }
    return [worst] + gone.filter { $0.name != worst.name }
  }

  /// Where it began: whoever is broken, else the unwell one that waits for no other unwell one; of several the worst.
  /// - Parameter lost: they are told, and so it is known what those lack who wait for them.
  private func cause(of root: FaultCause?, besides lost: [ServiceSnapshot]) -> ServiceSnapshot? {
    let names = Set(lost.map(\.name))
    let isKnown = root.map { !$0.isMistake } ?? false
    let unwell = unwell.filter { service in
      !names.contains(service.name) && (isKnown || dependencies.behind(service.name).isDisjoint(with: names))
    }
    if let broken = unwell.first(where: { root?.bears($0) ?? false }) { return broken }
    // Whoever calls what is broken had it first; those behind it may look worse.
    let callers = unwell.filter { root?.isCalled(by: $0) ?? false }
    return severest(of: callers.isEmpty ? unwell : callers)
  }

  /// The one that waits for no other of them; of several the worst.
  private func severest(of unwell: [ServiceSnapshot]) -> ServiceSnapshot? {
    let behind = unwell.map { dependencies.behind($0.name) }
    let first = unwell.indices.filter { one in
      !unwell.indices.contains { other in
        behind[one].contains(unwell[other].name) && !behind[other].contains(unwell[one].name)
      }
    }
    // Errors before slowness: who is slow may wait for who fails.
    return first.map { unwell[$0] }.enumerated().min { left, right in
      let (one, other) = (severity(left.element), severity(right.element))
      return one != other ? one.lexicographicallyPrecedes(other) : left.offset < right.offset
    }?.element
  }

  /// The lowest is the worst. Errors count by what was promised.
  private func severity(_ service: ServiceSnapshot) -> [Double] {
    let errors = service.errorShare.isNaN ? 0 : service.errorShare
    let late = Double(service.p99 ?? 0) / Double(max(1, service.objective.p99))
    return [service.health == .down ? 0 : 1, -max(0, errors - service.objective.errorShare), -late]
  }

  /// Another one whose worker threads are all taken: whoever calls it waits as well.
  private func exhausted(besides cause: ServiceSnapshot) -> ServiceSnapshot? {
    unwell.first { $0.name != cause.name && $0.hasNoThread && !cause.hasNoThread }
  }

  private func what(_ service: ServiceSnapshot) -> String {
    if let workers = service.workers, service.hasNoThread { return "\(workers.used)/\(workers.size) threads busy" }
    return service.reason.isEmpty ? "is unwell" : service.reason
  }
}

// MARK: - What follows

extension IncidentFinder {
  /// The calls to where it began first.
  private func worstBreaker(_ cause: ServiceSnapshot?) -> BreakerSnapshot? {
    let open = snapshot.breakers.filter { $0.state == .open || $0.state == .forcedOpen }
    return open.first { $0.callee == cause?.name } ?? open.first
      ?? snapshot.breakers.first { $0.state == .halfOpen }
  }

  /// That of a call that was broken, also where somebody switched it off.
  private func breaker(on edge: FaultCause.Edge) -> BreakerSnapshot? {
    let own = snapshot.breakers.filter { $0.caller == edge.from && $0.callee == edge.to }
    return own.first { $0.state.isTripped } ?? own.first { $0.state == .disabled }
  }

  /// The edge with the most of them, where they are a good part of its calls.
  private var retries: [IncidentLink] {
    let most = snapshot.services.flatMap(\.calls).map { (rate: $0.rate, retries: $0.retryRate) }
      .max { $0.retries < $1.retries }
    guard let most, most.retries >= 1, most.retries >= most.rate / 5 else { return [] }
    return [.retries(most.retries)]
  }

  private var worstTopic: TopicSnapshot? {
    snapshot.topics.filter { ($0.verdict ?? .ok) != .ok }.max {
      ($0.verdict ?? .ok, $0.lag ?? 0) < ($1.verdict ?? .ok, $1.lag ?? 0)
    }
  }

  /// Those that have committed events and cannot publish them.
  private var holding: [ServiceSnapshot] {
    snapshot.services.filter { ($0.outboxDepth ?? 0) > 0 && ($0.outboxAge ?? 0) >= ServiceSnapshot.unpublishedAfter }
  }

  private var unpublished: [IncidentLink] {
    let worst = holding.max { $0.outboxDepth ?? 0 < $1.outboxDepth ?? 0 }
    return worst.map { [.outbox(service: $0.name, events: $0.outboxDepth ?? 0)] } ?? []
  }

  /// All that go on though they should have come to an end, and for what most of them wait; what is undone has its own
  /// figures.
  private var overdue: [IncidentLink] {
    let running = snapshot.overdue.filter { $0.state == .running }
    guard let most = running.max(by: { $0.count < $1.count }) else { return [] }
    let count = running.reduce(0) { $0 + $1.count }
    return [.overdue(count, reason: most.reason(of: most.count, among: count))]
  }

  /// Whether what should have come to an end waits for the service, or has been at it and at others that wait for it.
  private func holdsUp(_ service: String) -> Bool {
    snapshot.transactions.contains { transaction in
      (transaction.state == .stuck || transaction.state == .running && transaction.isOverdue)
        && transaction.services.contains(service)
        && transaction.services.contains { dependencies.behind($0).contains(service) }
    } || snapshot.overdue.contains { $0.state == .running && $0.names(service) }
  }

  private var registryName: String {
    snapshot.faults.catalogue.services.first(where: \.isRegistry)?.name ?? "registry"
  }

  private var registry: [IncidentLink] {
    guard isSelfPreserving else { return [] }
    let health = snapshot.service(registryName)?.health ?? .degraded
    return [.service(name: registryName, health: health, what: "is in SELF-PRESERVATION")]
  }

  private var isSelfPreserving: Bool { snapshot.registry?.isSelfPreserving ?? false }

  private func deployments(of isIncluded: (String) -> Bool) -> [IncidentLink] {
    snapshot.deploymentsGoneBack.filter { isIncluded($0.service) }.map { deployment in
      let before = deployment.members.first { $0.version != deployment.version }?.version
      let version = before ?? snapshot.service(deployment.service)?.version ?? ""
      let verb = deployment.ended == nil ? "goes" : "went"
      return .trouble(
        place: deployment.service, what: version.isEmpty ? "\(verb) back" : "\(verb) back to \(version)")
    }
  }
}

extension ServiceSnapshot {
  fileprivate var hasNoThread: Bool { workers.map { $0.size > 0 && $0.used >= $0.size } ?? false }
}

extension Health {
  fileprivate var isUnwell: Bool { self > .unknown }
}

extension BreakerState {
  fileprivate var isTripped: Bool { self == .open || self == .forcedOpen || self == .halfOpen }
}
