internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Keeps the order history: mines the rows of order and customer, publishes what became of them, and brings the view up
/// to date with what is published; rebuilds it beside the one that serves. Nobody asks it anything.
actor HistoryUpdater: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.historyUpdater, team: "orders", instances: 2, firstPort: 41_951, workers: 8,
    store: StorePlan(connections: 6, tables: HistoryView.self, publishes: false),
    reads: [
      Subscription(TopicName.orderChanges, [EventType.orderChanged: "project"]),
      Subscription(TopicName.customerChanges, [EventType.customerChanged: "project"]),
    ],
    publishesDirectly: true, program: { HistoryUpdater($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let orders = LogMiner(process: process, source: ShopPlan.order, mapping: OrderChange.events)
    process.life.spawn { await orders.run() }
    let customers = LogMiner(process: process, source: ShopPlan.customer, mapping: CustomerSegment.events)
    process.life.spawn { await customers.run() }
    process.rebuilding(HistoryView.plan, in: database)
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    .notFound("\(ShopPlan.historyUpdater) has no \(request.route)")
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    try await process.follow(delivery, "project", HistoryView.plan, in: database, at: .view)
    return .done
  }
}
