internal import GRDB
internal import Simulation
internal import TraceModel
internal import Transactions

/// Search: the products as they are asked for, denormalised.
actor SearchService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.search, team: "catalogue", instances: 2, firstPort: 41_911, workers: 16,
    store: StorePlan(connections: 10, tables: SearchTables.self, publishes: false),
    reads: [
      Subscription(TopicName.itemChanges, [EventType.priceChanged: "update", EventType.quantityChanged: "update"])
    ], program: { SearchService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    if request.route == ProductsInfo.method { return try await ProductsInfo.answer(request, from: database, world) }
    guard request.route == "GET /search" else { return .notFound("search has no \(request.route)") }
    guard let words = request.body.words, !words.isEmpty else {
      return Response(400, body: Payload(reason: "a search has words"))
    }
    var found = Payload()
    found.entries = try await database.read { try SearchTables.find(words, $0) }
    found.add(world.searchFreshness())
    return Response(200, body: found)
  }

  /// A document store changes one document at a time, and keeps no inbox beside it: what is older than the document says
  /// nothing new.
  func handle(_ delivery: Delivery) async throws -> Handling {
    let change = delivery.payload
    let tell = { @Sendable [world] (isNew: Bool) in
      guard isNew else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.transaction("update", isQuiet: true, at: .record, onCommit: tell) {
      try SearchTables.update(change, $0)
    }
    return .done
  }
}

/// The search service's documents: JSON, one for each product.
enum SearchTables: ServiceTables {
  static let schema = """
    CREATE TABLE document(id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX document_title ON document(json ->> 'title');
    """

  /// The fields that a change names; false when the document knows as much already.
  static func update(_ change: Payload, _ database: Database) throws -> Bool {
    guard let sku = change.sku, let position = change.position else { return false }
    // Price and quantity come from two tables, each with an order of its own.
    let field = change.price == nil ? "quantity" : "price"
    guard let value = change.price ?? change.quantity else { return false }
    try database.run(
      """
      UPDATE document SET json = json_set(json, '$.\(field)', ?, '$.\(field)_position', ?)
      WHERE id = ? AND coalesce(json ->> '$.\(field)_position', 0) < ?
      """, [value, position, sku, position])
    return database.changesCount > 0
  }

  static func fill(_ database: Database) throws {
    for product in Product.all {
      var document = Payload(sku: product.sku)
      document.title = product.title
      document.price = product.price
      document.quantity = product.level
      document["seller"] = .text(product.seller)
      try database.run(
        "INSERT INTO document(id, json) VALUES (?, ?)", [product.sku, String(decoding: document.json, as: UTF8.self)])
    }
  }

  /// How many documents there are; 0 where nobody can look.
  static func count(in database: ServiceDatabase?) -> Int64 {
    (try? database?.read { try $0.number("SELECT count(*) FROM document") }) ?? 0
  }

  static func product(_ id: String, _ database: Database) throws -> Payload? {
    try database.first("SELECT json FROM document WHERE id = ?", [id]) {
      Payload(json: Array(($0.value(0) as String).utf8))
    } ?? nil
  }

  /// Those whose title has the words, the cheapest first, ten at most.
  static func find(_ words: String, _ database: Database) throws -> [Payload] {
    try database.all(
      "SELECT json FROM document WHERE instr(json ->> 'title', ?) > 0 ORDER BY json ->> 'price', id LIMIT 10", [words]
    ) { Payload(json: Array(($0.value(0) as String).utf8)) ?? Payload() }
  }
}
