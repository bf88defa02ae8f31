internal import GRDB
internal import Operations
internal import TraceModel
internal import Transactions

/// The orchestrated saga, as the order service sees it: three commands. While an order is PENDING it belongs to its saga.
struct OrchestratedOrder: Sendable {
  let delivery: Delivery
  let now: Int64
  private var gtxid: GTXID { delivery.context.gtxid }

  init(delivery: Delivery, now: Int64) {
    self.delivery = delivery
    self.now = now
  }

  func act(_ command: SagaCommand, _ body: Payload, _ database: Database) throws -> SagaParticipant.Answer {
    if command.name == CommandName.createOrder { return try create(body, for: command.saga, database) }
    guard let order = try OrderTables.order(gtxid: gtxid.hex, database) else {
      return .refused("transaction \(gtxid.hex) has no order")
    }
    let isGood = command.name == CommandName.approveOrder
    if !isGood { delivery.span.set(AttributeName.undoes, .integer(order.hop)) }
    try OrderTables.move(
      order.id, to: isGood ? OrderTables.approved : OrderTables.cancelled, step: "done", reason: body.reason ?? "",
      refunding: false, finished: now, database)
    return .done()
  }

  private func create(_ body: Payload, for saga: String, _ database: Database) throws -> SagaParticipant.Answer {
    guard
      let id = try OrderTables.insert(
        body, saga: .orchestrated, gtxid: gtxid.hex, isDeliverable: true, hop: delivery.context.ltxid,
        database)
    else { return .refused("transaction \(gtxid.hex) has an order already") }
    guard case .granted = try SemanticLock.claim("order/\(id)", for: saga, now: now, database) else {
      preconditionFailure("a new order belongs to nobody")
    }
    return .done(body: Payload(order: id).json)
  }
}
