internal import EventBus
internal import Simulation
internal import Transactions

/// Publishes what stands in the outbox, and marks it a little later, several events at once.
final class OutboxRelay: Relay, @unchecked Sendable {
  let process: ServiceProcess
  let lease: RelayLease
  let commits: Signal
  private let database: DatabasePort
  /// The last event that this relay has published.
  private var position: Int64 = 0
  private var unmarked: [Int64] = []
  private var markDue: Int64 = 0

  private static let markInterval: Int64 = 100_000_000

  init(process: ServiceProcess, database: DatabasePort) {
    self.process = process
    self.database = database
    lease = RelayLease(process: process, database: database)
    commits = process.commits(on: database.disk)
  }

  func publish() async throws -> Int64? {
    let (after, limit, world) = (position, Self.batch, process.world)
    let entries = try await database.read { try Outbox.unpublished(after: after, limit: limit, $0) }
    if let last = entries.last {
      let isMarked = process.takes(.markThenPublish)
      if isMarked { try await mark(entries.map(\.id)) }
      try world.crashPoints.pass(.relayHasRead, process.instance)
      await world.crashPoints.sleepIfDue(.overlappingLeases, process.instance)
      try await process.bus.publish(entries, isOfState: true, by: lease.producer)
      try world.crashPoints.pass(.acknowledged, process.instance)
      position = last.id
      if unmarked.isEmpty { markDue = world.time.now + Self.markInterval }
      if !isMarked { unmarked += entries.map(\.id) }
    }
    if !unmarked.isEmpty, unmarked.count >= Self.batch || world.time.now >= markDue { try await markPublished() }
    guard entries.count < Self.batch else { return nil }
    return unmarked.isEmpty ? lease.renewalDue : markDue
  }

  /// What is published and not yet marked is passed over.
  func startOver() { position = unmarked.last ?? 0 }

  func stepBack() async {
    if !unmarked.isEmpty { try? await markPublished() }
  }

  private func markPublished() async throws {
    try await mark(unmarked)
    unmarked = []
  }

  private func mark(_ ids: [Int64]) async throws {
    let now = process.world.time.now
    // Without the lease there is nothing to do: whoever has it now publishes all that is not marked, and marks it.
    _ = try await lease.transaction("mark \(ids.count)") { try Outbox.mark(ids, publishedAt: now, $0) }
  }
}
