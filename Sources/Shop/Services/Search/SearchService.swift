internal import Simulation
internal import TraceModel
internal import Transactions

/// Search: the products as they are asked for, denormalised.
actor SearchService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.search, team: "catalogue", instances: 2, firstPort: 41_911, workers: 16,
    store: StorePlan(connections: 10, tables: SearchView.self, publishes: false),
    reads: [
      Subscription(TopicName.itemChanges, [EventType.priceChanged: "update", EventType.quantityChanged: "update"])
    ], program: { SearchService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    process.rebuilding(SearchView.plan, in: database)
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    if request.route == ProductsInfo.method {
      return try await ProductsInfo.answer(request, from: database, by: process)
    }
    guard request.route == "GET /search" else { return .notFound("search has no \(request.route)") }
    guard let words = request.body.words, !words.isEmpty else {
      return Response(400, body: Payload(reason: "a search has words"))
    }
    var found = Payload()
    found.entries = try await database.find { try SearchView.find(words, $0) }
    found.add(process.freshness(of: SearchView.plan))
    return Response(200, body: found)
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    try await process.follow(delivery, "update", SearchView.plan, in: database, at: .record)
    return .done
  }
}
