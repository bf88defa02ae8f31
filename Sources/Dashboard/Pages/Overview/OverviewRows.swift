import Operations
import TraceModel
import Widgets

/// The panels that have rows, in the order Tab goes through them.
enum OverviewPanel: Int, Sendable, Hashable, CaseIterable {
  case services, breakers, topics, failing, slowest, transactions, events
}

/// What stands in the panels, sorted and narrowed to a filter.
struct OverviewRows: Sendable {
  let services: [ServiceSnapshot]
  let breakers: [BreakerSnapshot]
  let topics: [TopicSnapshot]
  /// Whether operations stand where otherwise breakers and topics do: of those spans tell nothing.
  let hasOperations: Bool
  let slowest: [OperationSnapshot]
  let failing: [OperationSnapshot]
  let transactions: [AttentionItem]
  let events: [OperationalEvent]

  /// - Parameter toCome: what happened after a moment that is shown again, newest first.
  init(_ snapshot: SystemSnapshot, filter: String, toCome: [OperationalEvent] = []) {
    let word = filter.lowercased()
    func has(_ texts: String...) -> Bool { word.isEmpty || texts.contains { $0.lowercased().contains(word) } }
    services = Self.bySeverity(snapshot).filter { has($0.name, $0.team, $0.reason) }
    breakers = Self.stable(snapshot.breakers.filter { $0.state != .closed && has($0.label, $0.state.mark.word) }) {
      [$0.state.urgency]
    }
    topics = Self.stable(snapshot.topics.filter { has($0.name, $0.worstGroup, $0.mark.word) }) {
      [-Self.rank($0), -Self.magnitude(Double($0.lag ?? -1))]
    }
    hasOperations = snapshot.operations != nil
    slowest = (snapshot.operations?.slowest ?? []).filter { has($0.service, $0.operation) }
    failing = (snapshot.operations?.failing ?? []).filter { has($0.service, $0.operation) }
    transactions = snapshot.attention.filter { has($0.state.rawValue, $0.reason, $0.gtxid.hex) }
    events = (toCome + snapshot.events).filter { has($0.subject, $0.change, $0.reason) }
  }

  /// The worst first, the cause before what follows from it; among equals the busiest, in steps of two, so that rows do not change places every second.
  private static func bySeverity(_ snapshot: SystemSnapshot) -> [ServiceSnapshot] {
    let causes = snapshot.incident.compactMap { link in
      if case .service(let name, _, _) = link { name } else { nil }
    }
    return stable(snapshot.services) { service in
      let isBad = service.health.isBad
      let cause = causes.firstIndex(of: service.name) ?? causes.count
      let errors = isBad ? twentieths(service.errorShare) : 0
      return [isBad ? -severity(service.health) : 0, isBad ? cause : 0, -errors, -magnitude(service.rate)]
    }
  }

  private static func twentieths(_ share: Double) -> Int {
    share.isNaN ? 0 : Int((min(max(share, 0), 1) * 20).rounded(.up))
  }

  private static func severity(_ health: Health) -> Int {
    switch health {
    case .down: 3
    case .degraded: 2
    case .unknown, .outOfService, .up: 0
    }
  }

  private static func rank(_ topic: TopicSnapshot) -> Int {
    guard topic.isAvailable else { return LagVerdict.allCases.count }
    return topic.verdict.flatMap { LagVerdict.allCases.firstIndex(of: $0) } ?? -1
  }

  /// The power of two below a figure.
  private static func magnitude(_ value: Double) -> Int {
    guard value.isFinite, value > 0.01 else { return -100 }
    return Int(value.exponent)
  }

  private static func stable<Row>(_ rows: [Row], by key: (Row) -> [Int]) -> [Row] {
    rows.enumerated().map { (key: key($0.element) + [$0.offset], row: $0.element) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.row)
  }
}

