internal import Transactions

/// The catalog service's document store: a document for each product, with how it is shown and what it can be bought as. So
/// one read has all of it, and one command changes it.
enum CatalogDocuments: ServiceTables {
  static let products = "products"
  static let schema = ""
  static let collections = [DocumentCollection(products)]
  /// What is shown stays.
  static let forgetsDocuments = false

  private static let options = "options"
  /// Of the change that the prices of the options came of; that of the product is its position.
  private static let optionsPosition = "options_position"

  static func fill(_ documents: DocumentStore, now: Int64) throws {
    for product in Product.all {
      var document = Payload(sku: product.sku)
      document.title = product.title
      document.price = product.price
      document.words = "A \(product.title), made to be used every day."
      document[options] = .objects(
        sorted(
          Product.options(at: product.price).map { option in
            var entry = Payload()
            (entry.title, entry.price) = (option.title, option.price)
            return entry
          }))
      document.position = 0
      document[optionsPosition] = .number(0)
      try documents.insert(product.sku, document.text, in: products, now: now)
    }
  }

  private static func sorted(_ options: [Payload]) -> [Payload] {
    options.sorted { ($0.title ?? "") < ($1.title ?? "") }
  }

  /// Shows another price, or other prices of the options; false when newer ones are shown already, or these. Price and
  /// options come in two changes, and each knows how new it is.
  static func reprice(
    _ change: Payload, _ documents: DocumentStore, now: Int64, for origin: ChangeOrigin?
  ) throws -> Bool {
    guard let sku = change.sku, let position = change.position else { return false }
    var part = Payload()
    let field: String
    if let entries = change.entries {
      part[options] = .objects(sorted(entries))
      field = optionsPosition
    } else if let price = change.price {
      part.price = price
      field = "position"
    } else {
      return false
    }
    part[field] = .number(position)
    let isOlder = DocumentFilter.not(.compare(field, .atLeast, .integer(position)))
    return try documents.upsert(sku, part.text, in: products, by: .merge, where: isOlder, now: now, for: origin) != nil
  }

  /// Nil where there is none, or where nobody has said yet what it is.
  static func product(_ sku: String, _ documents: DocumentStore) throws -> Payload? {
    guard let document = try documents.get(sku, in: products)?.payload, let title = document.title else { return nil }
    var product = Payload(sku: sku)
    product.title = title
    product.price = document.price
    product.words = document.words
    product.entries = document.objects(options) ?? []
    return product
  }

  /// What is asked for each option of each product.
  static func options(_ documents: DocumentStore) throws -> [(sku: String, title: String, asked: Int64)] {
    try documents.find(in: products).flatMap { document in
      (document.payload.objects(options) ?? []).map { (document.id, $0.title ?? "", $0.price ?? 0) }
    }
  }

  static func shownPrices(_ documents: DocumentStore) throws -> [(sku: String, price: Int64)] {
    try documents.find(in: products).map { ($0.id, $0.payload.price ?? 0) }
  }

  /// What is shown of each product, with the position of the change that it came of.
  static func prices(_ documents: DocumentStore) throws -> [(sku: String, words: String)] {
    try documents.find(in: products).map { document in
      let product = document.payload
      return (document.id, "\(product.price ?? 0) KRW of change \(product.position ?? 0)")
    }
  }
}
