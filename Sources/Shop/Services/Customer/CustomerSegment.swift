internal import GRDB
internal import Transactions

/// How good a customer is, by what it has paid for orders on credit: what a change of it means to others.
enum CustomerSegment {
  static let first = "NEW"
  /// From how much on, in won.
  private static let grades: [(name: String, paid: Int64)] = [("LOYAL", 1_000_000), ("REGULAR", 200_000)]

  /// Gives each customer its grade; one who has it already is no change.
  static func sort(_ database: Database) throws {
    let grade = grades.map { "WHEN paid >= \($0.paid) THEN '\($0.name)'" }.joined(separator: " ")
    try database.run(
      """
      WITH graded AS (SELECT name, CASE \(grade) ELSE '\(first)' END AS segment FROM customer)
      UPDATE profile SET segment = graded.segment FROM graded
      WHERE graded.name = profile.name AND graded.segment <> profile.segment
      """)
  }

  @Sendable static func events(_ change: RowChange, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let row = change.after, let said = payload(row, position: change.position), let user = said.user else {
      return []
    }
    return [
      BusinessEvent(
        topic: TopicName.customerChanges, key: user, type: EventType.customerChanged, payload: said.json)
    ]
  }

  /// What a row says of a customer.
  static func payload(_ row: RowImage, position: Int64) -> Payload? {
    guard let name = row["name"]?.text else { return nil }
    var payload = Payload(user: name)
    payload.segment = row["segment"]?.text
    payload.position = position
    return payload
  }
}
