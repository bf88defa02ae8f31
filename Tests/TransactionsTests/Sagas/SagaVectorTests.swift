import Foundation
import Synchronization
import Testing
import TraceModel
import Transactions

/// The cases of saga.json: which commands are sent, and how the saga ends.
@Suite struct SagaVectorTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Expectation: Decodable, Sendable {
      var commands: [String]?
      var end: String?
      var callbacks: [String]?
      var duplicates: Int?
      var owner: String?
      var stash: Int?

      enum CodingKeys: String, CodingKey {
        case commands, end, callbacks
        case duplicates = "duplicates_dropped"
        case owner = "lock_owner_after"
        case stash = "stash_after"
      }
    }

    var id: String
    var steps: [String]?
    var replies: [String]?
    var script: [String]?
    var expect: Expectation

    var testDescription: String { id }
  }

  private struct Vectors: Decodable {
    var cases: [Case]
    enum CodingKeys: String, CodingKey { case cases = "saga_cases" }
  }

  static let cases: [Case] = {
    guard let url = Bundle.module.url(forResource: "saga", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url), let vectors = try? JSONDecoder().decode(Vectors.self, from: data)
    else { return [] }
    return vectors.cases
  }()

  @Test func allCasesAreThere() {
    #expect(Self.cases.count == 12)
    #expect(Self.cases.count { $0.script != nil } == 1)
  }

  @Test(arguments: cases.filter { $0.script == nil }) func commandsAndEnd(of vector: Case) throws {
    let told = Told()
    // One case says with its name alone what its steps are.
    let lines = vector.steps ?? ["local1 throws", "reserveCredit"]
    let definition = try definition(lines, replies: vector.replies ?? [], told)
    let bench = try SagaBench(definition)
    if vector.expect.end == "NOT_CREATED" {
      #expect(throws: Refusal.self) { try bench.start() }
      #expect(try bench.database.read { try SagaStore.saga("S1", $0) } == nil)
      #expect(try bench.notes().isEmpty)
    } else {
      try bench.start()
      for reply in vector.replies ?? [] { try play(reply, bench) }
      while try !bench.state().isEnded, try bench.state() != .stuck { try play("ok", bench) }
      let ends = ["COMPLETED": SagaState.completed, "ROLLED_BACK": .rolledBack, "FAILED": .stuck]
      #expect(try bench.state() == ends[vector.expect.end ?? ""])
      #expect(try bench.view().duplicates == vector.expect.duplicates ?? 0)
    }
    #expect(bench.names == vector.expect.commands)
    guard let callbacks = vector.expect.callbacks else { return }
    // Here the saga is parked until somebody decides; then it is rolled back.
    try bench.byHand { try bench.orchestrator.endSaga("S1", because: "settled by phone", $0, $1) }
    let names: [SagaState: String] = [.stuck: "onSagaFailed", .rolledBack: "onSagaRolledBack"]
    #expect(told.states.compactMap { names[$0] } == callbacks)
  }

  private final class Told: Sendable {
    private let all = Mutex<[SagaState]>([])
    var states: [SagaState] { all.withLock { $0 } }
    func add(_ state: SagaState) { all.withLock { $0.append(state) } }
  }

  /// `do1/undo1`, `charge (pivot)`, `ship (retriable)`, `(skipped)`, `local1/undoLocal1`, `local3 throws`
  private func definition(_ lines: [String], replies: [String], _ told: Told) throws -> SagaDefinition<Won> {
    try SagaDefinition<Won>("vector", onState: { state, _, _ in told.add(state) }) {
      for (index, line) in lines.enumerated() {
        single(line, isLast: index == lines.count - 1, replies)
      }
    }
  }

  private func single(_ line: String, isLast: Bool, _ replies: [String]) -> SagaStep<Won> {
    guard line != "(skipped)" else {
      return step("skipped", do: .command("skipped", to: "service"), undo: .command("unskipped", to: "service"))
        .when { _ in false }
    }
    let names = line.split(separator: " ")[0].split(separator: "/").map(String.init)
    let undo = names.count > 1 ? names[1] : nil
    var made: SagaStep<Won>
    if line.hasPrefix("local") {
      made = step(
        names[0], do: SagaBench.local(names[0], throwing: line.hasSuffix("throws")),
        undo: undo.map { SagaBench.local($0) })
    } else {
      made = step(
        names[0], do: .command(names[0], to: "service"), undo: undo.map { .command($0, to: "service") })
    }
    if replies.contains("timeout(\(names[0]))") { made = made.timeout(.seconds(5)) }
    if line.hasSuffix("(pivot)") { made = made.pivot() }
    if line.hasSuffix("(retriable)") { made = made.retriable() }
    let needsUndo = undo == nil && !isLast && !line.contains("(")
    return needsUndo ? made.changesNothing() : made
  }

  /// `ok`, `fail`: to the last command. `ok(a) again`, `timeout(b)`, `ok(b) late`: to the one that is named.
  private func play(_ reply: String, _ bench: SagaBench) throws {
    let parts = reply.split { "() ".contains($0) }.map(String.init)
    // What waits for its next attempt is sent first.
    if parts.count == 1, try bench.view().steps.contains(where: { $0.action == .waiting }) { try bench.passToNextDue() }
    let name = parts.count > 1 ? parts[1] : try #require(bench.names.last)
    switch parts[0] {
    case "ok": try bench.answer(name)
    case "fail": try bench.answer(name, ok: false)
    case "timeout": try bench.passToNextDue()
    default: Issue.record("what is \"\(reply)\"?")
    }
  }

  /// `S1 claims order/7 ok`, `S2 claims order/7 blocked -> stash`, `S1 end -> unlock -> …`
  @Test(arguments: cases.filter { $0.script != nil }) func locksAndStash(of vector: Case) throws {
    let database = try ServiceDatabase(name: "order", schema: Outbox.schema + SagaParticipant.schema)
    let participant = SagaParticipant("order")
    var executed: [String] = []
    func send(_ command: SagaCommand) throws -> SagaParticipant.Handling {
      try database.write { database in
        try participant.handle(command, SagaBench.context(5), database) { command, _, database in
          let claim = try SemanticLock.claim("order/7", for: command.saga, now: 5, database)
          guard claim == .granted else { return .blocked(by: "order/7") }
          executed.append(command.saga)
          return .done()
        }
      }
    }
    for line in try #require(vector.script) {
      let words = line.split(separator: " ").map(String.init)
      let saga = words[0]
      if words[1] == "claims" {
        let handling = try send(
          SagaCommand(
            "ReviseOrder", kind: .act, saga: saga, sagaType: "t", step: "revise", request: "\(saga)/revise/do/1",
            replyTopic: "replies", key: "7"))
        #expect((handling == .stashed(resource: words[2])) == (words[3] == "blocked"))
      } else {
        for _ in 0..<2 {
          _ = try send(
            SagaCommand(
              "UNLOCK", kind: .unlock, saga: saga, sagaType: "t", request: "\(saga)/unlock", replyTopic: "replies",
              key: "7", resource: "order/7"))
        }
      }
    }
    #expect(executed == ["S1", "S2"])
    #expect(try database.read { try SemanticLock.owner(of: "order/7", $0) } == vector.expect.owner)
    #expect(try database.read { try SemanticLock.depth($0) } == vector.expect.stash)
  }
}
