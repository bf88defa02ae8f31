import GRDB
import Testing
import TraceModel
import Transactions

/// Crash points, each with the mistake that it guards against: the same run without the mechanism breaks the invariant.
@Suite struct SagaCrashTests {
  private func definition() throws -> SagaDefinition<Won> {
    try SagaDefinition<Won>("two") {
      step("a", do: .command("A", to: "s"), undo: .command("UA", to: "s"))
      step("b", do: .command("B", to: "s"))
    }
  }

  // MARK: P17: the orchestrator

  private enum Sending: CaseIterable {
    /// A row of the transaction of the state.
    case outbox
    /// The mistake: sent by the process when the transaction is committed.
    case afterCommit
  }

  /// The orchestrator takes the reply to A and dies between its commit and the sending of B.
  /// - Returns: commands that were ever sent.
  private func sentDespiteCrash(_ sending: Sending) throws -> (commands: [String], state: SagaView) {
    let bench = try SagaBench(definition())
    try bench.start()
    let reply = SagaReply(to: bench.sent[0], isSuccess: true)
    var inMemory: [Outbox.Entry] = []
    try bench.database.write { database in
      _ = try bench.orchestrator.handle(reply, SagaBench.context(bench.now), database)
      guard sending == .afterCommit else { return }
      inMemory = try Outbox.unpublished(after: 1, limit: 10, database)
      try database.run("DELETE FROM event WHERE id > 1")
    }
    // Here it dies: what the process had in memory is gone. Then another one starts, and its relay reads the outbox.
    inMemory = []
    try bench.relay()
    return (bench.names + inMemory.map(\.type), try bench.view())
  }

  @Test func p17TheCommandIsSentAfterTheRestart() throws {
    let (commands, view) = try sentDespiteCrash(.outbox)
    #expect(view.steps[1].action == .sent)
    #expect(commands == ["A", "B"])
  }

  @Test func p17WithoutTheOutboxTheSagaWaitsForWhatWasNeverSent() throws {
    let (commands, view) = try sentDespiteCrash(.afterCommit)
    #expect(view.steps[1].action == .sent)
    #expect(commands == ["A"])
  }

