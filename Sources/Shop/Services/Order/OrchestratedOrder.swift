internal import GRDB
internal import TraceModel
internal import Transactions

/// The orchestrated saga, as the order service sees it: three commands. While an order is PENDING it belongs to its saga.
struct OrchestratedOrder: Sendable {
  let gtxid: GTXID
  let hop: LTXID
  let now: Int64

  func act(_ command: SagaCommand, _ body: Payload, _ database: Database) throws -> SagaParticipant.Answer {
    if command.name == CommandName.createOrder { return try create(body, for: command.saga, database) }
    guard let order = try OrderTables.order(gtxid: gtxid.hex, database) else {
      return .refused("transaction \(gtxid.hex) has no order")
    }
    let isGood = command.name == CommandName.approveOrder
    try OrderTables.move(
      order.id, to: isGood ? OrderTables.approved : OrderTables.cancelled, step: "done", reason: body.reason ?? "",
      refunding: false, finished: now, database)
    return .done()
  }

  private func create(_ body: Payload, for saga: String, _ database: Database) throws -> SagaParticipant.Answer {
    guard
      let id = try OrderTables.insert(
        body, saga: .orchestrated, gtxid: gtxid.hex, isDeliverable: true, hop: hop, database)
    else { return .refused("transaction \(gtxid.hex) has an order already") }
    guard case .granted = try SemanticLock.claim("order/\(id)", for: saga, now: now, database) else {
      preconditionFailure("a new order belongs to nobody")
    }
    return .done(body: Payload(order: id).json)
  }
}
