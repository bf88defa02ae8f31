internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// A customer gives back what was ordered. The company refunds, inventory takes the goods in again, and the order ends as
/// cancelled; what an orchestrated order had of its customer's credit goes back, too. It is a transaction of its own, whose
/// events name the one of the order.
///
/// Nobody coordinates it, also where the order was orchestrated. As long as its saga has the order the return is stashed,
/// and carried out in the very transaction in which the saga lets go of it, unless the saga has cancelled the order itself.
struct OrderReturn: Sendable {
  static let route = "POST /returns/{gtxid}"

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
    let tell = { @Sendable (verdict: Verdict) in
      switch verdict {
      case .taken(let order, true): Self.turnsBack(Self.wish(of: order), context, process)
      case .stashed(let order):
        let resource = OrchestratedOrder.lock(order.id)
        process.tracer.openSpan(of: context.gtxid)?.set(AttributeName.state, .text("waits for \(resource)"))
        process.log(.info, context, "order \(order.id) is given back when its saga is over")
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
      return Response(202, body: Payload(order: order.id, state: order.state, step: ShopPlan.orchestrator))
    }
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
          let order = kept.order
          if order.isRefunding, order.reason == BusinessReason.returned { return .taken(order, isNew: false) }
          guard order.saga.canBeReturned, order.state != OrderTables.cancelled, !order.isRefunding else {
            return .refused(order)
          }
          let resource = OrchestratedOrder.lock(id)
          if try SemanticLock.owner(of: resource, database) != nil {
            try SemanticLock.stash(Self.message(for: order, cause), for: resource, now: now, database)
            return .stashed(order)
          }
          guard order.isGood else { return .refused(order) }
          try keeper.change(
            kept, by: [.refundAsked(reason: BusinessReason.returned, undo: nil, at: now)], cause, database)
          return .taken(order, isNew: true)
        }
      } catch is AppendConflict {
        continue
      }
    }
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
      gtxid: cause.context.gtxid, ltxid: cause.context.ltxid, span: cause.context.span)
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
