/// The verdict on an order of the join saga, from what item and payment answered within the window.
///
/// Both accepted: CONFIRMED. Both rejected: REJECTED. One accepted alone: ROLLBACK, which the other side, named as its
/// source, need not carry out. An answer that comes after the window comes alone, and is rolled back, too.
enum JoinVerdict {
  static let plan = JoinPlan(
    group: "order-join", left: TopicName.stock, right: TopicName.payments, output: TopicName.orders,
    window: 5_000_000_000, decide: decide)

  static func decide(stock: JoinPlan.Answer?, payment: JoinPlan.Answer?) -> JoinPlan.Answer? {
    guard var order = (stock ?? payment)?.payload else { return nil }
    order.reason = stock?.payload.reason ?? payment?.payload.reason
    let accepted = (stock: stock?.type == EventType.accepted, payment: payment?.type == EventType.accepted)
    switch accepted {
    case (true, true): return JoinPlan.Answer(type: EventType.confirmed, payload: order)
    case (true, false):
      return rollback(order, of: ShopPlan.payment, isMissing: payment == nil)
    case (false, true):
      return rollback(order, of: ShopPlan.item, isMissing: stock == nil)
    case (false, false):
      if stock != nil, payment != nil { return JoinPlan.Answer(type: EventType.rejected, payload: order) }
      // The side that is missing may accept yet; it is told now that it need not, and undone when it does.
      return rollback(order, of: stock == nil ? ShopPlan.payment : ShopPlan.item, isMissing: false)
    }
  }

  private static func rollback(_ order: Payload, of source: String, isMissing: Bool) -> JoinPlan.Answer {
    var order = order
    order.source = source
    if isMissing { order.reason = "\(source) did not answer within the window" }
    return JoinPlan.Answer(type: EventType.rollback, payload: order)
  }
}
