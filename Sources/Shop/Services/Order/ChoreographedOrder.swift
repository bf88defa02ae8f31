internal import Operations

/// The choreographed saga: PAYMENT_COMPLETE pays an order; ITEM_REJECTED and ITEM_RELEASED cancel it.
///
/// Events of one order may come twice and, after a crash in the middle of a step, may contradict each other: a payment
/// that was given up, and complete all the same. Whichever comes first, the end is the same: no stock and no money held.
struct ChoreographedOrder: OrderRules {
  let delivery: Delivery

  func decide(_ order: OrderTables.Order, now: Int64) -> OrderDecision {
    let reason = delivery.payload.reason ?? ""
    switch delivery.type {
    case EventType.paymentComplete: return payment(of: order, now: now)
    case EventType.itemRejected:
      guard order.state == OrderTables.pending else { return OrderDecision(.nothing) }
      return OrderDecision(
        [.cancelled(state: OrderTables.cancelled, reason: reason, at: now)],
        .ended(order, in: OrderTables.cancelled, .rejected, reason: reason))
    case EventType.itemReleased: return release(of: order, reason: reason, now: now)
    default: return OrderDecision(.nothing)
    }
  }

  private func payment(of order: OrderTables.Order, now: Int64) -> OrderDecision {
    if order.state == OrderTables.pending, order.isDeliverable, !order.isRefunding {
      return OrderDecision([.approved(at: now)], .ended(order, in: OrderTables.paid, .committed, reason: ""))
    }
    guard !order.isRefunding else { return OrderDecision(.nothing) }
    let reason = order.state == OrderTables.cancelled ? "paid after it was cancelled" : BusinessReason.undeliverable
    return askMoneyBack(order, reason: reason, now: now)
  }

  private func release(of order: OrderTables.Order, reason: String, now: Int64) -> OrderDecision {
    switch order.state {
    case OrderTables.pending:
      let reason = order.reason.isEmpty ? reason : order.reason
      return OrderDecision(
        [.cancelled(state: OrderTables.cancelled, reason: reason, at: now)],
        .ended(order, in: OrderTables.cancelled, .compensated, reason: reason))
    case OrderTables.paid:
      // Its stock is gone: a payment was given up after it had been announced.
      return askMoneyBack(order, reason: reason, now: now)
    default:
      guard order.isRefunding else { return OrderDecision(.nothing) }
      return OrderDecision(.ended(order, in: OrderTables.cancelled, .compensated, reason: order.reason))
    }
  }

  private func askMoneyBack(_ order: OrderTables.Order, reason: String, now: Int64) -> OrderDecision {
    OrderDecision(
      [.refundAsked(reason: reason, undo: delivery.payload.hop, at: now)],
      .turnsBack(order, in: order.state, step: ShopPlan.payment, reason: reason))
  }
}
