internal import EventBus
internal import GRDB
internal import Simulation
internal import Transactions

/// Subscribes to a service's own event store and publishes what concerns others, in the order of commits, then stores
/// how far it has come. A crash in between publishes them again, under the same message ids.
final class EventRelay: Relay, @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let world: World
  private let signal: Signal
  private(set) var hasLease = false
  private var leaseUntil: Int64 = 0
  /// The last event that this relay has published or passed over; nil when another may be further on.
  private var position: Int64?

  private static let leaseTime: Int64 = 3_000_000_000
  private static let renewal: Int64 = 1_000_000_000
  private static let batch = 64

  init(process: ServiceProcess, database: DatabasePort) {
    self.process = process
    self.database = database
    world = process.world
    signal = Signal(on: world.time)
    let life = process.life
    database.disk.listen { [signal] in
      guard !life.isOver else { return false }
      signal.set()
      return true
    }
  }

  func run() async {
    while !process.life.isOver {
      do {
        try await turn()
      } catch is InstanceCrashed {
        return
      } catch is BusError {
        // Out of reach from here, though perhaps not from another instance: its relay gets the lease when it ends.
        (hasLease, position) = (false, nil)
        try? await world.time.sleep(for: Self.leaseTime)
      } catch {
        // The database or the bus is away. Nothing is lost: the events stand in the store.
        position = nil
        try? await world.time.sleep(for: 250_000_000)
      }
    }
  }

  private func turn() async throws {
    try await keepLease()
    guard hasLease else {
      try await world.time.sleep(for: Self.renewal)
      return
    }
    let (name, known) = (database.disk.name, position)
    let (entries, through, hasMore) = try await database.read { database in
      let position = try known ?? EventSubscription.position(of: name, partition: 0, database)
      return try OrderPublication.entries(after: position, limit: Self.batch, database)
    }
    if !entries.isEmpty {
      try world.crashPoints.pass(.relayHasRead, process.instance)
      await world.crashPoints.sleepIfDue(.overlappingLeases, process.instance)
      try await process.bus.publish(entries, isOfState: true)
      try world.crashPoints.pass(.acknowledged, process.instance)
    }
    if through != position { try await store(through) }
    // Another commit may have come meanwhile; then the signal is set.
    if !hasMore {
      await signal.wait(atMost: max(0, leaseUntil - Self.leaseTime + Self.renewal - world.time.now))
    }
  }

  private func store(_ through: Int64) async throws {
    let (name, owner) = (database.disk.name, process.instance.name)
    let isOwner = try await database.transaction("published", isQuiet: true) { database in
      guard try Outbox.isLeased(to: owner, database) else { return false }
      try EventSubscription.advance(name, partition: 0, to: through, database)
      return true
    }
    // It slept through its lease. Whoever has it now publishes all that follows its own position.
    position = isOwner ? through : nil
    if !isOwner { hasLease = false }
  }

  private func keepLease() async throws {
    let now = world.time.now
    guard !hasLease || now >= leaseUntil - Self.leaseTime + Self.renewal else { return }
    let owner = process.instance.name
    let until = now + Self.leaseTime
    let granted = try await database.transaction("lease", isQuiet: true) {
      try Outbox.lease(to: owner, now: now, until: until, $0)
    }
    if !granted || !hasLease { position = nil }
    hasLease = granted
    leaseUntil = until
  }
}
