internal import GRDB
internal import TraceModel
internal import Transactions

/// How orders are kept, and how others come to be told of them. All that is written here is part of the transaction of
/// the call or record that it follows from.
protocol OrderKeeper: Sendable {
  /// The number of a new order; nil when its transaction has one already.
  func create(_ order: OrderTables.Order, _ cause: OrderCause, _ database: Database) throws -> Int64?

  /// The order as it stands.
  func order(_ id: Int64, _ database: Database) throws -> KeptOrder?

  /// Lets `events` happen to an order.
  /// - Throws: `AppendConflict` when the order is not any more as it was when it was read.
  func change(_ kept: KeptOrder, by events: [OrderEvent], _ cause: OrderCause, _ database: Database) throws

  /// Writes an answer to the orchestrator, which goes the same way as everything else that is told of an order.
  func reply(_ entry: Outbox.Entry, _ database: Database) throws

  /// Whether an order may be read before the transaction in which it changes, as two of them are never mixed up.
  var checksVersions: Bool { get }

  /// Whether an order that was approved is shipped after that; a row is approved for good.
  var tellsOfShipping: Bool { get }
}

/// An order as it was read.
struct KeptOrder: Sendable {
  var order: OrderTables.Order
  /// Where its stream was then; nil where it is a row.
  var loaded: OrderStreams.Repository.Loaded?
}

/// What a step in an order's life follows from.
struct OrderCause: Sendable {
  /// The same each time it comes.
  var id: String
  var context: TraceContext
}

extension ServiceProcess {
  /// The keeper for how this shop keeps its orders.
  var orderKeeper: any OrderKeeper {
    switch world.settings.orderStore {
    case .outbox: OrderRows(process: self)
    case .logMining: MinedOrderRows(process: self)
    case .events: OrderStreams(process: self)
    }
  }
}
