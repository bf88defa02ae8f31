internal import EventBus
internal import GRDB
internal import Simulation
internal import Transactions

/// Publishes what a service has committed, in the order of commits. Each instance has one; the one with the lease works.
///
/// It wakes after each commit. How far it has come is stored after what it publishes: a crash in between publishes that
/// again, under the same message ids.
protocol Relay: AnyObject, Sendable {
  var process: ServiceProcess { get }
  var lease: RelayLease { get }
  /// Set by each commit that may have left something to publish.
  var commits: Signal { get }

  /// Publishes the next of what is new, and stores how far that is.
  /// - Returns: when to look again if nothing is committed before; nil when more waits already.
  func publish() async throws -> Int64?
  /// Forgets how far it has come: what is stored says it from now on.
  func startOver()
  /// The bus is out of reach from here: does what can be done without it.
  func stepBack() async
}

extension Relay {
  static var batch: Int { 64 }
  var hasLease: Bool { lease.isHeld }

  func run() async {
    let time = process.world.time
    while !process.life.isOver {
      do {
        try await turn(time)
      } catch is InstanceCrashed {
        return
      } catch is BusError {
        // Out of reach from here, though perhaps not from another instance: its relay gets the lease when it ends. Or
        // another has it already, and this one has slept.
        await stepBack()
        lease.giveUp()
        startOver()
        // Longer than the lease that it may just have got: the others ask for it once in each renewal.
        try? await time.sleep(for: RelayLease.length + RelayLease.renewal)
      } catch {
        // The database or the bus is away. Nothing is lost: what is to be published stands in the database.
        startOver()
        try? await time.sleep(for: 250_000_000)
      }
    }
  }

  private func turn(_ time: VirtualTime) async throws {
    switch try await lease.keep() {
    case .refused:
      try await time.sleep(for: RelayLease.renewal)
      return
    case .granted:
      startOver()
      try await lease.introduce()
    case .kept: break
    }
    // What is committed meanwhile sets the signal.
    if let next = try await publish() { await commits.wait(atMost: max(0, next - time.now)) }
  }

  func stepBack() async {}
}

extension ServiceProcess {
  /// A signal that is set by each commit on a disk, as long as this process lives.
  func commits(on disk: ServiceDisk) -> Signal {
    let signal = Signal(on: world.time)
    disk.listen { [signal, life] in
      guard !life.isOver else { return false }
      signal.set()
      return true
    }
    return signal
  }
}

extension ServiceProcess {
  /// The relay for how the service keeps what is to be published.
  func makeRelay(_ database: DatabasePort) -> any Relay {
    switch database.disk.keeps {
    case .outbox: OutboxRelay(process: self, database: database)
    case .logMining: LogMiner(process: self, source: database.disk.name, mapping: OrderMining.events, isOfState: true)
    case .events: EventRelay(process: self, database: database)
    }
  }
}

extension ServiceDisk {
  /// The name under which what is published from here knows how far it has come.
  private var reader: String { name }

  /// The events that were committed since it was asked last, oldest first.
  func newEvents() throws -> [Outbox.Mark] {
    guard publishes else { return [] }
    switch keeps {
    case .outbox:
      let marks = try database.read { try Outbox.written(after: lastEvent, $0) }
      if let last = marks.last { lastEvent = last.id }
      return marks
    case .logMining:
      guard database.changeLog?.newest ?? 0 > lastEvent else { return [] }
      let (entries, position) = try mined(after: max(lastEvent, firstChange.change), limit: .max)
      lastEvent = position
      return entries.map(Outbox.Mark.init)
    case .events:
      let (entries, position, _) = try database.read { try OrderPublication.entries(after: lastEvent, limit: .max, $0) }
      lastEvent = position
      return entries.map(Outbox.Mark.init)
    }
  }

  /// How much waits for the relay, and when the oldest of it was committed: events of the outbox or of the store, changes
  /// of the log.
  func waiting() throws -> (count: Int, oldest: Int64?) {
    guard publishes else { return (0, nil) }
    switch keeps {
    case .outbox: return try database.read { try Outbox.depth($0) }
    case .logMining:
      guard let log = database.changeLog else { return (0, nil) }
      let (changes, oldest) = try log.behind(try minedPosition())
      return (Int(changes), oldest)
    case .events: return try database.read { try OrderPublication.waiting(for: reader, $0) }
    }
  }

  /// The oldest events that the relay has not published.
  func unpublished(limit: Int) throws -> [Outbox.Entry] {
    guard publishes else { return [] }
    switch keeps {
    case .outbox: return try database.read { try Outbox.unpublished(after: 0, limit: limit, $0) }
    case .logMining: return try mined(after: try minedPosition(), limit: limit).entries
    case .events:
      return try database.read { database in
        let position = try EventSubscription.position(of: reader, partition: 0, database)
        return try OrderPublication.first(limit, after: position, database)
      }
    }
  }

  private func minedPosition() throws -> Int64 {
    max(firstChange.change, try database.read { try MinerPositions.load(reader, $0) }.change)
  }

  /// What the log says after a position, and how far that was looked at.
  private func mined(after position: Int64, limit: Int) throws -> (entries: [Outbox.Entry], position: Int64) {
    guard let log = database.changeLog else { return ([], position) }
    var miner = ChangeMiner(
      name: reader, log: log, from: MinerPosition(change: position, time: 0), mapping: OrderMining.events)
    guard case .events(let events) = try miner.poll(limit: min(limit, Self.most)) else { return ([], position) }
    miner.acknowledge(events.count)
    return (events.map(\.entry), miner.position.change)
  }

  /// One transaction changes fewer rows that mean something to others.
  private static let most = 4096
}
