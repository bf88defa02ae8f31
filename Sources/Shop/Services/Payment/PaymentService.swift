internal import EventBus
internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel
internal import Transactions

/// Payment: charges through an outside company. It keeps no database: the company honours the key `<GTXID>/charge` over
/// every retry and redelivery, and a record's offset is committed after its answer is published.
///
/// A charge that was refused by a guard never left, and its saga turns back at once, unless somebody may have sent it
/// before, in answer to the same record. One that timed out may have been taken: it is voided under the same key until
/// the company answers, and only then the saga turns back.
actor PaymentService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.payment, team: "money", instances: 2, firstPort: 41_871, workers: 16,
    reads: [
      Subscription(TopicName.payment, [EventType.itemReserved: "charge", EventType.orderFailed: "refund"]),
      Subscription(
        TopicName.orders, [EventType.placed: "charge", EventType.rollback: "refund"],
        // Who did not accept has nothing to undo.
        where: { type, order in type != EventType.rollback || order.source != ShopPlan.payment }),
      Subscription(TopicName.commands(ShopPlan.payment), [CommandName.charge: "charge"]),
    ], calls: [company], publishesDirectly: true, objective: ShopPlan.slowObjective, program: { PaymentService($0) })

  /// Nobody waits long for the company; a record can wait until its breaker lets it through: 0.5, 1 and 2 s.
  private static var company: CallPlan {
    var call = CallPlan(ShopPlan.company, "charges the customer's card, without a fallback; checks it")
    call.timeLimit = .seconds(1)
    call.retry.maxAttempts = 4
    call.retry.waitInterval = .exponential(initial: .milliseconds(500), multiplier: 2)
    call.retriesRefusals = true
    return call
  }

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  nonisolated let answers: PublishedAnswers
  private let unresolved = UnresolvedCharges()
  private var random: RandomStream
  private let work = LatencyModel(floor: 0.2, mean: 0.3)

  init(_ process: ServiceProcess) {
    self.process = process
    world = process.world
    answers = PublishedAnswers(bus: process.bus)
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("desk")
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    await world.time.pause(for: work.sample(&random))
    try process.life.check()
    switch request.route {
    case PaymentDesk.check: return try await PaymentDesk(process: process).check(request, context)
    case PaymentDesk.receipt: return PaymentDesk(process: process).receipt(request, answers)
    default: return .notFound("payment has no \(request.route)")
    }
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    switch delivery.type {
    case EventType.itemReserved, EventType.placed: return try await charge(delivery)
    case CommandName.charge: return try await charge(delivery.bodyOfCommand)
    default: return try refund(delivery)
    }
  }

  // MARK: Charging

  private func charge(_ delivery: Delivery) async throws -> Handling {
    let (span, context) = (delivery.span, delivery.context)
    span.set(AttributeName.subject, .text(Self.won(delivery.payload.amount ?? 0)))
    if let answer = try answers.answerToCharge(context.gtxid), !process.makes(.noIdempotency) {
      // Read again after a rebalance or a crash: the log says what this step came to.
      world.suppressedDuplicate(delivery)
      span.set(AttributeName.state, .text(answer))
      return .done
    }
    if let reply = unresolved.join(delivery) {
      world.suppressedDuplicate(delivery)
      return .later(reply)
    }
    var request = Request("POST /charge", argument: Self.key(context.gtxid), body: delivery.payload)
    request.user = delivery.payload.user ?? ""
    let outcome = await process.client(of: ShopPlan.company).call(request, in: span)
    try process.life.check()
    switch outcome.result {
    case .success(let response) where response.status == 200:
      span.succeed()
      process.log(.info, context, "charged \(Self.won(delivery.payload.amount ?? 0))")
      try await answer(PaymentAnswer.charged(delivery), reason: nil, delivery)
      return .done
    case .success(let response):
      let reason = response.body.reason ?? "declined"
      span.set(AttributeName.state, .text("DECLINED"))
      span.succeed()
      try await fail(delivery, reason: reason)
      return .done
    case .failure(let error):
      span.fail("\(error)")
      process.log(.error, context, "not charged: \(error)")
      // What was refused now may have been charged the last time, when the answer got lost.
      guard outcome.isUnknown || delivery.mayBeRepeated else {
        try await fail(delivery, reason: Self.short(error))
        return .done
      }
      let reason = outcome.isUnknown ? "payment timed out" : Self.short(error)
      turnsBack(context, on: delivery.topic, step: ShopPlan.payment, reason: reason)
      let reply = unresolved.open(delivery)
      resolve(delivery, because: reason, announcing: PaymentAnswer.notCharged(delivery)) { [unresolved] result in
        unresolved.close(delivery, result)
      }
      return .later(reply)
    }
  }

  private func fail(_ delivery: Delivery, reason: String) async throws {
    turnsBack(delivery.context, on: delivery.topic, step: ShopPlan.inventory, reason: reason)
    try await answer(PaymentAnswer.notCharged(delivery), reason: reason, delivery)
  }

  /// Says that a transaction is on its way back, unless another instance, which was given the same record, was faster
  /// and it has ended: whether it goes on after all is for order to say. In the join saga, order alone turns back.
  private func turnsBack(_ context: TraceContext, on topic: String, step: String, reason: String) {
    guard topic == TopicName.payment, world.transactions.isOpen(context.gtxid) else { return }
    world.transactions.compensating(context.gtxid, order: OrderTables.pending, step: step, reason: reason)
  }

  // MARK: Undoing

  /// The order cannot be kept: the money goes back, as soon as the company answers.
  private func refund(_ delivery: Delivery) throws -> Handling {
    delivery.span.set(AttributeName.subject, .text(Self.won(delivery.payload.amount ?? 0)))
    if let hop = delivery.payload.hop { delivery.span.set(AttributeName.undoes, .integer(hop)) }
    if try answers.isRefunded(delivery.context.gtxid), !process.makes(.noIdempotency) {
      world.suppressedDuplicate(delivery)
      return .done
    }
    delivery.span.succeed()
    let reply = Reply<Void>()
    let reason = delivery.payload.reason ?? "order failed"
    resolve(delivery, because: reason, announcing: PaymentAnswer.refunded(delivery)) { reply.resolve($0) }
    return .later(reply)
  }

  /// Sends `void` under the charge's key until the company answers, then announces what that means.
  private func resolve(
    _ delivery: Delivery, because reason: String, announcing announcement: PaymentAnswer?,
    then done: @escaping @Sendable (Result<Void, any Error>) -> Void
  ) {
    let (process, world) = (process, world)
    process.life.spawn {
      await TraceContext.$current.withValue(delivery.context) {
        guard await self.voidUntilAnswered(delivery) else { return done(.failure(RecordMoved())) }
        guard !process.life.isOver else { return }
        world.counters.compensated(step: "void")
        let draft = Draft()
        while !process.life.isOver {
          do {
            if let announcement { try await self.answer(announcement, reason: reason, delivery, draft: draft) }
            break
          } catch {
            try? await world.time.sleep(for: 500_000_000)
          }
        }
        guard !process.life.isOver else { return }
        if delivery.type == EventType.rollback { world.rollbacks.carriedOut(delivery) }
        done(.success(()))
      }
    }
  }

  /// False when the record went to another instance, which asks the company anew. A void that were sent after that could
  /// take back what the other has been told is paid; and if this instance crashed then, nobody would say so.
  private func voidUntilAnswered(_ delivery: Delivery) async -> Bool {
    var backOff: Int64 = 1_000_000_000
    var request = Request("POST /void", argument: Self.key(delivery.orderTransaction), body: delivery.payload)
    request.user = delivery.payload.user ?? ""
    while !process.life.isOver, !delivery.worker.isStopped {
      if delivery.worker.isHeld {
        delivery.worker.callsInFlight += 1
        let outcome = await process.client(of: ShopPlan.company).call(request, in: nil, retrying: false)
        delivery.worker.callsInFlight -= 1
        if case .success(let response) = outcome.result, response.status == 200 { return true }
      }
      try? await world.time.sleep(for: backOff)
      backOff = min(backOff * 2, 5_000_000_000)
    }
    return false
  }

  // MARK: Answering

  /// An answer that was written: it is one crossing, however often it has to be sent.
  private final class Draft: @unchecked Sendable {
    var entry: Outbox.Entry?
  }

  private func answer(
    _ answer: PaymentAnswer, reason: String?, _ delivery: Delivery, draft: Draft = Draft()
  ) async throws {
    let entry = draft.entry ?? self.entry(answer, reason: reason, delivery)
    draft.entry = entry
    try world.crashPoints.pass(.beforeEffect, process.instance)
    try await process.bus.publish([entry])
    try world.crashPoints.pass(.effectCommitted, process.instance)
    if answer.type == EventType.paymentComplete { world.transactions.step(delivery.context.gtxid, ShopPlan.order) }
  }

  private func entry(_ answer: PaymentAnswer, reason: String?, _ delivery: Delivery) -> Outbox.Entry {
    var payload = delivery.payload
    payload.reason = reason
    payload.hop = answer.type == EventType.paymentComplete ? Int64(delivery.context.ltxid.number) : payload.hop
    return answer.entry(payload, to: delivery, process: process)
  }

  /// What the company honours over every retry and redelivery.
  static func key(_ transaction: GTXID) -> String { "\(transaction.hex)/charge" }

  private static func short(_ error: any Error) -> String {
    error is CallNotPermitted ? "breaker is OPEN" : "\(error)"
  }

  /// `38,000 KRW`
  static func won(_ amount: Int64) -> String {
    var digits = ""
    for (index, digit) in "\(amount)".reversed().enumerated() {
      if index > 0, index % 3 == 0 { digits = "," + digits }
      digits = "\(digit)" + digits
    }
    return digits + " KRW"
  }
}
