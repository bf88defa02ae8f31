import GRDB
import Testing
import TraceModel
import Transactions

/// The side of a service: acts once, replies each time.
@Suite struct SagaParticipantTests {
  /// A service with stock, and what it has replied.
  private final class Service {
    let database: ServiceDatabase
    let participant = SagaParticipant("inventory")
    var answer = SagaParticipant.Answer.done()
    var claims = false

    init() throws {
      database = try ServiceDatabase(
        name: "inventory", schema: Outbox.schema + SagaParticipant.schema + "CREATE TABLE effect(text TEXT);")
    }

    @discardableResult
    func handle(_ command: SagaCommand) throws -> SagaParticipant.Handling {
      try database.write { database in
        try participant.handle(command, SagaBench.context(5, hop: 3), database, handingOut: handOut) {
          command, _, database in
          try database.run("INSERT INTO effect VALUES (?)", ["\(command.saga) \(command.name)"])
          if claims, try SemanticLock.claim("sku/1", for: command.saga, now: 5, database) != .granted {
            return .blocked(by: "sku/1")
          }
          return answer
        }
      }
    }

    /// Acts on what is no command.
    private func handOut(_ message: SemanticLock.Message, _ context: SagaContext, _ database: Database) throws -> Bool {
      #expect(context.trace.gtxid == message.gtxid && context.trace.ltxid == message.ltxid)
      try database.run("INSERT INTO effect VALUES (?)", ["\(message.saga) \(message.type)"])
      return true
    }

    func effects() throws -> [String] {
      try database.read { try $0.all("SELECT text FROM effect ORDER BY rowid") { $0.value(0) } }
    }

    func replies() throws -> [SagaReply] {
      try database.read { try Outbox.unpublished(after: 0, limit: 100, $0) }.compactMap {
        SagaReply(payload: $0.payload)
      }
    }
  }

  private func command(
    _ name: String, _ request: String, _ kind: SagaCommand.Kind = .act, saga: String = "S1", step: String = "stock"
  ) -> SagaCommand {
    SagaCommand(
      name, kind: kind, saga: saga, sagaType: "t", step: step, request: request, replyTopic: "replies", key: "7",
      resource: kind == .unlock ? "sku/1" : "")
  }

  @Test func aCommandIsCarriedOutOnceAndRepliedToEachTime() throws {
    let service = try Service()
    service.answer = .done(body: Array("{\"left\":3}".utf8))
    let reserve = command("Reserve", "r1")
    let first = try service.handle(reserve)
    // Another answer would be given now; the first one stands.
    service.answer = .refused("sold out")
    let second = try service.handle(reserve)
    let replies = try service.replies()
    #expect(first == .acted(replies[0]))
    #expect(second == .repeated(replies[0]))
    #expect(replies.count == 2)
    #expect(replies[0] == replies[1])
    #expect(try service.effects() == ["S1 Reserve"])
    let entries = try service.database.read { try Outbox.unpublished(after: 0, limit: 10, $0) }
    #expect(entries.map(\.message) == ["r1/reply/1", "r1/reply/2"])
    #expect(entries.map(\.topic) == ["replies", "replies"])
    #expect(entries.map(\.ltxid.number) == [4, 4])
  }

  @Test func aRefusalLeavesNothingAndIsRepeated() throws {
    let service = try Service()
    service.answer = .refused("sold out")
    try service.handle(command("Reserve", "r1"))
    service.answer = .done()
    try service.handle(command("Reserve", "r1"))
    #expect(try service.effects().isEmpty)
    #expect(try service.replies().map(\.reason) == ["sold out", "sold out"])
    // Another request of the same step is another attempt.
    try service.handle(command("Reserve", "r2"))
    #expect(try service.effects() == ["S1 Reserve"])
    // What was done stays done once, whatever request asks for it.
    try service.handle(command("Reserve", "r3"))
    #expect(try service.effects() == ["S1 Reserve"])
  }

  @Test func anUndoTakesBackWhatWasDone() throws {
    let service = try Service()
    try service.handle(command("Reserve", "r1"))
    try service.handle(command("Release", "u1", .undo))
    try service.handle(command("Release", "u1", .undo))
    try service.handle(command("Release", "u2", .undo))
    #expect(try service.effects() == ["S1 Reserve", "S1 Release"])
    #expect(try service.replies().map(\.isSuccess) == [true, true, true, true])
  }

  @Test func anUndoBeforeItsActionLeavesATombstone() throws {
    let service = try Service()
    let undo = try service.handle(command("Release", "u1", .undo))
    let action = try service.handle(command("Reserve", "r1"))
    guard case .tombstoned = undo, case .tombstoned(let reply) = action else {
      Issue.record("neither does anything: \(undo), \(action)")
      return
    }
    #expect(try service.effects().isEmpty)
    #expect(!reply.isSuccess)
    // Those of another saga and of another step are not concerned.
    try service.handle(command("Reserve", "r2", saga: "S2"))
    try service.handle(command("Reserve", "r3", step: "other"))
    #expect(try service.effects() == ["S2 Reserve", "S1 Reserve"])
  }

  @Test func anActionAfterItsUndoDoesNothing() throws {
    let service = try Service()
    try service.handle(command("Reserve", "r1"))
    try service.handle(command("Release", "u1", .undo))
    try service.handle(command("Reserve", "r2"))
    #expect(try service.effects() == ["S1 Reserve", "S1 Release"])
  }

  @Test func aRefusedUndoLeavesWhatWasDone() throws {
    let service = try Service()
    try service.handle(command("Reserve", "r1"))
    service.answer = .refused("already shipped")
    try service.handle(command("Release", "u1", .undo))
    service.answer = .done()
    try service.handle(command("Release", "u2", .undo))
    #expect(try service.effects() == ["S1 Reserve", "S1 Release"])
  }

