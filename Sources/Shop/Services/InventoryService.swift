internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Stock: reserves it for an order, and gives it back when the order is not paid.
actor InventoryService: ShopService {
  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the inventory service keeps a database") }
    self.process = process
    self.database = database
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /health" else {
      return Response(404, body: OrderPayload(reason: "inventory has no \(request.route)"))
    }
    _ = try await database.read { try $0.number("SELECT 1") }
    return Response(200)
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    switch delivery.type {
    case EventType.orderCreated: try await reserve(delivery)
    case EventType.paymentFailed, EventType.paymentRefunded: try await release(delivery)
    default: process.log(.warn, delivery.context, "\(delivery.type) means nothing to inventory")
    }
    return .done
  }

  private func reserve(_ delivery: Delivery) async throws {
    let (now, process, isBlind) = (world.time.now, process, world.makes(.noIdempotency))
    let order = delivery.payload
    let subject = "\(order.sku ?? "") ×\(order.quantity ?? 0)"
    delivery.span.set(AttributeName.subject, .text(subject))
    let tell = { @Sendable [self] (isEnough: Bool?) in reserved(isEnough, subject: subject, delivery) }
    _ = try await database.transaction("reserve", at: .record, onCommit: tell) { database -> Bool? in
      guard try process.accept(delivery, database),
        let isEnough = try InventoryTables.reserve(
          order.order ?? 0, sku: order.sku ?? "", quantity: order.quantity ?? 0, hop: delivery.context.ltxid, now: now,
          isBlind: isBlind, database)
      else { return nil }
      var answer = order
      if !isEnough { answer.reason = "\(order.sku ?? "") \(BusinessReason.soldOut)" }
      try process.write(
        .event(
          isEnough ? EventType.itemReserved : EventType.itemRejected,
          to: isEnough ? TopicName.payment : TopicName.order, order: order.order ?? 0, answer,
          context: delivery.context, process: process), database)
      return isEnough
    }
  }

  private nonisolated func reserved(_ isEnough: Bool?, subject: String, _ delivery: Delivery) {
    guard let isEnough else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    delivery.span.set(AttributeName.state, .text(isEnough ? InventoryTables.reserved : InventoryTables.rejected))
    world.transactions.step(delivery.context.gtxid, isEnough ? ShopPlan.payment : ShopPlan.order)
    process.log(
      .info, delivery.context, isEnough ? "reserved \(subject)" : "cannot reserve \(subject): sold out")
  }

  private func release(_ delivery: Delivery) async throws {
    let (now, process) = (world.time.now, process)
    let order = delivery.payload
    let tell = { @Sendable [self] (held: InventoryTables.Reservation??) in released(held, delivery) }
    _ = try await database.transaction("release", at: .record, onCommit: tell) {
      database -> InventoryTables.Reservation?? in
      guard try process.accept(delivery, database) else { return nil }
      let held = try InventoryTables.reservation(of: order.order ?? 0, database)
      _ = try InventoryTables.release(order.order ?? 0, now: now, database)
      var event = Outbox.Entry.event(
        EventType.itemReleased, to: TopicName.order, order: order.order ?? 0, order, context: delivery.context,
        process: process)
      // Two different causes are two events, and the order waits for the later one.
      event.message += "/\(delivery.type)"
      try process.write(event, database)
      return .some(held)
    }
  }

  private nonisolated func released(_ reservation: InventoryTables.Reservation??, _ delivery: Delivery) {
    guard let reservation else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    if let reservation {
      delivery.span.set(AttributeName.subject, .text("\(reservation.sku) ×\(reservation.quantity)"))
      delivery.span.set(AttributeName.undoes, .integer(reservation.hop))
      delivery.span.set(AttributeName.state, .text(InventoryTables.released))
      // What another cause has released before is not released again.
      if reservation.state == InventoryTables.reserved { world.counters.compensated(step: "release") }
      process.log(.info, delivery.context, "released \(reservation.sku) ×\(reservation.quantity)")
    }
    world.transactions.step(delivery.context.gtxid, ShopPlan.order)
  }
}
