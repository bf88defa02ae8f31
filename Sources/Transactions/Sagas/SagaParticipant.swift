public import GRDB
internal import TraceModel

/// A service that carries out commands of sagas: each one once, however often it comes.
///
/// What it did is noted under the request id in the same transaction as the effect; when the command comes again, the same
/// reply is sent again, and nothing is done. An undo whose action did not come yet leaves a tombstone, so that the action
/// does nothing when it comes after all.
public struct SagaParticipant: Sendable {
  /// The service.
  public let name: String
  /// True takes whatever comes for new, which is a mistake.
  public let isBlind: Bool
  /// Where a reply is written to, within the transaction of what it answers.
  public typealias Send = @Sendable (Outbox.Entry, Database) throws -> Void
  private let write: Send

  /// - Parameter send: writes to the ``Outbox`` unless a service publishes in another way.
  public init(_ name: String, isBlind: Bool = false, send: @escaping Send = { try Outbox.write($0, $1) }) {
    self.name = name
    self.isBlind = isBlind
    write = send
  }

  public static let schema = """
    CREATE TABLE saga_request(
      request TEXT PRIMARY KEY, ok INTEGER NOT NULL, reason TEXT NOT NULL, locked TEXT NOT NULL, body BLOB NOT NULL,
      replies INTEGER NOT NULL, received INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX saga_request_received ON saga_request(received);
    CREATE TABLE saga_effect(
      saga TEXT NOT NULL, step TEXT NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL,
      PRIMARY KEY(saga, step)) WITHOUT ROWID;
    CREATE INDEX saga_effect_changed ON saga_effect(changed);
    """ + "\n" + SemanticLock.schema

  /// What a service says to a command.
  public enum Answer: Sendable, Hashable {
    /// Done. The body is one JSON value; empty when there is nothing to say.
    case done(body: [UInt8] = [])
    /// Not done, and nothing of it stays, whatever was written before the answer.
    case refused(String, body: [UInt8] = [])
    /// A resource belongs to another saga: the command waits until that is over. Nothing of it stays.
    case blocked(by: String)
  }

  /// What became of a command.
  public enum Handling: Sendable, Hashable {
    case acted(SagaReply)
    /// It came before: the same reply is sent again.
    case repeated(SagaReply)
    /// An undo before its action, or an action after its undo: nothing was done.
    case tombstoned(SagaReply)
    case stashed(resource: String)
    /// A resource was given back; what waited for it was acted on.
    case unlocked(resource: String, handedOut: [Handling])
    /// A message that waited and is no command of a saga.
    case handedOut(SemanticLock.Message, hadEffect: Bool)
  }

  /// Carries out a command, by its name. It is called once for each request that is to have an effect, with the context
  /// of that command, which for one that was stashed is not the context of the call.
  public typealias Act = (SagaCommand, SagaContext, Database) throws -> Answer

  /// Acts on a message that has waited for a resource and is no command of a saga: it has the resource for that moment
  /// only. False when there was nothing left to do.
  public typealias HandOut = (SemanticLock.Message, SagaContext, Database) throws -> Bool

  /// Takes a command within the caller's transaction. The reply is written where ``Send`` says.
  /// - Parameter handOut: for services that stash what is no command.
  /// - Throws: `DatabaseError`, and what `act` throws: then the transaction is rolled back and the command comes again.
  public func handle(
    _ command: SagaCommand, _ context: SagaContext, _ database: Database, handingOut handOut: HandOut? = nil,
    _ act: Act
  ) throws -> Handling {
    switch command.kind {
    case .unlock:
      let handedOut = try unlock(command.resource, by: command.saga, context, database, handOut, act)
      return .unlocked(resource: command.resource, handedOut: handedOut)
    case .act, .undo: break
    }
    if !isBlind, let reply = try repeated(command, database) {
      try send(reply, to: command, context, database)
      return .repeated(reply)
    }
    let effect = try Effect.of(command, database)
    switch (command.kind, effect) {
    case (.undo, nil), (.undo, .tombstone), (.undo, .undone):
      if effect == nil { try Effect.tombstone.note(command, context.now, database) }
      try SemanticLock.withdraw(saga: command.saga, step: command.step, database)
      return .tombstoned(try reply(.done(), to: command, context, database))
    case (.act, .tombstone), (.act, .undone):
      return .tombstoned(try reply(.refused("undone before it came"), to: command, context, database))
    case (.act, .done) where !isBlind:
      // Under another request id: it is done once all the same.
      return .repeated(try reply(.done(), to: command, context, database))
    case (.undo, .done), (.act, nil), (.act, .done), (.unlock, _):
      return try carryOut(command, context, database, act)
    }
  }

  /// Forgets what was asked before `time`. Commands as old as that must not come again, and the outbox has forgotten the
  /// replies to them before.
  /// - Parameter sagas: their ids; what they did here is remembered, since somebody may yet have them undo it.
  public static func prune(receivedBefore time: Int64, keeping sagas: [String] = [], _ database: Database) throws {
    try database.run("DELETE FROM saga_request WHERE received < ?", [time])
    var kept = SagaJSONWriter()
    kept.add("sagas", sagas)
    try database.run(
      "DELETE FROM saga_effect WHERE changed < ? AND saga NOT IN (SELECT value FROM json_each(?, '$.sagas'))",
      [time, String(decoding: kept.finished(), as: UTF8.self)])
  }

  // MARK: Carrying out

