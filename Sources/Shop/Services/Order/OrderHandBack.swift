internal import GRDB
internal import TraceModel
internal import Transactions

/// The result of an order, for the legacy shop: written when the order comes to an end, and again should it end otherwise.
enum OrderHandBack {
  /// - Parameter order: as it is now, in the transaction that changed it.
  static func write(
    _ order: OrderTables.Order, before: OrderTables.Order, _ context: TraceContext, _ process: ServiceProcess,
    _ database: Database
  ) throws {
    guard order.isFinished, order.state != before.state || !before.isFinished, process.tellsOtherShop else { return }
    var result = order.payload
    result.state = order.state
    // A return is a transaction of its own, and says whose order it is.
    if order.gtxid != context.gtxid.hex { result.transaction = order.gtxid }
    if !order.reason.isEmpty { result.reason = order.reason }
    var event = Outbox.Entry.legacy(
      EventType.orderHandedBack, key: "\(order.id)", result, context: context, process: process)
    // Each end is an event of its own.
    event.message += "/\(order.state)"
    try process.write(event, database)
  }
}
