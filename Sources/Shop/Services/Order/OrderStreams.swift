internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Orders as streams of events, which are also what others are told: a subscriber of the store publishes them.
///
/// An append says which version of the order was decided on. When somebody else was faster, nothing is appended, and the
/// step is decided anew.
struct OrderStreams: OrderKeeper {
  typealias Repository = EventSourcedRepository<OrderAggregate, OpenEventStore>

  let process: ServiceProcess

  /// An order has few events: one snapshot in the middle of its life is enough.
  private static let snapshotEvery = 2

  var checksVersions: Bool { true }
  var tellsOfShipping: Bool { true }

  static func repository(_ database: Database) -> Repository {
    Repository(OrderAggregate(), in: OpenEventStore(database), snapshotEvery: snapshotEvery)
  }

  /// What an order's events add up to, without any snapshot; nil when there are none.
  static func folded(_ order: Int64, _ database: Database) throws -> OrderTables.Order? {
    try repository(database).history(stream(order)).last?.state
  }

  static func stream(_ order: Int64) -> String { "order/\(order)" }

  // MARK: Orders

  func create(_ order: OrderTables.Order, _ cause: OrderCause, _ database: Database) throws -> Int64? {
    guard try OrderTables.order(gtxid: order.gtxid, database) == nil else { return nil }
    var new = order
    // Streams are never deleted: a number that none has was never given before.
    new.id = try database.number("SELECT max(number) FROM event_stream") + 1
    let loaded = try Self.repository(database).load(Self.stream(new.id))
    try append([.created(new)], to: Self.stream(new.id), loaded, cause, database)
    return new.id
  }

  func order(_ id: Int64, _ database: Database) throws -> KeptOrder? {
    let loaded = try Self.repository(database).load(Self.stream(id))
    return loaded.state.map { KeptOrder(order: $0, loaded: loaded) }
  }

  func change(_ kept: KeptOrder, by events: [OrderEvent], _ cause: OrderCause, _ database: Database) throws {
    guard !events.isEmpty, let loaded = kept.loaded else { return }
    try append(events, to: Self.stream(kept.order.id), loaded, cause, database)
    let after = kept.order.after(events)
    guard let result = OrderHandBack.result(of: after, before: kept.order, cause.context, process) else { return }
    try handBack(result, of: after, cause.context, database)
  }

  /// An event of its own, with a hop of its own: what else is told of the same step goes elsewhere.
  private func handBack(
    _ result: Payload, of order: OrderTables.Order, _ context: TraceContext, _ database: Database
  ) throws {
    let entry = OrderHandBack.entry(of: order, result, context, process)
    let origin = EventOrigin(gtxid: entry.gtxid, ltxid: entry.ltxid, span: entry.span, parent: entry.parent)
    let stream = Self.stream(order.id)
    let loaded = try Self.repository(database).load(stream)
    let id = process.makes(.noIdempotency) ? "\(entry.message)/\(entry.span)" : entry.message
    try append([.handedBack(result)], to: stream, loaded, id: id, origin, database)
  }

  /// An answer is an event of the order that it is about, or, when there is none, of the transaction.
  func reply(_ entry: Outbox.Entry, _ database: Database) throws {
    let order = try OrderTables.order(gtxid: entry.gtxid.hex, database)
    let stream = order.map { Self.stream($0.id) } ?? "saga/\(entry.gtxid.hex)"
    let loaded = try Self.repository(database).load(stream)
    let event = OrderEvent.replied(topic: entry.topic, key: entry.key, type: entry.type, payload: entry.payload)
    let origin = EventOrigin(gtxid: entry.gtxid, ltxid: entry.ltxid, span: entry.span, parent: entry.parent)
    try append([event], to: stream, loaded, id: entry.message, origin, database)
  }

  // MARK: Appending

  private func append(
    _ events: [OrderEvent], to stream: String, _ loaded: Repository.Loaded, _ cause: OrderCause, _ database: Database
  ) throws {
    let context = cause.context
    let isNews = Self.news(of: events, loaded.state) != nil
    // Nobody crosses over to others with what is none of their business.
    let origin =
      isNews
      ? EventOrigin(
        gtxid: context.gtxid, ltxid: context.hops.nextCrossing(), span: process.tracer.makeID(), parent: context.span)
      : EventOrigin(gtxid: context.gtxid, ltxid: context.ltxid, span: context.span, parent: nil)
    // Without an id that is the same each time nobody can tell a repetition.
    let id = process.makes(.noIdempotency) ? "\(cause.id)/\(context.span)" : cause.id
    try append(events, to: stream, loaded, id: id, origin, database)
  }

  private func append(
    _ events: [OrderEvent], to stream: String, _ loaded: Repository.Loaded, id: String, _ origin: EventOrigin,
    _ database: Database
  ) throws {
    let repository = Self.repository(database)
    guard case .events(let events) = repository.entity.decide(events, loaded.state) else { return }
    let done = try repository.append(
      events, to: stream, after: loaded, .init(id: id, origin: origin, now: process.world.time.now))
    switch done.outcome {
    case .done: try project(loaded.state, done.state, database)
    case .conflict(let conflict): throw conflict
    case .nothing, .refused, .duplicate: break
    }
  }

  /// Brings the table of orders up to date.
  private func project(_ before: OrderTables.Order?, _ after: OrderTables.Order?, _ database: Database) throws {
    guard let after, after != before else { return }
    if before == nil {
      _ = try OrderTables.insert(after, database)
    } else {
      try OrderTables.update(after, database)
    }
  }

  /// What others are told of all these events; at most one of them is news.
  private static func news(of events: [OrderEvent], _ order: OrderTables.Order?) -> OrderNews? {
    var (order, news) = (order, OrderNews?.none)
    for event in events {
      let before = order
      event.evolve(&order)
      if let order, let found = OrderNews.of(before, order), order != before { news = found }
    }
    return news
  }
}
