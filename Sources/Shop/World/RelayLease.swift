internal import EventBus
internal import GRDB
internal import Simulation
internal import Transactions

/// The right to publish for a service: a row of its database, which one instance has at a time, and which lapses unless
/// it is renewed. A service that publishes from several sources has one for each.
///
/// Nobody knows of himself that he has slept. So the lease is a fencing token as well (Kleppmann, "Designing
/// Data-Intensive Applications", 8.4): the database asks whose it is with each transaction, and the bus takes records of
/// the newest holder alone, which has introduced itself there under the name of the lease.
final class RelayLease: @unchecked Sendable {
  /// What asking for it came to.
  enum Answer {
    /// This instance has it, as before.
    case kept
    /// This instance has it, since now.
    case granted
    /// Another has it.
    case refused
  }

  static let length: Int64 = 3_000_000_000
  static let renewal: Int64 = 1_000_000_000

  private let database: DatabasePort
  private let name: String
  private let owner: String
  private let process: ServiceProcess
  private var time: VirtualTime { process.world.time }
  /// When it lapses; nil when this instance does not have it.
  private var end: Int64?
  /// What the bus knows this holder by; nil before it was introduced, and where nobody asks.
  private(set) var producer: ProducerIdentity?

  init(process: ServiceProcess, database: DatabasePort, name: String = "relay") {
    self.database = database
    self.name = name
    self.process = process
    owner = process.instance.name
  }

  /// Whether this instance has it, by its own clock: not when it has lapsed, since another may have it by then. What the
  /// database says counts all the same, with each transaction.
  var isHeld: Bool { end.map { time.now < $0 } ?? false }

  /// When it is to be asked for again.
  var renewalDue: Int64 { end.map { $0 - Self.length + Self.renewal } ?? time.now }

  /// Takes or renews it where that is due.
  func keep() async throws -> Answer {
    let now = time.now
    guard now >= renewalDue else { return .kept }
    let (name, owner, end) = (name, owner, now + Self.length)
    let isGranted = try await database.transaction("lease", isQuiet: true) {
      try Outbox.lease(name, to: owner, now: now, until: end, $0)
    }
    guard isGranted else {
      giveUp()
      return .refused
    }
    defer { self.end = end }
    return self.end == nil ? .granted : .kept
  }

  /// From now on the bus takes nothing more from whoever had the lease before.
  func introduce() async throws {
    producer = nil
    guard !process.leavesOut(.fence) else { return }
    producer = try await process.bus.register("\(database.disk.name)/\(name)")
  }

  /// Does without it from now on; whoever asks has it once it has lapsed.
  func giveUp() { end = nil }

  /// Runs `body` in a transaction unless another has taken the lease meanwhile; then it is given up, and the answer is
  /// false.
  func transaction(_ label: String, _ body: @escaping @Sendable (Database) throws -> Void) async throws -> Bool {
    let (name, owner, isBlind) = (name, owner, process.leavesOut(.fence))
    let isOwner = try await database.transaction(label, isQuiet: true) { database in
      guard try isBlind || Outbox.isLeased(name, to: owner, database) else { return false }
      try body(database)
      return true
    }
    if !isOwner { giveUp() }
    return isOwner
  }
}
