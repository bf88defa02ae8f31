internal import EventBus
internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Recommendations: what those who bought one thing bought next.
///
/// They are learnt from what became of the rows of order, which every kind of saga ends in: an order counts from when it
/// has gone through until it is given back.
actor RecommendationService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.recommendation, team: "web", instances: 2, firstPort: 41_901, workers: 16,
    store: StorePlan(connections: 10, tables: RecommendationTables.self, publishes: false),
    reads: [Subscription(TopicName.orderChanges, [EventType.orderChanged: "learn"])],
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
    let (process, change, now) = (process, delivery.payload, world.time.now)
    guard let saga = change.saga, let state = change.state, let purchase = RecommendationTables.Purchase(change) else {
      throw UnreadableRecord(topic: delivery.topic, partition: delivery.partition, offset: delivery.record.offset)
    }
    // As long as nothing is decided there is nothing to learn.
    guard !SagaKind.isFirst(state) else {
      delivery.span.succeed()
      return .done
    }
    let forgets = !saga.isGood(state) && !process.leavesOut(.unlearning)
    let tell = { @Sendable [world] (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction("learn", isQuiet: true, at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      if saga.isGood(state) {
        try RecommendationTables.learn(purchase, now: now, database)
      } else if forgets {
        try RecommendationTables.unlearn(purchase, database)
      }
      return true
    }
    return .done
  }
}
