import Operations

/// A small system whose incidents can be told in a few lines.
protocol IncidentFixture {}

extension IncidentFixture {
  static var second: Int64 { 1_000_000_000 }

  /// Gateway calls order, payment calls the company; nothing is wrong.
  func healthy() -> SystemSnapshot {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: 100 * Self.second)
    snapshot.services = ["gateway", "order", "payment", "payment-gateway"].map { name in
      var service = ServiceSnapshot(name: name)
      service.health = .up
      return service
    }
    snapshot.services[0].calls = [CallSnapshot(callee: "order")]
    snapshot.services[2].calls = [CallSnapshot(callee: "payment-gateway")]
    snapshot.services[3].isOutside = true
    return snapshot
  }

  func arm(_ target: FaultTarget, _ kind: FaultKind, _ snapshot: inout SystemSnapshot) {
    let id = snapshot.faults.armed.count + 1
    snapshot.faults.armed.append(
      ArmedFault(id: id, spec: FaultSpec(target: target, kind: kind), armedAt: 0, endsAt: nil))
  }

  func breaker(_ caller: String, _ callee: String, _ state: BreakerState) -> BreakerSnapshot {
    var breaker = BreakerSnapshot(
      id: "\(caller)-1>\(callee)", caller: caller, instance: "\(caller)-1", callee: callee)
    breaker.state = state
    return breaker
  }

  func entry(_ name: String, _ publishing: FaultCatalogue.Publishing) -> FaultCatalogue.Service {
    FaultCatalogue.Service(
      name: name, instances: 2, hasDatabase: true, consumes: false, isOutside: false, publishing: publishing)
  }
}
