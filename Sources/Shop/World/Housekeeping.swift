internal import GRDB
internal import Simulation
internal import Transactions

/// Keeps a service's database small: forgets what is old, finished, and cannot come again.
final class Housekeeping: @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let relay: OutboxRelay
  private let world: World

  private static let interval: Int64 = 5_000_000_000
  private static let keep = Observatory.memory
  private static let keepPublished: Int64 = 30_000_000_000

  init(process: ServiceProcess, database: DatabasePort, relay: OutboxRelay) {
    self.process = process
    self.database = database
    self.relay = relay
    world = process.world
  }

  func run() async {
    while !process.life.isOver {
      try? await world.time.sleep(for: Self.interval)
      guard relay.hasLease else { continue }
      let now = world.time.now
      // What is still open may be asked for again, and must then find what it did before.
      let safe = world.horizon() - Self.keep
      let service = process.instance.service.name
      let stuck = world.transactions.stuckOrders
      if service == ShopPlan.order { FinalJudgement(world: world).judgeOrders(finishedBefore: safe) }
      _ = try? await database.transaction("prune", isQuiet: true, at: .prune) { database in
        try Outbox.prune(publishedBefore: now - Self.keepPublished, database)
        try Inbox.prune(receivedBefore: safe, database)
        if service == ShopPlan.order { try OrderTables.prune(finishedBefore: safe, keeping: stuck, database) }
        if service == ShopPlan.inventory { try InventoryTables.prune(finishedBefore: safe, keeping: stuck, database) }
      }
      if service == ShopPlan.inventory {
        let sequence = world.time.elapsed / Self.interval
        _ = try? await database.transaction("restock", isQuiet: true) {
          try InventoryTables.restock(round: sequence, $0)
        }
      }
    }
  }
}
