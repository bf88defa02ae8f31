internal import Operations

/// The join saga: the first verdict decides. A ROLLBACK that comes later undoes what a side has done after the window,
/// and changes nothing in the order.
struct JoinOrder: OrderRules {
  let delivery: Delivery

  func decide(_ order: OrderTables.Order, now: Int64) -> OrderDecision {
    let reason = delivery.payload.reason ?? ""
    let isFirst = order.state == OrderTables.placed
    let cancelled = isFirst ? [OrderEvent.cancelled(state: delivery.type, reason: reason, at: now)] : []
    switch delivery.type {
    case EventType.confirmed:
      guard isFirst else { return OrderDecision(.nothing) }
      return OrderDecision([.approved(at: now)], .ended(order, in: OrderTables.confirmed, .committed, reason: ""))
    case EventType.rejected:
      return OrderDecision(
        cancelled, isFirst ? .ended(order, in: OrderTables.rejected, .rejected, reason: reason) : .nothing)
    default:
      let step = delivery.payload.source == ShopPlan.item ? ShopPlan.payment : ShopPlan.item
      return OrderDecision(cancelled, .rollsBack(order, step: step, reason: reason))
    }
  }
}
