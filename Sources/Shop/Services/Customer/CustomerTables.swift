internal import GRDB
internal import TraceModel
internal import Transactions

/// The customer service's database: how much credit each customer has, and which order has reserved what of it; and how good
/// a customer each is, which others learn from the database's change log.
enum CustomerTables: ServiceTables {
  static let schema =
    Outbox.schema + Inbox.schema + SagaParticipant.schema + JobRunner.schema + """
      CREATE TABLE customer(
        name TEXT PRIMARY KEY,
        credit_limit INTEGER NOT NULL,
        reserved INTEGER NOT NULL DEFAULT 0 CHECK(reserved BETWEEN 0 AND credit_limit),
        paid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
      CREATE TABLE profile(name TEXT PRIMARY KEY, segment TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE reservation(
        order_id INTEGER PRIMARY KEY,
        customer TEXT NOT NULL,
        amount INTEGER NOT NULL,
        state TEXT NOT NULL,
        hop INTEGER NOT NULL,
        changed INTEGER NOT NULL);
      CREATE INDEX reservation_changed ON reservation(changed);
      CREATE INDEX reservation_reserved ON reservation(order_id) WHERE state = 'RESERVED';
      CREATE TABLE settlement(
        gtxid TEXT PRIMARY KEY,
        bills INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        changed INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE total(state TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID;
      """

  /// What others may know of a customer: not what its orders do to its credit.
  static let captured = ["profile"]

  static let reserved = "RESERVED"
  static let released = "RELEASED"
  static let rejected = "REJECTED"
  /// The bill is paid: it no longer counts against the limit.
  static let settled = "SETTLED"

  struct Reservation: Sendable {
    var customer: String
    var amount: Int64
    var state: String
    /// The hop that reserved it.
    var hop: Int64

    var holdsCredit: Bool { state == CustomerTables.reserved || state == CustomerTables.settled }
  }

  /// In won: most may owe a good deal, two next to nothing.
  static func limit(of customer: String) -> Int64 { customer == "oh" || customer == "hwang" ? 150_000 : 4_000_000 }

  static func fill(_ database: Database) throws {
    for name in Customers.names {
      try database.run("INSERT INTO customer(name, credit_limit) VALUES (?, ?)", [name, limit(of: name)])
      try database.run("INSERT INTO profile(name, segment) VALUES (?, ?)", [name, CustomerSegment.first])
    }
  }

  /// Reserves credit for an order, or notes that there was not enough; nil when the order has been here before. Who is
  /// not known has no credit.
  static func reserve(
    _ order: Int64, customer: String, amount: Int64, hop: LTXID, now: Int64, hasLimit: Bool, _ database: Database
  ) throws -> Bool? {
    guard try reservation(of: order, database) == nil else { return nil }
    try database.run(
      "UPDATE customer SET reserved = reserved + ? WHERE name = ? AND (reserved + ? <= credit_limit OR NOT ?)",
      [amount, customer, amount, hasLimit])
    let isEnough = database.changesCount > 0
    try database.run(
      "INSERT INTO reservation(order_id, customer, amount, state, hop, changed) VALUES (?, ?, ?, ?, ?, ?)",
      [order, customer, amount, isEnough ? reserved : rejected, Int64(hop.number), now])
    return isEnough
  }

  static func reservation(of order: Int64, _ database: Database) throws -> Reservation? {
    try database.first("SELECT customer, amount, state, hop FROM reservation WHERE order_id = ?", [order]) { row in
      Reservation(customer: row.value(0), amount: row.value(1), state: row.value(2), hop: row.value(3))
    }
  }

