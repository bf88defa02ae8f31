internal import GRDB
internal import TraceModel
internal import Transactions

/// The order service's database where what is told of orders is mined from its log: the orders, the answers to the
/// orchestrator's commands, which are no change of an order, and the results for the legacy shop, which may not be there;
/// and on whose behalf an order changes in the transaction of another.
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
      CREATE TABLE behalf(
        order_id INTEGER PRIMARY KEY, gtxid TEXT NOT NULL, ltxid INTEGER NOT NULL, span INTEGER NOT NULL);
      """

  static let replies = "reply"
  static let behalf = "behalf"
  static let captures = [OrderTables.name, replies, behalf]

  static func insert(_ reply: Outbox.Entry, _ database: Database) throws {
    try insert(to: reply.topic, key: reply.key, type: reply.type, reply.payload, now: reply.created, database)
  }

  static func insert(handBack result: Payload, of order: Int64, now: Int64, _ database: Database) throws {
    try insert(
      to: TopicName.legacyEvents, key: "\(order)", type: EventType.orderHandedBack, result.json, now: now, database)
  }

  private static func insert(
    to topic: String, key: String, type: String, _ payload: [UInt8], now: Int64, _ database: Database
  ) throws {
    try database.run(
      "INSERT INTO reply(topic, key, type, payload, written) VALUES (?, ?, ?, ?, ?)", [topic, key, type, payload, now])
  }

  /// The log knows by which transaction a row changes. Where that only lets go of what another has waited to do, it is
  /// written beside whose deed it is.
  static func note(_ origin: ChangeOrigin, of order: Int64, _ database: Database) throws {
    try database.run(
      "INSERT OR REPLACE INTO behalf(order_id, gtxid, ltxid, span) VALUES (?, ?, ?, ?)",
      [order, origin.gtxid.hex, Int64(origin.ltxid.number), Int64(bitPattern: origin.span.value)])
  }

  /// On whose behalf an order changes in a transaction; nil where that says nothing of it.
  static func origin(of order: Int64, in transaction: ChangeTransaction) -> ChangeOrigin? {
    let notes = transaction.changes.lazy.compactMap(\.after).filter { $0.table.name == behalf }
    guard let note = notes.first(where: { $0["order_id"]?.integer == order }),
      let gtxid = note["gtxid"]?.text.flatMap({ GTXID($0) }),
      let ltxid = note["ltxid"]?.integer.flatMap({ UInt32(exactly: $0) }).flatMap({ LTXID($0) }),
      let span = note["span"]?.integer.flatMap({ SpanID(UInt64(bitPattern: $0)) })
    else { return nil }
    return ChangeOrigin(gtxid: gtxid, ltxid: ltxid, span: span)
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try OrderTables.prune(finishedBefore: time, keeping: orders, database)
    try database.run("DELETE FROM reply WHERE written < ?", [time])
    try database.run("DELETE FROM behalf WHERE order_id NOT IN (SELECT id FROM orders)")
  }
}

/// What a change of a row of the order service's database is to others.
enum OrderMining {
  @Sendable static func events(_ change: RowChange, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let row = change.after else { return [] }
    if row.table.name == MinedOrderTables.replies { return change.operation == .insert ? reply(row, transaction) : [] }
    // A row that is read anew tells nothing of what has happened to it, nor in which transaction.
    guard change.operation != .snapshot, let order = OrderTables.Order(row),
      let news = OrderNews.of(change.before.flatMap(OrderTables.Order.init), order)
    else { return [] }
    return [
      BusinessEvent(
        topic: news.topic, key: "\(news.order)", type: news.type, payload: news.payload.json,
        origin: MinedOrderTables.origin(of: news.order, in: transaction))
    ]
  }

  private static func reply(_ row: RowImage, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let topic = row["topic"]?.text, let key = row["key"]?.text, let type = row["type"]?.text,
      let payload = row["payload"]?.blob
    else { return [] }
    // An order comes to an end on behalf of whom it changes.
    let order = type == EventType.orderHandedBack ? Int64(key) : nil
    let origin = order.flatMap { MinedOrderTables.origin(of: $0, in: transaction) }
    return [BusinessEvent(topic: topic, key: key, type: type, payload: payload, origin: origin)]
  }
}
