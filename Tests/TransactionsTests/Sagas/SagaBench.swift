import GRDB
import Synchronization
import TestSupport
import TraceModel
import Transactions

/// What the sagas of the tests know: one number.
struct Won: SagaData, Equatable {
  var amount: Int

  init(_ amount: Int) { self.amount = amount }

  init?(json: [UInt8]) {
    guard let amount = Int(String(decoding: json, as: UTF8.self)) else { return nil }
    self.amount = amount
  }

  var json: [UInt8] { Array("\(amount)".utf8) }
}

struct Refusal: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The process ends here: nothing of the transaction is committed.
struct Crash: Error {}

/// An orchestrator and its database, with what it has sent; whoever uses it plays the services.
final class SagaBench {
  let orchestrator: SagaOrchestrator<Won>
  let database: ServiceDatabase
  var now: Int64 = 1_000 * second
  private var position: Int64 = 0
  /// Every command that was sent, in order.
  private(set) var sent: [SagaCommand] = []
  private(set) var entries: [Outbox.Entry] = []
  private(set) var changes: [SagaChange] = []

  /// - Parameter database: that of an earlier bench, which is emptied; nil for one of its own.
  init(
    _ definition: SagaDefinition<Won>, settings: SagaSettings = SagaSettings(), database: ServiceDatabase? = nil
  ) throws {
    orchestrator = SagaOrchestrator(definition, settings: settings)
    self.database = try database ?? Self.makeDatabase()
    guard let database else { return }
    try database.write { database in
      for table in ["saga", "saga_step", "saga_lock", "saga_journal", "note", "event"] {
        try database.run("DELETE FROM \(table)")
      }
    }
  }

  static func makeDatabase() throws -> ServiceDatabase {
    try ServiceDatabase(
      name: "saga", schema: Outbox.schema + SagaStore.schema + "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT);")
  }

  static func context(_ now: Int64, hop: UInt32 = 1) -> SagaContext {
    guard let gtxid = GTXID(high: 7, low: 9), let span = SpanID(3), let ltxid = LTXID(hop) else {
      preconditionFailure("none of them is zero")
    }
    let spans = Spans()
    return SagaContext(now: now, trace: TraceContext(gtxid: gtxid, ltxid: ltxid, span: span)) { spans.next() }
  }

  private final class Spans: Sendable {
    private let last = Atomic<UInt64>(100)
    func next() -> SpanID {
      guard let id = SpanID(last.add(1, ordering: .relaxed).newValue) else { preconditionFailure("never zero") }
      return id
    }
  }

  // MARK: What the tests do

  @discardableResult
  func start(_ id: String = "S1", _ data: Won = Won(5)) throws -> SagaChange? {
    let change = try database.write { try orchestrator.start(id, key: "7", data, Self.context(now), $0) }
    changes += [change].compactMap(\.self)
    try relay()
    return change
  }

  @discardableResult
  func reply(_ reply: SagaReply, hop: UInt32 = 1) throws -> SagaChange {
    now += second / 1000
    let change = try database.write { try orchestrator.handle(reply, Self.context(now, hop: hop), $0) }
    changes.append(change)
    try relay()
    return change
  }

  /// Replies to the last command of this name.
  @discardableResult
  func answer(_ name: String, ok: Bool = true, reason: String = "no", locked: [String] = []) throws -> SagaChange {
    guard let command = sent.last(where: { $0.name == name }) else { throw Refusal("\(name) was never sent") }
    return try reply(SagaReply(to: command, isSuccess: ok, reason: ok ? "" : reason, locked: locked))
  }

  /// Lets time pass, and does what is due then.
  func pass(_ nanoseconds: Int64) throws {
    now += nanoseconds
    changes += try database.write { database in
      try orchestrator.timeOut(now: now, database) { Self.context(now, hop: $0.ltxid.number) }
    }
    try relay()
  }

  /// Lets time pass until the next thing is due.
  func passToNextDue() throws {
    guard let due = try database.read({ try orchestrator.nextDue($0) }) else { throw Refusal("nothing is due") }
    try pass(max(0, due - now))
  }

  func byHand(_ body: (SagaContext, Database) throws -> SagaChange) throws {
    changes.append(try database.write { try body(Self.context(now), $0) })
    try relay()
  }

  func relay() throws {
    let new = try database.read { try Outbox.unpublished(after: position, limit: 1000, $0) }
    for entry in new {
      position = entry.id
      entries.append(entry)
      guard let command = SagaCommand(type: entry.type, key: entry.key, payload: entry.payload) else {
        throw Refusal("\(entry.message) is no command")
      }
      sent.append(command)
    }
  }

  // MARK: What they look at

  var names: [String] { sent.map(\.name) }

  func view(_ id: String = "S1") throws -> SagaView {
    guard let view = try database.read({ try SagaStore.saga(id, $0) }) else { throw Refusal("no saga \(id)") }
    return view
  }

  func state(_ id: String = "S1") throws -> SagaState { try view(id).state }
  func strip(_ id: String = "S1") throws -> String { try view(id).strip.text }

  /// Notes that local steps have left.
  func notes() throws -> [String] {
    try database.read { try $0.all("SELECT text FROM note ORDER BY id") { $0.value(0) } }
  }

  static func local(_ text: String, throwing: Bool = false) -> SagaAction<Won> {
    .local { _, _, database in
      try database.run("INSERT INTO note(text) VALUES (?)", [text])
      if throwing { throw Refusal("\(text) cannot") }
    }
  }
}

extension SagaDefinition where Data == Won {
  /// The checkout of the shop.
  static func checkout() throws -> SagaDefinition<Won> {
    try SagaDefinition<Won>("checkout") {
      step("create order", do: .command("CreateOrder", to: "order"), undo: .command("CancelOrder", to: "order"))
        .shown(as: "order").timeout(.seconds(5))
      parallel {
        step(
          "reserve credit", do: .command("ReserveCredit", to: "customer"),
          undo: .command("ReleaseCredit", to: "customer")
        )
        .shown(as: "credit").timeout(.seconds(5))
        step(
          "reserve stock", do: .command("ReserveStock", to: "inventory"),
          undo: .command("ReleaseStock", to: "inventory")
        )
        .shown(as: "stock").timeout(.seconds(5))
      }
      step("charge", do: .command("Charge", to: "payment")).pivot().timeout(.seconds(5))
      step("ship", do: .command("Ship", to: "shipping")).retriable(atMost: 3).timeout(.seconds(5))
      step("approve order", do: .command("ApproveOrder", to: "order")).retriable(atMost: 3).shown(as: "approve")
    }
  }
}
