/// What payment says of a charge or a refund, and where: that hangs on the saga that asks.
struct PaymentAnswer: Sendable {
  var type: String
  var topic: String

  static func charged(_ delivery: Delivery) -> PaymentAnswer {
    delivery.topic == TopicName.orders
      ? PaymentAnswer(type: EventType.accepted, topic: TopicName.payments)
      : PaymentAnswer(type: EventType.paymentComplete, topic: TopicName.order)
  }

  static func notCharged(_ delivery: Delivery) -> PaymentAnswer {
    delivery.topic == TopicName.orders
      ? PaymentAnswer(type: EventType.rejected, topic: TopicName.payments)
      : PaymentAnswer(type: EventType.paymentFailed, topic: TopicName.inventory)
  }

  /// Nil where nobody waits to hear of it.
  static func refunded(_ delivery: Delivery) -> PaymentAnswer? {
    delivery.topic == TopicName.orders
      ? nil : PaymentAnswer(type: EventType.paymentRefunded, topic: TopicName.inventory)
  }
}
