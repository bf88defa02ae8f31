import Operations

/// By what the services are sorted.
struct ServiceSort: Sendable, Hashable {
  var column = ServiceColumn.state
  var isDescending = true

  /// Sorts by a column; once more turns it round.
  mutating func choose(_ column: ServiceColumn) {
    guard ServiceColumn.sortable.contains(column) else { return }
    if self.column == column {
      isDescending.toggle()
    } else {
      (self.column, isDescending) = (column, column.beginsDescending)
    }
  }

  /// Goes on to the next column of those in sight.
  mutating func advance(among visible: [ServiceColumn]) {
    let choices = ServiceColumn.sortable.filter(visible.contains)
    guard !choices.isEmpty else { return }
    let next = choices.firstIndex(of: column).map { ($0 + 1) % choices.count } ?? 0
    (column, isDescending) = (choices[next], choices[next].beginsDescending)
  }

  /// Equal ones stay in the order of the system, so that rows do not jump with every breath of the figures.
  func sorted(_ services: [ServiceSnapshot]) -> [ServiceSnapshot] {
    let ascending = services.enumerated().sorted { left, right in
      if isLess(left.element, right.element) { return !isDescending }
      if isLess(right.element, left.element) { return isDescending }
      return left.offset < right.offset
    }
    return ascending.map(\.element)
  }

  private func isLess(_ left: ServiceSnapshot, _ right: ServiceSnapshot) -> Bool {
    switch column {
    case .state:
      if left.health != right.health { return left.health < right.health }
      // Among the healthy ones nothing is urgent.
      return left.health.isBad && left.errorShare < right.errorShare
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
    case .rate: service.rate
    case .errors: service.errorShare
    case .p50: service.p50.map(Double.init) ?? -1
    case .p95: service.p95.map(Double.init) ?? -1
    case .p99: service.p99.map(Double.init) ?? -1
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
