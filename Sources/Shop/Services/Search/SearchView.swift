internal import GRDB
internal import Transactions

/// The search service's document store: a document for each product, denormalised with its seller's price and quantity.
enum SearchView: ServiceTables {
  static let plan = ViewPlan(
    view: DocumentView(name: ShopPlan.search, kinds: [DocumentCollection(products)]),
    keeper: ShopPlan.search,
    sources: [
      ViewPlan.Source(
        service: ShopPlan.item, topic: TopicName.itemChanges, tables: ItemTables.captured, payload: ItemChange.payload)
    ], change: { change($1) })

  static let products = "products"
  static let schema = JobRunner.schema
  static let collections = plan.view.collections

  /// The part of its document that a change names. Price and quantity come from two tables, and each knows how new it is.
  private static func change(_ said: Payload) -> ViewChange? {
    guard let sku = said.sku, let position = said.position, said.price != nil || said.quantity != nil else {
      return nil
    }
    let field = said.price == nil ? "quantity_position" : "price_position"
    var part = said
    part.position = nil
    part[field] = .number(position)
    return ViewChange(kind: products, id: sku, body: part, field: field, isWhole: false)
  }

  static func fill(_ documents: DocumentStore, now: Int64) throws {
    try plan.view.install(documents, now: now)
    let collection = try plan.view.live(documents).collection(products)
    for product in Product.all {
      var document = Payload(sku: product.sku)
      document.title = product.title
      document.price = product.price
      document.quantity = product.level
      document.seller = product.seller
      try documents.insert(product.sku, document.text, in: collection, now: now)
    }
  }

  static func product(_ id: String, in build: DocumentView.Build, _ documents: DocumentStore) throws -> Payload? {
    try documents.get(id, in: build.collection(products))?.payload
  }

  /// Those whose title has the words, the cheapest first, ten at most.
  static func find(_ words: String, _ documents: DocumentStore) throws -> [Payload] {
    try documents.find(
      .contains("title", words), in: plan.view.live(documents).collection(products), order: .field("price"), limit: 10
    ).map(\.payload)
  }
}
