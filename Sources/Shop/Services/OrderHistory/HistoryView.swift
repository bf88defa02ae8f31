internal import GRDB
internal import Transactions

/// The order history's document store: customers joined with their orders. There is a document for each customer, and one
/// for each order, found by its number or by its customer.
enum HistoryView: ServiceTables {
  static let plan = ViewPlan(
    view: DocumentView(
      name: ShopPlan.history,
      kinds: [
        DocumentCollection(customers), DocumentCollection(orders, indexes: [["user", "order"], "finished"]),
      ]),
    keeper: ShopPlan.historyUpdater,
    sources: [
      ViewPlan.Source(
        service: ShopPlan.order, topic: TopicName.orderChanges, tables: [OrderTables.name],
        payload: OrderChange.document),
      ViewPlan.Source(
        service: ShopPlan.customer, topic: TopicName.customerChanges, tables: CustomerTables.captured,
        payload: CustomerSegment.payload),
    ], change: change,
    forget: { build, time, store, now in
      try store.deleteAll(
        .compare("finished", .less, .integer(time + margin)), in: build.collection(orders), now: now)
    })

  static let orders = "orders"
  static let customers = "customers"

  private static func change(_ topic: String, _ said: Payload) -> ViewChange? {
    topic == TopicName.orderChanges
      ? said.order.map { ViewChange(kind: orders, id: "\($0)", body: said) }
      : said.user.map { ViewChange(kind: customers, id: $0, body: said) }
  }

  /// Beside the documents: how far what mines is, and the jobs.
  static let schema = Outbox.leaseSchema + MinerPositions.schema + JobRunner.schema + Reconciliation.schema
  static let collections = plan.view.collections

  static func fill(_ documents: DocumentStore, now: Int64) throws {
    try plan.view.install(documents, now: now)
    let collection = try plan.view.live(documents).collection(customers)
    for name in Customers.names {
      var customer = Payload(user: name)
      customer.segment = CustomerSegment.first
      try documents.insert(name, customer.text, in: collection, now: now)
    }
  }

  /// Finished orders are shown for a little less long than order keeps its rows, so that what is shown can be read
  /// there: a minute is more than the time between two rounds of forgetting.
  static let margin: Int64 = 60_000_000_000

  static func prune(_ documents: DocumentStore, finishedBefore time: Int64, now: Int64) throws {
    for build in try plan.view.builds(documents).all { try plan.forget(build, time, documents, now) }
  }

  /// What it shows of an order; nil where it shows nothing of it yet, or no more.
  static func order(_ id: Int64, _ documents: DocumentStore) throws -> Payload? {
    try documents.get("\(id)", in: plan.view.live(documents).collection(orders))?.payload
  }

  /// What is known of a customer, and its newest orders.
  static func read(_ user: String, limit: Int, _ documents: DocumentStore) throws -> (
    customer: Payload?, orders: [Payload]
  ) {
    let live = try plan.view.live(documents)
    let found = try documents.find(
      .equals("user", .text(user)), in: live.collection(orders), order: .field("order", isDescending: true),
      limit: limit)
    return (try documents.get(user, in: live.collection(customers))?.payload, found.map(\.payload))
  }
}
