internal import Operations

/// The health of services of which only calls are known: a service that misses its objective is degraded. When it changes
/// is kept from one snapshot to the next, and told as an event.
struct ReportedHealth: Sendable {
  private var known: [String: (health: Health, since: Int64)] = [:]
  private var events: [OperationalEvent] = []

  private static let kept = 300

  /// Gives every service of `snapshot` its health, and the snapshot what has changed, newest first.
  mutating func judge(_ snapshot: inout SystemSnapshot) {
    for place in snapshot.services.indices {
      let (health, reason) = Self.health(snapshot.services[place])
      let service = snapshot.services[place].name
      let before = known[service]
      if before?.health != health {
        known[service] = (health, snapshot.time)
        if let before, before.health != .unknown || health != .up {
          tell(service, from: before.health, to: health, reason: reason, at: snapshot.time)
        }
      }
      snapshot.services[place].health = health
      snapshot.services[place].reason = reason
      snapshot.services[place].since = known[service]?.since ?? snapshot.time
    }
    snapshot.events = events.reversed()
  }

  private static func health(_ service: ServiceSnapshot) -> (Health, reason: String) {
    guard service.rate > 0 || service.p99 != nil else {
      return (.unknown, "nothing that it served was reported lately")
    }
    if service.errorShare > service.objective.errorShare {
      let percent = (service.errorShare * 1_000).rounded() / 10
      return (.degraded, "\(percent) % errors, objective \(service.objective.errorShare * 100) %")
    }
    if let p99 = service.p99, p99 > service.objective.p99 {
      return (.degraded, "p99 \(p99 / 1_000_000) ms, objective \(service.objective.p99 / 1_000_000) ms")
    }
    return (.up, "")
  }

  private mutating func tell(_ service: String, from: Health, to: Health, reason: String, at time: Int64) {
    let severity: OperationalEvent.Severity = to == .up ? .good : to == .degraded ? .warning : .info
    events.append(
      OperationalEvent(
        time: time, kind: .health, severity: severity, subject: service,
        change: "\(from.rawValue) → \(to.rawValue)", reason: reason, state: to.rawValue))
    if events.count > Self.kept { events.removeFirst(events.count - Self.kept) }
  }
}
