internal import GRDB
internal import Operations
internal import TraceModel
internal import Transactions

/// The orchestrated saga, as the order service sees it: three commands. While an order is PENDING it belongs to its saga.
struct OrchestratedOrder: Sendable {
  let delivery: Delivery
  let now: Int64
  let keeper: any OrderKeeper
  private var gtxid: GTXID { delivery.context.gtxid }
  private var cause: OrderCause { OrderCause(id: delivery.message, context: delivery.context) }

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
    let order = OrderTables.Order(
      body, saga: .orchestrated, gtxid: gtxid.hex, isDeliverable: true, hop: delivery.context.ltxid)
    guard let id = try keeper.create(order, cause, database) else {
      return .refused("transaction \(gtxid.hex) has an order already")
    }
    guard case .granted = try SemanticLock.claim("order/\(id)", for: saga, now: now, database) else {
      preconditionFailure("a new order belongs to nobody")
    }
    return .done(body: Payload(order: id).json)
  }
}
