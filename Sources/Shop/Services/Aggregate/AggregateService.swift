internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The worker that keeps search in step with item: it mines the change log of item's database, and publishes what the rows'
/// changes mean. It keeps nothing but how far it has come.
actor AggregateService: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.aggregate, team: "catalogue", instances: 2, firstPort: 41_941, workers: 4,
    store: StorePlan(connections: 4, tables: AggregateTables.self, publishes: false),
    publishesDirectly: true, program: { AggregateService($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor

  init(_ process: ServiceProcess) {
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    let miner = LogMiner(process: process, source: ShopPlan.item, mapping: ItemChange.events)
    process.life.spawn { await miner.run() }
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    .notFound("aggregate has no \(request.route)")
  }
}

/// The aggregate worker's database.
enum AggregateTables: ServiceTables {
  static let schema = MinerPositions.schema + Outbox.leaseSchema
}

/// What a change of one of item's rows means to those who sell.
enum ItemChange {
  @Sendable static func events(_ change: RowChange, _ transaction: ChangeTransaction) -> [BusinessEvent] {
    guard let row = change.after, let said = payload(row, position: change.position), let sku = said.sku else {
      return []
    }
    // A delivery also counts its rounds, which is nobody's business.
    let isNews = said.price != nil || change.operation != .update || change.changedColumns.contains("stock")
    guard isNews else { return [] }
    guard let price = said.price else { return [event(EventType.quantityChanged, sku, said)] }
    // Who shows prices need not know of options: they are an event of their own.
    return [
      event(EventType.priceChanged, sku, said),
      event(EventType.optionsPriced, sku, options(of: sku, at: price, position: change.position)),
    ]
  }

  private static func event(_ type: String, _ sku: String, _ payload: Payload) -> BusinessEvent {
    BusinessEvent(topic: TopicName.itemChanges, key: sku, type: type, payload: payload.json)
  }

  private static func options(of sku: String, at price: Int64, position: Int64) -> Payload {
    var payload = Payload(sku: sku)
    payload.entries = Product.options(at: price).map { option in
      var entry = Payload()
      (entry.title, entry.price) = (option.title, option.price)
      return entry
    }
    payload.position = position
    return payload
  }

  /// What a row says: an offer its price, a product how many pieces there are.
  @Sendable static func payload(_ row: RowImage, position: Int64) -> Payload? {
    guard let sku = row["sku"]?.text else { return nil }
    var payload = Payload(sku: sku, quantity: row["stock"]?.integer)
    payload.title = row["title"]?.text
    payload.seller = row["seller"]?.text
    payload.price = row["price"]?.integer
    payload.position = position
    return payload
  }
}