  @Test func p17ACrashBeforeTheCommitLeavesNeitherStateNorCommand() throws {
    let bench = try SagaBench(definition())
    try bench.start()
    let before = try bench.view()
    let reply = SagaReply(to: bench.sent[0], isSuccess: true)
    #expect(throws: Crash.self) {
      try bench.database.write { database in
        _ = try bench.orchestrator.handle(reply, SagaBench.context(bench.now), database)
        throw Crash()
      }
    }
    try bench.relay()
    #expect(try bench.view() == before)
    #expect(bench.names == ["A"])
    // The reply comes again.
    try bench.reply(reply)
    #expect(bench.names == ["A", "B"])
  }

  @Test func p17ACrashBeforeTheFirstCommitLeavesNoSaga() throws {
    let bench = try SagaBench(definition())
    #expect(throws: Crash.self) {
      try bench.database.write { database in
        _ = try bench.orchestrator.start("S1", key: "7", Won(5), SagaBench.context(5), database)
        throw Crash()
      }
    }
    try bench.relay()
    #expect(bench.names.isEmpty)
    #expect(try bench.database.read { try SagaStore.saga("S1", $0) } == nil)
  }

  // MARK: P18: the participant

  private struct Account {
    let database: ServiceDatabase
    let remembers: Bool

    /// - Parameter remembers: false is the mistake: the command is acted on as it comes.
    init(remembers: Bool) throws {
      self.remembers = remembers
      database = try ServiceDatabase(
        name: "payment",
        schema: Outbox.schema + SagaParticipant.schema
          + "CREATE TABLE account(balance INTEGER); INSERT INTO account VALUES (0);")
    }

    func handle(_ command: SagaCommand) throws {
      try database.write { database in
        let context = SagaBench.context(5)
        guard remembers else {
          _ = try charge(database)
          let reply = SagaReply(to: command, isSuccess: true)
          let number = try database.number("SELECT count(*) FROM event")
          try Outbox.write(
            Outbox.Entry(
              message: "reply/\(number)", topic: "replies", key: "7", type: "ok", payload: reply.payload,
              gtxid: context.trace.gtxid, ltxid: context.trace.ltxid, span: context.trace.span,
              parent: context.trace.span, created: 5), database)
          return
        }
        _ = try SagaParticipant("payment").handle(command, context, database) { _, _, database in try charge(database) }
      }
    }

    private func charge(_ database: Database) throws -> SagaParticipant.Answer {
      try database.run("UPDATE account SET balance = balance + 100")
      return .done(body: Array("\(try database.number("SELECT balance FROM account"))".utf8))
    }

    func balance() throws -> Int64 { try database.read { try $0.number("SELECT balance FROM account") } }

    func replies() throws -> [SagaReply] {
      try database.read { try Outbox.unpublished(after: 0, limit: 10, $0) }.compactMap {
        SagaReply(payload: $0.payload)
      }
    }
  }

  private let charge = SagaCommand(
    "Charge", kind: .act, saga: "S1", sagaType: "t", step: "charge", request: "S1/charge/do/1", replyTopic: "replies",
    key: "7")

  @Test func p18TheSameReplyIsSentAgainWithoutActingAgain() throws {
    let account = try Account(remembers: true)
    // Done and committed; the reply, or the offset, was lost: the command is delivered again.
    for _ in 0..<3 { try account.handle(charge) }
    #expect(try account.balance() == 100)
    let replies = try account.replies()
    #expect(replies.count == 3)
    #expect(Set(replies) == [SagaReply(to: charge, isSuccess: true, body: Array("100".utf8))])
  }

  @Test func p18WithoutTheMemoryTheMoneyIsTakenTwice() throws {
    let account = try Account(remembers: false)
    for _ in 0..<2 { try account.handle(charge) }
    #expect(try account.balance() == 200)
  }

  @Test func p18ACrashBeforeTheCommitActsOnceWhenTheCommandComesAgain() throws {
    let account = try Account(remembers: true)
    #expect(throws: Crash.self) {
      try account.database.write { database in
        _ = try SagaParticipant("payment").handle(charge, SagaBench.context(5), database) { _, _, database in
          try database.run("UPDATE account SET balance = balance + 100")
          return .done()
        }
        throw Crash()
      }
    }
    #expect(try account.balance() == 0)
    #expect(try account.replies().isEmpty)
    try account.handle(charge)
    #expect(try account.balance() == 100)
  }

  // MARK: Duplicated, late and lost replies

  @Test func duplicatedRepliesAreDroppedAndCounted() throws {
    let bench = try SagaBench(definition())
    try bench.start()
    let first = SagaReply(to: bench.sent[0], isSuccess: true)
    try bench.reply(first)
    for _ in 0..<3 { #expect(try bench.reply(first).verdict == .duplicate) }
    // A contradicting one is a duplicate too: what counts is the request.
    #expect(try bench.reply(SagaReply(to: bench.sent[0], isSuccess: false)).verdict == .duplicate)
    #expect(bench.names == ["A", "B"])
    #expect(try bench.view().duplicates == 4)
    #expect(try bench.state() == .running)
  }

  @Test func withoutTheRequestIdADuplicateWouldBeTakenForTheNextReply() throws {
    let bench = try SagaBench(definition())
    try bench.start()
    var first = SagaReply(to: bench.sent[0], isSuccess: true)
    try bench.reply(first)
    // The mistake: a reply is matched to whatever the saga waits for.
    (first.step, first.request) = (bench.sent[1].step, bench.sent[1].request)
    try bench.reply(first)
    // It is over although B never answered.
    #expect(try bench.state() == .completed)
  }

  @Test func aLostReplyIsRecoveredByAskingAgain() throws {
    let account = try Account(remembers: true)
    let bench = try SagaBench(
      SagaDefinition<Won>("pay") { step("charge", do: .command("Charge", to: "payment")).pivot().timeout(.seconds(5)) })
    try bench.start()
    try account.handle(bench.sent[0])
    // That reply never arrives.
    while bench.sent.count < 2 { try bench.passToNextDue() }
    try account.handle(bench.sent[1])
    try bench.reply(try #require(account.replies().last))
    #expect(try bench.state() == .completed)
    #expect(try account.balance() == 100)
  }
}
