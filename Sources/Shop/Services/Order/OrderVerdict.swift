internal import GRDB
internal import Operations
internal import Transactions

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

/// What the events of one kind of saga mean for an order. It changes the order, and writes what follows to the outbox.
protocol OrderRules: Sendable {
  func apply(to order: OrderTables.Order, now: Int64, _ database: Database) throws -> OrderVerdict
}
