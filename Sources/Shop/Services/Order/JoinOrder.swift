internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The join saga: the first verdict decides. A ROLLBACK that comes later undoes what a side has done after the window,
/// and changes nothing in the order.
struct JoinOrder: OrderRules {
  let delivery: Delivery
  let process: ServiceProcess

  func apply(to order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict {
    let reason = delivery.payload.reason ?? ""
    let isFirst = order.state == OrderTables.placed
    if isFirst {
      try OrderTables.move(
        order.id, to: delivery.type, step: "done", reason: reason, refunding: false, finished: now, database)
    }
    switch delivery.type {
    case EventType.confirmed:
      return isFirst ? .ended(order, in: OrderTables.confirmed, .committed, reason: "") : .nothing
    case EventType.rejected:
      return isFirst ? .ended(order, in: OrderTables.rejected, .rejected, reason: reason) : .nothing
    default:
      let step = delivery.payload.source == ShopPlan.item ? ShopPlan.payment : ShopPlan.item
      return .rollsBack(order, step: step, reason: reason)
    }
  }
}
