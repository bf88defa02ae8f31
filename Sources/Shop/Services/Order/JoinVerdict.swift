/// The verdict on an order of the join saga, from what item and payment answered within the window.
///
/// Both accepted: CONFIRMED. Both rejected: REJECTED. One accepted alone: ROLLBACK, which the other side, named as its
/// source, need not carry out. An answer that comes after the window comes alone, and is rolled back, too.
///
/// A verdict stands. An answer that was published once more, long after the first time, may find an answer that came late:
/// the order was rolled back by then, and is so still; what is left is to tell the side that was not told.
enum JoinVerdict {
  static let plan = JoinPlan(
    group: "order-join", left: TopicName.stock, right: TopicName.payments, output: TopicName.orders,
    window: 5_000_000_000, verdicts: [EventType.confirmed, EventType.rollback, EventType.rejected],
    decide: decide)

  static func decide(
    stock: JoinPlan.Answer?, payment: JoinPlan.Answer?, before: [JoinPlan.Verdict]
  ) -> JoinPlan.Answer? {
    guard let verdict = decide(stock: stock, payment: payment), let first = before.first else {
      return decide(stock: stock, payment: payment)
    }
    guard first.type == EventType.rollback else { return nil }
    switch verdict.type {
    case EventType.confirmed:
      let isTold = before.contains { $0.source == ShopPlan.payment }
      return new(rollback(verdict.payload, of: isTold ? ShopPlan.item : ShopPlan.payment, isMissing: false), before)
    case EventType.rollback: return new(verdict, before)
    default: return nil
    }
  }

  /// Nil for what was decided before.
  private static func new(_ verdict: JoinPlan.Answer, _ before: [JoinPlan.Verdict]) -> JoinPlan.Answer? {
    before.contains { $0.source == verdict.payload.source } ? nil : verdict
  }

  private static func decide(stock: JoinPlan.Answer?, payment: JoinPlan.Answer?) -> JoinPlan.Answer? {
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
