internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The credit saga: an order is OPEN once its customer has reserved credit for it and, in the large form, inventory its
/// stock; else it is REJECTED, and what was reserved is given back.
struct CreditOrder: OrderRules {
  let delivery: Delivery
  let process: ServiceProcess

  func apply(to order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict {
    var order = order
    let reason = delivery.payload.reason ?? ""
    switch delivery.type {
    case EventType.creditReserved: order.hasCredit = true
    case EventType.creditLimitExceeded: order.hasCredit = false
    case EventType.stockReserved: order.hasStock = true
    case EventType.outOfStock: order.hasStock = false
    default:
      // What was reserved is free again: the way back is over.
      return .ended(order, in: order.state, .compensated, reason: order.reason)
    }
    guard order.state == OrderTables.new else { return .nothing }
    if !reason.isEmpty { order.reason = reason }
    return try judge(order, now: now, database)
  }

  private func judge(_ order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict {
    let answers = [order.hasCredit, order.saga == .creditLarge ? order.hasStock : true]
    guard answers.allSatisfy({ $0 != nil }) else {
      let step = order.hasCredit == nil ? ShopPlan.customer : ShopPlan.inventory
      try OrderTables.note(order.id, credit: order.hasCredit, stock: order.hasStock, step: step, database)
      try OrderTables.move(
        order.id, to: order.state, step: step, reason: order.reason, refunding: false, finished: nil, database)
      return .waits(step: step)
    }
    let isGood = answers.allSatisfy { $0 == true }
    try OrderTables.move(
      order.id, to: isGood ? OrderTables.open : OrderTables.rejected, step: "done", reason: order.reason,
      refunding: false, finished: now, database)
    if isGood { return .ended(order, in: OrderTables.open, .committed, reason: "") }
    guard order.hasCredit == true || order.hasStock == true else {
      return .ended(order, in: OrderTables.rejected, .rejected, reason: order.reason)
    }
    var payload = order.payload
    payload.reason = order.reason
    try Outbox.write(
      .event(
        EventType.orderRejected, to: TopicName.credit, order: order.id, payload, context: delivery.context,
        process: process), database)
    let step = order.hasCredit == true ? ShopPlan.customer : ShopPlan.inventory
    return .turnsBack(order, in: OrderTables.rejected, step: step, reason: order.reason)
  }
}
