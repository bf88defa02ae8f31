internal import Concurrency
internal import GRDB
internal import Operations
internal import Transactions

/// The inventory's database: its stock, and the products of which so few pieces are left that somebody is to be warned.
enum InventoryTables: ServiceTables {
  static let schema =
    StockTables.schema + """
      CREATE TABLE low_stock(sku TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
      """

  /// Fewer pieces than these are a low stock.
  private static let mark: Int64 = 5

  static func isLow(_ stock: Int64) -> Bool { stock < mark }

  /// Notes which products have come below the mark since this was called last, and which are back.
  static func notes(now: Int64, _ database: Database) throws -> [ServiceNote] {
    let crossings = try database.all(
      """
      SELECT sku, stock FROM product LEFT JOIN low_stock USING (sku)
      WHERE (stock < ?) <> (since IS NOT NULL) ORDER BY sku
      """, [mark]
    ) { (sku: $0.value(0) as String, stock: $0.value(1) as Int64) }
    return try crossings.map { sku, stock in
      guard isLow(stock) else {
        try database.run("DELETE FROM low_stock WHERE sku = ?", [sku])
        return ServiceNote(level: .info, words: "stock is back: \(Count.of(stock, "piece")) of \(sku)")
      }
      try database.run("INSERT INTO low_stock(sku, since) VALUES (?, ?)", [sku, now])
      return ServiceNote(level: .warn, words: "stock is low: \(Count.of(stock, "piece")) of \(sku) left")
    }
  }

  /// Products with a low stock, the longest so first.
  static func low(_ database: Database) throws -> [(sku: String, pieces: Int64, since: Int64)] {
    try database.all(
      "SELECT sku, stock, since FROM low_stock JOIN product USING (sku) ORDER BY since, sku"
    ) { ($0.value(0), $0.value(1), $0.value(2)) }
  }

  // MARK: As stock is kept

  static let roundLabel = StockTables.roundLabel

  static func fill(_ database: Database) throws { try StockTables.fill(database) }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try StockTables.prune(finishedBefore: time, keeping: orders, database)
  }

  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try StockTables.everyRound(round, now: now, database)
  }
}

/// What a transaction has found out about the stock, for the log once it is committed.
final class StockNotes: Sendable {
  private let now: Int64
  private let notes = Locked<[ServiceNote]>([])

  init(now: Int64) {
    self.now = now
  }

  func take(_ database: Database) throws {
    let found = try InventoryTables.notes(now: now, database)
    notes.withLock { $0 += found }
  }

  var all: [ServiceNote] { notes.withLock { $0 } }
}
