internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Reviews: what customers think of products.
actor ReviewService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.review, team: "web", instances: 2, firstPort: 41_881, workers: 16,
    store: StorePlan(connections: 10, tables: ReviewTables.self, publishes: false), program: { ReviewService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the review service keeps a database") }
    self.database = database
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let (body, now) = (request.body, world.time.now)
    switch request.route {
    case "GET /reviews/{sku}":
      let sku = request.argument
      return Response(200, body: try await database.read { try ReviewTables.summary(of: sku, $0) })
    case "POST /reviews":
      guard let sku = body.sku, let stars = body.stars, (1...5).contains(stars) else {
        return Response(400, body: Payload(reason: "a review has a sku and 1 to 5 stars"))
      }
      // Whoever sends it again, because the answer was lost, has written one review.
      let id = context.gtxid.hex
      try await database.transaction("review", isQuiet: true) {
        try ReviewTables.add(
          id, sku: sku, user: request.user, stars: stars, words: body.words ?? "", now: now, $0)
      }
      return Response(201)
    default: return .notFound("review has no \(request.route)")
    }
  }
}

/// The review service's database.
enum ReviewTables: ServiceTables {
  static let schema = """
    CREATE TABLE review(
      id TEXT PRIMARY KEY,
      sku TEXT NOT NULL,
      user TEXT NOT NULL,
      stars INTEGER NOT NULL,
      words TEXT NOT NULL,
      written INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX review_sku ON review(sku, written);
    CREATE TABLE score(sku TEXT PRIMARY KEY, reviews INTEGER NOT NULL, stars INTEGER NOT NULL) WITHOUT ROWID;
    """

  static func add(
    _ id: String, sku: String, user: String, stars: Int64, words: String, now: Int64, _ database: Database
  ) throws {
    try database.run(
      "INSERT OR IGNORE INTO review(id, sku, user, stars, words, written) VALUES (?, ?, ?, ?, ?, ?)",
      [id, sku, user, stars, words, now])
    guard database.changesCount > 0 else { return }
    try database.run(
      """
      INSERT INTO score(sku, reviews, stars) VALUES (?, 1, ?)
      ON CONFLICT(sku) DO UPDATE SET reviews = reviews + 1, stars = stars + excluded.stars
      """, [sku, stars])
  }

  /// How many there are, their mean, and the three newest.
  static func summary(of sku: String, _ database: Database) throws -> Payload {
    var summary = Payload(sku: sku)
    let score = try database.first("SELECT reviews, stars FROM score WHERE sku = ?", [sku]) { row in
      (reviews: row.value(0) as Int64, stars: row.value(1) as Int64)
    }
    if let score {
      summary.quantity = score.reviews
      summary.stars = (score.stars + score.reviews / 2) / score.reviews
    }
    summary.entries = try database.all(
      "SELECT user, stars, words FROM review WHERE sku = ? ORDER BY written DESC, id LIMIT 3", [sku]
    ) { row in
      var review = Payload(user: row.value(0))
      review.stars = row.value(1)
      review.words = row.value(2)
      return review
    }
    return summary
  }

  /// The scores stay.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM review WHERE written < ?", [time])
  }
}
