internal import Transactions

/// What a change of one of order's rows means to those who keep a history of orders.
///
/// The rows are mined, and not put together from the topics of the sagas: each kind of saga tells of its orders on other
/// topics and in other words, but all of them end in a row of order. So one source covers every kind, the next one too,
/// and its changes are numbered in the order of their commits.
enum OrderChange {
  /// What the history shows; a change of anything else says nothing new.
  private static let columns = ["state", "reason", "finished"]

  /// - Returns: nothing for a row that order forgets: the history forgets by itself.
  @Sendable static func events(_ change: RowChange, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let row = change.after, let document = document(row, position: change.position) else { return [] }
    if change.operation == .update, !change.changedColumns.contains(where: columns.contains) { return [] }
    return [
      BusinessEvent(
        topic: TopicName.orderChanges, key: "\(document.order ?? 0)", type: EventType.orderChanged,
        payload: document.json)
    ]
  }

  /// The document that a row becomes.
  /// - Parameter position: that of the change after which the row is so: of two documents of one order the one with the
  ///   larger position is the newer.
  static func document(_ row: RowImage, position: Int64) -> Payload? {
    guard row.table.name == OrderTables.name, let id = row["id"]?.integer else { return nil }
    var document = Payload(
      order: id, user: row["user"]?.text, sku: row["sku"]?.text, quantity: row["quantity"]?.integer,
      amount: row["amount"]?.integer, reason: row["reason"]?.text, state: row["state"]?.text)
    document["saga"] = row["saga"]?.text.map(Payload.Value.text)
    document["finished"] = row["finished"]?.integer.map(Payload.Value.number)
    document.transaction = row["gtxid"]?.text
    document.position = position
    return document
  }
}
