internal import Foundation
internal import GRDB
internal import Operations
internal import TraceModel
internal import Transactions

/// The order service's database: what it knows of each order, and what follows from each event.
enum OrderTables: ServiceTables {
  static let schema =
    Outbox.schema + Inbox.schema + """
      CREATE TABLE orders(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        gtxid TEXT NOT NULL UNIQUE,
        user TEXT NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        deliverable INTEGER NOT NULL,
        state TEXT NOT NULL,
        step TEXT NOT NULL,
        reason TEXT NOT NULL,
        hop INTEGER NOT NULL,
        refunding INTEGER NOT NULL DEFAULT 0,
        finished INTEGER);
      CREATE INDEX orders_finished ON orders(finished) WHERE finished IS NOT NULL;
      CREATE TABLE total(name TEXT PRIMARY KEY, orders INTEGER NOT NULL, amount INTEGER NOT NULL, quantity INTEGER NOT NULL);
      """

  static let pending = "PENDING"
  static let paid = "PAID"
  static let cancelled = "CANCELLED"

  struct Order: Sendable {
    var id: Int64
    var gtxid: String
    var user: String
    var sku: String
    var quantity: Int64
    var amount: Int64
    var isDeliverable: Bool
    var state: String
    var step: String
    var reason: String
    /// The hop that created it.
    var hop: Int64
    /// True once its money was asked back.
    var isRefunding: Bool

    var payload: Payload {
      Payload(order: id, user: user, sku: sku, quantity: quantity, amount: amount)
    }

    fileprivate static let columns =
      "id, gtxid, user, sku, quantity, amount, deliverable, state, step, reason, hop, refunding"

    /// Reads ``columns``.
    fileprivate init(_ row: borrowing Columns) {
      id = row.value(0)
      gtxid = row.value(1)
      user = row.value(2)
      sku = row.value(3)
      quantity = row.value(4)
      amount = row.value(5)
      isDeliverable = row.value(6)
      state = row.value(7)
      step = row.value(8)
      reason = row.value(9)
      hop = row.value(10)
      isRefunding = row.value(11)
    }
  }

  /// The number of a new order; nil when the transaction has one already.
  static func insert(
    _ order: Payload, gtxid: String, isDeliverable: Bool, hop: LTXID, _ database: Database
  ) throws -> Int64? {
    try database.run(
      """
      INSERT OR IGNORE INTO orders(gtxid, user, sku, quantity, amount, deliverable, state, step, reason, hop)
      VALUES (?, ?, ?, ?, ?, ?, 'PENDING', 'inventory', '', ?)
      """,
      [
        gtxid, order.user ?? "", order.sku ?? "", order.quantity ?? 0, order.amount ?? 0, isDeliverable,
        Int64(hop.number),
      ])
    return database.changesCount > 0 ? database.lastInsertedRowID : nil
  }

  static func order(gtxid: String, _ database: Database) throws -> Order? {
    try database.first("SELECT \(Order.columns) FROM orders WHERE gtxid = ?", [gtxid], Order.init)
  }

  static func order(id: Int64, _ database: Database) throws -> Order? {
    try database.first("SELECT \(Order.columns) FROM orders WHERE id = ?", [id], Order.init)
  }

  /// Those that reached their last state before `time`, in the order of their numbers.
  static func finished(before time: Int64, _ database: Database) throws -> [Order] {
    try database.all("SELECT \(Order.columns) FROM orders WHERE finished < ? ORDER BY id", [time], Order.init)
  }

  /// - Parameter finished: when it reached its last state, in nanoseconds; nil while it goes on.
  static func move(
    _ id: Int64, to state: String, step: String, reason: String, refunding: Bool, finished: Int64?, _ database: Database
  ) throws {
    try database.run(
      "UPDATE orders SET state = ?, step = ?, reason = ?, refunding = ?, finished = ? WHERE id = ?",
      [state, step, reason, refunding, finished, id])
  }

  /// Forgets finished orders, and keeps what they come to.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    let others = "finished < ? AND id NOT IN (SELECT value FROM json_each(?))"
    let kept = "\(orders)"
    try database.run(
      """
      INSERT INTO total(name, orders, amount, quantity)
      SELECT state, count(*), sum(amount), sum(quantity) FROM orders WHERE \(others) GROUP BY state
      ON CONFLICT(name) DO UPDATE SET
        orders = orders + excluded.orders, amount = amount + excluded.amount, quantity = quantity + excluded.quantity
      """, [time, kept])
    try database.run("DELETE FROM orders WHERE \(others)", [time, kept])
  }

  /// What the paid orders come to, forgotten ones included.
  static func paidTotals(_ database: Database) throws -> (orders: Int64, amount: Int64, quantity: Int64) {
    try database.first(
      """
      SELECT coalesce(sum(orders), 0), coalesce(sum(amount), 0), coalesce(sum(quantity), 0)
      FROM (
        SELECT 1 AS orders, amount, quantity FROM orders WHERE state = 'PAID'
        UNION ALL SELECT orders, amount, quantity FROM total WHERE name = 'PAID')
      """
    ) { (orders: $0.value(0), amount: $0.value(1), quantity: $0.value(2)) } ?? (0, 0, 0)
  }
}
