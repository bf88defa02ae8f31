internal import GRDB
internal import Transactions

/// The recommendation service's database: what customers have bought, and how often each thing was bought right after
/// another, by the same customer, in the order in which the orders were made.
///
/// Changes of two orders may come in any order, and an order in between may go: a customer's purchases stand by their
/// numbers, and whatever comes or goes changes the pairs that it is in with its neighbours. So the pairs are always what
/// the purchases say, however these came.
enum RecommendationTables: ServiceTables {
  static let schema =
    Inbox.schema + """
      CREATE TABLE bought(
        user TEXT NOT NULL,
        id INTEGER NOT NULL,
        sku TEXT NOT NULL,
        learnt INTEGER NOT NULL,
        PRIMARY KEY(user, id)) WITHOUT ROWID;
      CREATE TABLE latest(user TEXT PRIMARY KEY, sku TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE pair(
        sku TEXT NOT NULL,
        next TEXT NOT NULL,
        orders INTEGER NOT NULL,
        PRIMARY KEY(sku, next)) WITHOUT ROWID;
      """

  /// An order that has gone through.
  struct Purchase: Sendable, Equatable {
    var user: String
    var order: Int64
    var sku: String
  }

  struct Pair: Sendable, Hashable {
    var sku: String
    var next: String
  }

  static func learn(_ purchase: Purchase, now: Int64, _ database: Database) throws {
    try database.run(
      "INSERT OR IGNORE INTO bought(user, id, sku, learnt) VALUES (?, ?, ?, ?)",
      [purchase.user, purchase.order, purchase.sku, now])
    if database.changesCount > 0 { try link(purchase, 1, database) }
  }

  /// It counts no more; one that never did changes nothing.
  static func unlearn(_ purchase: Purchase, _ database: Database) throws {
    try database.run("DELETE FROM bought WHERE user = ? AND id = ?", [purchase.user, purchase.order])
    if database.changesCount > 0 { try link(purchase, -1, database) }
  }

  /// - Parameter step: 1 when it comes between its neighbours, -1 when it goes.
  private static func link(_ purchase: Purchase, _ step: Int64, _ database: Database) throws {
    let (user, sku) = (purchase.user, purchase.sku)
    let kept: String? = try database.first(
      "SELECT sku FROM bought WHERE user = ? AND id < ? ORDER BY id DESC LIMIT 1", [user, purchase.order]
    ) { $0.value(0) }
    let before: String? = try kept ?? database.first("SELECT sku FROM latest WHERE user = ?", [user]) { $0.value(0) }
    let after: String? = try database.first(
      "SELECT sku FROM bought WHERE user = ? AND id > ? ORDER BY id LIMIT 1", [user, purchase.order]
    ) { $0.value(0) }
    try count(before, sku, step, database)
    try count(sku, after, step, database)
    try count(before, after, -step, database)
  }

  private static func count(_ sku: String?, _ next: String?, _ step: Int64, _ database: Database) throws {
    guard let sku, let next, sku != next else { return }
    try database.run(
      """
      INSERT INTO pair(sku, next, orders) VALUES (?, ?, ?)
      ON CONFLICT(sku, next) DO UPDATE SET orders = orders + excluded.orders
      """, [sku, next, step])
    try database.run("DELETE FROM pair WHERE sku = ? AND next = ? AND orders = 0", [sku, next])
  }

  /// The three most frequent.
  static func next(after sku: String, _ database: Database) throws -> [Payload] {
    try database.all("SELECT next, orders FROM pair WHERE sku = ? ORDER BY orders DESC, next LIMIT 3", [sku]) { row in
      Payload(sku: row.value(0), quantity: row.value(1))
    }
  }

  static func pairs(_ database: Database) throws -> [Pair: Int64] {
    let rows = try database.all("SELECT sku, next, orders FROM pair", []) { row in
      (Pair(sku: row.value(0), next: row.value(1)), row.value(2) as Int64)
    }
    return Dictionary(rows, uniquingKeysWith: +)
  }

  /// All that are not forgotten, by customer and number, each with when it was learnt.
  static func purchases(_ database: Database) throws -> [(purchase: Purchase, learnt: Int64)] {
    try database.all("SELECT user, id, sku, learnt FROM bought ORDER BY user, id", []) { row in
      (Purchase(user: row.value(0), order: row.value(1), sku: row.value(2)), row.value(3))
    }
  }

  /// Whether some purchases are forgotten, of which the pairs remain.
  static func hasForgotten(_ database: Database) throws -> Bool {
    try database.number("SELECT EXISTS(SELECT 1 FROM latest)") > 0
  }

  /// The pairs of a list of purchases, which stand by customer and number.
  static func pairs(of purchases: [Purchase]) -> [Pair: Int64] {
    zip(purchases, purchases.dropFirst()).reduce(into: [:]) { pairs, two in
      guard two.0.user == two.1.user, two.0.sku != two.1.sku else { return }
      pairs[Pair(sku: two.0.sku, next: two.1.sku), default: 0] += 1
    }
  }

  /// Forgets of each customer what comes before all that was learnt since, but for what was bought last of it: the next
  /// purchase is still one after that. The pairs stay.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    var user = ""
    while let next: String = try database.first(
      "SELECT user FROM bought WHERE user > ? ORDER BY user LIMIT 1", [user], { $0.value(0) })
    {
      user = next
      let young = try database.first(
        "SELECT id FROM bought WHERE user = ? AND learnt >= ? ORDER BY id LIMIT 1", [user, time]
      ) { $0.value(0) as Int64 }
      try database.run(
        """
        INSERT OR REPLACE INTO latest(user, sku)
        SELECT user, sku FROM bought WHERE user = ? AND id < ? ORDER BY id DESC LIMIT 1
        """, [user, young ?? .max])
      try database.run("DELETE FROM bought WHERE user = ? AND id < ?", [user, young ?? .max])
    }
  }
}

extension RecommendationTables.Purchase {
  /// What a change of an order's row says; nil where that lacks something.
  init?(_ change: Payload) {
    guard let user = change.user, let order = change.order, let sku = change.sku else { return nil }
    self.init(user: user, order: order, sku: sku)
  }
}
