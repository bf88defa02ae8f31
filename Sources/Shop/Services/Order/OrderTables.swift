internal import GRDB
internal import Operations
internal import Transactions

/// The order service's database: what it knows of each order, and what follows from each event.
enum OrderTables: ServiceTables {
  static let schema = Outbox.schema + Inbox.schema + SagaParticipant.schema + rows

  /// The orders themselves, what forgotten ones came to, those of the legacy shop, and those that were refused.
  static let rows =
    refusals + "\n" + """
      CREATE TABLE orders(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        gtxid TEXT NOT NULL UNIQUE,
        saga TEXT NOT NULL,
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
        undo INTEGER,
        credit INTEGER,
        stock INTEGER,
        finished INTEGER);
      CREATE INDEX orders_user ON orders(user, id);
      CREATE INDEX orders_finished ON orders(finished) WHERE finished IS NOT NULL;
      CREATE TABLE total(
        saga TEXT NOT NULL,
        state TEXT NOT NULL,
        orders INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        PRIMARY KEY(saga, state)) WITHOUT ROWID;
      CREATE TABLE given_back(gtxid TEXT PRIMARY KEY, order_id INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE legacy_order(gtxid TEXT PRIMARY KEY, state TEXT NOT NULL, taken INTEGER NOT NULL) WITHOUT ROWID;
      """

  static let pending = "PENDING"
  static let paid = "PAID"
  static let cancelled = "CANCELLED"
  static let approved = "APPROVED"
  /// Of an order that is the sum of its events, after it was approved.
  static let shipped = "SHIPPED"
  static let new = "NEW"
  static let open = "OPEN"
  static let rejected = "REJECTED"
  static let placed = "PLACED"
  static let confirmed = "CONFIRMED"
  static let rolledBack = "ROLLBACK"

  /// The step of an order that has come to its end.
  static let done = "done"
  static let name = "orders"

