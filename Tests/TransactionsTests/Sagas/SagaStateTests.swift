import TestSupport
import Testing
import TraceModel
import Transactions

/// What is kept of a saga: its data, locks, journal; local steps; what is forgotten.
@Suite struct SagaStateTests {
  private func two() throws -> SagaBench {
    try SagaBench(
      SagaDefinition<Won>("two") {
        step("a", do: .command("A", to: "s"), undo: .command("UA", to: "s")).timeout(.seconds(5))
        step("b", do: .command("B", to: "t"))
      })
  }

  @Test func aSagaBeginsOnce() throws {
    let bench = try two()
    #expect(try bench.start()?.before == nil)
    #expect(try bench.start() == nil)
    #expect(bench.names == ["A"])
  }

  @Test func aReplyChangesTheDataAndCommandsAreMadeOfIt() throws {
    let bench = try SagaBench(
      SagaDefinition<Won>("data") {
        step("price", do: .command("Price", to: "s")).changesNothing().onReply { data, reply in
          data = Won(json: reply.body) ?? data
        }
        step("free", do: .command("Free", to: "s")).changesNothing().when { $0.amount == 0 }
        step("charge", do: .command("Charge", to: "s") { Array("{\"won\":\($0.amount)}".utf8) })
      })
    try bench.start("S1", Won(1))
    #expect(bench.sent[0].body == Array("1".utf8))
    try bench.reply(SagaReply(to: bench.sent[0], isSuccess: true, body: Array("42".utf8)))
    #expect(bench.names == ["Price", "Charge"])
    #expect(bench.sent[1].body == Array("{\"won\":42}".utf8))
    #expect(try bench.view().data == Array("42".utf8))
    #expect(try bench.view().steps[1].action == .skipped)
  }

  @Test func aLocalStepThatRefusesLeavesNothing() throws {
    let bench = try SagaBench(
      SagaDefinition<Won>("local") {
        step("a", do: SagaBench.local("a"), undo: SagaBench.local("undo a"))
        step("b", do: SagaBench.local("b", throwing: true))
      })
    try bench.start()
    #expect(try bench.notes() == ["a", "undo a"])
    #expect(try bench.state() == .rolledBack)
    #expect(try bench.view().reason == "b: b cannot")
  }

