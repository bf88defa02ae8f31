internal import EventBus
internal import Simulation
internal import TraceModel
internal import Transactions

/// The order history as it is asked for: a customer with its newest orders, and how far they may be behind. It only reads.
actor HistoryService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.history, team: "orders", instances: 2, firstPort: 41_961, workers: 16,
    store: StorePlan(connections: 10, tables: HistoryView.self, publishes: false, owner: ShopPlan.historyUpdater),
    program: { HistoryService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private static let shown = 10

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the order history reads a database") }
    self.database = database
    self.process = process
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /history" else { return .notFound("\(ShopPlan.history) has no \(request.route)") }
    let (user, limit) = (request.user, Self.shown)
    var answer = Payload(user: user)
    let (customer, orders) = try await database.find { try HistoryView.read(user, limit: limit, $0) }
    answer.entries = orders
    // How far it is in the view is told for all of it together.
    answer.customer = customer?.withoutPositions
    answer.add(process.freshness(of: HistoryView.plan))
    world.counters.historyReads += 1
    // A customer who has just ordered says with which transaction.
    if let own = request.body.transaction {
      let isStale = !orders.contains { $0.transaction == own }
      answer.isStale = isStale
      if isStale { world.counters.staleHistoryReads += 1 }
    }
    return Response(200, body: answer)
  }
}
