import GRDB
import Synchronization
import TestSupport
import TraceModel
import Transactions

/// Sagas, one service and a network that duplicates, reorders, delays and loses, with crashes; everything from one seed.
final class SagaChaosWorld {
  private struct Flight {
    var entry: Outbox.Entry
    var isReply: Bool
  }

  /// Kept over all seeds: making databases takes longer than a run.
  struct Disk {
    let orchestrator: ServiceDatabase
    let service: ServiceDatabase
    static let effects = "CREATE TABLE effect(id INTEGER PRIMARY KEY, name TEXT);"

    init() throws {
      orchestrator = try ServiceDatabase(
        name: "orchestrator", schema: Outbox.schema + SagaStore.schema + Self.effects)
      service = try ServiceDatabase(name: "service", schema: Outbox.schema + SagaParticipant.schema + Self.effects)
    }
  }

  let disk: Disk
  let orchestrator: SagaOrchestrator<Won>
  let plan: SagaPlan
  let sagas: [String]
  private var random: SeededGenerator
  private var now: Int64 = 1_000_000_000_000
  private var flights: [Flight] = []
  /// Everything that was lost, crashed, delivered twice, in all.
  private(set) var accidents = 0
  /// Of each saga, the first sendings of its undos, in order.
  private(set) var undone: [String: [String]] = [:]
  private(set) var isQuiet = false
  private let participant = SagaParticipant("service")

  init(seed: UInt64, disk: Disk) throws {
    self.disk = disk
    random = SeededGenerator(seed: seed)
    plan = SagaPlan(&random, isSequential: false)
    // What a local step does is noted with its saga, by which the data knows itself.
    orchestrator = SagaOrchestrator(
      try plan.definition { name in
        .local { data, _, database in
          try database.run("INSERT INTO effect(name) VALUES (?)", ["\(seed)-\(data.amount) \(name)"])
        }
      })
    sagas = (1...Int.random(in: 1...3, using: &random)).map { "\(seed)-\($0)" }
  }

  // MARK: The run

  func run() throws {
    for (index, saga) in sagas.enumerated() {
      try atOrchestrator { _ = try orchestrator.start(saga, key: saga, Won(index + 1), context(), $0) }
    }
    try settle()
  }

  /// Goes on until nothing is under way and nothing is due.
  func settle() throws {
    for _ in 0..<5000 {
      now += Int64.random(in: 0...100_000_000, using: &random)
      let due = try disk.orchestrator.read { try orchestrator.nextDue($0) }
      if flights.isEmpty, due == nil {
        isQuiet = true
        return
      }
      if let due, flights.isEmpty || random.chance(8) {
        now = max(now, due)
        try atOrchestrator { database in
          _ = try orchestrator.timeOut(now: now, database) { context($0.ltxid) }
        }
      } else {
        try deliver()
      }
    }
  }

  /// Any message may come next, and it may come again.
  private func deliver() throws {
    let index = Int.random(in: 0..<flights.count, using: &random)
    let flight = flights[index]
    let isUnlock = flight.entry.type == "UNLOCK"
    if !isUnlock, random.chance(4) {
      accidents += 1
      flights.remove(at: index)
      return
    }
    let isDone = try flight.isReply ? takeReply(flight.entry) : takeCommand(flight.entry)
    if isDone, !random.chance(10) { flights.remove(at: index) } else { accidents += 1 }
  }

  private func takeReply(_ entry: Outbox.Entry) throws -> Bool {
    guard let reply = SagaReply(payload: entry.payload) else { throw Refusal("no reply") }
    return try atOrchestrator { _ = try orchestrator.handle(reply, context(entry.ltxid), $0) }
  }

  private func takeCommand(_ entry: Outbox.Entry) throws -> Bool {
    guard let command = SagaCommand(type: entry.type, key: entry.key, payload: entry.payload) else {
      throw Refusal("no command")
    }
    return try transaction(at: disk.service, isReply: true) { database in
      _ = try participant.handle(command, context(entry.ltxid), database, act)
    }
  }

  private func act(_ command: SagaCommand, _ context: SagaContext, _ database: Database) throws
    -> SagaParticipant.Answer
  {
    try database.run("INSERT INTO effect(name) VALUES (?)", ["\(command.saga) \(command.name)"])
    let step = plan.steps.first { $0.name == command.step }
    if command.kind == .act, step?.claims == true {
      let claim = try SemanticLock.claim("stock", for: command.saga, now: now, database)
      guard claim == .granted else { return .blocked(by: "stock") }
    }
    let refusals = command.kind == .undo ? 8 : step?.isRetriable == true ? 30 : 12
    return random.chance(refusals) ? .refused("not today") : .done()
  }

  // MARK: Crashes

  @discardableResult
  private func atOrchestrator(_ body: (Database) throws -> Void) throws -> Bool {
    while try !transaction(at: disk.orchestrator, isReply: false, body) {}
    return true
  }

  /// - Returns: false when it crashed before the commit: then nothing of it is there.
  private func transaction(
    at database: ServiceDatabase, isReply: Bool, _ body: (Database) throws -> Void
  ) throws -> Bool {
    let crashes = random.chance(7)
    do {
      try database.write { database in
        try body(database)
        if crashes { throw Crash() }
      }
    } catch is Crash {
      accidents += 1
      return false
    }
    // The relay. What it has published is gone from the outbox.
    let entries = try database.read { try Outbox.unpublished(after: 0, limit: 100, $0) }
    try database.write { try Outbox.mark(entries.map(\.id), publishedAt: now, $0) }
    flights += entries.map { Flight(entry: $0, isReply: isReply) }
    for entry in entries where entry.message.hasSuffix("/undo/1") && !isReply {
      let parts = entry.message.split(separator: "/").map(String.init)
      undone[parts[0], default: []].append(parts[1])
    }
    return true
  }

  private func context(_ hop: LTXID = .first) -> SagaContext { SagaBench.context(now, hop: hop.number) }

  // MARK: A person

  /// Tries again what is stuck, then passes it over.
  func help() throws {
    for round in 0..<20 {
      let stuck = try sagas.filter { try view($0).state == .stuck }
      guard !stuck.isEmpty else { return }
      for saga in stuck {
        try atOrchestrator { database in
          _ =
            round < 15
            ? try orchestrator.retryStep(of: saga, context(), database)
            : try orchestrator.skipStep(of: saga, context(), database)
        }
      }
      try settle()
    }
  }

  // MARK: What is there

  func view(_ saga: String) throws -> SagaView {
    guard let view = try disk.orchestrator.read({ try SagaStore.saga(saga, $0) }) else { throw Refusal("no \(saga)") }
    return view
  }

  /// How often something was done and stayed: `do s1`, `undo s1`.
  func effects(of saga: String, _ name: String) throws -> Int64 {
    try [disk.orchestrator, disk.service].map { database in
      try database.read { try $0.number("SELECT count(*) FROM effect WHERE name = ?", ["\(saga) \(name)"]) }
    }.reduce(0, +)
  }

  func holders() throws -> [String] {
    try disk.service.read { try SemanticLock.held(limit: 100, $0) }.map(\.owner).filter(sagas.contains)
  }

  /// Nothing of this run holds anything against the next one.
  func clear() throws {
    try disk.service.write { database in
      for table in ["saga_claim", "saga_stash", "saga_request", "saga_effect", "effect", "event"] {
        try database.run("DELETE FROM \(table)")
      }
    }
    try disk.orchestrator.write { database in
      for table in ["saga", "saga_step", "saga_lock", "saga_journal", "effect", "event"] {
        try database.run("DELETE FROM \(table)")
      }
    }
  }
}
