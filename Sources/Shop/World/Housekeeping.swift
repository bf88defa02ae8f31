internal import GRDB
internal import Simulation
internal import Transactions

/// Keeps a service's database small: forgets what is old, finished, and cannot come again.
final class Housekeeping: @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let relay: OutboxRelay?
  private let store: StorePlan
  private let world: World

  private static let interval: Int64 = 5_000_000_000
  private static let keep = Observatory.memory
  private static let keepPublished: Int64 = 30_000_000_000

  init(process: ServiceProcess, database: DatabasePort, relay: OutboxRelay?, store: StorePlan) {
    self.store = store
    self.process = process
    self.database = database
    self.relay = relay
    world = process.world
  }

  func run() async {
    while !process.life.isOver {
      try? await world.time.sleep(for: Self.interval)
      guard isInCharge else { continue }
      let now = world.time.now
      // What is still open may be asked for again, and must then find what it did before.
      let safe = world.horizon() - Self.keep
      let hasInbox = !process.instance.service.plan.reads.isEmpty
      let service = process.instance.service.name
      let stuck = world.transactions.stuckOrders
      let (tables, publishes) = (store.tables, store.publishes)
      if service == ShopPlan.order { FinalJudgement(world: world).judgeOrders(finishedBefore: safe) }
      _ = try? await database.transaction("prune", isQuiet: true) { database in
        if publishes { try Outbox.prune(publishedBefore: now - Self.keepPublished, database) }
        if hasInbox { try Inbox.prune(receivedBefore: safe, database) }
        try tables.prune(finishedBefore: safe, keeping: stuck, database)
      }
      guard let label = tables.roundLabel else { continue }
      let (round, time) = (world.time.elapsed / Self.interval, world.time.now)
      _ = try? await database.transaction(label, isQuiet: true) { try tables.everyRound(round, now: time, $0) }
    }
  }

  /// One instance of a service does the work: the one that publishes, or the first that is up.
  private var isInCharge: Bool {
    relay?.hasLease ?? (process.instance.service.instances.first(where: \.isUp) === process.instance)
  }
}
