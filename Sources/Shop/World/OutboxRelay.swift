internal import EventBus
internal import Simulation
internal import Transactions

/// Publishes what stands in the outbox, in the order of commits, and marks it.
///
/// Each instance has one; the one with the lease works. It wakes after each commit. What was published is marked a
/// little later, several events at once: a crash in between publishes them again, under the same message ids.
final class OutboxRelay: Relay, @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let world: World
  private let signal: Signal
  private(set) var hasLease = false
  private var leaseUntil: Int64 = 0
  /// The last event that this relay has published.
  private var position: Int64 = 0
  private var unmarked: [Int64] = []
  private var markDue: Int64 = 0

  private static let leaseTime: Int64 = 3_000_000_000
  private static let renewal: Int64 = 1_000_000_000
  private static let markInterval: Int64 = 100_000_000
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
        await stepBack()
      } catch {
        // The database or the bus is away. Nothing is lost: the events stand in the outbox.
        try? await world.time.sleep(for: 250_000_000)
      }
    }
  }

  /// The bus is out of reach from here, though perhaps not from another instance: its relay gets the lease when it ends.
  private func stepBack() async {
    if !unmarked.isEmpty { try? await markPublished() }
    hasLease = false
    try? await world.time.sleep(for: Self.leaseTime)
  }

  private func turn() async throws {
    try await keepLease()
    guard hasLease else {
      try await world.time.sleep(for: Self.renewal)
      return
    }
    let (after, limit) = (position, Self.batch)
    let entries = try await database.read { try Outbox.unpublished(after: after, limit: limit, $0) }
    if let last = entries.last {
      let isMarked = process.takes(.markThenPublish)
      if isMarked { try await mark(entries.map(\.id)) }
      try world.crashPoints.pass(.relayHasRead, process.instance)
      await world.crashPoints.sleepIfDue(.overlappingLeases, process.instance)
      try await process.bus.publish(entries, isOfState: true)
      try world.crashPoints.pass(.acknowledged, process.instance)
      position = last.id
      if unmarked.isEmpty { markDue = world.time.now + Self.markInterval }
      if !isMarked { unmarked += entries.map(\.id) }
    }
    if !unmarked.isEmpty, unmarked.count >= Self.batch || world.time.now >= markDue { try await markPublished() }
    if entries.count < Self.batch {
      let next = unmarked.isEmpty ? leaseUntil - Self.leaseTime + Self.renewal : markDue
      await signal.wait(atMost: max(0, next - world.time.now))
    }
  }

  private func markPublished() async throws {
    try await mark(unmarked)
    unmarked = []
  }

  private func mark(_ ids: [Int64]) async throws {
    let now = world.time.now
    let owner = process.instance.name
    let isOwner = try await database.transaction("mark \(ids.count)", isQuiet: true) { database in
      guard try Outbox.isLeased(to: owner, database) else { return false }
      try Outbox.mark(ids, publishedAt: now, database)
      return true
    }
    // It slept through its lease. Whoever has it now publishes all that is not marked, and marks it.
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
    if granted, !hasLease { position = 0 }
    hasLease = granted
    leaseUntil = until
  }
}
