internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The choreographed saga: PAYMENT_COMPLETE pays an order; ITEM_REJECTED and ITEM_RELEASED cancel it.
///
/// Events of one order may come twice and, after a crash in the middle of a step, may contradict each other: a payment
/// that was given up, and complete all the same. Whichever comes first, the end is the same: no stock and no money held.
struct ChoreographedOrder: OrderRules {
  let delivery: Delivery
  let process: ServiceProcess

  func apply(to order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict {
    let reason = delivery.payload.reason ?? ""
    switch delivery.type {
    case EventType.paymentComplete: return try payment(of: order, now: now, database)
    case EventType.itemRejected:
      guard order.state == OrderTables.pending else { return .nothing }
      try move(order, to: OrderTables.cancelled, reason: reason, finished: now, database)
      return .ended(order, in: OrderTables.cancelled, .rejected, reason: reason)
    case EventType.itemReleased: return try release(of: order, reason: reason, now: now, database)
    default: return .nothing
    }
  }

  private func payment(of order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict {
    if order.state == OrderTables.pending, order.isDeliverable, !order.isRefunding {
      try OrderTables.move(
        order.id, to: OrderTables.paid, step: "done", reason: "", refunding: false, finished: now, database)
      return .ended(order, in: OrderTables.paid, .committed, reason: "")
    }
    guard !order.isRefunding else { return .nothing }
    let reason = order.state == OrderTables.cancelled ? "paid after it was cancelled" : BusinessReason.undeliverable
    try askMoneyBack(order, reason: reason, database)
    return .turnsBack(order, in: order.state, step: ShopPlan.payment, reason: reason)
  }

  private func release(of order: OrderTables.Order, reason: String, now: Int64, _ database: Database) throws
    -> OrderVerdict
  {
    switch order.state {
    case OrderTables.pending:
      try move(
        order, to: OrderTables.cancelled, reason: order.reason.isEmpty ? reason : order.reason, finished: now, database)
      return .ended(
        order, in: OrderTables.cancelled, .compensated, reason: order.reason.isEmpty ? reason : order.reason)
    case OrderTables.paid:
      // Its stock is gone: a payment was given up after it had been announced.
      try askMoneyBack(order, reason: reason, database)
      return .turnsBack(order, in: order.state, step: ShopPlan.payment, reason: reason)
    default:
      guard order.isRefunding else { return .nothing }
      return .ended(order, in: OrderTables.cancelled, .compensated, reason: order.reason)
    }
  }

  private func askMoneyBack(_ order: OrderTables.Order, reason: String, _ database: Database) throws {
    let state = order.state == OrderTables.paid ? OrderTables.cancelled : order.state
    try OrderTables.move(
      order.id, to: state, step: ShopPlan.payment, reason: reason, refunding: true,
      finished: state == OrderTables.cancelled ? process.world.time.now : nil, database)
    var payload = order.payload
    payload.reason = reason
    payload.hop = delivery.payload.hop
    try Outbox.write(
      .event(
        EventType.orderFailed, to: TopicName.payment, order: order.id, payload, context: delivery.context,
        process: process), database)
  }

  private func move(
    _ order: OrderTables.Order, to state: String, reason: String, finished: Int64?, _ database: Database
  ) throws {
    try OrderTables.move(
      order.id, to: state, step: "done", reason: reason, refunding: order.isRefunding, finished: finished, database)
  }
}