  @Test func oldRequestsAreForgotten() throws {
    let service = try Service()
    try service.handle(command("Reserve", "r1"))
    try service.database.write { try SagaParticipant.prune(receivedBefore: 5, $0) }
    try service.handle(command("Reserve", "r1"))
    #expect(try service.effects().count == 1)
    try service.database.write { database in
      try database.run("DELETE FROM event")
      try SagaParticipant.prune(receivedBefore: 6, database)
    }
    try service.handle(command("Reserve", "r1"))
    #expect(try service.effects().count == 2)
  }

  /// One that somebody may yet help finds what there is to undo, however old that is.
  @Test func whatAStuckSagaDidIsRemembered() throws {
    let service = try Service()
    try service.handle(command("Reserve", "r1"))
    try service.database.write { try SagaParticipant.prune(receivedBefore: .max, keeping: ["S1"], $0) }
    try service.handle(command("Release", "u1", .undo))
    #expect(try service.effects() == ["S1 Reserve", "S1 Release"])
  }

  // MARK: Locks

  @Test func whoIsBlockedWaitsInOrderAndActsOnceOnRelease() throws {
    let service = try Service()
    service.claims = true
    try service.handle(command("Reserve", "r1", saga: "S1"))
    #expect(try service.handle(command("Reserve", "r2", saga: "S2")) == .stashed(resource: "sku/1"))
    #expect(try service.handle(command("Reserve", "r3", saga: "S3")) == .stashed(resource: "sku/1"))
    #expect(try service.handle(command("Count", "r4", saga: "S2", step: "count")) == .stashed(resource: "sku/1"))
    // Delivered again while it waits: it waits once.
    try service.handle(command("Reserve", "r2", saga: "S2"))
    #expect(try service.database.read { try SemanticLock.depth($0) } == 3)
    let held = try service.database.read { try SemanticLock.held(limit: 5, $0) }
    #expect(try service.database.read { try SemanticLock.depth(behind: "S1", $0) } == 3)
    #expect(held.map { "\($0.resource) \($0.owner) \($0.stashed)" } == ["sku/1 S1 3"])
    #expect(try service.replies().count == 1)
    #expect(try service.replies()[0].locked == ["sku/1"])

    try service.handle(command("UNLOCK", "x1", .unlock, saga: "S1"))
    try service.handle(command("UNLOCK", "x1", .unlock, saga: "S1"))
    #expect(try service.effects() == ["S1 Reserve", "S2 Reserve", "S2 Count"])
    #expect(try service.replies().map(\.saga) == ["S1", "S2", "S2"])
    try service.handle(command("UNLOCK", "x2", .unlock, saga: "S2"))
    #expect(try service.effects().last == "S3 Reserve")
    try service.handle(command("UNLOCK", "x3", .unlock, saga: "S3"))
    #expect(try service.database.read { try SemanticLock.owner(of: "sku/1", $0) } == nil)
  }

  /// It has the resource for the moment in which it is acted on, and hands it to the next; a saga has it until it says so.
  @Test func whatIsNoCommandWaitsAndActsInItsTurn() throws {
    let service = try Service()
    service.claims = true
    try service.handle(command("Reserve", "r1", saga: "S1"))
    let guests = try ["G1", "G2"].map { name in
      SemanticLock.Message(
        saga: name, step: "return", message: "\(name)/return", type: "RETURN", key: "7", payload: Array("{}".utf8),
        gtxid: try #require(GTXID(high: 7, low: name == "G1" ? 1 : 2)), ltxid: LTXID.first.next,
        span: try #require(SpanID(9)))
    }
    for guest in [guests[0], guests[0], guests[1]] {
      try service.database.write { _ = try SemanticLock.stash(guest, for: "sku/1", now: 5, $0) }
    }
    #expect(try service.handle(command("Reserve", "r2", saga: "S2")) == .stashed(resource: "sku/1"))
    let handling = try service.handle(command("UNLOCK", "x1", .unlock, saga: "S1"))
    #expect(try service.effects() == ["S1 Reserve", "G1 RETURN", "G2 RETURN", "S2 Reserve"])
    guard case .unlocked("sku/1", let handedOut) = handling else {
      Issue.record("\(handling)")
      return
    }
    #expect(
      Array(handedOut.prefix(2)) == guests.map { .handedOut($0, hadEffect: true) } && handedOut.count == 3)
    #expect(try service.database.read { try SemanticLock.owner(of: "sku/1", $0) } == "S2")
    #expect(try service.database.read { try SemanticLock.depth($0) } == 0)
  }

  @Test func whoGivesUpWaitsNoMore() throws {
    let service = try Service()
    service.claims = true
    try service.handle(command("Reserve", "r1", saga: "S1"))
    try service.handle(command("Reserve", "r2", saga: "S2"))
    try service.handle(command("Release", "u2", .undo, saga: "S2"))
    try service.handle(command("UNLOCK", "x1", .unlock, saga: "S1"))
    #expect(try service.effects() == ["S1 Reserve"])
    #expect(try service.database.read { try SemanticLock.owner(of: "sku/1", $0) } == nil)
  }

  @Test func theReplyToAnUndoTellsWhatIsHeldToo() throws {
    let service = try Service()
    service.claims = true
    try service.handle(command("Reserve", "r1"))
    service.claims = false
    try service.handle(command("Release", "u1", .undo))
    #expect(try service.replies().map(\.locked) == [["sku/1"], ["sku/1"]])
  }
}
