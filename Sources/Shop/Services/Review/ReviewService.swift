internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Reviews: what customers think of products, by call or by message. Each that is written is handed back to the legacy shop
/// by message, and those that are written there still are taken in.
actor ReviewService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.review, team: "web", instances: 2, firstPort: 41_881, workers: 16,
    store: StorePlan(connections: 10, tables: ReviewTables.self),
    reads: [
      Subscription(TopicName.legacyEvents, [EventType.legacyReviewWritten: "take review in"]),
      Subscription(TopicName.reviews, [EventType.reviewSubmitted: "write review"]),
    ],
    program: { ReviewService($0) })

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
    let body = request.body
    switch request.route {
    case "GET /reviews/{sku}":
      let sku = request.argument
      return Response(200, body: try await database.read { try ReviewTables.summary(of: sku, $0) })
    case "POST /reviews", "POST /sandbox/reviews":
      guard let sku = body.sku, let stars = body.stars, (1...5).contains(stars) else {
        return Response(400, body: Payload(reason: "a review has a sku and 1 to 5 stars"))
      }
      // In the sandbox it is checked, and forgotten.
      guard request.route == "POST /reviews" else { return Response(201) }
      // Whoever sends it again, because the answer was lost, has written one review.
      try await write(
        ReviewTables.Review(
          id: context.gtxid.hex, sku: sku, user: request.user, stars: stars, words: body.words ?? "",
          written: world.time.now), context)
      return Response(201)
    case "GET /sandbox/reviews/written/{gtxid}":
      guard GTXID(request.argument) != nil else { return .notFound("\(request.argument) is no GTXID") }
      return Response(200, body: Payload(state: Self.written, step: "sandbox"))
    case "GET /reviews/written/{gtxid}":
      let id = request.argument
      guard let review = try await database.read({ try ReviewTables.review(id, $0) }), review.user == request.user
      else {
        return .notFound("no review of yours is written under \(id); it may be on its way")
      }
      var answer = review.payload
      answer.state = Self.written
      return Response(200, body: answer)
    default: return .notFound("review has no \(request.route)")
    }
  }

  static let written = "WRITTEN"

  private func write(_ review: ReviewTables.Review, _ context: TraceContext) async throws {
    let process = process
    try await database.transaction("review") { try Self.write(review, context, process, $0) }
  }

  /// Writes a review, and tells the legacy shop of it.
  private static func write(
    _ review: ReviewTables.Review, _ context: TraceContext, _ process: ServiceProcess, _ database: Database
  ) throws {
    guard try ReviewTables.add(review, isOwn: true, database), process.tellsOtherShop else { return }
    // With how many it has taken by now, so that the legacy shop sees whether it knows them all.
    let taken = try ReviewTables.taken(of: review.sku, byOwn: true, database)
    var result = review.payload
    result.quantity = taken.reviews
    result.sum = taken.stars
    try process.write(
      .legacy(EventType.reviewHandedBack, key: review.sku, result, context: context, process: process), database)
  }

  func handle(_ delivery: Delivery) async throws -> Handling {
    if delivery.type == EventType.reviewSubmitted {
      try await take(delivery)
    } else {
      try await takeIn(delivery)
    }
    return .done
  }

  /// A review that came as a message: its transaction is over with it.
  private func take(_ delivery: Delivery) async throws {
    let (process, world) = (process, world)
    var review = ReviewTables.Review(delivery.payload, id: delivery.context.gtxid.hex)
    review.written = world.time.now
    let tell = { @Sendable (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
      world.transactions.decidedAtOnce(delivery.context.gtxid, .committed, order: "", reason: "")
    }
    let new = review
    _ = try await database.transaction("review", at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      try Self.write(new, delivery.context, process, database)
      return true
    }
  }

  /// A review that was written in the legacy shop.
  private func takeIn(_ delivery: Delivery) async throws {
    let (process, world) = (process, world)
    let review = ReviewTables.Review(delivery.payload, id: delivery.context.gtxid.hex)
    let tell = { @Sendable (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction(delivery.type, isQuiet: true, at: .record, onCommit: tell) { database in
      guard try process.accept(delivery, database) else { return false }
      _ = try ReviewTables.add(review, isOwn: false, database)
      return true
    }
  }
}
