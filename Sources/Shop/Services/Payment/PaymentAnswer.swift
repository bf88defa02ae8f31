internal import Transactions

/// What payment says of a charge or a refund, and where: that hangs on the saga that asks.
struct PaymentAnswer: Sendable {
  var type: String
  var topic: String
  /// Of the orchestrated saga: what is answered.
  var command: SagaCommand?

  /// The event; a reply has the form that the orchestrator reads, and a message id of the command's.
  func entry(_ payload: Payload, to delivery: Delivery, process: ServiceProcess) -> Outbox.Entry {
    var entry = Outbox.Entry.event(
      type, to: topic, order: payload.order ?? 0, payload, context: delivery.context, process: process)
    if let command {
      entry.key = command.key
      entry.message = "\(delivery.message)/reply"
      entry.payload =
        SagaReply(to: command, isSuccess: type.hasSuffix(":ok"), reason: payload.reason ?? "").payload
    }
    return entry
  }

  private static func reply(_ outcome: String, to delivery: Delivery) -> PaymentAnswer? {
    guard delivery.type == CommandName.charge else { return nil }
    return PaymentAnswer(
      type: "\(delivery.type):\(outcome)", topic: TopicName.replies, command: delivery.command)
  }

  static func charged(_ delivery: Delivery) -> PaymentAnswer {
    if let reply = reply("ok", to: delivery) { return reply }
    return delivery.topic == TopicName.orders
      ? PaymentAnswer(type: EventType.accepted, topic: TopicName.payments)
      : PaymentAnswer(type: EventType.paymentComplete, topic: TopicName.order)
  }

  static func notCharged(_ delivery: Delivery) -> PaymentAnswer {
    if let reply = reply("refused", to: delivery) { return reply }
    return delivery.topic == TopicName.orders
      ? PaymentAnswer(type: EventType.rejected, topic: TopicName.payments)
      : PaymentAnswer(type: EventType.paymentFailed, topic: TopicName.inventory)
  }

  /// Nil where nobody waits to hear of it.
  static func refunded(_ delivery: Delivery) -> PaymentAnswer? {
    delivery.topic == TopicName.orders
      ? nil : PaymentAnswer(type: EventType.paymentRefunded, topic: TopicName.inventory)
  }
}
