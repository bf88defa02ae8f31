internal import GRDB
internal import TraceModel
internal import Transactions

/// Stock, and which order has reserved what of it: what inventory and item keep, each in a database of its own.
enum StockTables: ServiceTables {
  static let schema =
    Outbox.schema + Inbox.schema + SagaParticipant.schema + """
      CREATE TABLE product(
        sku TEXT PRIMARY KEY,
        stock INTEGER NOT NULL CHECK(stock >= 0),
        level INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        rounds INTEGER NOT NULL,
        restocked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
      CREATE TABLE reservation(
        order_id INTEGER PRIMARY KEY,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        state TEXT NOT NULL,
        hop INTEGER NOT NULL,
        changed INTEGER NOT NULL);
      CREATE INDEX reservation_changed ON reservation(changed);
      CREATE TABLE total(state TEXT PRIMARY KEY, quantity INTEGER NOT NULL) WITHOUT ROWID;
      """

  static let reserved = "RESERVED"
  static let released = "RELEASED"
  static let rejected = "REJECTED"
  /// Sold for good: nothing gives it back.
  static let confirmed = "CONFIRMED"
  /// Sold by the legacy shop, with pieces that were there, and without.
  static let legacy = "LEGACY"
  static let short = "SHORT"

  struct Reservation: Sendable {
    var sku: String
    var quantity: Int64
    var state: String
    /// The hop that reserved it.
    var hop: Int64

    var holdsStock: Bool { state == StockTables.reserved || state == StockTables.confirmed }
  }

  static func fill(_ database: Database) throws {
    for product in Product.all {
      try database.run(
        "INSERT INTO product(sku, stock, level, delivered, rounds) VALUES (?, ?, ?, ?, ?)",
        [product.sku, product.level, product.level, product.level, product.restockRounds])
    }
  }

  /// Takes stock for an order, or notes that there was not enough; nil when the order has been here before.
  /// - Parameter isBlind: true takes stock again all the same, which is a mistake.
  static func reserve(
    _ order: Int64, sku: String, quantity: Int64, hop: LTXID, now: Int64, isBlind: Bool = false,
    _ database: Database
  ) throws -> Bool? {
    guard try isBlind || reservation(of: order, database) == nil else { return nil }
    try database.run(
      "UPDATE product SET stock = stock - ? WHERE sku = ? AND stock >= ?", [quantity, sku, quantity])
    let isEnough = database.changesCount > 0
    try database.run(
      "INSERT OR REPLACE INTO reservation(order_id, sku, quantity, state, hop, changed) VALUES (?, ?, ?, ?, ?, ?)",
      [order, sku, quantity, isEnough ? reserved : rejected, Int64(hop.number), now])
    return isEnough
  }

  /// Takes out what the legacy shop has sold, as far as it is there; such orders are counted downwards from -1.
  static func takeOut(
    legacyOrder: Int64, sku: String, quantity: Int64, hop: LTXID, now: Int64, _ database: Database
  ) throws -> Bool {
    try database.run(
      "UPDATE product SET stock = stock - ? WHERE sku = ? AND stock >= ?", [quantity, sku, quantity])
    let isEnough = database.changesCount > 0
    try database.run(
      "INSERT OR REPLACE INTO reservation(order_id, sku, quantity, state, hop, changed) VALUES (?, ?, ?, ?, ?, ?)",
      [-legacyOrder, sku, quantity, isEnough ? legacy : short, Int64(hop.number), now])
    return isEnough
  }

  /// What the legacy shop has sold, as far as it was told here: with pieces that were there, and without.
  static func soldByLegacy(_ database: Database) throws -> (covered: Int64, short: Int64) {
    func sum(_ state: String) throws -> Int64 {
      try database.number(
        """
        SELECT coalesce((SELECT sum(quantity) FROM reservation WHERE state = ?), 0)
          + coalesce((SELECT quantity FROM total WHERE state = ?), 0)
        """, [state, state])
    }
    return (try sum(legacy), try sum(short))
  }

  /// Pieces that can be had; nil for a product that there is not.
  static func stock(of sku: String, _ database: Database) throws -> Int64? {
    try database.first("SELECT stock FROM product WHERE sku = ?", [sku]) { $0.value(0) }
  }

  static func reservation(of order: Int64, _ database: Database) throws -> Reservation? {
    try database.first("SELECT sku, quantity, state, hop FROM reservation WHERE order_id = ?", [order]) { row in
      Reservation(sku: row.value(0), quantity: row.value(1), state: row.value(2), hop: row.value(3))
    }
  }

  /// Gives back what an order had reserved; false when it holds nothing.
  static func release(_ order: Int64, now: Int64, _ database: Database) throws -> Bool {
    guard let reservation = try reservation(of: order, database), reservation.state == reserved else { return false }
    try database.run("UPDATE product SET stock = stock + ? WHERE sku = ?", [reservation.quantity, reservation.sku])
    try database.run(
      "UPDATE reservation SET state = 'RELEASED', changed = ? WHERE order_id = ?", [now, order])
    return true
  }

  static let roundLabel: String? = "restock"

  /// What an order had reserved is sold; false when it holds nothing.
  static func confirm(_ order: Int64, now: Int64, _ database: Database) throws -> Bool {
    try database.run(
      "UPDATE reservation SET state = 'CONFIRMED', changed = ? WHERE order_id = ? AND state = 'RESERVED'",
      [now, order])
    return database.changesCount > 0
  }

  /// A delivery: fills up what is due in this round to its level.
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try database.run(
      """
      UPDATE product SET delivered = delivered + (level - stock), stock = level, restocked = ?
      WHERE stock < level AND ? % rounds = 0 AND restocked < ?
      """, [round, round, round])
  }

  /// Forgets reservations that have not changed since `time`, and keeps what they come to.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    let others = "changed < ? AND order_id NOT IN (SELECT value FROM json_each(?))"
    let kept = "\(orders)"
    try database.run(
      """
      INSERT INTO total(state, quantity) SELECT state, sum(quantity) FROM reservation WHERE \(others) GROUP BY state
      ON CONFLICT(state) DO UPDATE SET quantity = quantity + excluded.quantity
      """, [time, kept])
    try database.run("DELETE FROM reservation WHERE \(others)", [time, kept])
  }

  /// Delivered, in stock, and held by orders, all products together; forgotten reservations included.
  static func totals(_ database: Database) throws -> (delivered: Int64, stock: Int64, held: Int64) {
    (
      try database.number("SELECT sum(delivered) FROM product"), try database.number("SELECT sum(stock) FROM product"),
      try database.number(
        """
        SELECT coalesce(sum(quantity), 0) FROM (
          SELECT quantity FROM reservation WHERE state IN ('RESERVED', 'CONFIRMED', 'LEGACY')
          UNION ALL SELECT quantity FROM total WHERE state IN ('RESERVED', 'CONFIRMED', 'LEGACY'))
        """)
    )
  }
}
