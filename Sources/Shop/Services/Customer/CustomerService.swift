internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Customers: reserves credit for an order, and gives it back when the order is rejected.
actor CustomerService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.customer, team: "money", instances: 2, firstPort: 41_831, workers: 16,
    store: StorePlan(connections: 10, tables: CustomerTables.self, captures: CustomerTables.captured),
    reads: [
      Subscription(
        TopicName.credit, [EventType.creditOrderCreated: "reserve credit", EventType.orderRejected: "release credit"]),
      Subscription(
        TopicName.commands(ShopPlan.customer),
        [CommandName.reserveCredit: "reserve credit", CommandName.releaseCredit: "release credit"]),
    ], program: { CustomerService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let jobs = BatchWorker(process: process, database: database, jobs: ShopJobs.jobs(of: ShopPlan.customer, world))
    process.life.spawn { await jobs.run() }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    .notFound("customer has no \(request.route)")
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    switch delivery.type {
    case CommandName.reserveCredit, CommandName.releaseCredit: try await carryOut(delivery)
    case EventType.creditOrderCreated: try await reserve(delivery)
    default: try await release(delivery)
    }
    return .done
  }

  private func carryOut(_ delivery: Delivery) async throws {
    let (now, hop, hasLimit) = (world.time.now, delivery.context.ltxid, !process.leavesOut(.creditCheck))
    try await CommandHandler(process: process, database: database).handle(delivery) { command, order, database in
      guard let id = order.order else { return .refused("the command names no order") }
      if command.name == CommandName.releaseCredit {
        if let held = try CustomerTables.release(id, now: now, database) {
          delivery.span.set(AttributeName.undoes, .integer(held.hop))
        }
        return .done()
      }
      let isEnough = try CustomerTables.reserve(
        id, customer: order.user ?? "", amount: order.amount ?? 0, hop: hop, now: now, hasLimit: hasLimit, database)
      return isEnough == true ? .done() : .refused(BusinessReason.noCredit)
    }
  }

  private func reserve(_ delivery: Delivery) async throws {
    let (now, process) = (world.time.now, process)
    let order = delivery.payload
    delivery.span.set(AttributeName.subject, .text(PaymentService.won(order.amount ?? 0)))
    let tell = { @Sendable [self] (isEnough: Bool?) in reserved(isEnough, delivery) }
    _ = try await database.transaction("reserve credit", at: .record, onCommit: tell) { database -> Bool? in
      guard try process.accept(delivery, database),
        let isEnough = try CustomerTables.reserve(
          order.order ?? 0, customer: order.user ?? "", amount: order.amount ?? 0, hop: delivery.context.ltxid,
          now: now, hasLimit: !process.leavesOut(.creditCheck), database)
      else { return nil }
      var answer = order
      if !isEnough { answer.reason = BusinessReason.noCredit }
      try process.write(
        .event(
          isEnough ? EventType.creditReserved : EventType.creditLimitExceeded, to: TopicName.credit,
          order: order.order ?? 0, answer, context: delivery.context, process: process), database)
      return isEnough
    }
  }

  private nonisolated func reserved(_ isEnough: Bool?, _ delivery: Delivery) {
    guard let isEnough else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    delivery.span.set(AttributeName.state, .text(isEnough ? CustomerTables.reserved : CustomerTables.rejected))
    let amount = PaymentService.won(delivery.payload.amount ?? 0)
    process.log(
      .info, delivery.context, isEnough ? "reserved credit: \(amount)" : "no credit for \(amount): limit exceeded")
  }

  private func release(_ delivery: Delivery) async throws {
    let (now, process) = (world.time.now, process)
    let order = delivery.payload
    let tell = { @Sendable [self] (held: CustomerTables.Reservation??) in released(held, delivery) }
    _ = try await database.transaction("release credit", at: .record, onCommit: tell) {
      database -> CustomerTables.Reservation?? in
      guard try process.accept(delivery, database) else { return nil }
      let held = try CustomerTables.release(order.order ?? 0, now: now, database)
      // Who gives back an orchestrated order waits to hear of it, whatever was held.
      if held != nil || order.saga == .orchestrated {
        try process.write(
          .event(
            EventType.creditReleased, to: TopicName.credit, order: order.order ?? 0, order, context: delivery.context,
            process: process), database)
      }
      return .some(held)
    }
  }

  private nonisolated func released(_ held: CustomerTables.Reservation??, _ delivery: Delivery) {
    guard let held else { return world.suppressedDuplicate(delivery) }
    world.effect(delivery)
    delivery.span.succeed()
    guard let held else { return }
    delivery.span.set(AttributeName.subject, .text(PaymentService.won(held.amount)))
    // A return undoes a hop of another transaction.
    if delivery.orderTransaction == delivery.context.gtxid {
      delivery.span.set(AttributeName.undoes, .integer(held.hop))
    }
    delivery.span.set(AttributeName.state, .text(CustomerTables.released))
    world.counters.compensated(step: "release credit")
    process.log(.info, delivery.context, "released credit: \(PaymentService.won(held.amount))")
  }
}
