internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Carts: what each customer has put aside, to be ordered or forgotten.
actor CartService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.cart, team: "web", instances: 2, firstPort: 41_861, workers: 16,
    store: StorePlan(connections: 10, tables: CartTables.self, publishes: false), program: { CartService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let (user, now) = (request.user, world.time.now)
    switch request.route {
    case "GET /carts":
      var cart = Payload(user: user)
      cart.entries = try await database.read { try CartTables.lines(of: user, $0) }
      return Response(200, body: cart)
    case "POST /carts", "POST /sandbox/carts":
      guard let sku = request.body.sku, let quantity = request.body.quantity, quantity > 0 else {
        return Response(400, body: Payload(reason: "a line of a cart has a sku and a quantity over 0"))
      }
      // In the sandbox it is checked, and forgotten.
      guard request.route == "POST /carts" else { return Response(204) }
      try await database.transaction("put", isQuiet: true) {
        try CartTables.put(sku, quantity, into: user, now: now, $0)
      }
      return Response(204)
    default: return .notFound("cart has no \(request.route)")
    }
  }
}

/// The cart service's database.
enum CartTables: ServiceTables {
  static let schema = """
    CREATE TABLE line(
      user TEXT NOT NULL,
      sku TEXT NOT NULL,
      quantity INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      PRIMARY KEY(user, sku)) WITHOUT ROWID;
    """

  /// Nobody carries more than so many of one thing.
  private static let most = 99

  static func put(_ sku: String, _ quantity: Int64, into user: String, now: Int64, _ database: Database) throws {
    try database.run(
      """
      INSERT INTO line(user, sku, quantity, changed) VALUES (?, ?, min(?, ?), ?)
      ON CONFLICT(user, sku) DO UPDATE SET quantity = min(quantity + excluded.quantity, ?), changed = excluded.changed
      """, [user, sku, quantity, most, now, most])
  }

  /// The newest first, five at most.
  static func lines(of user: String, _ database: Database) throws -> [Payload] {
    try database.all(
      "SELECT sku, quantity FROM line WHERE user = ? ORDER BY changed DESC, sku LIMIT 5", [user]
    ) { Payload(sku: $0.value(0), quantity: $0.value(1)) }
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM line WHERE changed < ?", [time])
  }
}
