internal import GRDB
internal import Transactions

/// The legacy shop's orders: its own, each sold in one transaction, and those of the new services that were handed back.
extension LegacyTables {
  struct Order: Sendable {
    var id: Int64
    var gtxid: String
    var user: String
    var sku: String
    var quantity: Int64
    var amount: Int64
    var state: String
    var reason: String
    /// Whether it has pieces of the stock.
    var holds: Bool

    fileprivate static let columns = "id, gtxid, user, sku, quantity, amount, state, reason, holds"

    /// Reads ``columns``.
    fileprivate init(_ row: borrowing Columns) {
      id = row.value(0)
      gtxid = row.value(1)
      user = row.value(2)
      sku = row.value(3)
      quantity = row.value(4)
      amount = row.value(5)
      state = row.value(6)
      reason = row.value(7)
      holds = row.value(8)
    }
  }

  /// What came of an order that was placed here.
  struct Sale: Sendable {
    var id: Int64
    var state: String
    /// False when the transaction has had its order before.
    var isNew: Bool
    var isGood: Bool { state == LegacyTables.invoiced }
  }

  static func order(_ gtxid: String, _ database: Database) throws -> Order? {
    try database.first("SELECT \(Order.columns) FROM orders WHERE gtxid = ?", [gtxid], Order.init)
  }

  /// One that was placed here.
  static func own(id: Int64, _ database: Database) throws -> Order? {
    try database.first(
      "SELECT \(Order.columns) FROM orders WHERE id = ? AND NOT handed_back", [id], Order.init)
  }

  /// The one that was placed here and whose transaction's id begins so; of several the first.
  /// - Parameter prefix: hexadecimal digits in small letters.
  static func own(prefix: String, _ database: Database) throws -> Order? {
    try database.first(
      "SELECT \(Order.columns) FROM orders WHERE gtxid >= ? AND gtxid < ? AND NOT handed_back ORDER BY gtxid LIMIT 1",
      [prefix, prefix + "g"], Order.init)
  }

  /// The newest that was sold here by `time`.
  static func newestOwn(soldBy time: Int64, _ database: Database) throws -> Order? {
    try database.first(
      """
      SELECT \(Order.columns) FROM orders WHERE NOT handed_back AND holds AND changed <= ? ORDER BY id DESC LIMIT 1
      """, [time], Order.init)
  }

  /// Takes the stock, notes the order and writes the invoice: one local transaction, the caller's.
  static func sell(_ order: Payload, gtxid: String, now: Int64, _ database: Database) throws -> Sale {
    if let known = try self.order(gtxid, database) { return Sale(id: known.id, state: known.state, isNew: false) }
    let (sku, quantity) = (order.sku ?? "", order.quantity ?? 0)
    try database.run(
      "UPDATE stock SET stock = stock - ? WHERE sku = ? AND stock >= ?", [quantity, sku, quantity])
    let isEnough = database.changesCount > 0
    let state = isEnough ? invoiced : rejected
    let id = try insert(
      order, gtxid: gtxid, state: state, reason: isEnough ? "" : "\(sku) \(BusinessReason.soldOut)", handedBack: false,
      holds: isEnough, now: now, database)
    if isEnough {
      try database.run(
        "INSERT INTO invoice(order_id, amount, written) VALUES (?, ?, ?)", [id, order.amount ?? 0, now])
    }
    return Sale(id: id, state: state, isNew: true)
  }

  private static func insert(
    _ order: Payload, gtxid: String, state: String, reason: String, handedBack: Bool, holds: Bool, now: Int64,
    _ database: Database
  ) throws -> Int64 {
    try database.run(
      """
      INSERT INTO orders(gtxid, user, sku, quantity, amount, state, reason, handed_back, holds, changed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        gtxid, order.user ?? "", order.sku ?? "", order.quantity ?? 0, order.amount ?? 0, state, reason, handedBack,
        holds, now,
      ])
    return database.lastInsertedRowID
  }

  /// An order of the new services that has come to an end, or to another one. It is sold, whether this shop would have
  /// had the pieces or not: then its own stock owes them.
  static func takeIn(order body: Payload, gtxid: String, now: Int64, _ database: Database) throws -> TakenIn {
    let (saga, state, reason) = (body.saga ?? .choreographed, body.state ?? "", body.reason ?? "")
    let holds = saga.isGood(state) && (saga.holdsStock || saga.holdsItems)
    let (sku, quantity) = (body.sku ?? "", body.quantity ?? 0)
    if let known = try order(gtxid, database) {
      if known.holds != holds { try move(holds ? -quantity : quantity, of: sku, database) }
      try database.run(
        "UPDATE orders SET state = ?, reason = ?, holds = ?, changed = ? WHERE gtxid = ?",
        [state, reason, holds, now, gtxid])
      return TakenIn()
    }
    let isEnough = try database.number("SELECT stock FROM stock WHERE sku = ?", [sku]) >= quantity
    if holds { try move(-quantity, of: sku, database) }
    _ = try insert(
      body, gtxid: gtxid, state: state, reason: reason, handedBack: true, holds: holds, now: now, database)
    // Cards, credit and addresses are nothing that this shop asks about: it can only say whether it had the pieces.
    guard holds || reason.hasSuffix(BusinessReason.soldOut) else { return TakenIn() }
    return TakenIn(answers: (holds ? "sells" : "is sold out", isEnough ? "sells" : "is sold out"))
  }

  private static func move(_ pieces: Int64, of sku: String, _ database: Database) throws {
    try database.run("UPDATE stock SET stock = stock + ? WHERE sku = ?", [pieces, sku])
  }

  // MARK: Sums

  /// Delivered, in stock, and sold by orders of its own and by those that were handed back, forgotten ones included.
  static func totals(
    _ database: Database
  ) throws -> (delivered: Int64, stock: Int64, own: Int64, handedBack: Int64) {
    func sold(_ handedBack: Bool) throws -> Int64 {
      try database.number(
        """
        SELECT coalesce((SELECT sum(quantity) FROM orders WHERE holds AND handed_back = ?), 0)
          + coalesce((SELECT quantity FROM total WHERE handed_back = ?), 0)
        """, [handedBack, handedBack])
    }
    return (
      try database.number("SELECT sum(delivered) FROM stock"), try database.number("SELECT sum(stock) FROM stock"),
      try sold(false), try sold(true)
    )
  }

  /// The key of its record.
  static func key(of order: Int64) -> String { "L\(order)" }

  /// What it has sold itself since `time`, and not forgotten.
  static func sold(since time: Int64, _ database: Database) throws -> [(id: Int64, gtxid: String)] {
    try database.all(
      "SELECT id, gtxid FROM orders WHERE NOT handed_back AND holds AND changed >= ? ORDER BY id", [time]
    ) { ($0.value(0), $0.value(1)) }
  }

  /// The states of orders that were handed back, by transaction.
  static func handedBack(_ database: Database) throws -> [String: String] {
    let rows = try database.all("SELECT gtxid, state FROM orders WHERE handed_back", []) { row in
      (row.value(0) as String, row.value(1) as String)
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }
}
