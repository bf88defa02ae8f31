// Runs sagas of one definition: it keeps each one's state, sends commands and the compensations through the outbox, and
// takes the replies. It never sends anything that its caller's transaction does not commit, and never waits.

public import GRDB

/// The orchestrator of one kind of saga (Richardson, "Microservices Patterns", 4.2.2 and 4.4; the rules of order are those
/// of Eventuate Tram Sagas).
///
/// Each method is called within the transaction of the caller, and writes the new state, and every command that follows
/// from it as a row of the ``Outbox``, into that same transaction. So a crash loses neither without the other.
///
/// The steps run in order. When one refuses, those before it are undone, the last one first; so is one that did not answer
/// in time, since its outcome is unknown. After the pivot there is only forward. An undo that is refused stops the saga as
/// STUCK; one that is not answered is sent again, ``SagaSettings/undoRetries`` times.
public struct SagaOrchestrator<Data: SagaData>: Sendable {
  public let definition: SagaDefinition<Data>
  public let settings: SagaSettings

  public init(_ definition: SagaDefinition<Data>, settings: SagaSettings = SagaSettings()) {
    self.definition = definition
    self.settings = settings
  }

  /// Begins a saga.
  /// - Parameters:
  ///   - id: unique; message ids are made of it, so `<GTXID>` or `<GTXID>/<name>` is right.
  ///   - key: of the records that are sent, say the order's id.
  /// - Returns: nil when there is a saga of that id, which is left as it is.
  /// - Throws: what the first step threw, when that is a local one: then there is no saga. `DatabaseError`, and what a
  ///   state handler throws.
  public func start(
    _ id: String, key: String, _ data: Data, _ context: SagaContext, _ database: Database
  ) throws -> SagaChange? {
    guard try SagaTables.saga(id, database) == nil else { return nil }
    var change: SagaChange?
    let refusal = try database.takingBackRefusals {
      var run = try SagaRun(self, id: id, key: key, data, context, database)
      try run.proceed()
      change = try run.finished()
    }
    if let refusal { throw refusal }
    return change
  }

  /// Takes a reply. One that says nothing new is counted and dropped, one to a saga that is not known is dropped.
  /// - Throws: ``SagaError`` when the saga does not fit the definition, `DatabaseError`, and what a handler throws.
  public func handle(_ reply: SagaReply, _ context: SagaContext, _ database: Database) throws -> SagaChange {
    guard var run = try SagaRun(self, of: reply.saga, context, database) else {
      return SagaChange(saga: reply.saga, verdict: .unknownSaga)
    }
    try run.receive(reply)
    try run.proceed()
    return try run.finished()
  }

  // MARK: By the clock

  /// The sagas for which something is due at `now`, the longest due first.
  public func due(now: Int64, limit: Int = 100, _ database: Database) throws -> [SagaWake] {
    try database.all(
      """
      SELECT s.id, s.gtxid, s.hop, s.span, min(t.due) AS first FROM saga_step t JOIN saga s ON s.id = t.saga
      WHERE t.due IS NOT NULL AND t.due <= ? AND s.type = ? GROUP BY s.id ORDER BY first, s.id LIMIT ?
      """, [now, definition.name, limit], SagaWake.init)
  }

  /// When the next thing is due; nil when nothing will be.
  public func nextDue(_ database: Database) throws -> Int64? {
    try database.first(
      "SELECT min(t.due) FROM saga_step t JOIN saga s ON s.id = t.saga WHERE t.due IS NOT NULL AND s.type = ?",
      [definition.name]
    ) { $0.number(0) }.flatMap(\.self)
  }

  /// Does what is due for one saga at the time of `context`: steps that ran out of time, attempts whose wait is over.
  public func timeOut(_ saga: String, _ context: SagaContext, _ database: Database) throws -> SagaChange {
    guard var run = try SagaRun(self, of: saga, context, database) else {
      return SagaChange(saga: saga, verdict: .unknownSaga)
    }
    try run.wake()
    try run.proceed()
    return try run.finished()
  }

  /// Does what is due for every saga at `now`, at most `limit` of them.
  /// - Parameter context: at the time `now`, in the transaction of the saga.
  public func timeOut(
    now: Int64, limit: Int = 100, _ database: Database, context: (SagaWake) throws -> SagaContext
  ) throws -> [SagaChange] {
    try due(now: now, limit: limit, database).map { try timeOut($0.saga, try context($0), database) }
  }

  // MARK: By hand

  /// Takes what a saga waits for as lost, when its command or the reply was put aside as a dead letter, say. It is then
  /// STUCK, and takes help; one that has turned round goes on undoing where it can. One that is stuck already stays so.
  /// - Throws: ``SagaError`` when it waits for nothing.
  public func giveUpWaiting(
    of saga: String, because reason: String, _ context: SagaContext, _ database: Database
  ) throws -> SagaChange {
    guard var run = try SagaRun(self, of: saga, context, database) else { throw SagaError.unknown(saga: saga) }
    if run.saga.state != .stuck {
      guard !run.saga.state.isEnded, try run.giveUp(because: reason) else {
        throw SagaError.notStuck(saga: saga, run.saga.state)
      }
      try run.proceed()
    }
    return try run.finished()
  }

  /// Tries again what a saga is stuck at, with all its attempts anew.
  /// - Throws: ``SagaError`` when it is not stuck.
  public func retryStep(of saga: String, _ context: SagaContext, _ database: Database) throws -> SagaChange {
    var run = try stuck(saga, context, database)
    try run.retryStuckSteps()
    try run.proceed()
    return try run.finished()
  }

  /// Goes on as if what a saga is stuck at were done.
  /// - Throws: ``SagaError`` when it is not stuck.
  public func skipStep(of saga: String, _ context: SagaContext, _ database: Database) throws -> SagaChange {
    var run = try stuck(saga, context, database)
    try run.skipStuckSteps()
    try run.proceed()
    return try run.finished()
  }

  /// Ends a stuck saga where it stands: ROLLED_BACK when it had turned round, else COMPLETED. What is left to do is not
  /// done; what it holds locked is unlocked.
  /// - Throws: ``SagaError`` when it is not stuck.
  public func endSaga(_ saga: String, because reason: String, _ context: SagaContext, _ database: Database) throws
    -> SagaChange
  {
    var run = try stuck(saga, context, database)
    try run.end(because: reason)
    return try run.finished()
  }

  private func stuck(_ saga: String, _ context: SagaContext, _ database: Database) throws -> SagaRun<Data> {
    guard let run = try SagaRun(self, of: saga, context, database) else { throw SagaError.unknown(saga: saga) }
    guard run.saga.state == .stuck else { throw SagaError.notStuck(saga: saga, run.saga.state) }
    return run
  }
}
