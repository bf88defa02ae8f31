public import TraceModel

/// How an orchestrator talks, and how patient it is.
public struct SagaSettings: Sendable, Hashable {
  /// Where it reads replies.
  public var replyTopic = "replies"
  /// A service's commands are on the topic of this name and the service's: `commands.order`.
  public var commandTopicPrefix = "commands."
  /// How often an undo that is not answered is sent again, until the saga is STUCK; so too a pivot that nothing undoes.
  public var undoRetries = 5
  /// How long to wait for the answer to an undo, the first time, the second time …
  public var undoBackOff = SagaBackOff.exponential()
  /// Entries that are kept for each saga.
  public var journalLimit = 200

  public init() {}
}

/// Why something cannot be done to a saga.
public enum SagaError: Error, Hashable, CustomStringConvertible {
  case unknown(saga: String)
  case notStuck(saga: String, SagaState)
  /// The saga was begun by another definition.
  case otherDefinition(saga: String, began: String, now: String)

  public var description: String {
    switch self {
    case .unknown(let saga):
      "there is no saga \(saga): it never began, or has ended and was forgotten"
    case .notStuck(let saga, let state):
      "saga \(saga) is \(state.rawValue): only one that is STUCK can be retried, skipped or ended by hand"
    case .otherDefinition(let saga, let began, let now):
      "saga \(saga) began with the steps \(began), but is defined as \(now) now: end it with the program that began it"
    }
  }
}

/// A saga for which something is due, with what a span of its own needs.
public struct SagaWake: Sendable, Hashable {
  public let saga: String
  public let gtxid: GTXID
  /// The highest hop that the saga knows.
  public let ltxid: LTXID
  /// The span that moved it last.
  public let span: SpanID
  /// Nanoseconds since the Unix epoch.
  public let due: Int64

  init(_ row: borrowing Columns) {
    guard let gtxid = GTXID(row.value(1) as String), let hop = SagaTables.hop(row.number(2)),
      let span = SpanID(UInt64(bitPattern: row.value(3)))
    else { preconditionFailure("a row of sagas was written by something else") }
    saga = row.value(0)
    self.gtxid = gtxid
    ltxid = hop
    self.span = span
    due = row.value(4)
  }
}

/// What one call did to a saga.
public struct SagaChange: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable {
    case moved
    /// A reply that said nothing new.
    case duplicate
    /// A reply to an action that was given up before.
    case late
    case unknownSaga
  }

  public let saga: String
  public var verdict: Verdict
  /// Nil for a saga that has just begun.
  public var before: SagaState?
  public var after: SagaState?
  /// Why the saga turned round or stands still.
  public var reason = ""
  /// What was written into the journal.
  public var entries: [SagaJournalEntry] = []

  /// It came into another state.
  public var isNewState: Bool { before != after }
}