  private func carryOut(
    _ command: SagaCommand, _ context: SagaContext, _ database: Database, _ act: Act
  ) throws -> Handling {
    let answer = try attempt(command, context, database, act)
    switch answer {
    case .done:
      try (command.kind == .undo ? Effect.undone : .done).note(command, context.now, database)
      return .acted(try reply(answer, to: command, context, database))
    case .refused:
      return .acted(try reply(answer, to: command, context, database))
    case .blocked(let resource):
      let message = SemanticLock.Message(
        saga: command.saga, step: command.step, message: command.request, type: command.name, key: command.key,
        payload: command.payload, gtxid: context.trace.gtxid, ltxid: context.trace.ltxid, span: context.trace.span)
      try SemanticLock.stash(message, for: resource, now: context.now, database)
      return .stashed(resource: resource)
    }
  }

  /// Of what is not done nothing stays.
  private func attempt(
    _ command: SagaCommand, _ context: SagaContext, _ database: Database, _ act: Act
  ) throws -> Answer {
    struct NotDone: Error { let answer: Answer }
    var done = Answer.done()
    let refusal = try database.takingBackRefusals {
      let answer = try act(command, context, database)
      guard case .done = answer else { throw NotDone(answer: answer) }
      done = answer
    }
    switch refusal {
    case nil: return done
    case let refusal as NotDone: return refusal.answer
    case .some(let error): throw error
    }
  }

  private func unlock(
    _ resource: String, by owner: String, _ context: SagaContext, _ database: Database, _ handOut: HandOut?, _ act: Act
  ) throws -> [Handling] {
    var handlings: [Handling] = []
    var guest: String?
    for message in try SemanticLock.unlock(resource, by: owner, now: context.now, database) {
      // It goes on in its own transaction, not in that of the saga that was in its way.
      let own = SagaContext(
        now: context.now, trace: TraceContext(gtxid: message.gtxid, ltxid: message.ltxid, span: message.span),
        makeSpan: context.makeSpan)
      if let stashed = SagaCommand(type: message.type, key: message.key, payload: message.payload) {
        handlings.append(try handle(stashed, own, database, handingOut: handOut, act))
      } else if let handOut {
        handlings.append(.handedOut(message, hadEffect: try handOut(message, own, database)))
        guest = message.saga
      } else {
        preconditionFailure("a stashed message of saga \(message.saga) is no command")
      }
    }
    // Nobody tells a service that such a message needs the resource no more.
    if let guest { handlings += try unlock(resource, by: guest, context, database, handOut, act) }
    return handlings
  }

  // MARK: Replies

  private func reply(
    _ answer: Answer, to command: SagaCommand, _ context: SagaContext, _ database: Database
  ) throws -> SagaReply {
    var reply = SagaReply(to: command, isSuccess: true)
    switch answer {
    case .done(let body): reply.body = body
    case .refused(let reason, let body): (reply.isSuccess, reply.reason, reply.body) = (false, reason, body)
    case .blocked: preconditionFailure("a command that waits has no reply yet")
    }
    // Also to an undo: the reply to the action may never have come.
    reply.locked = try SemanticLock.resources(of: command.saga, database)
    // A second reply, of one who does not know of the first, is another message all the same.
    let again = isBlind ? " ON CONFLICT(request) DO UPDATE SET ok = excluded.ok, reason = excluded.reason" : ""
    try database.run(
      """
      INSERT INTO saga_request(request, ok, reason, locked, body, replies, received) VALUES (?, ?, ?, ?, ?, 0, ?)\(again)
      """,
      [
        command.request, reply.isSuccess, reply.reason, reply.locked.joined(separator: "\n"), reply.body, context.now,
      ])
    try send(reply, to: command, context, database)
    return reply
  }

  private func repeated(_ command: SagaCommand, _ database: Database) throws -> SagaReply? {
    try database.first("SELECT ok, reason, locked, body FROM saga_request WHERE request = ?", [command.request]) {
      row in
      SagaReply(
        to: command, isSuccess: row.value(0), reason: row.value(1),
        locked: (row.value(2) as String).split(separator: "\n").map(String.init), body: row.bytes(3))
    }
  }

  /// Its message id is that of the request and the number of the reply: `<request>/reply/1`.
  private func send(
    _ reply: SagaReply, to command: SagaCommand, _ context: SagaContext, _ database: Database
  ) throws {
    try database.run("UPDATE saga_request SET replies = replies + 1 WHERE request = ?", [command.request])
    let number = try database.number("SELECT replies FROM saga_request WHERE request = ?", [command.request])
    try write(
      Outbox.Entry(
        message: "\(command.request)/reply/\(number)", to: command.replyTopic, key: command.key,
        type: command.name + (reply.isSuccess ? ":ok" : ":refused"), payload: reply.payload, of: context.trace.gtxid,
        context), database)
  }

  /// What a step of a saga has done here.
  private enum Effect: String {
    case done = "DONE"
    case undone = "UNDONE"
    /// It was undone before it came.
    case tombstone = "TOMBSTONE"

    static func of(_ command: SagaCommand, _ database: Database) throws -> Effect? {
      try database.first(
        "SELECT state FROM saga_effect WHERE saga = ? AND step = ?", [command.saga, command.step]
      ) { Effect(rawValue: $0.value(0)) }.flatMap(\.self)
    }

    func note(_ command: SagaCommand, _ now: Int64, _ database: Database) throws {
      try database.run(
        "INSERT OR REPLACE INTO saga_effect(saga, step, state, changed) VALUES (?, ?, ?, ?)",
        [command.saga, command.step, rawValue, now])
    }
  }
}
