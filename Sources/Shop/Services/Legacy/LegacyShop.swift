internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The legacy shop: catalogue, reviews and orders in one program and one database. What the strangler has not moved yet is
/// asked for here; what it has moved comes back as a result: by message, and for the catalogue by a change of its table.
///
/// An order is one local transaction: stock, order and invoice are there together, or not at all.
actor LegacyShop: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.legacy, team: "legacy", instances: 1, firstPort: 8_080, workers: 32,
    store: StorePlan(connections: 10, tables: LegacyTables.self),
    reads: [
      Subscription(
        TopicName.legacyEvents,
        [EventType.reviewHandedBack: "take review in", EventType.orderHandedBack: "take order in"])
    ], program: { LegacyShop($0) })

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

  // MARK: Calls

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let argument = request.argument
    switch request.route {
    case "GET /products/{sku}":
      let page = try await database.read { try LegacyTables.page(of: argument, $0) }
      return page.map { Response(200, body: $0) } ?? .notFound("there is no product \(argument)")
    case "POST /reviews": return try await review(request, context)
    case "POST /orders": return try await order(request.body, context)
    case "GET /transactions/{gtxid}":
      guard let order = try await database.read({ try LegacyTables.order(argument, $0) }) else {
        return .notFound("no order of transaction \(argument)")
      }
      return Response(200, body: Payload(reason: order.reason, state: order.state, step: "done"))
    default: return .notFound("the legacy shop has no \(request.route)")
    }
  }

  private func review(_ request: Request, _ context: TraceContext) async throws -> Response {
    let (body, now, process) = (request.body, world.time.now, process)
    guard let sku = body.sku, let stars = body.stars, (1...5).contains(stars) else {
      return Response(400, body: Payload(reason: "a review has a sku and 1 to 5 stars"))
    }
    let review = ReviewTables.Review(
      id: context.gtxid.hex, sku: sku, user: request.user, stars: stars, words: body.words ?? "", written: now)
    _ = try await database.transaction("review") { database in
      // Whoever sends it again, because the answer was lost, has written one review.
      guard try LegacyTables.add(review, handedBack: false, database), process.tellsOtherShop else { return }
      try process.write(
        .legacy(EventType.legacyReviewWritten, key: sku, review.payload, context: context, process: process), database)
    }
    return Response(201)
  }

  private func order(_ body: Payload, _ context: TraceContext) async throws -> Response {
    let (now, process, world) = (world.time.now, process, world)
    let tell = { @Sendable (sale: LegacyTables.Sale) in
      guard sale.isNew else { return }
      let reason = sale.isGood ? "" : "\(body.sku ?? "") \(BusinessReason.soldOut)"
      world.transactions.decidedAtOnce(
        context.gtxid, sale.isGood ? .committed : .rejected, order: sale.state, reason: reason)
      process.log(.info, context, "order \(sale.state.lowercased()): \(body.sku ?? "") ×\(body.quantity ?? 0)")
    }
    let sale = try await database.transaction("order", onCommit: tell) { database -> LegacyTables.Sale in
      let sale = try LegacyTables.sell(body, gtxid: context.gtxid.hex, now: now, database)
      if sale.isNew, sale.isGood, process.tellsOtherShop {
        var event = body
        event.saga = nil
        event.order = sale.id
        event.state = sale.state
        try process.write(
          .legacy(
            EventType.legacyOrderPlaced, key: LegacyTables.key(of: sale.id), event, context: context, process: process),
          database)
      }
      return sale
    }
    guard sale.isGood else {
      return Response(409, body: Payload(reason: "\(body.sku ?? "") \(BusinessReason.soldOut)", state: sale.state))
    }
    return Response(201, body: Payload(state: sale.state, step: "done"))
  }

  // MARK: Results of the new services

  func handle(_ delivery: Delivery) async throws -> Handling {
    let (now, process, world) = (world.time.now, process, world)
    let capability: StranglerCapability = delivery.type == EventType.reviewHandedBack ? .review : .order
    let tell = { @Sendable (result: LegacyTables.TakenIn?) in
      guard let result else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
      delivery.span.set(AttributeName.subject, .text(delivery.payload.sku ?? ""))
      world.strangler[capability].takenIn += 1
      guard let (new, legacy) = result.answers else { return }
      world.strangler.compare(capability, new: new, legacy: legacy, delivery.orderTransaction, at: world.time.now)
      guard new != legacy else { return }
      delivery.span.set(AttributeName.state, .text("differs"))
      process.log(.warn, delivery.context, "\(capability.rawValue) answers differ: new \(new), legacy \(legacy)")
    }
    _ = try await database.transaction(delivery.type, isQuiet: true, at: .record, onCommit: tell) {
      database -> LegacyTables.TakenIn? in
      guard try process.accept(delivery, database) else { return nil }
      return capability == .review
        ? try LegacyTables.takeIn(review: delivery.payload, gtxid: delivery.context.gtxid.hex, database)
        : try LegacyTables.takeIn(order: delivery.payload, gtxid: delivery.orderTransaction.hex, now: now, database)
    }
    return .done
  }
}

extension Outbox.Entry {
  /// A record between the legacy shop and a service that takes over from it. Its message id is `<GTXID>/<type>`.
  static func legacy(
    _ type: String, key: String, _ payload: Payload, context: TraceContext, process: ServiceProcess
  ) -> Outbox.Entry {
    var entry = Outbox.Entry.event(
      type, to: TopicName.legacyEvents, order: 0, payload, context: context, process: process)
    entry.key = key
    return entry
  }
}
