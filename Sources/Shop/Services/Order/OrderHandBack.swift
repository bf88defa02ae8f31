internal import TraceModel
internal import Transactions

/// The result of an order, for the legacy shop: written when the order comes to an end, and again should it end otherwise.
/// It goes the way of everything else that is told of an order: with an outbox as a row of that, where the log is mined
/// as a row that is mined, and as an event where an order is its events.
enum OrderHandBack {
  /// Nil when there is nothing to be handed back, or nobody to hand it to.
  /// - Parameters:
  ///   - order: as it is now, in the transaction that changed it.
  ///   - context: on whose behalf it changed.
  static func result(
    of order: OrderTables.Order, before: OrderTables.Order, _ context: TraceContext, _ process: ServiceProcess
  ) -> Payload? {
    guard order.isFinished, order.state != before.state || !before.isFinished, process.tellsOtherShop else {
      return nil
    }
    var result = order.payload
    result.state = order.state
    // A return is a transaction of its own, and says whose order it is.
    if order.gtxid != context.gtxid.hex { result.transaction = order.gtxid }
    if !order.reason.isEmpty { result.reason = order.reason }
    return result
  }

  /// As a row of the outbox.
  static func entry(
    of order: OrderTables.Order, _ result: Payload, _ context: TraceContext, _ process: ServiceProcess
  ) -> Outbox.Entry {
    var event = Outbox.Entry.legacy(
      EventType.orderHandedBack, key: "\(order.id)", result, context: context, process: process)
    // Each end is an event of its own.
    event.message += "/\(order.state)"
    return event
  }
}