  /// The number of a new order; nil when its transaction has one already.
  /// - Parameter order: without a number, or with one that no order had.
  static func insert(_ order: Order, _ database: Database) throws -> Int64? {
    try database.run(
      """
      INSERT OR IGNORE INTO orders(id, gtxid, saga, user, sku, quantity, amount, deliverable, state, step, reason, hop)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        order.id == 0 ? nil : order.id, order.gtxid, order.saga.rawValue, order.user, order.sku, order.quantity,
        order.amount, order.isDeliverable, order.state, order.step, order.reason, order.hop,
      ])
    return database.changesCount > 0 ? database.lastInsertedRowID : nil
  }

  /// Writes what can change of an order.
  static func update(_ order: Order, _ database: Database) throws {
    try database.run(
      """
      UPDATE orders SET state = ?, step = ?, reason = ?, refunding = ?, undo = ?, credit = ?, stock = ?, finished = ?
      WHERE id = ?
      """,
      [
        order.state, order.step, order.reason, order.isRefunding, order.undo, order.hasCredit, order.hasStock,
        order.finished, order.id,
      ])
  }

  static func order(gtxid: String, _ database: Database) throws -> Order? {
    try database.first("SELECT \(Order.columns) FROM orders WHERE gtxid = ?", [gtxid], Order.init)
  }

  static func order(id: Int64, _ database: Database) throws -> Order? {
    try database.first("SELECT \(Order.columns) FROM orders WHERE id = ?", [id], Order.init)
  }

  /// The one whose transaction's id begins so; of several the first.
  /// - Parameter prefix: hexadecimal digits in small letters.
  static func order(prefix: String, _ database: Database) throws -> Order? {
    try database.first(
      "SELECT \(Order.columns) FROM orders WHERE gtxid >= ? AND gtxid < ? ORDER BY gtxid LIMIT 1",
      [prefix, prefix + "g"], Order.init)
  }

  /// The newest that came to its end by `time` and met no obstacle.
  static func newest(finishedBy time: Int64, _ database: Database) throws -> Order? {
    try database.first(
      "SELECT \(Order.columns) FROM orders WHERE finished <= ? AND reason = '' ORDER BY id DESC LIMIT 1", [time],
      Order.init)
  }

  /// Notes how an order of the legacy shop stands.
  static func noteLegacy(_ gtxid: String, state: String, now: Int64, _ database: Database) throws {
    try database.run(
      "INSERT OR REPLACE INTO legacy_order(gtxid, state, taken) VALUES (?, ?, ?)", [gtxid, state, now])
  }

  /// How an order of the legacy shop stands; nil when none of that transaction is known.
  static func legacyState(of gtxid: String, _ database: Database) throws -> String? {
    try database.first("SELECT state FROM legacy_order WHERE gtxid = ?", [gtxid]) { $0.value(0) }
  }

  /// A customer's three latest, newest first.
  static func latest(of user: String, _ database: Database) throws -> [Payload] {
    try database.all("SELECT id, sku, state FROM orders WHERE user = ? ORDER BY id DESC LIMIT 3", [user]) { row in
      Payload(order: row.value(0), sku: row.value(1), state: row.value(2))
    }
  }

  /// Those that reached their last state before `time`, in the order of their numbers.
  static func finished(before time: Int64, _ database: Database) throws -> [Order] {
    try database.all("SELECT \(Order.columns) FROM orders WHERE finished < ? ORDER BY id", [time], Order.init)
  }

  /// All that are not forgotten, in the order of their numbers.
  static func all(_ database: Database) throws -> [Order] {
    try database.all("SELECT \(Order.columns) FROM orders ORDER BY id", [], Order.init)
  }

  /// Those that have not reached their last state, in the order of their numbers.
  static func unfinished(_ database: Database) throws -> [Order] {
    try database.all("SELECT \(Order.columns) FROM orders WHERE finished IS NULL ORDER BY id", [], Order.init)
  }

  /// A return can be asked for by its own transaction, as long as its order is there.
  static func giveBack(_ order: Int64, by gtxid: String, _ database: Database) throws {
    try database.run("INSERT OR IGNORE INTO given_back(gtxid, order_id) VALUES (?, ?)", [gtxid, order])
  }

  /// The order that a transaction gives back; nil when it is no return.
  static func returned(by gtxid: String, _ database: Database) throws -> Int64? {
    try database.first("SELECT order_id FROM given_back WHERE gtxid = ?", [gtxid]) { $0.value(0) }
  }

  /// Forgets finished orders, and keeps what they come to.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    let others = "finished < ? AND id NOT IN (SELECT value FROM json_each(?))"
    let kept = "\(orders)"
    try database.run(
      """
      INSERT INTO total(saga, state, orders, amount, quantity)
      SELECT saga, state, count(*), sum(amount), sum(quantity) FROM orders WHERE \(others) GROUP BY saga, state
      ON CONFLICT(saga, state) DO UPDATE SET
        orders = orders + excluded.orders, amount = amount + excluded.amount, quantity = quantity + excluded.quantity
      """, [time, kept])
    try database.run("DELETE FROM orders WHERE \(others)", [time, kept])
    try database.run("DELETE FROM given_back WHERE order_id NOT IN (SELECT id FROM orders)")
    try database.run("DELETE FROM legacy_order WHERE taken < ?", [time])
    try database.run("DELETE FROM refusal WHERE taken < ?", [time])
  }

  /// What the orders of a saga that went through come to, forgotten ones included.
  static func goodTotals(of saga: SagaKind, _ database: Database) throws -> OrderTotals {
    try database.first(
      """
      SELECT coalesce(sum(orders), 0), coalesce(sum(amount), 0), coalesce(sum(quantity), 0)
      FROM (
        SELECT 1 AS orders, amount, quantity FROM orders WHERE saga = ? AND state IN (?, ?)
        UNION ALL SELECT orders, amount, quantity FROM total WHERE saga = ? AND state IN (?, ?))
      """, [saga.rawValue, saga.good, shipped, saga.rawValue, saga.good, shipped]
    ) { OrderTotals(orders: $0.value(0), amount: $0.value(1), quantity: $0.value(2)) } ?? OrderTotals()
  }
}

/// What some orders come to.
struct OrderTotals: Sendable {
  var orders: Int64 = 0
  /// In won.
  var amount: Int64 = 0
  var quantity: Int64 = 0

  static func + (left: OrderTotals, right: OrderTotals) -> OrderTotals {
    OrderTotals(
      orders: left.orders + right.orders, amount: left.amount + right.amount, quantity: left.quantity + right.quantity)
  }
}
