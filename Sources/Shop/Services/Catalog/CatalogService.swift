internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Catalog: how products are shown, and in which variants they can be bought. It learns from item what sellers ask, and as
/// the legacy shop has no queue for that, it puts what it shows into that shop's table itself.
actor CatalogService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.catalog, team: "catalogue", instances: 2, firstPort: 41_851, workers: 16,
    store: StorePlan(connections: 10, tables: CatalogTables.self, publishes: false),
    reads: [
      Subscription(
        TopicName.itemChanges, [EventType.priceChanged: "show price", EventType.optionsPriced: "show options"])
    ],
    program: { CatalogService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let database: DatabasePort
  private let legacy: DatabasePort
  private let cache: StoreCache?

  init(_ process: ServiceProcess) {
    guard let disk = process.world.disk(of: ShopPlan.legacy) else {
      preconditionFailure("the legacy shop keeps a database")
    }
    self.process = process
    database = process.ownDatabase
    legacy = DatabasePort(
      disk: disk, instance: process.instance, life: process.life, lives: process.number, connections: 2,
      bus: process.bus, purpose: "legacy-database")
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

  /// Its own table first. What comes again after a crash in between is no news to it, and may be to the legacy shop.
  func handle(_ delivery: Delivery) async throws -> Handling {
    let (change, world, handsBack) = (delivery.payload, process.world, process.tellsOtherShop)
    let tell = { @Sendable (isNews: Bool) in
      guard isNews else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    let tellOwn = { @Sendable (isNews: Bool) in if !handsBack { tell(isNews) } }
    let isPrice = delivery.type == EventType.priceChanged
    _ = try await database.transaction(
      isPrice ? "show price" : "show options", isQuiet: true, at: .record, onCommit: tellOwn
    ) {
      try CatalogTables.reprice(change, $0)
    }
    guard handsBack else { return .done }
    let tellBoth = { @Sendable (isNews: Bool) in
      tell(isNews)
      guard isNews else { return }
      world.strangler[.catalog].handedBack += 1
      world.strangler[.catalog].takenIn += 1
    }
    _ = try await legacy.transaction(
      isPrice ? "price of catalog" : "options of catalog", isQuiet: true, onCommit: tellBoth
    ) {
      try LegacyTables.reprice(change, $0)
    }
    return .done
  }
}

/// The catalog service's database.
enum CatalogTables: ServiceTables {
  static let schema = """
    CREATE TABLE product(
      sku TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      words TEXT NOT NULL,
      position INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE option(
      sku TEXT NOT NULL,
      title TEXT NOT NULL,
      price INTEGER NOT NULL,
      position INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY(sku, title)) WITHOUT ROWID;
    """

  static func fill(_ database: Database) throws {
    for product in Product.all {
      try database.run(
        "INSERT INTO product(sku, title, price, words) VALUES (?, ?, ?, ?)",
        [product.sku, product.title, product.price, "A \(product.title), made to be used every day."])
      for option in Product.options(at: product.price) {
        try database.run(
          "INSERT INTO option(sku, title, price) VALUES (?, ?, ?)", [product.sku, option.title, option.price])
      }
    }
  }

  /// Shows another price, or other prices of the options; false when newer ones are shown already, or these.
  static func reprice(_ change: Payload, _ database: Database) throws -> Bool {
    if let options = change.entries { return try reprice(options, of: change, database) }
    guard let sku = change.sku, let price = change.price, let position = change.position else { return false }
    try database.run(
      "UPDATE product SET price = ?, position = ? WHERE sku = ? AND position < ?", [price, position, sku, position])
    return database.changesCount > 0
  }

  private static func reprice(_ options: [Payload], of change: Payload, _ database: Database) throws -> Bool {
    guard let sku = change.sku, let position = change.position else { return false }
    var isNews = false
    for option in options {
      guard let title = option.title, let price = option.price else { continue }
      try database.run(
        "UPDATE option SET price = ?, position = ? WHERE sku = ? AND title = ? AND position < ?",
        [price, position, sku, title, position])
      isNews = isNews || database.changesCount > 0
    }
    return isNews
  }

  /// What is asked for each option of each product.
  static func options(_ database: Database) throws -> [(sku: String, title: String, asked: Int64)] {
    try database.all("SELECT sku, title, price FROM option ORDER BY sku, title", []) {
      ($0.value(0), $0.value(1), $0.value(2))
    }
  }

  static func shownPrices(_ database: Database) throws -> [(sku: String, price: Int64)] {
    try database.all("SELECT sku, price FROM product ORDER BY sku", []) { ($0.value(0), $0.value(1)) }
  }

  /// What is shown of each product, with the position of the change that it came of.
  static func prices(_ database: Database) throws -> [(sku: String, words: String)] {
    try database.all("SELECT sku, price, position FROM product ORDER BY sku", []) { row in
      (row.value(0), "\(row.value(1) as Int64) KRW of change \(row.value(2) as Int64)")
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
