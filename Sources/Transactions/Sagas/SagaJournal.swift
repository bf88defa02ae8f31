internal import GRDB
public import TraceModel

/// Something that happened to a saga.
public struct SagaJournalEntry: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case received = "IN"
    case sent = "OUT"
    case state = "STATE"
    /// A local action or undo was run.
    case local = "LOCAL"
    /// Time ran out.
    case timer = "TIMER"
    /// A person stepped in.
    case `operator` = "OPERATOR"
  }

  /// Counted from 1 for each saga. Older ones than the journal has room for are gone.
  public let number: Int64
  public let time: Int64
  public let kind: Kind
  /// Empty when it is about the saga as a whole.
  public let step: String
  public let text: String
  /// Of the message.
  public let hop: LTXID?
}

/// The journal of sagas: the newest entries of each one.
enum SagaJournal {
  static func write(_ entries: [SagaJournalEntry], of saga: String, limit: Int, _ database: Database) throws {
    guard let last = entries.last else { return }
    for entry in entries {
      try database.run(
        "INSERT INTO saga_journal(saga, number, time, kind, step, text, hop) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
          saga, entry.number, entry.time, entry.kind.rawValue, entry.step, entry.text,
          entry.hop.map { Int64($0.number) },
        ])
    }
    guard last.number > limit else { return }
    try database.run("DELETE FROM saga_journal WHERE saga = ? AND number <= ?", [saga, last.number - Int64(limit)])
  }

  static func entries(of saga: String, _ database: Database) throws -> [SagaJournalEntry] {
    try database.all(
      "SELECT number, time, kind, step, text, hop FROM saga_journal WHERE saga = ? ORDER BY number", [saga]
    ) { row in
      guard let kind = SagaJournalEntry.Kind(rawValue: row.value(2)) else {
        preconditionFailure("a row of the journal was written by something else")
      }
      return SagaJournalEntry(
        number: row.value(0), time: row.value(1), kind: kind, step: row.value(3), text: row.value(4),
        hop: SagaTables.hop(row.number(5)))
    }
  }
}
