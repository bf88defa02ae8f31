internal import GRDB
internal import Transactions

/// The item service's database: products with each seller's price and quantity, the command side. What becomes of their
/// rows stands in the database's own change log, from which search learns it.
enum ItemTables: ServiceTables {
  static let schema =
    StockTables.schema + """
      CREATE TABLE offer(
        sku TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        seller TEXT NOT NULL,
        price INTEGER NOT NULL) WITHOUT ROWID;
      """

  static let captured = ["product", "offer"]
  static let roundLabel: String? = "restock and reprice"

  static func fill(_ database: Database) throws {
    try StockTables.fill(database)
    for product in Product.all {
      try database.run(
        "INSERT INTO offer(sku, title, seller, price) VALUES (?, ?, ?, ?)",
        [product.sku, product.title, product.seller, product.price])
    }
  }

  static func offer(_ sku: String, _ database: Database) throws -> Payload? {
    let found = try database.first("SELECT title, price FROM offer WHERE sku = ?", [sku]) { row in
      var offer = Payload(sku: sku)
      offer.title = row.value(0)
      offer.price = row.value(1)
      return offer
    }
    guard var offer = found else { return nil }
    offer.quantity = try database.number("SELECT stock FROM product WHERE sku = ?", [sku])
    return offer
  }

  /// False when there is no such product.
  static func reprice(_ sku: String, _ price: Int64, _ database: Database) throws -> Bool {
    try database.run("UPDATE offer SET price = ? WHERE sku = ?", [price, sku])
    return database.changesCount > 0
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try StockTables.prune(finishedBefore: time, keeping: orders, database)
  }

  /// A delivery, and one product whose seller sells it for a twentieth less, or for the old price again.
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try StockTables.everyRound(round, now: now, database)
    let count = Int64(Product.all.count)
    let product = Product.all[Int(round % count)]
    let price = round / count % 2 == 0 ? product.price - product.price / 20 : product.price
    try database.run("UPDATE offer SET price = ? WHERE sku = ? AND price <> ?", [price, product.sku, price])
  }
}
