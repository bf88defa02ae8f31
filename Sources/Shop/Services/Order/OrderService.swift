internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Orders: starts the saga, and ends it.
///
/// `POST /orders` creates an order and the first event of its saga in one transaction. What the answers mean for it is
/// the business of its saga: ``ChoreographedOrder``, ``JoinOrder``, ``CreditOrder``. How an order is written, and others
/// are told of it, is the business of the ``OrderKeeper``.
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
      Subscription(TopicName.legacyEvents, [EventType.legacyOrderPlaced: "take order in"]),
    ], joins: [JoinVerdict.plan], calls: [ProductCheck.plan, OrderReturn.plan], program: { OrderService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private let keeper: any OrderKeeper
  private let products: ProductCheck
  private var random: RandomStream

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    keeper = process.orderKeeper
    products = ProductCheck(process: process)
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("addresses")
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
    case "GET /sandbox/orders/{gtxid}":
      guard GTXID(request.argument) != nil else { return .notFound("\(request.argument) is no GTXID") }
      return Response(200, body: Payload(state: SagaKind.choreographed.first, step: "sandbox"))
    case "GET /orders/{gtxid}": return try await state(of: request.argument, context)
    case OrderReturn.route: return try await returns.take(request, context)
    case "GET /orders":
      let user = request.user
      var orders = Payload(user: user)
      orders.entries = try await database.read { try OrderTables.latest(of: user, $0) }
      return Response(200, body: orders)
    default: return Response(404, body: Payload(reason: "order has no \(request.route)"))
    }
  }

  private func create(_ body: Payload, _ context: TraceContext) async throws -> Response {
    let quote: ProductQuote
    switch try await products.answer(to: body, context) {
    case .refuses(let refusal): return try await refuse(refusal, context)
    case .silent(let reason): return Response(503, body: Payload(reason: reason))
    case .sells(let found): quote = found
    }
    let (process, saga) = (process, body.saga ?? .choreographed)
    var order = OrderTables.Order(
      body, saga: saga, gtxid: context.gtxid.hex, isDeliverable: !random.happens(world.settings.undeliverable),
      hop: context.ltxid)
    order.amount = quote.amount
    let new = order
    let accepted = { @Sendable [process, world] (taking: Taking) in
      guard case .taken(let order, isNew: true) = taking else { return }
      world.transactions.began(context.gtxid, saga, step: saga.firstStep)
      if quote.source != nil { world.transactions.priced(context.gtxid, order.amount) }
      process.log(.info, context, "order created: \(order.sku) ×\(order.quantity), \(PaymentService.won(order.amount))")
    }
    let cause = OrderCause(id: "\(context.gtxid.hex)/create", context: context)
    let taking = try await database.transaction("create", at: .call, onCommit: accepted) {
      [keeper] database -> Taking in
      if let refusal = try OrderTables.refusal(of: new.gtxid, database) {
        return .refused(refusal, isNew: false)
      }
      let isNew = try keeper.create(new, cause, database) != nil
      let kept = try isNew ? new : OrderTables.order(gtxid: new.gtxid, database) ?? new
      return .taken(kept, isNew: isNew)
    }
    return answer(taking, quote)
  }

  /// What became of a call that wants an order: whoever comes first decides for all that come of the same transaction.
  private enum Taking: Sendable {
    case taken(OrderTables.Order, isNew: Bool)
    case refused(OrderRefusal, isNew: Bool)
  }

  private func answer(_ taking: Taking, _ quote: ProductQuote?) -> Response {
    switch taking {
    case .refused(let refusal, _): return Response(refusal.status, body: refusal.answer)
    case .taken(let order, let isNew):
      var body = Payload(state: order.saga.first, step: order.saga.firstStep)
      if isNew { quote?.mark(&body) }
      return Response(202, body: body)
    }
  }

  /// Turns an order away for good, unless an earlier call of the same transaction has it already.
  private func refuse(_ refusal: OrderRefusal, _ context: TraceContext) async throws -> Response {
    let (process, world, now, gtxid) = (process, world, world.time.now, context.gtxid)
    let refused = { @Sendable (taking: Taking) in
      guard case .refused(let refusal, isNew: true) = taking else { return }
      process.log(.info, context, "order not taken: \(refusal.reason)")
      // There is no order, and none can come.
      world.transactions.answered(gtxid, refusal.status, reason: refusal.reason)
    }
    let taking = try await database.transaction("refuse", isQuiet: true, at: .call, onCommit: refused) {
      database -> Taking in
      if let order = try OrderTables.order(gtxid: gtxid.hex, database) { return .taken(order, isNew: false) }
      let isNew = try OrderTables.refuse(gtxid.hex, refusal, now: now, database)
      return .refused(try OrderTables.refusal(of: gtxid.hex, database) ?? refusal, isNew: isNew)
    }
    return answer(taking, nil)
  }

  private var returns: OrderReturn { OrderReturn(process: process, database: database, keeper: keeper) }

  private func state(of gtxid: String, _ context: TraceContext) async throws -> Response {
    let known = try await known(of: gtxid, context)
    guard let why = GTXID(gtxid).flatMap({ process.standstill(of: $0) }) else { return known }
    return Response(200, body: (known.status == 200 ? known.body : Payload()).standing(still: why))
  }

  /// What its rows say.
  private func known(of gtxid: String, _ context: TraceContext) async throws -> Response {
    guard let order = try await database.read({ try OrderTables.order(gtxid: gtxid, $0) }) else {
      if let refusal = try await database.read({ try OrderTables.refusal(of: gtxid, $0) }) {
        return Response(200, body: refusal.answer)
      }
      if let state = try await database.read({ try OrderTables.legacyState(of: gtxid, $0) }) {
        return Response(200, body: Payload(state: state, step: OrderTables.done))
      }
      return try await returns.state(of: gtxid, context)
        ?? Response(404, body: Payload(reason: "no order of transaction \(gtxid)"))
    }
    return Response(
      200, body: Payload(order: order.id, reason: order.reason, state: order.state, step: order.step))
  }

  // MARK: Events

  func handle(_ delivery: Delivery) async throws -> Handling {
    if delivery.topic == TopicName.commands(ShopPlan.order) {
      try await carryOut(delivery)
      return .done
    }
    if delivery.topic == TopicName.legacyEvents {
      try await takeIn(delivery)
      return .done
    }
    var attempt = 1
    while true {
      do {
        try await decide(on: delivery, attempt: attempt)
        return .done
      } catch let conflict as AppendConflict {
        guard attempt < Self.attempts else { throw conflict }
        attempt += 1
        process.log(.info, delivery.context, "\(delivery.type) is decided anew: \(conflict)")
      }
    }
  }

  /// Before an order is created for the orchestrator, search is asked as for any other. Of what a participant refuses nothing
  /// stays but its reply: that the order was refused is noted beside that, for the customer who asks. That nobody says what
  /// the product costs is a refusal, too: the saga turns back, and nobody asks again.
  private func carryOut(_ delivery: Delivery) async throws {
    let command = try CommandHandler.command(in: delivery)
    var product: ProductAnswer?
    if command.name == CommandName.createOrder {
      product = try await products.answer(to: Payload(json: command.body) ?? Payload(), delivery.context)
    }
    let (answer, keeper, now, gtxid) = (product, keeper, world.time.now, delivery.context.gtxid.hex)
    let send = { @Sendable (reply: Outbox.Entry, database: Database) in
      if let refusal = answer?.refusal, reply.type == "\(CommandName.createOrder):refused" {
        _ = try OrderTables.refuse(gtxid, refusal, now: now, database)
      }
      try keeper.reply(reply, database)
    }
    let handler = CommandHandler(
      process: process, database: database, send: send, guests: OrderReturn.stashed(process, keeper))
    try await handler.handle(
      delivery, OrchestratedOrder(delivery: delivery, product: answer, now: now, keeper: keeper).act)
  }

  /// How often a step is decided at most while others are faster each time; the record comes again after that.
  private static let attempts = 4

  private func decide(on delivery: Delivery, attempt: Int) async throws {
    let (now, process, keeper, id) = (world.time.now, process, keeper, delivery.payload.order ?? 0)
    let tell = { @Sendable [self] (verdict: OrderVerdict) in report(verdict, delivery) }
    var context = delivery.context
    // The hop that an attempt gave to an event went with it.
    if attempt > 1 { context = TraceContext(gtxid: context.gtxid, ltxid: context.ltxid, span: context.span) }
    let cause = OrderCause(id: delivery.message, context: context)
    let known = keeper.checksVersions ? try await database.read { try keeper.order(id, $0) } : nil
    _ = try await database.transaction("on \(delivery.type)", at: .record, onCommit: tell) { database -> OrderVerdict in
      guard try process.accept(delivery, database) else { return .duplicate }
      guard let kept = try known ?? keeper.order(id, database) else { return .unknown }
      let decision = Self.rules(for: delivery, of: kept.order.saga).decide(kept.order, now: now)
      try keeper.change(kept, by: decision.events, cause, database)
      return decision.verdict
    }
  }

  /// An order of the legacy shop: whoever asks for it here is told how it stands.
  private func takeIn(_ delivery: Delivery) async throws {
    let (process, world, now) = (process, world, world.time.now)
    let tell = { @Sendable (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction(delivery.type, isQuiet: true, at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      try OrderTables.noteLegacy(
        delivery.context.gtxid.hex, state: delivery.payload.state ?? "", now: now, database)
      return true
    }
  }

  private static func rules(for delivery: Delivery, of saga: SagaKind) -> any OrderRules {
    if saga == .orchestrated { return OrchestratedReturn(delivery: delivery) }
    switch delivery.topic {
    case TopicName.credit: return CreditOrder(delivery: delivery)
    case TopicName.orders: return JoinOrder(delivery: delivery)
    default: return ChoreographedOrder(delivery: delivery)
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
      world.transactions.step(delivery.orderTransaction, step)
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
    // What the customer has decided is nothing that went wrong.
    let isProblem = end == .compensated && reason != BusinessReason.returned
    process.log(isProblem ? .warn : .info, context, reason.isEmpty ? words : "\(words): \(reason)")
  }
}
