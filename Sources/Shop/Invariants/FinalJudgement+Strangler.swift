internal import GRDB
internal import OrderedCollections
internal import Transactions

/// Whether the legacy shop and the new services know the same, whoever did it: then any customer can be moved, either way,
/// and finds what there was.
extension FinalJudgement {
  private static let problemsShown = 20

  func bothShops() throws -> [String] {
    let letters = deadLetters(of: TopicName.legacyEvents)
    var problems = try reviews(without: letters) + ordersOfNew(without: letters) + ordersOfLegacy(without: letters)
    problems += try catalogues() + legacyStock()
    if letters.isEmpty { problems += try sums() }
    return Array(problems.prefix(Self.problemsShown))
  }

  private func legacy<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try disk(ShopPlan.legacy).read(body)
  }

  // MARK: Reviews

  /// Each side has taken in as many reviews of a product as the other has written.
  private func reviews(without letters: Set<String>) throws -> [String] {
    func counts(_ service: String, own: Bool) throws -> [String: Int64] {
      try disk(service).read { try ReviewTables.allTaken(byOwn: own, $0) }
    }
    let pairs = [
      (
        ShopPlan.review, try counts(ShopPlan.review, own: true), ShopPlan.legacy,
        try counts(ShopPlan.legacy, own: false)
      ),
      (
        ShopPlan.legacy, try counts(ShopPlan.legacy, own: true), ShopPlan.review,
        try counts(ShopPlan.review, own: false)
      ),
    ]
    return pairs.flatMap { writer, written, reader, taken in
      Product.all.map(\.sku).filter { !letters.contains($0) && written[$0] ?? 0 != taken[$0] ?? 0 }.map {
        "\(writer) has written \(written[$0] ?? 0) reviews of \($0), but \(reader) has taken in \(taken[$0] ?? 0)"
      }
    }
  }

  // MARK: Orders

  /// What the new services have finished stands in the legacy shop as they finished it.
  private func ordersOfNew(without letters: Set<String>) throws -> [String] {
    let known = try legacy { try LegacyTables.handedBack($0) }
    let oldest = oldestKept
    let orders = try disk(ShopPlan.order).read { try OrderTables.finished(before: .max, $0) }
    return orders.filter { order in
      order.finished ?? 0 >= oldest && !letters.contains("\(order.id)") && known[order.gtxid] != order.state
    }.map {
      "order \($0.id) of \($0.gtxid) is \($0.state), but the legacy shop has \(known[$0.gtxid] ?? "no such order")"
    }
  }

  /// What the legacy shop has sold is known to order.
  private func ordersOfLegacy(without letters: Set<String>) throws -> [String] {
    let oldest = oldestKept
    let sold = try legacy { try LegacyTables.sold(since: oldest, $0) }
    return try disk(ShopPlan.order).read { database in
      try sold.compactMap { order in
        guard !letters.contains(LegacyTables.key(of: order.id)) else { return nil }
        let state = try OrderTables.legacyState(of: order.gtxid, database)
        return state == LegacyTables.invoiced
          ? nil : "the legacy shop has sold order \(order.id) of \(order.gtxid), but order knows nothing of it"
      }
    }
  }

  // MARK: Catalogue and stock

  private func catalogues() throws -> [String] {
    let documents = world.documents(of: ShopPlan.catalog)
    let (shown, options) = (try CatalogDocuments.prices(documents), try CatalogDocuments.options(documents))
    let (known, knownOptions) = try legacy { (try LegacyCatalog.prices($0), try LegacyCatalog.options($0)) }
    return zip(shown, known).filter { $0 != $1 }.map { shown, known in
      "catalog shows \(shown.sku) for \(shown.words), the legacy shop for \(known.words)"
    }
      + zip(options, knownOptions).filter { $0 != $1 }.map { shown, known in
        "catalog asks \(shown.asked) KRW for \(shown.sku) \(shown.title), the legacy shop \(known.asked) KRW"
      }
  }

  private func legacyStock() throws -> [String] {
    let (delivered, stock, own, handedBack) = try legacy { try LegacyTables.totals($0) }
    if delivered == stock + own + handedBack { return [] }
    return [
      "legacy shop: \(delivered) pieces were delivered, but \(stock) are in stock, \(own) sold by itself and "
        + "\(handedBack) by the new services"
    ]
  }

  /// All pieces that either side has sold, forgotten orders included.
  private func sums() throws -> [String] {
    let (_, _, own, handedBack) = try legacy { try LegacyTables.totals($0) }
    let (covered, short) = try disk(ShopPlan.inventory).read { try StockTables.soldByLegacy($0) }
    let good = try SagaKind.allCases.filter { $0.holdsStock || $0.holdsItems }.reduce(0) { sum, saga in
      sum + (try disk(ShopPlan.order).read { try OrderTables.goodTotals(of: saga, $0).quantity })
    }
    var problems: [String] = []
    if own != covered + short {
      problems.append("the legacy shop has sold \(own) pieces, but inventory was told of \(covered + short)")
    }
    if good != handedBack {
      problems.append("the new services have sold \(good) pieces, but the legacy shop was told of \(handedBack)")
    }
    return problems
  }
}