  /// Gives back what an order had reserved, a paid bill included; what was held, or nil.
  static func release(_ order: Int64, now: Int64, _ database: Database) throws -> Reservation? {
    guard let reservation = try reservation(of: order, database), reservation.holdsCredit else { return nil }
    if reservation.state == reserved {
      try database.run(
        "UPDATE customer SET reserved = reserved - ? WHERE name = ?", [reservation.amount, reservation.customer])
    } else {
      try database.run(
        "UPDATE customer SET paid = paid - ? WHERE name = ?", [reservation.amount, reservation.customer])
    }
    try move(order, to: released, now: now, database)
    return reservation
  }

  private static func move(_ order: Int64, to state: String, now: Int64, _ database: Database) throws {
    try database.run("UPDATE reservation SET state = ?, changed = ? WHERE order_id = ?", [state, now, order])
  }

  // MARK: Over time

  /// Customers pay the oldest of the bills that are due, which makes room under their limits.
  /// - Parameter run: the run of the job that has them pay.
  /// - Returns: what that run has come to by now.
  static func settle(
    dueBefore time: Int64, limit: Int, run: GTXID, now: Int64, _ database: Database
  ) throws -> (bills: Int64, amount: Int64) {
    let due = try database.all(
      """
      SELECT order_id, customer, amount FROM reservation WHERE state = 'RESERVED' AND changed < ?
      ORDER BY order_id LIMIT ?
      """, [time, limit]
    ) { (order: $0.value(0) as Int64, customer: $0.value(1) as String, amount: $0.value(2) as Int64) }
    for bill in due {
      try database.run(
        "UPDATE customer SET reserved = reserved - ?, paid = paid + ? WHERE name = ?",
        [bill.amount, bill.amount, bill.customer])
      try move(bill.order, to: settled, now: now, database)
    }
    try database.run(
      """
      INSERT INTO settlement(gtxid, bills, amount, changed) VALUES (?, ?, ?, ?) ON CONFLICT(gtxid) DO UPDATE SET
        bills = bills + excluded.bills, amount = amount + excluded.amount, changed = excluded.changed
      """, [run.hex, due.count, due.map(\.amount).reduce(0, +), now])
    return try database.first("SELECT bills, amount FROM settlement WHERE gtxid = ?", [run.hex]) { row in
      (bills: row.value(0) as Int64, amount: row.value(1) as Int64)
    } ?? (0, 0)
  }

  static func billCount(dueBefore time: Int64, _ database: Database) throws -> Int64 {
    try database.number("SELECT count(*) FROM reservation WHERE state = 'RESERVED' AND changed < ?", [time])
  }

  static let roundLabel: String? = "sort customers"

  /// Whoever has paid more is a better customer from now on; and a worse one who was given it back.
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try CustomerSegment.sort(database)
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    let others = "changed < ? AND state <> 'RESERVED' AND order_id NOT IN (SELECT value FROM json_each(?))"
    let kept = "\(orders)"
    try database.run(
      """
      INSERT INTO total(state, amount) SELECT state, sum(amount) FROM reservation WHERE \(others) GROUP BY state
      ON CONFLICT(state) DO UPDATE SET amount = amount + excluded.amount
      """, [time, kept])
    try database.run("DELETE FROM reservation WHERE \(others)", [time, kept])
    try database.run("DELETE FROM settlement WHERE changed < ?", [time])
  }

  /// What all orders together have reserved or paid for, forgotten ones included.
  static func totalHeld(_ database: Database) throws -> Int64 {
    try database.number(
      """
      SELECT coalesce(sum(amount), 0) FROM (
        SELECT amount FROM reservation WHERE state IN ('RESERVED', 'SETTLED')
        UNION ALL SELECT amount FROM total WHERE state = 'SETTLED')
      """)
  }

  /// What stands against the limits, summed twice: by customer and by order. The two are the same.
  static func reservedSums(_ database: Database) throws -> (byCustomer: Int64, byOrder: Int64) {
    (
      try database.number("SELECT sum(reserved) FROM customer"),
      try database.number("SELECT coalesce(sum(amount), 0) FROM reservation WHERE state = 'RESERVED'")
    )
  }
}
