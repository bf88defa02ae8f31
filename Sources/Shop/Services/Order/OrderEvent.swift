internal import Transactions

/// What happens to an order, in the words of its own life: created, and approved and shipped, or cancelled.
enum OrderEvent: Sendable, Equatable {
  case created(OrderTables.Order)
  /// Customer or inventory has said whether it holds something for it; `step` is who is waited for.
  case answered(credit: Bool?, stock: Bool?, step: String, reason: String)
  case approved(at: Int64)
  /// Its goods have left, and had by `at`: a part of the life of an order that is the sum of its events.
  case shipped(at: Int64)
  case cancelled(state: String, reason: String, at: Int64)
  /// Its money is to come back; `undo` is the hop by which it went.
  case refundAsked(reason: String, undo: Int64?, at: Int64)
  /// Says nothing of the order: a saga's command was answered, which is to be published (Richardson, "Microservices
  /// Patterns", 6.3.4: a pseudo event).
  case replied(topic: String, key: String, type: String, payload: [UInt8])
  /// Says nothing new of the order either: its result is for the legacy shop.
  case handedBack(Payload)

  /// The order after it; nil as long as it was not created.
  func evolve(_ order: inout OrderTables.Order?) {
    if case .created(let new) = self {
      order = new
    } else if var changed = order {
      evolve(&changed)
      order = changed
    }
  }

  private func evolve(_ order: inout OrderTables.Order) {
    switch self {
    case .created, .replied, .handedBack: break
    case .answered(let credit, let stock, let step, let reason):
      (order.hasCredit, order.hasStock) = (credit, stock)
      (order.step, order.reason) = (step, reason)
    case .approved(let time):
      (order.state, order.step, order.reason, order.finished) = (order.saga.good, OrderTables.done, "", time)
    case .shipped: if order.isGood { order.state = OrderTables.shipped }
    case .cancelled(let state, let reason, let time):
      (order.state, order.step, order.reason, order.finished) = (state, OrderTables.done, reason, time)
    case .refundAsked(let reason, let undo, let time):
      if order.isGood { order.state = OrderTables.cancelled }
      (order.step, order.reason, order.isRefunding, order.undo) = (ShopPlan.payment, reason, true, undo)
      order.finished = order.state == OrderTables.cancelled ? time : nil
    }
  }
}

// MARK: - As bytes

extension OrderEvent {
  enum Name: String {
    case created = "OrderCreated"
    case answered = "OrderAnswered"
    case approved = "OrderApproved"
    case shipped = "OrderShipped"
    case cancelled = "OrderCancelled"
    case refundAsked = "OrderRefundAsked"
    case replied = "SagaReplyRequested"
    case handedBack = "OrderHandedBack"
  }

  var name: Name {
    switch self {
    case .created: .created
    case .answered: .answered
    case .approved: .approved
    case .shipped: .shipped
    case .cancelled: .cancelled
    case .refundAsked: .refundAsked
    case .replied: .replied
    case .handedBack: .handedBack
    }
  }

  var fields: Payload {
    var fields = Payload()
    switch self {
    case .created(let order): return order.document
    case .handedBack(let result): return result
    case .answered(let credit, let stock, let step, let reason):
      fields = Payload(reason: reason, step: step)
      fields["credit"] = credit.map(Payload.Value.truth)
      fields["stock"] = stock.map(Payload.Value.truth)
    case .approved(let time), .shipped(let time): fields["at"] = .number(time)
    case .cancelled(let state, let reason, let time):
      fields = Payload(reason: reason, state: state)
      fields["at"] = .number(time)
    case .refundAsked(let reason, let undo, let time):
      fields = Payload(reason: reason)
      fields["undo"] = undo.map(Payload.Value.number)
      fields["at"] = .number(time)
    case .replied(let topic, let key, let type, let payload):
      fields["topic"] = .text(topic)
      fields["key"] = .text(key)
      fields["type"] = .text(type)
      fields["payload"] = .text(String(decoding: payload, as: UTF8.self))
    }
    return fields
  }

  /// Nil when it is not written as an event of that name is.
  init?(_ name: Name, _ fields: Payload) {
    let (reason, time) = (fields.reason ?? "", fields.number("at"))
    switch (name, time) {
    case (.created, _):
      guard let order = OrderTables.Order(document: fields) else { return nil }
      self = .created(order)
    case (.answered, _):
      self = .answered(
        credit: fields.truth("credit"), stock: fields.truth("stock"), step: fields.step ?? "", reason: reason)
    case (.approved, let time?): self = .approved(at: time)
    case (.shipped, let time?): self = .shipped(at: time)
    case (.cancelled, let time?):
      guard let state = fields.state else { return nil }
      self = .cancelled(state: state, reason: reason, at: time)
    case (.refundAsked, let time?): self = .refundAsked(reason: reason, undo: fields.number("undo"), at: time)
    case (.handedBack, _): self = .handedBack(fields)
    case (.replied, _):
      guard let topic = fields.text("topic"), let key = fields.text("key"), let type = fields.text("type"),
        let payload = fields.text("payload")
      else { return nil }
      self = .replied(topic: topic, key: key, type: type, payload: Array(payload.utf8))
    default: return nil
    }
  }
}
