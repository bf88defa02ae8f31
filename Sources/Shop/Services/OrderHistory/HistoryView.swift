internal import GRDB
internal import Transactions

/// The order history's document store: a document for each order, found by its number or by its customer.
enum HistoryView: ServiceTables {
  static let plan = ViewPlan(
    view: DocumentView(
      name: ShopPlan.history,
      kinds: [DocumentCollection(orders, indexes: [["user", "order"], "finished"])]),
    keeper: ShopPlan.historyUpdater,
    sources: [
      ViewPlan.Source(
        service: ShopPlan.order, topic: TopicName.orderChanges, tables: [OrderTables.name],
        payload: OrderChange.document)
    ],
    change: { _, said in said.order.map { ViewChange(kind: orders, id: "\($0)", body: said) } },
    forget: { build, time, store, now in
      try store.deleteAll(
        .compare("finished", .less, .integer(time + margin)), in: build.collection(orders), now: now)
    })

  static let orders = "orders"

  /// Beside the documents: how far what mines is, and the jobs.
  static let schema = Outbox.leaseSchema + MinerPositions.schema + JobRunner.schema + Reconciliation.schema
  static let collections = plan.view.collections

  static func fill(_ documents: DocumentStore, now: Int64) throws { try plan.view.install(documents, now: now) }

  /// Finished orders are shown for a little less long than order keeps its rows, so that what is shown can be read
  /// there: a minute is more than the time between two rounds of forgetting.
  static let margin: Int64 = 60_000_000_000

  static func prune(_ documents: DocumentStore, finishedBefore time: Int64, now: Int64) throws {
    for build in try plan.view.builds(documents).all { try plan.forget(build, time, documents, now) }
  }

  /// A customer's newest orders.
  static func latest(of user: String, limit: Int, _ documents: DocumentStore) throws -> [Payload] {
    try documents.find(
      .equals("user", .text(user)), in: plan.view.live(documents).collection(orders),
      order: .field("order", isDescending: true), limit: limit
    ).map(\.payload)
  }
}
