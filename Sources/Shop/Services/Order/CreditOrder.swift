internal import Operations

/// The credit saga: an order is OPEN once its customer has reserved credit for it and, in the large form, inventory its
/// stock; else it is REJECTED, and what was reserved is given back.
struct CreditOrder: OrderRules {
  let delivery: Delivery

  func decide(_ order: OrderTables.Order, now: Int64) -> OrderDecision {
    var order = order
    let reason = delivery.payload.reason ?? ""
    switch delivery.type {
    case EventType.creditReserved: order.hasCredit = true
    case EventType.creditLimitExceeded: order.hasCredit = false
    case EventType.stockReserved: order.hasStock = true
    case EventType.outOfStock: order.hasStock = false
    default:
      // What was reserved is free again: the way back is over.
      return OrderDecision(.ended(order, in: order.state, .compensated, reason: order.reason))
    }
    guard order.state == OrderTables.new else { return OrderDecision(.nothing) }
    if !reason.isEmpty { order.reason = reason }
    return judge(order, now: now)
  }

  private func judge(_ order: OrderTables.Order, now: Int64) -> OrderDecision {
    let answers = [order.hasCredit, order.saga == .creditLarge ? order.hasStock : true]
    let step = order.hasCredit == nil ? ShopPlan.customer : ShopPlan.inventory
    let answered = OrderEvent.answered(
      credit: order.hasCredit, stock: order.hasStock, step: step, reason: order.reason)
    guard answers.allSatisfy({ $0 != nil }) else { return OrderDecision([answered], .waits(step: step)) }
    if answers.allSatisfy({ $0 == true }) {
      return OrderDecision(
        [answered, .approved(at: now)], .ended(order, in: OrderTables.open, .committed, reason: ""))
    }
    let cancelled = OrderEvent.cancelled(state: OrderTables.rejected, reason: order.reason, at: now)
    guard order.hasCredit == true || order.hasStock == true else {
      return OrderDecision(
        [answered, cancelled], .ended(order, in: OrderTables.rejected, .rejected, reason: order.reason))
    }
    let holder = order.hasCredit == true ? ShopPlan.customer : ShopPlan.inventory
    return OrderDecision(
      [answered, cancelled], .turnsBack(order, in: OrderTables.rejected, step: holder, reason: order.reason))
  }
}
