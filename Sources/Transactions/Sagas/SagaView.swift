public import GRDB
public import TraceModel

/// The sagas of one orchestrator, as a screen or an operator sees them, and what has to be done to their tables.
public enum SagaStore {
  /// SQL that makes the tables of the orchestrator; ``Outbox/schema`` stands beside it.
  public static var schema: String { SagaTables.schema }

  /// One saga by its id.
  public static func saga(_ id: String, _ database: Database) throws -> SagaView? {
    try SagaTables.saga(id, database).map { try view($0, database) }
  }

  /// Those in one state, the longest in it first, at most `limit`.
  public static func sagas(in state: SagaState, limit: Int, _ database: Database) throws -> [SagaView] {
    try SagaTables.sagas(in: state, limit: limit, database).map { try view($0, database) }
  }

  /// Those of one global transaction, the oldest first.
  public static func sagas(of gtxid: GTXID, _ database: Database) throws -> [SagaView] {
    try SagaTables.sagas(of: gtxid, database).map { try view($0, database) }
  }

  /// Where a saga is in its transaction, for whoever steps in; nil when there is no such saga.
  public static func place(of saga: String, _ database: Database) throws -> SagaWake? {
    try database.first("SELECT id, gtxid, hop, span, since FROM saga WHERE id = ?", [saga], SagaWake.init)
  }

  /// How many are in each state, in the order of ``SagaState``.
  public static func counts(_ database: Database) throws -> [(state: SagaState, count: Int)] {
    try SagaState.allCases.map { state in
      (state, Int(try database.number("SELECT count(*) FROM saga WHERE state = ?", [state.rawValue])))
    }
  }

  /// What happened to a saga: messages in, changes of state, messages out; as far back as its journal goes.
  public static func journal(of saga: String, _ database: Database) throws -> [SagaJournalEntry] {
    try SagaJournal.entries(of: saga, database)
  }

  /// Forgets sagas that ended before `time`. A reply to one of them is then one to an unknown saga, so `time` is older
  /// than any reply that can still come.
  /// - Returns: how many.
  @discardableResult
  public static func prune(endedBefore time: Int64, _ database: Database) throws -> Int {
    for table in ["saga_step", "saga_lock", "saga_journal"] {
      try database.run(
        "DELETE FROM \(table) WHERE saga IN (SELECT id FROM saga WHERE ended IS NOT NULL AND ended < ?)", [time])
    }
    try database.run("DELETE FROM saga WHERE ended IS NOT NULL AND ended < ?", [time])
    return database.changesCount
  }

  private static func view(_ row: SagaRow, _ database: Database) throws -> SagaView {
    let locks = try database.all(
      "SELECT destination, resource, locked FROM saga_lock WHERE saga = ? AND unlocked IS NULL ORDER BY number",
      [row.id]
    ) { SagaView.Lock(destination: $0.value(0), resource: $0.value(1), since: $0.value(2)) }
    return SagaView(row, try SagaTables.steps(of: row.id, database), locks)
  }
}

/// One saga, as it stands.
public struct SagaView: Sendable, Hashable {
  /// What a service holds for it.
  public struct Lock: Sendable, Hashable {
    public let destination: String
    public let resource: String
    /// Nanoseconds since the Unix epoch.
    public let since: Int64
  }

  public struct Step: Sendable, Hashable {
    public let name: String
    public let label: String
    public let action: SagaActionState
    /// Sendings of the command, or 0.
    public let sends: Int
    public let undo: SagaUndoState
    public let undoSends: Int
    /// Times are nanoseconds since the Unix epoch.
    public let started: Int64?
    public let finished: Int64?
    public let undoStarted: Int64?
    public let undoFinished: Int64?
    /// When it is tried again or given up, if no reply comes.
    public let due: Int64?
    /// The hop of its last command.
    public let hop: LTXID?
    public let undoHop: LTXID?
    /// Why it was refused.
    public let reason: String
  }

  public let id: String
  public let type: String
  public let gtxid: GTXID
  public let state: SagaState
  /// Why it turned round or stands still.
  public let reason: String
  public let created: Int64
  /// When it came into its state.
  public let since: Int64
  public let ended: Int64?
  public let data: [UInt8]
  public let steps: [Step]
  public let locks: [Lock]
  public let duplicates: Int
  public let late: Int

  init(_ row: SagaRow, _ steps: [SagaStepRow], _ locks: [Lock]) {
    id = row.id
    type = row.type
    gtxid = row.gtxid
    state = row.state
    reason = row.reason
    created = row.created
    since = row.since
    ended = row.ended
    data = row.data
    self.locks = locks
    duplicates = row.duplicates
    late = row.late
    self.steps = steps.map { step in
      Step(
        name: step.name, label: step.label, action: step.action, sends: step.sends, undo: step.undo,
        undoSends: step.undoSends, started: step.started, finished: step.finished, undoStarted: step.undoStarted,
        undoFinished: step.undoFinished, due: step.due, hop: step.hop, undoHop: step.undoHop, reason: step.reason)
    }
  }

  /// Nanoseconds in its state.
  public func time(inState now: Int64) -> Int64 { max(0, now - since) }

  /// What was done in order, then what was undone in order.
  public var strip: SagaStrip {
    let forward = steps.compactMap { step in
      SagaStrip.Mark(action: step.action).map { SagaStrip.Entry(mark: $0, label: step.label) }
    }
    let backward = steps.reversed().compactMap { step in
      SagaStrip.Mark(undo: step.undo).map { SagaStrip.Entry(mark: $0, label: step.label) }
    }
    return SagaStrip(entries: forward + backward, isInferred: false)
  }
}