extension OverviewRows {
  func count(_ panel: OverviewPanel) -> Int {
    switch panel {
    case .services: services.count
    case .breakers: breakers.count
    case .topics: topics.count
    case .slowest: slowest.count
    case .failing: failing.count
    case .transactions: transactions.count
    case .events: events.count
    }
  }

  /// What a row is known by from one state to the next.
  func key(_ panel: OverviewPanel, _ index: Int) -> String {
    switch panel {
    case .services: services[index].name
    case .breakers: breakers[index].id
    case .topics: topics[index].name
    case .slowest: "\(slowest[index].service) \(slowest[index].operation)"
    case .failing: "\(failing[index].service) \(failing[index].operation)"
    case .transactions: transactions[index].state.rawValue + transactions[index].reason
    case .events: "\(events[index].time) \(events[index].subject) \(events[index].change)"
    }
  }

  func name(_ panel: OverviewPanel, _ index: Int) -> String {
    switch panel {
    case .services: services[index].name
    case .breakers: breakers[index].label
    case .topics: topics[index].name
    case .slowest: "\(slowest[index].service) \(slowest[index].operation)"
    case .failing: "\(failing[index].service) \(failing[index].operation)"
    case .transactions: transactions[index].gtxid.short
    case .events: events[index].subject
    }
  }

  func subject(_ panel: OverviewPanel, _ index: Int, _ snapshot: SystemSnapshot) -> Subject? {
    switch panel {
    case .services: .service(services[index].name)
    case .breakers: .breaker(breakers[index].id)
    case .topics: .topic(topics[index].name)
    case .slowest: .service(slowest[index].service)
    case .failing: .service(failing[index].service)
    case .transactions: .transaction(transactions[index].gtxid)
    case .events: events[index].gtxid.map(Subject.transaction) ?? snapshot.place(of: events[index].subject)?.subject
    }
  }

  /// The place that Enter leads to.
  func destination(_ panel: OverviewPanel, _ index: Int, _ snapshot: SystemSnapshot) -> Destination {
    switch panel {
    case .services: .service(services[index].name)
    case .breakers: .breakers(selected: breakers[index].id)
    case .topics: .topics(selected: topics[index].name)
    case .slowest: .transactions(filter: Self.filter(slowest[index], "dur>=\((slowest[index].p50 ?? 0) / 1_000)us"))
    case .failing: .transactions(filter: Self.filter(failing[index], "err"))
    case .transactions: .transaction(transactions[index].gtxid, span: nil)
    case .events: destination(events[index], snapshot)
    }
  }

  /// The transactions in which a service did that, as it is typed.
  static func filter(_ service: String, _ operation: String) -> String {
    let conditions: [TransactionFilter.Expression] = [
      .condition(.text(.service, .equals, service)), .condition(.text(.operation, .equals, operation)),
    ]
    return TransactionFilter(.all(conditions)).description
  }

  private static func filter(_ operation: OperationSnapshot, _ rest: String) -> String {
    filter(operation.service, operation.operation) + " " + rest
  }

  private func destination(_ event: OperationalEvent, _ snapshot: SystemSnapshot) -> Destination {
    if let id = event.gtxid { return .transaction(id, span: nil) }
    if event.kind == .fault { return .faults(selected: snapshot.service(event.subject)?.name) }
    if let place = snapshot.place(of: event.subject) { return place }
    switch event.kind {
    case .breaker: return .breakers(selected: nil)
    case .fault: return .faults(selected: nil)
    case .transaction: return .transactions(filter: nil)
    case .rebalance, .lag: return .topics(selected: nil)
    case .health, .command, .instance: return .services(selected: nil)
    }
  }
}

extension Destination {
  /// The thing that a place is about.
  fileprivate var subject: Subject? {
    switch self {
    case .service(let name), .services(let name?): .service(name)
    case .breakers(let id?): .breaker(id)
    case .topics(let name?): .topic(name)
    case .transaction(let id, _): .transaction(id)
    default: nil
    }
  }
}
