internal import Operations

/// What an event has made of an order.
enum OrderVerdict: Sendable {
  case duplicate
  case unknown
  /// It changes nothing any more.
  case nothing
  /// It waits for others.
  case waits(step: String)
  case ended(OrderTables.Order, in: String, TransactionState, reason: String)
  /// One side of the join saga has to undo its part.
  case rollsBack(OrderTables.Order, step: String, reason: String)
  /// The way back begins, or goes on, at `step`.
  case turnsBack(OrderTables.Order, in: String, step: String, reason: String)
}

/// What follows from an event of a saga: what happens to the order, and what that means for its transaction.
struct OrderDecision: Sendable {
  var events: [OrderEvent]
  var verdict: OrderVerdict

  init(_ events: [OrderEvent], _ verdict: OrderVerdict) {
    self.events = events
    self.verdict = verdict
  }

  /// Nothing happens to the order.
  init(_ verdict: OrderVerdict) { self.init([], verdict) }
}

/// What the events of one kind of saga mean for an order. It looks at nothing but what it is given.
protocol OrderRules: Sendable {
  func decide(_ order: OrderTables.Order, now: Int64) -> OrderDecision
}
