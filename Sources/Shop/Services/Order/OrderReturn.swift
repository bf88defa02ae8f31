internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// A customer gives back what was ordered. The company refunds, inventory takes the goods in again, and the order ends as
/// cancelled; what an orchestrated order had of its customer's credit goes back, too. It is a transaction of its own, whose
/// events name the one of the order.
///
/// Nobody coordinates it, also where the order was orchestrated: that saga is over, and an order whose saga still has it is
/// not given back.
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
    case early(OrderTables.Order)
  }

  func take(_ request: Request, _ context: TraceContext) async throws -> Response {
    let process = process
    let tell = { @Sendable (verdict: Verdict) in
      guard case .taken(let order, true) = verdict else { return }
      Self.turnsBack(order, context, process)
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
    case .early(let order):
      return Response(409, body: Payload(reason: "order \(order.id) cannot be returned yet: its saga is not over"))
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
          guard order.saga.canBeReturned, order.isGood, !order.isRefunding else { return .refused(order) }
          guard try SemanticLock.owner(of: OrchestratedOrder.lock(id), database) == nil else { return .early(order) }
          try keeper.change(
            kept, by: [.refundAsked(reason: BusinessReason.returned, undo: nil, at: now)], cause, database)
          return .taken(order, isNew: true)
        }
      } catch is AppendConflict {
        continue
      }
    }
  }

  private static func turnsBack(_ order: OrderTables.Order, _ context: TraceContext, _ process: ServiceProcess) {
    guard let id = GTXID(order.gtxid) else { return }
    process.world.transactions.compensating(
      id, order: OrderTables.cancelled, step: ShopPlan.payment, reason: BusinessReason.returned)
    process.log(.info, context, "order \(order.id) is given back: \(order.sku) ×\(order.quantity)")
  }
}
