internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Catalog: how products are shown, and in which variants they can be bought. It learns from item what sellers ask, and as
/// the legacy shop has no queue for that, it puts what it shows into that shop's table itself.
actor CatalogService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.catalog, team: "catalogue", instances: 2, firstPort: 41_851, workers: 16,
    store: StorePlan(connections: 10, tables: CatalogDocuments.self, publishes: false),
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
      try await database.find { try CatalogDocuments.product(sku, $0) }
    }
    let found = if let cache { try await cache.value(sku, load: load) } else { try await load() }
    guard let product = found else {
      return .notFound("there is no product \(sku)")
    }
    return Response(200, body: product)
  }

  /// Its own document first. What comes again after a crash in between is no news to it, and may be to the legacy shop.
  func handle(_ delivery: Delivery) async throws -> Handling {
    let (change, world, handsBack) = (delivery.payload, process.world, process.tellsOtherShop)
    let tell = { @Sendable (isNews: Bool) in
      guard isNews else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    let tellOwn = { @Sendable (shown: Shown) in if !handsBack { tell(shown.isNews) } }
    let isPrice = delivery.type == EventType.priceChanged
    let own = try await database.documents(isPrice ? "show price" : "show options", at: .record, onCommit: tellOwn) {
      documents, now, origin in
      let isNews = try CatalogDocuments.reprice(change, documents, now: now, for: origin)
      return Shown(isNews: isNews, by: try CatalogDocuments.product(change.sku ?? "", documents))
    }
    guard handsBack else { return .done }
    let (process, gtxid) = (process, delivery.context.gtxid)
    let tellBoth = { @Sendable (shown: Shown) in
      tell(shown.isNews)
      guard shown.isNews else { return }
      world.strangler[.catalog].handedBack += 1
      world.strangler[.catalog].takenIn += 1
      world.strangler.compare(.catalog, new: own.words, legacy: shown.words, gtxid, at: world.time.now)
      guard own.words != shown.words else { return }
      delivery.span.set(AttributeName.state, .text("differs"))
      process.log(.warn, delivery.context, "catalog answers differ: new \(own.words), legacy \(shown.words)")
    }
    _ = try await legacy.transaction(
      isPrice ? "price of catalog" : "options of catalog", isQuiet: true, onCommit: tellBoth
    ) { database in
      let isNews = try LegacyTables.reprice(change, database)
      return Shown(isNews: isNews, by: try LegacyCatalog.product(change.sku ?? "", database))
    }
    return .done
  }

  /// What one of the two shops shows of a product once it was told of a change.
  private struct Shown: Sendable {
    var isNews: Bool
    /// `Tea cup 12,000 KRW: S 11,000, L 14,000`
    var words: String

    init(isNews: Bool, by product: Payload?) {
      self.isNews = isNews
      let options = (product?.entries ?? []).map { "\($0.title ?? "") \(PaymentService.won($0.price ?? 0))" }
      words = product.map { "\($0.title ?? "") \(PaymentService.won($0.price ?? 0))" } ?? "nothing"
      if !options.isEmpty { words += ": \(options.joined(separator: ", "))" }
    }
  }
}
