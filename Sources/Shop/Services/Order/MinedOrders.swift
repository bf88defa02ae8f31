internal import GRDB
internal import Transactions

/// The order service's database where what is told of orders is mined from its log: the orders, and the answers to the
/// orchestrator's commands, which are no change of an order.
enum MinedOrderTables: ServiceTables {
  static let schema =
    Inbox.schema + SagaParticipant.schema + OrderTables.rows + MinerPositions.schema + Outbox.leaseSchema + """
      CREATE TABLE reply(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        topic TEXT NOT NULL,
        key TEXT NOT NULL,
        type TEXT NOT NULL,
        payload BLOB NOT NULL,
        written INTEGER NOT NULL);
      CREATE INDEX reply_written ON reply(written);
      """

  static let replies = "reply"
  static let captures = [OrderTables.name, replies]

  static func insert(_ reply: Outbox.Entry, _ database: Database) throws {
    try database.run(
      "INSERT INTO reply(topic, key, type, payload, written) VALUES (?, ?, ?, ?, ?)",
      [reply.topic, reply.key, reply.type, reply.payload, reply.created])
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try OrderTables.prune(finishedBefore: time, keeping: orders, database)
    try database.run("DELETE FROM reply WHERE written < ?", [time])
  }
}

/// What a change of a row of the order service's database is to others.
enum OrderMining {
  @Sendable static func events(_ change: RowChange, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let row = change.after else { return [] }
    if row.table.name == MinedOrderTables.replies { return change.operation == .insert ? reply(row) : [] }
    // A row that is read anew tells nothing of what has happened to it, nor in which transaction.
    guard change.operation != .snapshot, let order = OrderTables.Order(row),
      let news = OrderNews.of(change.before.flatMap(OrderTables.Order.init), order)
    else { return [] }
    return [
      BusinessEvent(topic: news.topic, key: "\(news.order)", type: news.type, payload: news.payload.json)
    ]
  }

  private static func reply(_ row: RowImage) -> [BusinessEvent] {
    guard let topic = row["topic"]?.text, let key = row["key"]?.text, let type = row["type"]?.text,
      let payload = row["payload"]?.blob
    else { return [] }
    return [BusinessEvent(topic: topic, key: key, type: type, payload: payload)]
  }
}
