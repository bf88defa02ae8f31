internal import GRDB
internal import Transactions

/// The item service's database: the stock of the join saga. Its products are those of the whole shop.
enum ItemTables: ServiceTables {
  static let schema = StockTables.schema
  static let roundLabel = StockTables.roundLabel

  static func fill(_ database: Database) throws { try StockTables.fill(database) }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try StockTables.prune(finishedBefore: time, keeping: orders, database)
  }

  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {
    try StockTables.everyRound(round, now: now, database)
  }
}
