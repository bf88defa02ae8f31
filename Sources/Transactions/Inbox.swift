public import GRDB

/// The idempotent consumer: the id of each message that was acted on is a row of the same transaction as its effect, so
/// that a second delivery has none (Richardson, "Microservices Patterns", 3.3.6).
public enum Inbox {
  public static let schema = """
    CREATE TABLE inbox(
      consumer TEXT NOT NULL,
      message TEXT NOT NULL,
      received INTEGER NOT NULL,
      PRIMARY KEY(consumer, message)) WITHOUT ROWID;
    CREATE INDEX inbox_received ON inbox(received);
    """

  /// Notes a message within the transaction of its effect; false when it was noted before, and must have no effect.
  public static func accept(_ message: String, by consumer: String, at time: Int64, _ database: Database) throws -> Bool
  {
    try database.run(
      "INSERT OR IGNORE INTO inbox(consumer, message, received) VALUES (?, ?, ?)", [consumer, message, time])
    return database.changesCount > 0
  }

  /// Forgets messages received before `time`. Older ones must not be delivered again.
  public static func prune(receivedBefore time: Int64, _ database: Database) throws {
    try database.run("DELETE FROM inbox WHERE received < ?", [time])
  }
}
