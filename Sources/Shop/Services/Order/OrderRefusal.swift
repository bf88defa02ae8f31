internal import GRDB
internal import Transactions

/// Why an order is not taken: a decision of the business, which stands for its transaction whoever sends it again.
struct OrderRefusal: Sendable, Equatable {
  /// As HTTP has it.
  var status: Int
  var reason: String

  /// What a customer is told, at once and when asking later.
  var answer: Payload { Payload(reason: reason, state: OrderTables.rejected, step: OrderTables.done) }
}

extension OrderTables {
  /// Orders that were refused. A gateway sends a call again when its answer got lost, maybe while the first one is still
  /// under way: the first decision counts, and both have to see it.
  static let refusals = """
    CREATE TABLE refusal(gtxid TEXT PRIMARY KEY, status INTEGER NOT NULL, reason TEXT NOT NULL, taken INTEGER NOT NULL)
      WITHOUT ROWID;
    CREATE INDEX refusal_taken ON refusal(taken);
    """

  /// Nil when nothing was refused in that transaction.
  static func refusal(of gtxid: String, _ database: Database) throws -> OrderRefusal? {
    try database.first("SELECT status, reason FROM refusal WHERE gtxid = ?", [gtxid]) { row in
      OrderRefusal(status: Int(row.value(0) as Int64), reason: row.value(1))
    }
  }

  /// Refuses an order for good.
  /// - Returns: false when it was refused before: that stays as it was.
  static func refuse(_ gtxid: String, _ refusal: OrderRefusal, now: Int64, _ database: Database) throws -> Bool {
    try database.run(
      "INSERT OR IGNORE INTO refusal(gtxid, status, reason, taken) VALUES (?, ?, ?, ?)",
      [gtxid, Int64(refusal.status), refusal.reason, now])
    return database.changesCount > 0
  }
}
