internal import GRDB
internal import Operations
internal import TraceModel
internal import Transactions

/// The orchestrated saga, as the order service sees it: three commands. While an order is PENDING it belongs to its saga.
struct OrchestratedOrder: Sendable {
  let delivery: Delivery
  /// What is known of the product that is to be ordered; nil for a command that orders nothing.
  let product: ProductAnswer?
  let now: Int64
  let keeper: any OrderKeeper
  private var gtxid: GTXID { delivery.context.gtxid }
  private var cause: OrderCause { OrderCause(id: delivery.message, context: delivery.context) }

  /// What its saga has until it is over.
  static func lock(_ order: Int64) -> String { "order/\(order)" }

  func act(_ command: SagaCommand, _ body: Payload, _ database: Database) throws -> SagaParticipant.Answer {
    if command.name == CommandName.createOrder { return try create(body, for: command.saga, database) }
    guard let id = try OrderTables.order(gtxid: gtxid.hex, database)?.id, let kept = try keeper.order(id, database)
    else { return .refused("transaction \(gtxid.hex) has no order") }
    let isGood = command.name == CommandName.approveOrder
    if !isGood { delivery.span.set(AttributeName.undoes, .integer(kept.order.hop)) }
    let events: [OrderEvent] =
      isGood ? approval(body) : [.cancelled(state: OrderTables.cancelled, reason: body.reason ?? "", at: now)]
    try keeper.change(kept, by: events, cause, database)
    return .done()
  }

  /// The goods are on their way before the order is approved: shipping's answer has come with the command that says so.
  private func approval(_ body: Payload) -> [OrderEvent] {
    guard keeper.tellsOfShipping, let shipped = body.shipped else { return [.approved(at: now)] }
    return [.approved(at: now), .shipped(at: shipped)]
  }

  private func create(_ body: Payload, for saga: String, _ database: Database) throws -> SagaParticipant.Answer {
    let quote: ProductQuote
    switch product {
    case .refuses(let refusal): return .refused(refusal.reason)
    case .silent(let reason): return .refused(reason)
    case .sells(let found): quote = found
    case nil: preconditionFailure("whoever is to create an order has asked for its product")
    }
    var body = body
    body.amount = quote.amount
    let order = OrderTables.Order(
      body, saga: .orchestrated, gtxid: gtxid.hex, isDeliverable: true, hop: delivery.context.ltxid)
    guard let id = try keeper.create(order, cause, database) else {
      return .refused("transaction \(gtxid.hex) has an order already")
    }
    guard case .granted = try SemanticLock.claim(Self.lock(id), for: saga, now: now, database) else {
      preconditionFailure("a new order belongs to nobody")
    }
    var answer = Payload(order: id)
    quote.mark(&answer)
    return .done(body: answer.json)
  }
}

/// An orchestrated order that is given back after its saga is over: the money has come back, the goods come back, and then
/// the credit.
struct OrchestratedReturn: OrderRules {
  let delivery: Delivery

  func decide(_ order: OrderTables.Order, now: Int64) -> OrderDecision {
    guard order.isRefunding else { return OrderDecision(.nothing) }
    switch (delivery.type, order.step) {
    case (EventType.itemReleased, ShopPlan.payment):
      return OrderDecision([answered(order, next: ShopPlan.customer)], .waits(step: ShopPlan.customer))
    case (EventType.creditReleased, ShopPlan.customer):
      return OrderDecision(
        [answered(order, next: OrderTables.done)],
        .ended(order, in: order.state, .compensated, reason: order.reason))
    default: return OrderDecision(.nothing)
    }
  }

  private func answered(_ order: OrderTables.Order, next step: String) -> OrderEvent {
    .answered(credit: step == OrderTables.done ? false : nil, stock: false, step: step, reason: order.reason)
  }
}
