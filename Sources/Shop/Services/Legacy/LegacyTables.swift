internal import GRDB
internal import TraceModel
internal import Transactions

/// The legacy shop's database: one for everything. What the new services did stands beside what it did itself, and each
/// row says which of the two it is.
enum LegacyTables: ServiceTables {
  static let schema =
    Outbox.schema + Inbox.schema + LegacyCatalog.schema + ReviewTables.tables + """
      CREATE TABLE stock(
        sku TEXT PRIMARY KEY,
        stock INTEGER NOT NULL,
        level INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        rounds INTEGER NOT NULL,
        restocked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
      CREATE TABLE orders(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        gtxid TEXT NOT NULL UNIQUE,
        user TEXT NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        handed_back INTEGER NOT NULL,
        holds INTEGER NOT NULL,
        changed INTEGER NOT NULL);
      CREATE INDEX orders_changed ON orders(changed);
      CREATE TABLE invoice(order_id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, written INTEGER NOT NULL);
      CREATE TABLE total(handed_back INTEGER PRIMARY KEY, quantity INTEGER NOT NULL);
      """

  static let invoiced = "INVOICED"
  static let rejected = "REJECTED"

  static func fill(_ database: Database) throws {
    try LegacyCatalog.fill(database)
    for product in Product.all {
      try database.run(
        "INSERT INTO stock(sku, stock, level, delivered, rounds) VALUES (?, ?, ?, ?, ?)",
        [product.sku, product.level, product.level, product.level, product.restockRounds])
    }
  }

  static let roundLabel: String? = "restock"

  /// A delivery: fills up what is due in this round to its level.
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try database.run(
      """
      UPDATE stock SET delivered = delivered + (level - stock), stock = level, restocked = ?
      WHERE stock < level AND ? % rounds = 0 AND restocked < ?
      """, [round, round, round])
  }

  /// Forgets orders and reviews that are old, and keeps what they come to.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run(
      """
      INSERT INTO total(handed_back, quantity)
      SELECT handed_back, sum(quantity) FROM orders WHERE changed < ? AND holds GROUP BY handed_back
      ON CONFLICT(handed_back) DO UPDATE SET quantity = quantity + excluded.quantity
      """, [time])
    try database.run("DELETE FROM invoice WHERE written < ?", [time])
    try database.run("DELETE FROM orders WHERE changed < ?", [time])
    try ReviewTables.prune(finishedBefore: time, keeping: orders, database)
  }

  /// What came of a result that was handed back.
  struct TakenIn: Sendable {
    /// What the new service answered, and what this shop would have; nil where it knows no answer to compare.
    var answers: (new: String, legacy: String)?
  }

  // MARK: Reviews

  /// False when it is there already.
  static func add(_ review: ReviewTables.Review, handedBack: Bool, _ database: Database) throws -> Bool {
    try ReviewTables.add(review, isOwn: !handedBack, database)
  }

  /// A review that the new service has taken, with how many it has taken of that product so far.
  static func takeIn(review body: Payload, gtxid: String, _ database: Database) throws -> TakenIn {
    let review = ReviewTables.Review(body, id: gtxid)
    _ = try add(review, handedBack: true, database)
    let known = try ReviewTables.taken(of: review.sku, byOwn: false, database)
    return TakenIn(
      answers: (
        ReviewTables.words(reviews: body.quantity ?? 0, stars: body.sum ?? 0),
        ReviewTables.words(reviews: known.reviews, stars: known.stars)
      ))
  }

  // MARK: Catalogue

  /// A product with what is said of it: where everything is in one database, one read.
  static func page(of sku: String, _ database: Database) throws -> Payload? {
    guard var page = try LegacyCatalog.product(sku, database) else { return nil }
    page["reviews"] = .object(try ReviewTables.summary(of: sku, database))
    return page
  }

  /// A price that the new catalogue shows, put into this shop's table; false when it is no news.
  static func reprice(_ change: Payload, _ database: Database) throws -> Bool {
    try LegacyCatalog.reprice(change, database)
  }
}
