internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// A customer gives back what was ordered: the choreographed saga turns back. The company refunds, inventory takes the
/// goods in again, and the order ends as cancelled. It is a transaction of its own, whose events name the one of the order.
struct OrderReturn: Sendable {
  static let route = "POST /returns/{gtxid}"

  let process: ServiceProcess
  let database: DatabasePort

  private enum Verdict: Sendable {
    /// False: it had been taken before.
    case taken(OrderTables.Order, isNew: Bool)
    case unknown
    case refused(OrderTables.Order)
  }

  func take(_ request: Request, _ context: TraceContext) async throws -> Response {
    let process = process
    let tell = { @Sendable (verdict: Verdict) in
      guard case .taken(let order, true) = verdict else { return }
      Self.turnsBack(order, context, process)
    }
    let verdict = try await database.transaction("return", at: .call, onCommit: tell) {
      try Self.decide(request, context, process, $0)
    }
    switch verdict {
    case .taken(let order, _):
      return Response(202, body: Payload(order: order.id, state: OrderTables.cancelled, step: ShopPlan.payment))
    case .unknown: return .notFound("\(request.user) has no order of transaction \(request.argument)")
    case .refused(let order):
      return Response(
        409, body: Payload(reason: "order \(order.id) cannot be returned: it is \(order.state), \(order.saga.rawValue)")
      )
    }
  }

  private static func decide(
    _ request: Request, _ context: TraceContext, _ process: ServiceProcess, _ database: Database
  ) throws -> Verdict {
    guard let order = try OrderTables.order(gtxid: request.argument, database), order.user == request.user else {
      return .unknown
    }
    if order.isRefunding, order.reason == BusinessReason.returned { return .taken(order, isNew: false) }
    guard order.saga == .choreographed, order.isGood, !order.isRefunding else { return .refused(order) }
    try OrderTables.move(
      order.id, to: OrderTables.cancelled, step: ShopPlan.payment, reason: BusinessReason.returned, refunding: true,
      finished: process.world.time.now, database)
    var payload = order.payload
    payload.reason = BusinessReason.returned
    payload.transaction = order.gtxid
    try process.write(
      .event(
        EventType.orderFailed, to: TopicName.payment, order: order.id, payload, context: context, process: process),
      database)
    return .taken(order, isNew: true)
  }

  private static func turnsBack(_ order: OrderTables.Order, _ context: TraceContext, _ process: ServiceProcess) {
    guard let id = GTXID(order.gtxid) else { return }
    process.world.transactions.compensating(
      id, order: OrderTables.cancelled, step: ShopPlan.payment, reason: BusinessReason.returned)
    process.log(.info, context, "order \(order.id) is given back: \(order.sku) ×\(order.quantity)")
  }
}
