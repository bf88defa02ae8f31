import Operations

/// By what the services are sorted.
typealias ServiceSort = ColumnSort<ServiceColumn>

extension ColumnSort<ServiceColumn> {
  init() { self.init(column: .state) }

  func sorted(_ services: [ServiceSnapshot]) -> [ServiceSnapshot] { sorted(services, by: isLess) }

  private func isLess(_ left: ServiceSnapshot, _ right: ServiceSnapshot) -> Bool {
    switch column {
    case .state:
      if left.health != right.health { return left.health < right.health }
      // Among the healthy ones nothing is urgent.
      return left.health.isBad && left.seen.errorShare < right.seen.errorShare
    case .name: return left.name < right.name
    case .team: return (left.team, left.name) < (right.team, right.name)
    case .version: return left.version < right.version
    default: return value(left) < value(right)
    }
  }

  /// What is not known stands below everything.
  private func value(_ service: ServiceSnapshot) -> Double {
    switch column {
    case .up: service.instancesAll == 0 ? 2 : Double(service.instancesUp) / Double(service.instancesAll)
    case .rate: service.seen.rate
    case .errors: service.seen.errorShare
    case .p50: service.seen.p50.map(Double.init) ?? -1
    case .p95: service.seen.p95.map(Double.init) ?? -1
    case .p99: service.seen.p99.map(Double.init) ?? -1
    case .busy: service.workers?.share ?? -1
    case .pool: service.connections?.share ?? -1
    case .lag: service.lag.map(Double.init) ?? -1
    case .outbox: service.outboxDepth.map(Double.init) ?? -1
    case .restarts: Double(service.restarts)
    case .since: -Double(service.since)
    default: 0
    }
  }
}
