internal import GRDB
internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel
internal import Transactions

/// A customer gives back what was ordered. The company refunds, inventory takes the goods in again, and the order ends as
/// cancelled; what an orchestrated order had of its customer's credit goes back, too. It is a transaction of its own, whose
/// events name the one of the order.
///
/// Nobody coordinates it, also where the order was orchestrated. As long as its saga has the order the return is stashed,
/// and carried out in the very transaction in which the saga lets go of it, unless the saga has cancelled the order itself.
/// Whoever has given it back is told what it waits for, at once and whenever it asks with the transaction of the return: how
/// far the saga is, or that it is stuck, says its orchestrator.
struct OrderReturn: Sendable {
  static let route = "POST /returns/{gtxid}"
  /// To the orchestrator.
  static let question = "GET /sagas/{gtxid}"
  /// Of a return whose order belongs to its saga.
  static let waiting = "WAITING"

  static var plan: CallPlan {
    var call = CallPlan(ShopPlan.orchestrator, "asks how far the saga is that a return waits for")
    // The customer waits for it, and can do without.
    call.timeLimit = .milliseconds(500)
    call.retry.maxAttempts = 1
    return call
  }

  let process: ServiceProcess
  let database: DatabasePort
  let keeper: any OrderKeeper

  private enum Verdict: Sendable {
    /// False: it had been taken before.
    case taken(OrderTables.Order, isNew: Bool)
    case unknown
    case refused(OrderTables.Order)
    /// Its saga has not let go of it.
    case stashed(OrderTables.Order)
  }

  /// The type of a return that is stashed.
  private static let type = "RETURN"

  func take(_ request: Request, _ context: TraceContext) async throws -> Response {
    let process = process
    // It is asked for before the return is stashed, which begins again where its transaction has come to by then.
    let held = try await self.held(request)
    let wait: Wait? = if let held { try await self.wait(for: held, context) } else { nil }
    let tell = { @Sendable (verdict: Verdict) in
      switch verdict {
      case .taken(let order, true): Self.turnsBack(Self.wish(of: order), context, process)
      case .stashed(let order):
        let resource = OrchestratedOrder.lock(order.id)
        process.tracer.openSpan(of: context.gtxid)?.set(AttributeName.state, .text("waits for \(resource)"))
        if let why = wait?.standstill {
          process.log(.warn, context, "order \(order.id) is given back when its saga is helped: it is STUCK, \(why)")
        } else {
          process.log(.info, context, "order \(order.id) is given back when its saga is over")
        }
      case .taken, .unknown, .refused: break
      }
    }
    let verdict = try await decide(request, context, tell)
    switch verdict {
    case .taken(let order, _):
      return Response(202, body: Payload(order: order.id, state: OrderTables.cancelled, step: ShopPlan.payment))
    case .unknown: return .notFound("\(request.user) has no order of transaction \(request.argument)")
    case .refused(let order):
      return Response(
        409, body: Payload(reason: "order \(order.id) cannot be returned: it is \(order.state), \(order.saga.rawValue)")
      )
    case .stashed(let order):
      return Response(
        202, body: wait?.answer ?? Payload(order: order.id, state: Self.waiting, step: ShopPlan.orchestrator))
    }
  }

  /// The order, where the return would have to wait.
  private func held(_ request: Request) async throws -> OrderTables.Order? {
    try await database.read { database in
      guard let order = try OrderTables.order(gtxid: request.argument, database), order.user == request.user,
        order.state != OrderTables.cancelled, !order.isRefunding,
        try SemanticLock.owner(of: OrchestratedOrder.lock(order.id), database) != nil
      else { return nil }
      return order
    }
  }

  // MARK: Asked for

  /// How far a return is; nil where there is none of that transaction.
  func state(of gtxid: String, _ context: TraceContext) async throws -> Response? {
    guard let id = GTXID(gtxid) else { return nil }
    let found = try await database.read { database -> (order: OrderTables.Order, waits: Bool)? in
      guard let number = try OrderTables.returned(by: gtxid, database),
        let order = try OrderTables.order(id: number, database)
      else { return nil }
      return (order, try SemanticLock.awaited(by: id, database) != nil)
    }
    guard let (order, waits) = found else { return nil }
    if waits { return Response(200, body: try await wait(for: order, context).answer) }
    var answer = Payload(order: order.id, reason: order.reason, state: order.state, step: order.step)
    answer.transaction = order.gtxid
    // Who is stuck is the order that it undoes.
    if let why = GTXID(order.gtxid).flatMap({ process.standstill(of: $0) }) { answer = answer.standing(still: why) }
    return Response(200, body: answer)
  }

  /// What a return waits for.
  private struct Wait: Sendable {
    /// To whoever asks.
    var answer: Payload
    /// Why the saga is stuck; nil where it is not, as far as is known.
    var standstill: String?
  }

