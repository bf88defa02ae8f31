internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Orders: starts the saga, and ends it.
///
/// `POST /orders` creates an order and its ORDER_CREATE in one transaction. PAYMENT_COMPLETE pays it; ITEM_REJECTED and
/// ITEM_RELEASED cancel it. What arrives for an order that can no longer take it is undone: ORDER_FAILED asks the money
/// back.
actor OrderService: ShopService {
  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private var random: RandomStream

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the order service keeps a database") }
    self.process = process
    self.database = database
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.world.random("\(process.instance.name)/addresses/\(process.number)")
  }

  // MARK: Calls

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    switch request.route {
    case "POST /orders": return try await create(request.body, context)
    case "GET /orders/{gtxid}": return try await state(of: request.argument)
    case "GET /health":
      _ = try await database.read { try $0.number("SELECT 1") }
      return Response(200)
    default: return Response(404, body: OrderPayload(reason: "order has no \(request.route)"))
    }
  }

  private func create(_ body: OrderPayload, _ context: TraceContext) async throws -> Response {
    let process = process
    let isDeliverable = !random.happens(world.settings.undeliverable)
    let gtxid = context.gtxid.hex
    let event = Outbox.Entry.event(
      EventType.orderCreated, to: TopicName.inventory, order: 0, body, context: context, process: process)
    let accepted = { @Sendable [process, world] (isNew: Bool) in
      guard isNew else { return }
      world.transactions.began(context.gtxid, state: OrderTables.pending, step: ShopPlan.inventory)
      process.log(.info, context, "order created: \(body.sku ?? "") ×\(body.quantity ?? 0), \(body.amount ?? 0) KRW")
    }
    _ = try await database.transaction("create", at: .call, onCommit: accepted) { database -> Bool in
      guard
        let id = try OrderTables.insert(
          body, gtxid: gtxid, isDeliverable: isDeliverable, hop: context.ltxid, database)
      else { return false }
      var payload = body
      payload.order = id
      var entry = event
      entry.key = "\(id)"
      entry.payload = payload.json
      try process.write(entry, database)
      return true
    }
    return Response(202, body: OrderPayload(state: OrderTables.pending, step: ShopPlan.inventory))
  }

  private func state(of gtxid: String) async throws -> Response {
    guard let order = try await database.read({ try OrderTables.order(gtxid: gtxid, $0) }) else {
      return Response(404, body: OrderPayload(reason: "no order of transaction \(gtxid)"))
    }
    return Response(
      200, body: OrderPayload(order: order.id, reason: order.reason, state: order.state, step: order.step))
  }

  // MARK: Events

  func handle(_ delivery: Delivery) async throws -> Handling {
    let now = world.time.now
    let process = process
    let outcome = OrderOutcome(delivery: delivery, process: process)
    let tell = { @Sendable [self] (verdict: OrderOutcome.Verdict) in report(verdict, delivery) }
    _ = try await database.transaction("on \(delivery.type)", at: .record, onCommit: tell) {
      database -> OrderOutcome.Verdict in
      guard try process.accept(delivery, database) else { return .duplicate }
      guard let order = try OrderTables.order(id: delivery.payload.order ?? 0, database) else { return .unknown }
      return try outcome.apply(to: order, now: now, database)
    }
    return .done
  }

  private nonisolated func report(_ verdict: OrderOutcome.Verdict, _ delivery: Delivery) {
    let (context, span) = (delivery.context, delivery.span)
    switch verdict {
    case .duplicate:
      world.suppressedDuplicate(delivery)
      return
    case .unknown:
      process.log(.warn, context, "\(delivery.type) for an order that is not known")
    case .paid(let order):
      world.effect(delivery)
      span.set(AttributeName.state, .text(OrderTables.paid))
      world.transactions.ended(context.gtxid, .committed, order: OrderTables.paid, reason: "")
      process.log(.info, context, "order \(order.id) paid")
    case .rejected(let order, let reason):
      world.effect(delivery)
      span.set(AttributeName.state, .text(OrderTables.cancelled))
      world.transactions.ended(context.gtxid, .rejected, order: OrderTables.cancelled, reason: reason)
      process.log(.info, context, "order \(order.id) rejected: \(reason)")
    case .cancelled(let order, let reason):
      world.effect(delivery)
      world.counters.compensated(step: "cancel")
      span.set(AttributeName.state, .text(OrderTables.cancelled))
      span.set(AttributeName.undoes, .integer(order.hop))
      world.transactions.ended(context.gtxid, .compensated, order: OrderTables.cancelled, reason: reason)
      process.log(.warn, context, "order \(order.id) cancelled: \(reason)")
    case .refunding(let order, let reason):
      world.effect(delivery)
      span.set(AttributeName.state, .text(order.state))
      world.transactions.compensating(context.gtxid, order: order.state, step: ShopPlan.payment, reason: reason)
      process.log(.warn, context, "order \(order.id) cannot be kept, its money goes back: \(reason)")
    case .nothing:
      world.effect(delivery)
    }
    span.succeed()
  }
}
