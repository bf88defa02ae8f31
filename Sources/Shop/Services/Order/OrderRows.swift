internal import GRDB
internal import TraceModel
internal import Transactions

/// Orders as rows, and what is told of them as rows of the outbox beside.
struct OrderRows: OrderKeeper {
  let process: ServiceProcess

  var checksVersions: Bool { false }
  var tellsOfShipping: Bool { false }

  func create(_ order: OrderTables.Order, _ cause: OrderCause, _ database: Database) throws -> Int64? {
    guard let id = try OrderTables.insert(order, database) else { return nil }
    var new = order
    new.id = id
    try tell(nil, new, cause, database)
    return id
  }

  func order(_ id: Int64, _ database: Database) throws -> KeptOrder? {
    try OrderTables.order(id: id, database).map { KeptOrder(order: $0) }
  }

  func change(_ kept: KeptOrder, by events: [OrderEvent], _ cause: OrderCause, _ database: Database) throws {
    let after = kept.order.after(events)
    guard after != kept.order else { return }
    try OrderTables.update(after, database)
    try tell(kept.order, after, cause, database)
    let context = cause.context
    guard let result = OrderHandBack.result(of: after, before: kept.order, context, process) else { return }
    try process.write(OrderHandBack.entry(of: after, result, context, process), database)
  }

  private func tell(
    _ before: OrderTables.Order?, _ after: OrderTables.Order, _ cause: OrderCause, _ database: Database
  ) throws {
    guard let news = OrderNews.of(before, after) else { return }
    try process.write(
      .event(
        news.type, to: news.topic, order: news.order, news.payload, context: cause.context, process: process), database)
  }

  func reply(_ entry: Outbox.Entry, _ database: Database) throws {
    try Outbox.write(entry, database)
  }
}

/// Orders as rows: a miner tells others what the database's log says of them.
struct MinedOrderRows: OrderKeeper {
  let process: ServiceProcess

  var checksVersions: Bool { false }
  var tellsOfShipping: Bool { false }

  func create(_ order: OrderTables.Order, _ cause: OrderCause, _ database: Database) throws -> Int64? {
    try OrderTables.insert(order, database)
  }

  func order(_ id: Int64, _ database: Database) throws -> KeptOrder? {
    try OrderTables.order(id: id, database).map { KeptOrder(order: $0) }
  }

  func change(_ kept: KeptOrder, by events: [OrderEvent], _ cause: OrderCause, _ database: Database) throws {
    let after = kept.order.after(events)
    guard after != kept.order else { return }
    if cause.context.gtxid != TraceContext.current?.gtxid {
      try MinedOrderTables.note(ChangeOrigin(cause.context), of: after.id, database)
    }
    try OrderTables.update(after, database)
    guard let result = OrderHandBack.result(of: after, before: kept.order, cause.context, process) else { return }
    try MinedOrderTables.insert(handBack: result, of: after.id, now: process.instance.now, database)
  }

  func reply(_ entry: Outbox.Entry, _ database: Database) throws {
    try MinedOrderTables.insert(entry, database)
  }
}

extension OrderTables.Order {
  /// The order once all of that has happened to it.
  func after(_ events: [OrderEvent]) -> OrderTables.Order {
    var order: OrderTables.Order? = self
    for event in events { event.evolve(&order) }
    return order ?? self
  }
}
