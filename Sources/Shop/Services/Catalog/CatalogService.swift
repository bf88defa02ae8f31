internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Catalog: how products are shown, and in which variants they can be bought.
actor CatalogService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.catalog, team: "catalogue", instances: 2, firstPort: 41_851, workers: 16,
    store: StorePlan(connections: 10, tables: CatalogTables.self, publishes: false), program: { CatalogService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let database: DatabasePort
  private let cache: StoreCache?

  init(_ process: ServiceProcess) {
    guard let database = process.database else { preconditionFailure("the catalog service keeps a database") }
    self.database = database
    if process.world.settings.topology.cachesProducts {
      process.cache = StoreCache(capacity: 500, timeToLive: 60_000_000_000, on: process.world.time)
    }
    cache = process.cache
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /products/{sku}" else { return .notFound("catalog has no \(request.route)") }
    let sku = request.argument
    let database = database
    let load: @Sendable () async throws -> Payload? = {
      try await database.read { try CatalogTables.product(sku, $0) }
    }
    let found = if let cache { try await cache.value(sku, load: load) } else { try await load() }
    guard let product = found else {
      return .notFound("there is no product \(sku)")
    }
    return Response(200, body: product)
  }
}

/// The catalog service's database.
enum CatalogTables: ServiceTables {
  static let schema = """
    CREATE TABLE product(
      sku TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      words TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE option(
      sku TEXT NOT NULL,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      PRIMARY KEY(sku, title)) WITHOUT ROWID;
    """

  static func fill(_ database: Database) throws {
    for product in Product.all {
      try database.run(
        "INSERT INTO product(sku, title, price, words) VALUES (?, ?, ?, ?)",
        [product.sku, product.title, product.price, "A \(product.title), made to be used every day."])
      for (title, share) in [("gift wrapped", Int64(20)), ("with five years' warranty", 10)] {
        try database.run(
          "INSERT INTO option(sku, title, price) VALUES (?, ?, ?)", [product.sku, title, product.price / share])
      }
    }
  }

  static func product(_ sku: String, _ database: Database) throws -> Payload? {
    let found = try database.first("SELECT title, price, words FROM product WHERE sku = ?", [sku]) { row in
      var product = Payload(sku: sku)
      product.title = row.value(0)
      product.price = row.value(1)
      product.words = row.value(2)
      return product
    }
    guard var product = found else { return nil }
    product.entries = try database.all("SELECT title, price FROM option WHERE sku = ? ORDER BY title", [sku]) { row in
      var option = Payload()
      option.title = row.value(0)
      option.price = row.value(1)
      return option
    }
    return product
  }
}
