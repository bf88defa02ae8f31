internal import EventBus
internal import GRDB
internal import Simulation
internal import Transactions

/// Subscribes to a service's own event store and publishes what concerns others.
final class EventRelay: Relay, @unchecked Sendable {
  let process: ServiceProcess
  let lease: RelayLease
  let commits: Signal
  private let database: DatabasePort
  /// The last event that this relay has published or passed over; nil when another may be further on.
  private var position: Int64?

  init(process: ServiceProcess, database: DatabasePort) {
    self.process = process
    self.database = database
    lease = RelayLease(process: process, database: database)
    commits = process.commits(on: database.disk)
  }

  func publish() async throws -> Int64? {
    let (name, known, crashPoints) = (database.disk.name, position, process.world.crashPoints)
    let (entries, through, hasMore) = try await database.read { database in
      let position = try known ?? EventSubscription.position(of: name, partition: 0, database)
      return try OrderPublication.entries(after: position, limit: Self.batch, database)
    }
    if !entries.isEmpty {
      try crashPoints.pass(.relayHasRead, process.instance)
      await crashPoints.sleepIfDue(.overlappingLeases, process.instance)
      try await process.bus.publish(entries, isOfState: true, by: lease.producer)
      try crashPoints.pass(.acknowledged, process.instance)
    }
    if through != position { try await store(through) }
    return hasMore ? nil : lease.renewalDue
  }

  func startOver() { position = nil }

  private func store(_ through: Int64) async throws {
    let name = database.disk.name
    let isOwner = try await lease.transaction("published") { database in
      try EventSubscription.advance(name, partition: 0, to: through, database)
    }
    // Whoever has the lease now publishes all that follows its own position.
    position = isOwner ? through : nil
  }
}
