internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Items: one side of the join saga. It reserves what an order asks for, and carries the verdict out.
actor ItemService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.item, team: "catalogue", instances: 2, firstPort: 41_841, workers: 16,
    store: StorePlan(connections: 10, tables: ItemTables.self, captures: ItemTables.captured),
    reads: [
      Subscription(
        TopicName.orders,
        [EventType.placed: "reserve", EventType.confirmed: "confirm", EventType.rollback: "release"],
        // Who did not accept has nothing to undo.
        where: { type, order in type != EventType.rollback || order.source != ShopPlan.item })
    ], program: { ItemService($0) })

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
    switch request.route {
    case "GET /items/{sku}":
      let sku = request.argument
      guard let offer = try await database.read({ try ItemTables.offer(sku, $0) }) else {
        return .notFound("there is no product \(sku)")
      }
      return Response(200, body: offer)
    case "PUT /items/{sku}/price":
      let (sku, price) = (request.argument, request.body.price ?? 0)
      guard price > 0 else { return Response(400, body: Payload(reason: "a price is a whole number of won over 0")) }
      let isThere = try await database.transaction("reprice") { try ItemTables.reprice(sku, price, $0) }
      return isThere ? Response(204) : .notFound("there is no product \(sku)")
    default: return .notFound("item has no \(request.route)")
    }
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    switch delivery.type {
    case EventType.placed: try await reserve(delivery)
    case EventType.confirmed: try await confirm(delivery)
    default: try await release(delivery)
    }
    return .done
  }

  private func reserve(_ delivery: Delivery) async throws {
    let (now, process) = (world.time.now, process)
    let order = delivery.payload
    let subject = "\(order.sku ?? "") ×\(order.quantity ?? 0)"
    delivery.span.set(AttributeName.subject, .text(subject))
    let tell = { @Sendable [self] (isEnough: Bool?) in reserved(isEnough, subject: subject, delivery) }
    _ = try await database.transaction("reserve", at: .record, onCommit: tell) { database -> Bool? in
      guard try process.accept(delivery, database),
        let isEnough = try StockTables.reserve(
          order.order ?? 0, sku: order.sku ?? "", quantity: order.quantity ?? 0, hop: delivery.context.ltxid, now: now,
          database)
      else { return nil }
      var answer = order
      if !isEnough { answer.reason = "\(order.sku ?? "") \(BusinessReason.soldOut)" }
      try process.write(
        .event(
          isEnough ? EventType.accepted : EventType.rejected, to: TopicName.stock, order: order.order ?? 0, answer,
          context: delivery.context, process: process), database)
      return isEnough
    }
  }

  private nonisolated func reserved(_ isEnough: Bool?, subject: String, _ delivery: Delivery) {
    guard let isEnough else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    delivery.span.set(AttributeName.state, .text(isEnough ? EventType.accepted : EventType.rejected))
    process.log(
      .info, delivery.context, isEnough ? "reserved \(subject)" : "cannot reserve \(subject): sold out")
  }

  private func confirm(_ delivery: Delivery) async throws {
    let (now, process, order) = (world.time.now, process, delivery.payload.order ?? 0)
    let tell = { @Sendable [world] (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
      delivery.span.set(AttributeName.state, .text(StockTables.confirmed))
    }
    _ = try await database.transaction("confirm", at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      _ = try StockTables.confirm(order, now: now, database)
      return true
    }
  }

  private func release(_ delivery: Delivery) async throws {
    let (now, process, order) = (world.time.now, process, delivery.payload.order ?? 0)
    let tell = { @Sendable [self] (held: StockTables.Reservation??) in released(held, delivery) }
    _ = try await database.transaction("release", at: .record, onCommit: tell) {
      database -> StockTables.Reservation?? in
      guard try process.accept(delivery, database) else { return nil }
      let held = try StockTables.reservation(of: order, database)
      return .some(try StockTables.release(order, now: now, database) ? held : nil)
    }
  }

  private nonisolated func released(_ held: StockTables.Reservation??, _ delivery: Delivery) {
    guard let held else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    if let held {
      delivery.span.set(AttributeName.subject, .text("\(held.sku) ×\(held.quantity)"))
      delivery.span.set(AttributeName.undoes, .integer(held.hop))
      delivery.span.set(AttributeName.state, .text(StockTables.released))
      world.counters.compensated(step: "release")
      process.log(.info, delivery.context, "released \(held.sku) ×\(held.quantity)")
    }
    world.rollbacks.carriedOut(delivery)
  }
}
