internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Orders: starts the saga, and ends it.
///
/// `POST /orders` creates an order and the first event of its saga in one transaction. What the answers mean for it is
/// the business of its saga: ``ChoreographedOrder``, ``JoinOrder``, ``CreditOrder``.
actor OrderService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.order, team: "orders", instances: 2, firstPort: 41_811, workers: 32,
    store: StorePlan(connections: 10, tables: OrderTables.self, captures: ["orders"]),
    reads: [
      Subscription(
        TopicName.order,
        [
          EventType.paymentComplete: "confirm", EventType.itemRejected: "cancel", EventType.itemReleased: "cancel",
        ]),
      Subscription(
        TopicName.credit,
        [
          EventType.creditReserved: "approve", EventType.creditLimitExceeded: "reject",
          EventType.stockReserved: "approve", EventType.outOfStock: "reject", EventType.creditReleased: "reject",
          EventType.stockReleased: "reject",
        ]),
      Subscription(
        TopicName.orders,
        [EventType.confirmed: "confirm", EventType.rollback: "roll back", EventType.rejected: "reject"]),
      Subscription(
        TopicName.commands(ShopPlan.order),
        [
          CommandName.createOrder: "create", CommandName.approveOrder: "approve", CommandName.cancelOrder: "cancel",
          CommandName.unlock: "unlock",
        ]),
    ], joins: [JoinVerdict.plan], calls: [ProductCheck.plan], program: { OrderService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private let products: ProductCheck
  private var random: RandomStream

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the order service keeps a database") }
    self.process = process
    self.database = database
    products = ProductCheck(process: process)
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.world.random("\(process.instance.name)/addresses/\(process.number)")
  }

  // MARK: Calls

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    switch request.route {
    case "POST /orders" where request.body.saga == .orchestrated:
      return Response(400, body: Payload(reason: "an orchestrated order goes to the orchestrator: POST /sagas"))
    case "POST /orders": return try await create(request.body, context)
    case "POST /sandbox/orders":
      // Checked as an order is, and forgotten.
      guard let sku = request.body.sku, Product.all.contains(where: { $0.sku == sku }), request.body.quantity ?? 0 > 0
      else { return Response(400, body: Payload(reason: "an order has a sku that is sold and a quantity over 0")) }
      return Response(202, body: Payload(state: (request.body.saga ?? .choreographed).first, step: "sandbox"))
    case "GET /orders/{gtxid}": return try await state(of: request.argument)
    case OrderReturn.route:
      return try await OrderReturn(process: process, database: database).take(request, context)
    case "GET /orders":
      let user = request.user
      var orders = Payload(user: user)
      orders.entries = try await database.read { try OrderTables.latest(of: user, $0) }
      return Response(200, body: orders)
    default: return Response(404, body: Payload(reason: "order has no \(request.route)"))
    }
  }

  private func create(_ body: Payload, _ context: TraceContext) async throws -> Response {
    if let refusal = try await products.refusal(of: body, context) { return refusal }
    let process = process
    let isDeliverable = !random.happens(world.settings.undeliverable)
    let saga = body.saga ?? .choreographed
    let gtxid = context.gtxid.hex
    let event = Self.firstEvent(of: saga, body, context: context, process: process)
    let accepted = { @Sendable [process, world] (isNew: Bool) in
      guard isNew else { return }
      world.transactions.began(context.gtxid, saga, step: saga.firstStep)
      process.log(.info, context, "order created: \(body.sku ?? "") ×\(body.quantity ?? 0), \(body.amount ?? 0) KRW")
    }
    _ = try await database.transaction("create", at: .call, onCommit: accepted) { database -> Bool in
      guard
        let id = try OrderTables.insert(
          body, saga: saga, gtxid: gtxid, isDeliverable: isDeliverable, hop: context.ltxid, database)
      else { return false }
      var payload = body
      payload.order = id
      var entry = event
      entry.key = "\(id)"
      entry.payload = payload.json
      try process.write(entry, database)
      return true
    }
    return Response(202, body: Payload(state: saga.first, step: saga.firstStep))
  }

  /// The order's number comes with its row.
  private static func firstEvent(
    of saga: SagaKind, _ body: Payload, context: TraceContext, process: ServiceProcess
  ) -> Outbox.Entry {
    switch saga {
    case .choreographed:
      .event(EventType.orderCreated, to: TopicName.inventory, order: 0, body, context: context, process: process)
    case .orchestrated: preconditionFailure("an orchestrated order is created by a command")
    case .join:
      .event(EventType.placed, to: TopicName.orders, order: 0, body, context: context, process: process)
    case .credit, .creditLarge:
      .event(EventType.creditOrderCreated, to: TopicName.credit, order: 0, body, context: context, process: process)
    }
  }

  private func state(of gtxid: String) async throws -> Response {
    guard let order = try await database.read({ try OrderTables.order(gtxid: gtxid, $0) }) else {
      return Response(404, body: Payload(reason: "no order of transaction \(gtxid)"))
    }
    return Response(
      200, body: Payload(order: order.id, reason: order.reason, state: order.state, step: order.step))
  }

  // MARK: Events

  func handle(_ delivery: Delivery) async throws -> Handling {
    if delivery.topic == TopicName.commands(ShopPlan.order) {
      try await CommandHandler(process: process, database: database).handle(
        delivery, OrchestratedOrder(delivery: delivery, now: world.time.now).act
      )
      return .done
    }
    let now = world.time.now
    let process = process
    let rules = rules(for: delivery)
    let tell = { @Sendable [self] (verdict: OrderVerdict) in report(verdict, delivery) }
    _ = try await database.transaction("on \(delivery.type)", at: .record, onCommit: tell) { database -> OrderVerdict in
      guard try process.accept(delivery, database) else { return .duplicate }
      guard let order = try OrderTables.order(id: delivery.payload.order ?? 0, database) else { return .unknown }
      return try rules.apply(to: order, now: now, database)
    }
    return .done
  }

  private func rules(for delivery: Delivery) -> any OrderRules {
    switch delivery.topic {
    case TopicName.credit: CreditOrder(delivery: delivery, process: process)
    case TopicName.orders: JoinOrder(delivery: delivery, process: process)
    default: ChoreographedOrder(delivery: delivery, process: process)
    }
  }

  private nonisolated func report(_ verdict: OrderVerdict, _ delivery: Delivery) {
    let (context, span) = (delivery.context, delivery.span)
    if case .duplicate = verdict { return world.suppressedDuplicate(delivery) }
    switch verdict {
    case .duplicate: break
    case .unknown: process.log(.warn, context, "\(delivery.type) for an order that is not known")
    case .nothing: world.effect(delivery)
    case .waits(let step):
      world.effect(delivery)
      world.transactions.step(context.gtxid, step)
    case .ended(let order, let state, let end, let reason):
      world.effect(delivery)
      ended(order, in: state, end, reason: reason, delivery)
    case .rollsBack(let order, let step, let reason):
      world.effect(delivery)
      span.set(AttributeName.state, .text(OrderTables.rolledBack))
      world.rollbacks.decided(delivery, step: step, reason: reason)
      process.log(.warn, context, "order \(order.id) is rolled back, \(step) undoes its part: \(reason)")
    case .turnsBack(let order, let state, let step, let reason):
      world.effect(delivery)
      span.set(AttributeName.state, .text(state))
      world.transactions.compensating(context.gtxid, order: state, step: step, reason: reason)
      process.log(.warn, context, "order \(order.id) cannot be kept, \(step) undoes its part: \(reason)")
    }
    span.succeed()
  }

  private nonisolated func ended(
    _ order: OrderTables.Order, in state: String, _ end: TransactionState, reason: String, _ delivery: Delivery
  ) {
    let (context, span) = (delivery.context, delivery.span)
    span.set(AttributeName.state, .text(state))
    if end == .compensated {
      world.counters.compensated(step: "cancel")
      if delivery.orderTransaction == context.gtxid { span.set(AttributeName.undoes, .integer(order.hop)) }
    }
    world.transactions.ended(delivery.orderTransaction, end, order: state, reason: reason)
    let words = "order \(order.id) \(state.lowercased())"
    process.log(end == .compensated ? .warn : .info, context, reason.isEmpty ? words : "\(words): \(reason)")
  }
}
