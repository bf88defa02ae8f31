internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Keeps the order history: mines order's rows, publishes what became of them, and brings the view up to date with what
/// is published; rebuilds it beside the one that serves. Nobody asks it anything.
///
/// The view is written first, and then the offset is committed that says how far it has come: a change that comes again
/// after a crash in between is no news to its document.
actor HistoryUpdater: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.historyUpdater, team: "orders", instances: 2, firstPort: 41_951, workers: 8,
    store: StorePlan(connections: 6, tables: HistoryTables.self, publishes: false),
    reads: [Subscription(TopicName.orderChanges, [EventType.orderChanged: "project"])],
    publishesDirectly: true, program: { HistoryUpdater($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let miner = LogMiner(process: process, source: ShopPlan.order, mapping: OrderChange.events)
    process.life.spawn { await miner.run() }
    let own = ShopJobs.jobs(of: ShopPlan.historyUpdater, world)
    let jobs = BatchWorker(process: process, database: database, jobs: own) { job in
      if job == HistoryRebuild.name { try process.world.crashPoints.pass(.rebuilding, process.instance) }
    }
    process.life.spawn { await jobs.run() }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    .notFound("\(ShopPlan.historyUpdater) has no \(request.route)")
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    let (change, isBlind) = (delivery.payload, world.makes(.viewWithoutVersions, at: ShopPlan.historyUpdater))
    let tell = { @Sendable [world] (isNews: Bool) in
      guard isNews else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction("project", isQuiet: true, at: .view, onCommit: tell) { database in
      if let shadow = try HistoryTables.shadow(database) {
        try HistoryTables.put(change, into: shadow, isBlind: isBlind, database)
      }
      return try HistoryTables.put(change, into: HistoryTables.live(database), isBlind: isBlind, database)
    }
    return .done
  }
}
