internal import TraceModel

/// One saga, as it is kept.
struct SagaRow: Equatable {
  let id: String
  let type: String
  /// Of the records.
  let key: String
  var state: SagaState
  /// It has turned round: what was done is undone.
  var isBackward = false
  /// Why it turned round, or stands still.
  var reason = ""
  var data: [UInt8]
  let gtxid: GTXID
  /// The highest hop that it knows.
  var hop: LTXID
  /// The span that moved it last.
  var span: SpanID
  var stage = 0
  let created: Int64
  /// When it came into its state.
  var since: Int64
  var ended: Int64?
  /// Replies that said nothing new.
  var duplicates = 0
  /// Replies to an action that was given up before.
  var late = 0
  /// How many entries its journal has had.
  var entries: Int64 = 0
}

/// One step of one saga, as it is kept.
struct SagaStepRow: Equatable {
  let position: Int
  let name: String
  let label: String
  var action = SagaActionState.pending
  /// Against the limit.
  var attempts = 0
  /// Commands sent in all: numbers the message ids.
  var sends = 0
  /// The sending whose message id is the request id; 0 when the last request was answered.
  var request = 0
  /// A request went unanswered, so the outcome is unknown.
  var isOpen = false
  var undo = SagaUndoState.none
  var undoAttempts = 0
  var undoSends = 0
  var undoRequest = 0
  /// When the next thing is due if no reply comes.
  var due: Int64?
  var started: Int64?
  var finished: Int64?
  var undoStarted: Int64?
  var undoFinished: Int64?
  /// Of the last command.
  var hop: LTXID?
  var undoHop: LTXID?
  var reason = ""

  var isStuck: Bool { action == .exhausted || undo == .refused || undo == .unanswered }

  /// What was done, or may have been, and is not undone yet.
  var needsUndo: Bool { (action == .done || action == .unknown) && undo != .done && undo != .skipped }
}

extension SagaStepRow {
  init<Data>(_ position: Int, _ step: SagaStep<Data>) {
    self.init(position: position, name: step.name, label: step.label)
  }
}
