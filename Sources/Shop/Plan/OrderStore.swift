internal import Operations

/// How the order service sees to it that an order and what is told of it are written both, or neither.
public enum OrderStore: String, Sendable, Codable, CaseIterable {
  /// The event is a row of the same transaction, which a relay publishes.
  case outbox
  /// Only the rows are written; a miner makes events of what the database's own log says of them.
  case logMining = "log-mining"
  /// An order is its events, and these are what is published.
  case events
}

extension ShopSettings {
  /// Why the shop cannot run so, in a sentence; nil when it can.
  public var obstacle: String? {
    guard orderStore != .outbox else { return nil }
    var ordered = faults.map(\.spec)
    for step in scenario?.steps ?? [] {
      if case .command(.arm(let spec)) = step.deed { ordered.append(spec) }
    }
    let isOrdered = ordered.contains { $0.target == .service(ShopPlan.order) && $0.kind == .mistake(.dualWrite) }
    guard isOrdered || mistakes.contains(.dualWrite) else { return nil }
    return "dual-write leaves the outbox out, and with the order store \(orderStore.rawValue) order has none; say "
      + "--order-store outbox, or leave out dual-write"
  }
}

extension ServicePlan {
  /// The same service where order keeps its orders in this way.
  func keeping(_ store: OrderStore) -> ServicePlan {
    guard name == ShopPlan.order, var changed = self.store else { return self }
    changed.keeps = store
    switch store {
    case .outbox: break
    case .logMining:
      changed.tables = MinedOrderTables.self
      changed.captures = MinedOrderTables.captures
    case .events: changed.tables = EventSourcedOrderTables.self
    }
    var plan = self
    plan.store = changed
    return plan
  }
}
