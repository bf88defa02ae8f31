internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Stock: reserves it for an order, and gives it back when the order is not paid.
actor InventoryService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.inventory, team: "stock", instances: 2, firstPort: 41_821, workers: 16,
    store: StorePlan(connections: 10, tables: InventoryTables.self),
    reads: [
      Subscription(
        TopicName.inventory,
        [
          EventType.orderCreated: "reserve", EventType.paymentFailed: "release", EventType.paymentRefunded: "release",
        ]),
      // The small credit saga leaves stock alone.
      Subscription(
        TopicName.credit, [EventType.creditOrderCreated: "reserve", EventType.orderRejected: "release"],
        where: { _, order in order.saga == .creditLarge }),
      Subscription(
        TopicName.commands(ShopPlan.inventory),
        [CommandName.reserveStock: "reserve", CommandName.releaseStock: "release"]),
      Subscription(TopicName.legacyEvents, [EventType.legacyOrderPlaced: "take out"]),
    ], program: { InventoryService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /stock/{sku}" else { return .notFound("inventory has no \(request.route)") }
    let sku = request.argument
    guard let stock = try await database.read({ try StockTables.stock(of: sku, $0) }) else {
      return .notFound("there is no product \(sku)")
    }
    return Response(
      200, body: Payload(sku: sku, quantity: stock, state: InventoryTables.isLow(stock) ? "low" : "in stock"))
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    let notes = StockNotes(now: world.time.now)
    switch delivery.type {
    case CommandName.reserveStock, CommandName.releaseStock: try await carryOut(delivery, notes)
    case EventType.orderCreated, EventType.creditOrderCreated: try await reserve(delivery, notes)
    case EventType.legacyOrderPlaced: try await takeOut(delivery, notes)
    default: try await release(delivery, notes)
    }
    for note in notes.all { process.log(note.level, delivery.context, note.words) }
    return .done
  }

  private func carryOut(_ delivery: Delivery, _ notes: StockNotes) async throws {
    let (now, hop, isBlind) = (world.time.now, delivery.context.ltxid, process.makes(.noIdempotency))
    try await CommandHandler(process: process, database: database).handle(delivery) { command, order, database in
      guard let id = order.order, let sku = order.sku else { return .refused("the command names no order or product") }
      if command.name == CommandName.releaseStock {
        if let held = try StockTables.reservation(of: id, database), try StockTables.release(id, now: now, database) {
          delivery.span.set(AttributeName.undoes, .integer(held.hop))
        }
        try notes.take(database)
        return .done()
      }
      let isEnough = try StockTables.reserve(
        id, sku: sku, quantity: order.quantity ?? 0, hop: hop, now: now, isBlind: isBlind, database)
      try notes.take(database)
      return isEnough == true ? .done() : .refused("\(sku) \(BusinessReason.soldOut)")
    }
  }

  private func reserve(_ delivery: Delivery, _ notes: StockNotes) async throws {
    let (now, process, isBlind) = (world.time.now, process, process.makes(.noIdempotency))
    let order = delivery.payload
    let subject = "\(order.sku ?? "") ×\(order.quantity ?? 0)"
    delivery.span.set(AttributeName.subject, .text(subject))
    let tell = { @Sendable [self] (isEnough: Bool?) in reserved(isEnough, subject: subject, delivery) }
    _ = try await database.transaction("reserve", at: .record, onCommit: tell) { database -> Bool? in
      guard try process.accept(delivery, database),
        let isEnough = try StockTables.reserve(
          order.order ?? 0, sku: order.sku ?? "", quantity: order.quantity ?? 0, hop: delivery.context.ltxid, now: now,
          isBlind: isBlind, database)
      else { return nil }
      try notes.take(database)
      var answer = order
      if !isEnough { answer.reason = "\(order.sku ?? "") \(BusinessReason.soldOut)" }
      let (type, topic) = Self.answer(isEnough, to: delivery)
      try process.write(
        .event(
          type, to: topic, order: order.order ?? 0, answer, context: delivery.context, process: process), database)
      return isEnough
    }
  }

  /// Who hears of it, and how, hangs on the saga.
  private static func answer(_ isEnough: Bool, to delivery: Delivery) -> (type: String, topic: String) {
    if delivery.topic == TopicName.credit {
      return (isEnough ? EventType.stockReserved : EventType.outOfStock, TopicName.credit)
    }
    return isEnough ? (EventType.itemReserved, TopicName.payment) : (EventType.itemRejected, TopicName.order)
  }

  private nonisolated func reserved(_ isEnough: Bool?, subject: String, _ delivery: Delivery) {
    guard let isEnough else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    delivery.span.set(AttributeName.state, .text(isEnough ? StockTables.reserved : StockTables.rejected))
    if delivery.topic == TopicName.inventory {
      world.transactions.step(delivery.context.gtxid, isEnough ? ShopPlan.payment : ShopPlan.order)
    }
    process.log(
      .info, delivery.context, isEnough ? "reserved \(subject)" : "cannot reserve \(subject): sold out")
  }

  /// What the legacy shop has sold is gone, whether there is enough or not.
  private func takeOut(_ delivery: Delivery, _ notes: StockNotes) async throws {
    let (now, process, world, order) = (world.time.now, process, world, delivery.payload)
    let tell = { @Sendable (isEnough: Bool?) in
      guard let isEnough else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
      world.strangler.sold(order.quantity ?? 0, isCovered: isEnough)
      if !isEnough { process.log(.warn, delivery.context, "oversold by the legacy shop: \(order.sku ?? "")") }
    }
    _ = try await database.transaction("take out", isQuiet: true, at: .record, onCommit: tell) { database -> Bool? in
      guard try process.accept(delivery, database) else { return nil }
      let isEnough = try StockTables.takeOut(
        legacyOrder: order.order ?? 0, sku: order.sku ?? "", quantity: order.quantity ?? 0,
        hop: delivery.context.ltxid, now: now, database)
      try notes.take(database)
      return isEnough
    }
  }

  private func release(_ delivery: Delivery, _ notes: StockNotes) async throws {
    let (now, process) = (world.time.now, process)
    let order = delivery.payload
    let tell = { @Sendable [self] (held: StockTables.Reservation??) in released(held, delivery) }
    _ = try await database.transaction("release", at: .record, onCommit: tell) {
      database -> StockTables.Reservation?? in
      guard try process.accept(delivery, database) else { return nil }
      let held = try StockTables.reservation(of: order.order ?? 0, database)
      let isReleased =
        try process.leavesOut(.undo) ? held != nil : StockTables.release(order.order ?? 0, now: now, database)
      try notes.take(database)
      if let event = self.announcement(of: delivery, isReleased: isReleased) { try process.write(event, database) }
      return .some(held)
    }
  }

  /// What is said of a release. In the credit saga nobody waits to hear that nothing was held.
  private nonisolated func announcement(of delivery: Delivery, isReleased: Bool) -> Outbox.Entry? {
    let isCredit = delivery.topic == TopicName.credit
    guard !isCredit || isReleased else { return nil }
    var event = Outbox.Entry.event(
      isCredit ? EventType.stockReleased : EventType.itemReleased, to: isCredit ? TopicName.credit : TopicName.order,
      order: delivery.payload.order ?? 0, delivery.payload, context: delivery.context, process: process)
    // Two different causes are two events, and the order waits for the later one.
    event.message += "/\(delivery.type)"
    return event
  }

  private nonisolated func released(_ reservation: StockTables.Reservation??, _ delivery: Delivery) {
    guard let reservation else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    if let reservation {
      delivery.span.set(AttributeName.subject, .text("\(reservation.sku) ×\(reservation.quantity)"))
      // A return undoes a hop of another transaction.
      if delivery.orderTransaction == delivery.context.gtxid {
        delivery.span.set(AttributeName.undoes, .integer(reservation.hop))
      }
      delivery.span.set(AttributeName.state, .text(StockTables.released))
      // What another cause has released before is not released again.
      if reservation.state == StockTables.reserved { world.counters.compensated(step: "release") }
      process.log(.info, delivery.context, "released \(reservation.sku) ×\(reservation.quantity)")
    }
    if delivery.topic == TopicName.inventory { world.transactions.step(delivery.orderTransaction, ShopPlan.order) }
  }
}
