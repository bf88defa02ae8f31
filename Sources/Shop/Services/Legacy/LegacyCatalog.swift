internal import GRDB
internal import Transactions

/// The legacy shop's catalogue: how products are shown, and what they can be bought as. The new catalogue puts prices into
/// it, as there is no queue for them.
enum LegacyCatalog {
  static let schema = """
    CREATE TABLE product(
      sku TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      words TEXT NOT NULL,
      position INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE option(
      sku TEXT NOT NULL,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      position INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY(sku, title)) WITHOUT ROWID;
    """

  static func fill(_ database: Database) throws {
    for product in Product.all {
      try database.run(
        "INSERT INTO product(sku, title, price, words) VALUES (?, ?, ?, ?)",
        [product.sku, product.title, product.price, "A \(product.title), made to be used every day."])
      for option in Product.options(at: product.price) {
        try database.run(
          "INSERT INTO option(sku, title, price) VALUES (?, ?, ?)", [product.sku, option.title, option.price])
      }
    }
  }

  /// Shows another price, or other prices of the options; false when newer ones are shown already, or these.
  static func reprice(_ change: Payload, _ database: Database) throws -> Bool {
    if let options = change.entries { return try reprice(options, of: change, database) }
    guard let sku = change.sku, let price = change.price, let position = change.position else { return false }
    try database.run(
      "UPDATE product SET price = ?, position = ? WHERE sku = ? AND position < ?", [price, position, sku, position])
    return database.changesCount > 0
  }

  private static func reprice(_ options: [Payload], of change: Payload, _ database: Database) throws -> Bool {
    guard let sku = change.sku, let position = change.position else { return false }
    var isNews = false
    for option in options {
      guard let title = option.title, let price = option.price else { continue }
      try database.run(
        "UPDATE option SET price = ?, position = ? WHERE sku = ? AND title = ? AND position < ?",
        [price, position, sku, title, position])
      isNews = isNews || database.changesCount > 0
    }
    return isNews
  }

  /// What is asked for each option of each product.
  static func options(_ database: Database) throws -> [(sku: String, title: String, asked: Int64)] {
    try database.all("SELECT sku, title, price FROM option ORDER BY sku, title", []) {
      ($0.value(0), $0.value(1), $0.value(2))
    }
  }

  /// What is shown of each product, with the position of the change that it came of.
  static func prices(_ database: Database) throws -> [(sku: String, words: String)] {
    try database.all("SELECT sku, price, position FROM product ORDER BY sku", []) { row in
      (row.value(0), "\(row.value(1) as Int64) KRW of change \(row.value(2) as Int64)")
    }
  }

  static func product(_ sku: String, _ database: Database) throws -> Payload? {
    let found = try database.first("SELECT title, price, words FROM product WHERE sku = ?", [sku]) { row in
      var product = Payload(sku: sku)
      product.title = row.value(0)
      product.price = row.value(1)
      product.words = row.value(2)
      return product
    }
    guard var product = found else { return nil }
    product.entries = try database.all("SELECT title, price FROM option WHERE sku = ? ORDER BY title", [sku]) { row in
      var option = Payload()
      option.title = row.value(0)
      option.price = row.value(1)
      return option
    }
    return product
  }
}
