/// Tells what is wrong from its cause to its effect: a failing service ▸ an open breaker ▸ a growing lag ▸ what is undone.
struct IncidentFinder {
  let snapshot: SystemSnapshot

  /// Empty when nothing is wrong. Transactions that are undone one by one, as cards are declined, are no incident.
  var links: [IncidentLink] {
    var links = shared
    if let service = cause { links.append(.service(name: service.name, health: service.health, what: what(service))) }
    if let breaker = worstBreaker {
      links.append(.breaker(label: "\(breaker.caller)→\(breaker.callee)", state: breaker.state))
    }
    if let topic = worstTopic, let verdict = topic.verdict {
      links.append(.lag(topic: topic.name, lag: topic.lag ?? 0, trend: topic.trend, verdict: verdict))
    }
    guard !links.isEmpty else { return snapshot.tally.stuck > 0 ? [.stuck(snapshot.tally.stuck)] : [] }
    if snapshot.tally.compensatedLately > 0 { links.append(.compensated(snapshot.tally.compensatedLately)) }
    if snapshot.tally.stuck > 0 { links.append(.stuck(snapshot.tally.stuck)) }
    return links
  }

  /// What all lean on and what was broken on purpose: the services that it hurts are no causes.
  private var shared: [IncidentLink] {
    snapshot.faults.armed.filter(\.isOn).compactMap { fault in
      switch (fault.spec.target, fault.spec.kind) {
      case (.broker, .brokerDown):
        .service(name: "event bus", health: .down, what: "does not answer")
      case (.keyValueStore, .down):
        .service(name: "key-value store", health: .down, what: "does not answer")
      default: nil
      }
    }
  }

  /// The unwell service that calls no other unwell one: the furthest down. Of several the worst, then the first.
  private var cause: ServiceSnapshot? {
    let unwell = snapshot.services.filter { $0.health != .up && $0.health != .unknown }
    let leaves = unwell.filter { service in
      !service.calls.contains { call in unwell.contains { $0.name == call.callee } }
    }
    return (leaves.isEmpty ? unwell : leaves).max { $0.health < $1.health }
  }

  private func what(_ service: ServiceSnapshot) -> String {
    if let fault = snapshot.faults.armed(on: service.name).first(where: \.isOn) {
      switch fault.spec.kind {
      case .crash: return "crashed"
      case .latency: return service.isOutside ? "times out" : "answers late"
      case .errors: return "fails"
      case .databaseDown: return "has no database"
      case .outage: return "does not answer"
      case .slowConsumer: return "reads slowly"
      case .pool: return "has no connection"
      case .partition: return "is cut off"
      case .leak: return "runs out of memory"
      case .loseBeforeOutbox: return "loses answers"
      case .maxConnections, .skew, .poison, .duplicate, .brokerDown, .full, .down, .mistake: break
      }
    }
    return service.reason.isEmpty ? "is unwell" : service.reason
  }

  private var worstBreaker: BreakerSnapshot? {
    snapshot.breakers.first { $0.state == .open || $0.state == .forcedOpen }
      ?? snapshot.breakers.first { $0.state == .halfOpen }
  }

  private var worstTopic: TopicSnapshot? {
    snapshot.topics.filter { ($0.verdict ?? .ok) != .ok }.max {
      ($0.verdict ?? .ok, $0.lag ?? 0) < ($1.verdict ?? .ok, $1.lag ?? 0)
    }
  }
}