  /// What a return waits for: for the saga of its order, which is as far as its orchestrator says.
  private func wait(for order: OrderTables.Order, _ context: TraceContext) async throws -> Wait {
    var answer = Payload(order: order.id, state: Self.waiting, step: ShopPlan.orchestrator)
    answer.transaction = order.gtxid
    let outcome = await process.client(of: ShopPlan.orchestrator)
      .call(Request(Self.question, argument: order.gtxid), in: process.tracer.openSpan(of: context.gtxid))
    try process.life.check()
    let saga = "the saga of order \(order.id)"
    guard case .success(let said) = outcome.result, said.status == 200, let state = said.body.state else {
      answer.reason = "waits for \(saga), of which nobody says how far it is"
      return Wait(answer: answer)
    }
    let why = said.body.reason ?? ""
    let isStuck = state == SagaState.stuck.rawValue
    answer.reason =
      isStuck
      ? "waits for \(saga), which is STUCK until somebody helps it: \(why)"
      : "waits for \(saga), which is \(state): \(why)"
    return Wait(answer: answer, standstill: isStuck ? why : nil)
  }

  /// Decides anew when a record of the order's saga was faster.
  private func decide(
    _ request: Request, _ context: TraceContext, _ tell: @escaping @Sendable (Verdict) -> Void
  ) async throws -> Verdict {
    let (now, keeper) = (process.world.time.now, keeper)
    let cause = OrderCause(id: "\(context.gtxid.hex)/return", context: context)
    while true {
      do {
        return try await database.transaction("return", at: .call, onCommit: tell) { database -> Verdict in
          guard let id = try OrderTables.order(gtxid: request.argument, database)?.id,
            let kept = try keeper.order(id, database), kept.order.user == request.user
          else { return .unknown }
          let verdict = try self.verdict(on: kept, cause, now, database)
          if case .refused = verdict { return verdict }
          // By its own transaction it can be asked for.
          try OrderTables.giveBack(id, by: context.gtxid.hex, database)
          return verdict
        }
      } catch is AppendConflict {
        continue
      }
    }
  }

  private func verdict(
    on kept: KeptOrder, _ cause: OrderCause, _ now: Int64, _ database: Database
  ) throws -> Verdict {
    let order = kept.order
    if order.isRefunding, order.reason == BusinessReason.returned { return .taken(order, isNew: false) }
    guard order.saga.canBeReturned, order.state != OrderTables.cancelled, !order.isRefunding else {
      return .refused(order)
    }
    let resource = OrchestratedOrder.lock(order.id)
    if try SemanticLock.owner(of: resource, database) != nil {
      try SemanticLock.stash(Self.message(for: order, cause), for: resource, now: now, database)
      return .stashed(order)
    }
    guard order.isGood else { return .refused(order) }
    try keeper.change(kept, by: [.refundAsked(reason: BusinessReason.returned, undo: nil, at: now)], cause, database)
    return .taken(order, isNew: true)
  }

  private static func wish(of order: OrderTables.Order) -> Payload {
    var wish = order.payload
    wish.transaction = order.gtxid
    return wish
  }

  private static func turnsBack(_ wish: Payload, _ context: TraceContext, _ process: ServiceProcess) {
    guard let id = wish.transaction.flatMap({ GTXID($0) }) else { return }
    process.world.transactions.compensating(
      id, order: OrderTables.cancelled, step: ShopPlan.payment, reason: BusinessReason.returned)
    process.log(
      .info, context, "order \(wish.order ?? 0) is given back: \(wish.sku ?? "") ×\(wish.quantity ?? 0)")
  }

  // MARK: After its saga

  private static func message(for order: OrderTables.Order, _ cause: OrderCause) -> SemanticLock.Message {
    SemanticLock.Message(
      saga: cause.id, step: "return", message: cause.id, type: type, key: "\(order.id)", payload: wish(of: order).json,
      gtxid: cause.context.gtxid, ltxid: cause.context.hops.highestKnown, span: cause.context.span)
  }

  /// The returns that waited for the saga of an order.
  static func stashed(_ process: ServiceProcess, _ keeper: any OrderKeeper) -> CommandHandler.Guests {
    CommandHandler.Guests(
      handOut: { message, context, database in
        guard let id = Int64(message.key), let kept = try keeper.order(id, database), kept.order.isGood,
          !kept.order.isRefunding
        else { return false }
        try keeper.change(
          kept, by: [.refundAsked(reason: BusinessReason.returned, undo: nil, at: context.now)],
          OrderCause(id: message.message, context: context.trace), database)
        return true
      },
      tell: { message, hadEffect in
        let context = TraceContext(gtxid: message.gtxid, ltxid: message.ltxid, span: message.span)
        guard hadEffect, let wish = Payload(json: message.payload) else {
          return process.log(.info, context, "order \(message.key) holds nothing that could be given back")
        }
        turnsBack(wish, context, process)
      })
  }
}
