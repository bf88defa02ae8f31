internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Shipping: when a parcel can be there, what it costs, and which are on their way.
actor ShippingService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.shipping, team: "logistics", instances: 2, firstPort: 41_891, workers: 16,
    store: StorePlan(connections: 10, tables: ShippingTables.self),
    reads: [Subscription(TopicName.commands(ShopPlan.shipping), [CommandName.ship: "ship"])],
    program: { ShippingService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let database: DatabasePort

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
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

  func handle(_ delivery: Delivery) async throws -> Handling {
    let (now, isBlind) = (process.world.time.now, process.makes(.noIdempotency))
    try await CommandHandler(process: process, database: database).handle(delivery) { _, order, database in
      guard let id = order.order, let sku = order.sku else { return .refused("the command names no order or product") }
      try ShippingTables.ship(id, sku: sku, now: now, isBlind: isBlind, database)
      var answer = Payload(order: id)
      answer.shipped = now
      return .done(body: answer.json)
    }
    return .done
  }
}

/// The shipping service's database: in which class each product travels, and what is on its way.
enum ShippingTables: ServiceTables {
  static let schema =
    Outbox.schema + Inbox.schema + SagaParticipant.schema + """
      CREATE TABLE shipment(order_id INTEGER PRIMARY KEY, sku TEXT NOT NULL, sent INTEGER NOT NULL);
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

  /// - Parameter isBlind: true sends it again all the same, which is a mistake.
  static func ship(_ order: Int64, sku: String, now: Int64, isBlind: Bool, _ database: Database) throws {
    let again = isBlind ? " OR REPLACE" : ""
    try database.run("INSERT\(again) INTO shipment(order_id, sku, sent) VALUES (?, ?, ?)", [order, sku, now])
  }

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM shipment WHERE sent < ?", [time])
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