  @Test func aFirstLocalStepThatRefusesLeavesNoSagaEvenIfTheTransactionGoesOn() throws {
    let definition = try SagaDefinition<Won>(
      "local",
      onState: { state, _, database in
        try database.run("INSERT INTO note(text) VALUES (?)", [state.rawValue])
      },
      {
        step("nothing")
        step("a", do: SagaBench.local("a", throwing: true))
      })
    let bench = try SagaBench(definition)
    try bench.database.write { database in
      let error = #expect(throws: Refusal.self) {
        try bench.orchestrator.start("S1", key: "7", Won(1), SagaBench.context(5), database)
      }
      #expect(error?.description == "a cannot")
    }
    #expect(try bench.database.read { try SagaStore.counts($0) }.allSatisfy { $0.count == 0 })
    #expect(try bench.notes().isEmpty)
  }

  @Test func whatStoodBeforeTheSagaIsUndoneWithIt() throws {
    let bench = try SagaBench(
      SagaDefinition<Won>("before") {
        step("order", undo: .command("CancelOrder", to: "order"))
        step("charge", do: .command("Charge", to: "payment"))
      })
    try bench.start()
    try bench.answer("Charge", ok: false)
    #expect(bench.names == ["Charge", "CancelOrder"])
    // The service never heard of an action, so this must not be taken for an undo that came too early.
    #expect(bench.sent[1].kind == .act)
  }

  // MARK: Locks

  @Test func atTheEndEveryLockIsGivenBackOnce() throws {
    let bench = try two()
    try bench.start()
    try bench.answer("A", locked: ["order/7", "order/8"])
    #expect(try bench.view().locks.map(\.resource) == ["order/7", "order/8"])
    try bench.answer("B", locked: ["order/7"])
    let unlocks = zip(bench.entries, bench.sent).filter { $1.kind == .unlock }
    #expect(
      unlocks.map { $0.0.topic + " " + $0.1.resource } == [
        "commands.s order/7", "commands.s order/8", "commands.t order/7",
      ])
    #expect(try bench.view().locks.isEmpty)
  }

  @Test func aStuckSagaKeepsItsLocksUntilItIsEnded() throws {
    let bench = try two()
    try bench.start()
    try bench.answer("A", locked: ["order/7"])
    try bench.answer("B", ok: false)
    try bench.answer("UA", ok: false)
    #expect(try bench.view().locks.count == 1)
    #expect(!bench.names.contains("UNLOCK"))
    try bench.byHand { try bench.orchestrator.endSaga("S1", because: "done", $0, $1) }
    #expect(bench.names.last == "UNLOCK")
  }

  @Test func aLockThatIsReportedAfterTheEndIsGivenBackAtOnce() throws {
    let bench = try two()
    try bench.start()
    try bench.pass(5 * second)
    try bench.answer("UA")
    #expect(try bench.state() == .rolledBack)
    try bench.answer("A", locked: ["order/7"])
    #expect(bench.names == ["A", "UA", "UNLOCK"])
    #expect(try bench.view().locks.isEmpty)
  }

  // MARK: What is written

  @Test func messagesCarryTheTransactionAndEachHasAnIdOfItsOwn() throws {
    let bench = try two()
    try bench.start()
    try bench.reply(SagaReply(to: bench.sent[0], isSuccess: true), hop: 5)
    try bench.answer("B", ok: false)
    #expect(bench.entries.map(\.message) == ["S1/a/do/1", "S1/b/do/1", "S1/a/undo/1"])
    #expect(Set(bench.entries.map(\.gtxid.hex)).count == 1)
    // After a reply of hop 5, and the command after it was hop 6; that its reply knows of fewer changes nothing.
    #expect(bench.entries.map(\.ltxid.number) == [2, 6, 7])
    #expect(bench.sent.map(\.saga) == ["S1", "S1", "S1"])
    #expect(bench.sent.allSatisfy { $0.replyTopic == "replies" && $0.sagaType == "two" })
    #expect(try bench.view().steps[0].hop?.number == 2)
    #expect(try bench.view().steps[0].undoHop?.number == 7)
  }

  @Test func theJournalTellsWhatHappenedAndStaysShort() throws {
    var settings = SagaSettings()
    settings.journalLimit = 6
    let bench = try SagaBench(two().orchestrator.definition, settings: settings)
    try bench.start()
    try bench.answer("A")
    let journal = try bench.database.read { try SagaStore.journal(of: "S1", $0) }
    #expect(
      journal.map { "\($0.kind.rawValue) \($0.step) \($0.text)" } == [
        "STATE  RUNNING", "OUT a A to s", "IN a ok", "OUT b B to t",
      ])
    for _ in 0..<10 { try bench.answer("A") }
    let later = try bench.database.read { try SagaStore.journal(of: "S1", $0) }
    #expect(later.map(\.number) == [9, 10, 11, 12, 13, 14])
  }

  @Test func timesAreKept() throws {
    let bench = try two()
    let began = bench.now
    try bench.start()
    bench.now += 999_000_000
    try bench.answer("A")
    let view = try bench.view()
    #expect(view.steps[0].started == began)
    #expect(view.steps[0].finished == began + second)
    #expect(view.time(inState: bench.now) == second)
    #expect(try bench.database.read { try SagaStore.counts($0) }.map(\.count) == [1, 0, 0, 0, 0])
    #expect(try bench.database.read { try SagaStore.sagas(in: .running, limit: 5, $0) }.map(\.id) == ["S1"])
    #expect(try bench.database.read { try SagaStore.sagas(of: view.gtxid, $0) } == [view])
  }

  @Test func whatHasEndedIsForgottenInTime() throws {
    let bench = try two()
    try bench.start("S1")
    try bench.answer("A", ok: false)
    let ended = try #require(try bench.view("S1").ended)
    try bench.start("S2")
    func prune(_ time: Int64) throws -> Int {
      try bench.database.write { try SagaStore.prune(endedBefore: time, $0) }
    }
    #expect(try prune(ended) == 0)
    #expect(try prune(ended + 1) == 1)
    #expect(try bench.state("S2") == .running)
    for table in ["saga", "saga_step", "saga_journal", "saga_lock"] {
      let column = table == "saga" ? "id" : "saga"
      let left = try bench.database.read { try $0.number("SELECT count(*) FROM \(table) WHERE \(column) = 'S1'") }
      #expect(left == 0)
    }
    let reply = SagaReply(to: bench.sent[0], isSuccess: true)
    #expect(try bench.reply(reply).verdict == .unknownSaga)
  }

  @Test func aSagaOfOtherStepsIsNotTouched() throws {
    let bench = try two()
    try bench.start()
    let other = SagaOrchestrator(try SagaDefinition<Won>("two") { step("z", do: .command("Z", to: "s")) })
    #expect(throws: SagaError.self) {
      try bench.database.write { database in
        try other.handle(SagaReply(to: bench.sent[0], isSuccess: true), SagaBench.context(5), database)
      }
    }
  }

  // MARK: The wire

  @Test func messagesComeBackAsTheyAre() throws {
    let command = SagaCommand(
      "Reserve", kind: .undo, saga: "8f/\"checkout\"", sagaType: "결제", step: "reserve\n\u{1}credit", request: "r\\1",
      replyTopic: "replies", key: "7", body: Array("{\"a\":[1,{\"b\":\"}\\\"\"}],\"c\":null}".utf8))
    #expect(SagaCommand(type: "Reserve", key: "7", payload: command.payload) == command)
    let text = String(decoding: command.payload, as: UTF8.self)
    #expect(
      text.hasPrefix("{\"body\":{\"a\":[1,{\"b\":\"}\\\"\"}],\"c\":null},\"kind\":\"undo\",\"reply\":\"replies\""))
    let reply = SagaReply(
      to: command, isSuccess: false, reason: "sold out 😀", locked: ["order/7", "a\"b"], body: Array("[1, 2]".utf8))
    #expect(SagaReply(payload: reply.payload) == reply)
    let foreign =
      #"{ "ok" : true, "new": {"x": [true, -1.5e3]}, "request":"r", "saga":"s", "reason":"\u0041\ud83d\ude00" }"#
    #expect(SagaReply(payload: Array(foreign.utf8))?.reason == "A😀")
  }

  @Test(arguments: [
    "", "{", "{}", "[]", #"{"saga":"s","request":"r"}"#, #"{"saga":"s","request":"r","ok":1}"#,
    #"{"saga":"s","request":"r","ok":true"#, #"{"saga":"s","request":"r","ok":true} x"#,
    #"{"saga":"s","request":"r","ok":true,"body":{]}"#, #"{"saga":"s""request":"r","ok":true}"#,
    #"{"saga":5,"request":"r","ok":true}"#, #"{"saga":"\ud83d","request":"r","ok":true}"#,
  ])
  func whatIsNoReplyIsNotTakenForOne(text: String) {
    #expect(SagaReply(payload: Array(text.utf8)) == nil)
    #expect(SagaCommand(type: "t", key: "k", payload: Array(text.utf8)) == nil)
  }
}
