/// Where a saga is.
public enum SagaState: String, Sendable, Hashable, CaseIterable {
  case running = "RUNNING"
  case compensating = "COMPENSATING"
  case completed = "COMPLETED"
  case rolledBack = "ROLLED_BACK"
  /// It goes neither forward nor back until somebody helps; its reason says where.
  case stuck = "STUCK"

  public var isEnded: Bool { self == .completed || self == .rolledBack }
}

/// What became of a step's action.
public enum SagaActionState: String, Sendable, Hashable, CaseIterable {
  /// Its turn has not come.
  case pending = "PENDING"
  /// Passed over, by its condition or by an operator.
  case skipped = "SKIPPED"
  /// No reply yet.
  case sent = "SENT"
  /// It will be tried again.
  case waiting = "WAITING"
  case done = "DONE"
  case failed = "FAILED"
  /// No reply came in time.
  case unknown = "UNKNOWN"
  /// No attempt is left.
  case exhausted = "EXHAUSTED"
}

/// What became of a step's undo.
public enum SagaUndoState: String, Sendable, Hashable, CaseIterable {
  case none = "NONE"
  case sent = "SENT"
  case done = "DONE"
  /// Nothing undoes the step, or an operator said so.
  case skipped = "SKIPPED"
  case refused = "REFUSED"
  /// No attempt is left.
  case unanswered = "UNANSWERED"
}
