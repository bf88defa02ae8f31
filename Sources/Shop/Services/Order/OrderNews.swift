internal import Transactions

/// What others are told of a step in an order's life, by whichever way order publishes: it follows from the order before
/// and after the step alone. So it can be written with the step, be mined from the row's images, or be read from the
/// order's events.
struct OrderNews: Sendable, Equatable {
  var type: String
  var topic: String
  var order: Int64
  var payload: Payload

  private init(_ type: String, to topic: String, _ order: OrderTables.Order) {
    self.type = type
    self.topic = topic
    self.order = order.id
    payload = order.payload
  }

  /// Nil when it concerns nobody.
  static func of(_ before: OrderTables.Order?, _ after: OrderTables.Order) -> OrderNews? {
    guard let before else { return first(of: after) }
    var news: OrderNews
    if after.isRefunding, !before.isRefunding {
      news = OrderNews(EventType.orderFailed, to: TopicName.payment, after)
      news.payload.hop = after.undo
    } else if after.saga == .orchestrated, after.isRefunding, after.step == ShopPlan.customer, before.step != after.step
    {
      news = OrderNews(EventType.orderRejected, to: TopicName.credit, after)
    } else if before.state == OrderTables.new, after.state == OrderTables.rejected,
      after.hasCredit == true || after.hasStock == true
    {
      news = OrderNews(EventType.orderRejected, to: TopicName.credit, after)
    } else {
      return nil
    }
    news.payload.reason = after.reason
    // A return is a transaction of its own, and says whose order it is.
    if after.isRefunding, after.reason == BusinessReason.returned { news.payload.transaction = after.gtxid }
    return news
  }

  private static func first(of order: OrderTables.Order) -> OrderNews? {
    switch order.saga {
    case .choreographed: OrderNews(EventType.orderCreated, to: TopicName.inventory, order)
    // Its orchestrator knows of it: it gave the command.
    case .orchestrated: nil
    case .join: OrderNews(EventType.placed, to: TopicName.orders, order)
    case .credit, .creditLarge: OrderNews(EventType.creditOrderCreated, to: TopicName.credit, order)
    }
  }
}
