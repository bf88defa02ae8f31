internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Recommendations: what those who bought one thing bought next, learnt from orders that were paid.
actor RecommendationService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.recommendation, team: "web", instances: 2, firstPort: 41_901, workers: 16,
    store: StorePlan(connections: 10, tables: RecommendationTables.self, publishes: false),
    reads: [Subscription(TopicName.order, [EventType.paymentComplete: "learn"])],
    program: { RecommendationService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /recommendations/{sku}" else {
      return .notFound("recommendation has no \(request.route)")
    }
    let sku = request.argument
    var answer = Payload(sku: sku)
    answer.entries = try await database.read { try RecommendationTables.next(after: sku, $0) }
    return Response(200, body: answer)
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    let (process, order) = (process, delivery.payload)
    let tell = { @Sendable [world] (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction("learn", isQuiet: true, at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      try RecommendationTables.learn(user: order.user ?? "", bought: order.sku ?? "", database)
      return true
    }
    return .done
  }
}

/// The recommendation service's database.
enum RecommendationTables: ServiceTables {
  static let schema =
    Inbox.schema + """
      CREATE TABLE latest(user TEXT PRIMARY KEY, sku TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE pair(
        sku TEXT NOT NULL,
        next TEXT NOT NULL,
        orders INTEGER NOT NULL,
        PRIMARY KEY(sku, next)) WITHOUT ROWID;
      """

  static func learn(user: String, bought sku: String, _ database: Database) throws {
    let before: String? = try database.first("SELECT sku FROM latest WHERE user = ?", [user]) { $0.value(0) }
    try database.run(
      "INSERT INTO latest(user, sku) VALUES (?, ?) ON CONFLICT(user) DO UPDATE SET sku = excluded.sku", [user, sku])
    guard let before, before != sku else { return }
    try database.run(
      """
      INSERT INTO pair(sku, next, orders) VALUES (?, ?, 1)
      ON CONFLICT(sku, next) DO UPDATE SET orders = orders + 1
      """, [before, sku])
  }

  /// The three most frequent.
  static func next(after sku: String, _ database: Database) throws -> [Payload] {
    try database.all("SELECT next, orders FROM pair WHERE sku = ? ORDER BY orders DESC, next LIMIT 3", [sku]) { row in
      Payload(sku: row.value(0), quantity: row.value(1))
    }
  }
}
