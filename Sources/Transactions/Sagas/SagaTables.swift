internal import GRDB
internal import TraceModel

/// The tables of the orchestrator: sagas, their steps, what they hold locked, and what happened.
enum SagaTables {
  static let schema = """
    CREATE TABLE saga(
      id TEXT PRIMARY KEY, type TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, backward INTEGER NOT NULL,
      reason TEXT NOT NULL, data BLOB NOT NULL, gtxid TEXT NOT NULL, hop INTEGER NOT NULL, span INTEGER NOT NULL,
      stage INTEGER NOT NULL, created INTEGER NOT NULL, since INTEGER NOT NULL, ended INTEGER,
      duplicates INTEGER NOT NULL, late INTEGER NOT NULL, entries INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX saga_state ON saga(state, since, id);
    CREATE INDEX saga_gtxid ON saga(gtxid);
    CREATE INDEX saga_ended ON saga(ended) WHERE ended IS NOT NULL;
    CREATE TABLE saga_step(
      saga TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL,
      action TEXT NOT NULL, attempts INTEGER NOT NULL, sends INTEGER NOT NULL, request INTEGER NOT NULL,
      open INTEGER NOT NULL, undo TEXT NOT NULL, undo_attempts INTEGER NOT NULL, undo_sends INTEGER NOT NULL,
      undo_request INTEGER NOT NULL, due INTEGER, started INTEGER, finished INTEGER, undo_started INTEGER,
      undo_finished INTEGER, hop INTEGER, undo_hop INTEGER, reason TEXT NOT NULL,
      PRIMARY KEY(saga, position)) WITHOUT ROWID;
    CREATE INDEX saga_step_due ON saga_step(due, saga) WHERE due IS NOT NULL;
    CREATE TABLE saga_lock(
      saga TEXT NOT NULL, number INTEGER NOT NULL, destination TEXT NOT NULL, resource TEXT NOT NULL,
      locked INTEGER NOT NULL, unlocked INTEGER, unlocks INTEGER NOT NULL, PRIMARY KEY(saga, destination, resource)) WITHOUT ROWID;
    CREATE TABLE saga_journal(
      saga TEXT NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, step TEXT NOT NULL,
      text TEXT NOT NULL, hop INTEGER, PRIMARY KEY(saga, number)) WITHOUT ROWID;
    """

  private static let sagaColumns = """
    id, type, key, state, backward, reason, data, gtxid, hop, span, stage, created, since, ended, duplicates, late, entries
    """
  private static let stepColumns = """
    position, name, label, action, attempts, sends, request, open, undo, undo_attempts, undo_sends, undo_request, due,
    started, finished, undo_started, undo_finished, hop, undo_hop, reason
    """

  static func saga(_ id: String, _ database: Database) throws -> SagaRow? {
    try database.first("SELECT \(sagaColumns) FROM saga WHERE id = ?", [id], saga)
  }

  /// In the order in which they came into their state.
  static func sagas(in state: SagaState, limit: Int, _ database: Database) throws -> [SagaRow] {
    try database.all(
      "SELECT \(sagaColumns) FROM saga WHERE state = ? ORDER BY since, id LIMIT ?", [state.rawValue, limit], saga)
  }

  static func sagas(of gtxid: GTXID, _ database: Database) throws -> [SagaRow] {
    try database.all("SELECT \(sagaColumns) FROM saga WHERE gtxid = ? ORDER BY created, id", [gtxid.hex], saga)
  }

  static func steps(of saga: String, _ database: Database) throws -> [SagaStepRow] {
    try database.all("SELECT \(stepColumns) FROM saga_step WHERE saga = ? ORDER BY position", [saga], step)
  }

  static func save(_ row: SagaRow, _ database: Database) throws {
    try database.run(
      "INSERT OR REPLACE INTO saga(\(sagaColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        row.id, row.type, row.key, row.state.rawValue, row.isBackward, row.reason, row.data, row.gtxid.hex,
        Int64(row.hop.number), Int64(bitPattern: row.span.value), row.stage, row.created, row.since, row.ended,
        row.duplicates, row.late, row.entries,
      ])
  }

  static func save(_ row: SagaStepRow, of saga: String, _ database: Database) throws {
    try database.run(
      """
      INSERT OR REPLACE INTO saga_step(saga, \(stepColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        saga, row.position, row.name, row.label, row.action.rawValue, row.attempts, row.sends, row.request, row.isOpen,
        row.undo.rawValue, row.undoAttempts, row.undoSends, row.undoRequest, row.due, row.started, row.finished,
        row.undoStarted, row.undoFinished, row.hop.map { Int64($0.number) }, row.undoHop.map { Int64($0.number) },
        row.reason,
      ])
  }

  private static func saga(_ row: borrowing Columns) throws -> SagaRow {
    guard let state = SagaState(rawValue: row.value(3)), let gtxid = GTXID(row.value(7) as String),
      let hop = hop(row.number(8)), let span = SpanID(UInt64(bitPattern: row.value(9)))
    else { preconditionFailure("a row of sagas was written by something else") }
    return SagaRow(
      id: row.value(0), type: row.value(1), key: row.value(2), state: state, isBackward: row.value(4),
      reason: row.value(5), data: row.bytes(6), gtxid: gtxid, hop: hop, span: span, stage: Int(row.value(10) as Int64),
      created: row.value(11), since: row.value(12), ended: row.number(13), duplicates: Int(row.value(14) as Int64),
      late: Int(row.value(15) as Int64), entries: row.value(16))
  }

  private static func step(_ row: borrowing Columns) throws -> SagaStepRow {
    guard let action = SagaActionState(rawValue: row.value(3)), let undo = SagaUndoState(rawValue: row.value(8)) else {
      preconditionFailure("a row of steps was written by something else")
    }
    return SagaStepRow(
      position: Int(row.value(0) as Int64), name: row.value(1), label: row.value(2), action: action,
      attempts: Int(row.value(4) as Int64), sends: Int(row.value(5) as Int64), request: Int(row.value(6) as Int64),
      isOpen: row.value(7), undo: undo, undoAttempts: Int(row.value(9) as Int64),
      undoSends: Int(row.value(10) as Int64), undoRequest: Int(row.value(11) as Int64), due: row.number(12),
      started: row.number(13), finished: row.number(14), undoStarted: row.number(15), undoFinished: row.number(16),
      hop: hop(row.number(17)), undoHop: hop(row.number(18)), reason: row.value(19))
  }

  static func hop(_ number: Int64?) -> LTXID? { number.flatMap(UInt32.init(exactly:)).flatMap(LTXID.init) }
}
