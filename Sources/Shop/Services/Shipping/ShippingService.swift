internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Shipping: when a parcel can be there, and what it costs.
actor ShippingService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.shipping, team: "logistics", instances: 2, firstPort: 41_891, workers: 16,
    store: StorePlan(connections: 10, tables: ShippingTables.self, publishes: false), program: { ShippingService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the shipping service keeps a database") }
    self.database = database
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /quotes/{sku}" else { return .notFound("shipping has no \(request.route)") }
    let sku = request.argument
    guard let quote = try await database.read({ try ShippingTables.quote(for: sku, $0) }) else {
      return .notFound("there is no product \(sku)")
    }
    return Response(200, body: quote)
  }
}

/// The shipping service's database: in which class each product travels.
enum ShippingTables: ServiceTables {
  static let schema = """
    CREATE TABLE class(name TEXT PRIMARY KEY, price INTEGER NOT NULL, days INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE parcel(sku TEXT PRIMARY KEY, class TEXT NOT NULL REFERENCES class(name)) WITHOUT ROWID;
    """

  static func fill(_ database: Database) throws {
    for (name, price, days) in [("letter", Int64(2_000), Int64(1)), ("parcel", 3_500, 2), ("freight", 24_000, 5)] {
      try database.run("INSERT INTO class(name, price, days) VALUES (?, ?, ?)", [name, price, days])
    }
    for product in Product.all {
      let name = product.price < 20_000 ? "letter" : product.price < 70_000 ? "parcel" : "freight"
      try database.run("INSERT INTO parcel(sku, class) VALUES (?, ?)", [product.sku, name])
    }
  }

  static func quote(for sku: String, _ database: Database) throws -> Payload? {
    try database.first(
      "SELECT name, price, days FROM parcel JOIN class ON class.name = parcel.class WHERE sku = ?", [sku]
    ) { row in
      var quote = Payload(sku: sku)
      quote.title = row.value(0)
      quote.price = row.value(1)
      quote["days"] = .number(row.value(2))
      return quote
    }
  }
}
