internal import EventBus
internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The orchestrator: it starts a saga for each order that is to be carried out so, sends the commands one after the other,
/// and the compensations when one is refused. What a saga is at is a row of its database; whichever instance gets a reply
/// goes on.
actor OrchestratorService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.orchestrator, team: "orders", instances: 2, firstPort: 41_931, workers: 32,
    store: StorePlan(connections: 10, tables: OrchestratorTables.self),
    reads: [Subscription(TopicName.replies, operations)], program: { OrchestratorService($0) })

  /// `ReserveCredit:ok` moves the saga on, `ReserveCredit:refused` back.
  private static let operations = CommandName.all.reduce(into: [String: String]()) { operations, name in
    operations["\(name):ok"] = "next step"
    operations["\(name):refused"] = "turn back"
  }

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private static let checkout = CheckoutSaga.orchestrator
  /// How often the clock is looked at.
  private static let pause: Int64 = 500_000_000

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let clock = OrchestratorClock(process: process, database: database)
    process.life.spawn { await clock.run() }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    if request.route == OrderReturn.question { return try await state(of: request.argument) }
    guard request.route == "POST /sagas" else { return .notFound("orchestrator has no \(request.route)") }
    let gtxid = context.gtxid.hex
    let (saga, order) = (SagaContext(context, process), request.body)
    let tell = { @Sendable [process] (change: SagaChange?) in
      guard let change else { return }
      process.world.transactions.began(context.gtxid, .orchestrated, step: "create order")
      SagaReports(process: process).report(change, context)
    }
    _ = try await database.transaction("start saga", at: .sagaStep, onCommit: tell) { database in
      try Self.checkout.start(gtxid, key: gtxid, CheckoutData(order: order), saga, database)
    }
    return Response(202, body: Payload(state: SagaKind.orchestrated.first, step: "create order"))
  }

  /// How far a saga is: what it stands still for, or the step that it is at.
  private func state(of gtxid: String) async throws -> Response {
    guard let saga = try await database.read({ try SagaStore.saga(gtxid, $0) }) else {
      return .notFound("there is no saga \(gtxid)")
    }
    let step =
      saga.steps.first { $0.undo == .sent } ?? saga.steps.first { [.sent, .waiting, .unknown].contains($0.action) }
    let at = step.map { "at \($0.label)" } ?? "between two steps"
    var answer = Payload(
      reason: saga.reason.isEmpty ? at : saga.reason, state: saga.state.rawValue, step: step?.label)
    // It waits for an answer, and a record that was put aside is none.
    if let why = GTXID(gtxid).flatMap({ process.standstill(of: $0) }), saga.state != .stuck {
      answer = answer.standing(still: why)
    }
    return Response(200, body: answer)
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    guard let reply = SagaReply(payload: delivery.record.value) else {
      throw UnreadableRecord(topic: delivery.topic, partition: delivery.partition, offset: delivery.record.offset)
    }
    let (process, context) = (process, delivery.context)
    let saga = SagaContext(context, process)
    let tell = { @Sendable [process, world] (change: SagaChange?) in
      guard let change else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
      delivery.span.set(AttributeName.subject, .text(reply.step))
      if let state = change.after { delivery.span.set(AttributeName.state, .text(state.rawValue)) }
      if !reply.body.isEmpty, let amount = Payload(json: reply.body)?.amount {
        world.transactions.priced(context.gtxid, amount)
      }
      SagaReports(process: process).report(change, context)
    }
    _ = try await database.transaction("on \(delivery.type)", at: .sagaStep, onCommit: tell) {
      database -> SagaChange? in
      guard try process.accept(delivery, database) else { return nil }
      return try Self.checkout.handle(reply, saga, database)
    }
    return .done
  }
}

/// Does what is due by the clock: steps that did not answer, and attempts whose wait is over.
struct OrchestratorClock: Sendable {
  let process: ServiceProcess
  let database: DatabasePort
  private static let pause: Int64 = 500_000_000

  func run() async {
    let time = process.world.time
    while !process.life.isOver {
      try? await time.sleep(for: Self.pause)
      // One instance looks: the one that publishes.
      guard process.isRelaying else { continue }
      let now = time.now
      let due = (try? await database.read { try CheckoutSaga.orchestrator.due(now: now, $0) }) ?? []
      for wake in due { try? await go(on: wake) }
    }
  }

  private func go(on wake: SagaWake) async throws {
    let process = process
    let context = TraceContext(gtxid: wake.gtxid, ltxid: wake.ltxid, span: wake.span)
    let saga = SagaContext(context, process)
    let tell = { @Sendable (change: SagaChange) in SagaReports(process: process).report(change, context) }
    _ = try await database.transaction("saga is late", onCommit: tell) {
      try CheckoutSaga.orchestrator.timeOut(wake.saga, saga, $0)
    }
  }
}

/// Says what became of a saga.
struct SagaReports {
  let process: ServiceProcess

  func report(_ change: SagaChange, _ context: TraceContext) {
    let reports = process.world.transactions
    let id = context.gtxid
    let step = change.entries.last { !$0.step.isEmpty }?.step
    if let step { reports.step(id, step) }
    if change.verdict == .late { process.world.counters.lateAnswers += 1 }
    guard change.isNewState, let state = change.after else { return }
    switch state {
    case .running: reports.resumed(id, step: step ?? "")
    case .compensating:
      reports.compensating(id, order: OrderTables.pending, step: ShopPlan.orchestrator, reason: change.reason)
      process.log(.warn, context, "checkout turns back: \(change.reason)")
    case .completed:
      reports.ended(id, .committed, order: SagaKind.orchestrated.end(in: process.world.settings.orderStore), reason: "")
    case .rolledBack where change.before == .running:
      // Its first step was refused: there is no order, and nothing that had to be undone.
      let isBusiness = BusinessReason.isOne(change.reason)
      reports.ended(id, isBusiness ? .rejected : .failed, order: OrderTables.rejected, reason: change.reason)
    case .rolledBack:
      reports.ended(id, .compensated, order: OrderTables.cancelled, reason: change.reason)
    case .stuck:
      reports.gotStuck(id, because: change.reason)
      process.log(.error, context, "checkout is stuck: \(change.reason)")
    }
  }
}

extension SagaContext {
  /// The place in a transaction where a service is at work.
  init(_ context: TraceContext, _ process: ServiceProcess) {
    self.init(now: process.world.time.now, trace: context, makeSpan: { [process] in process.tracer.makeID() })
  }
}
