import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Catalog keeps one document for each product: how it is shown, and what it can be bought as.
@Suite struct CatalogTests {
  private static func store(_ stage: Stage) -> DocumentStore { stage.world.documents(of: ShopPlan.catalog) }

  private static func change(price: Int64? = nil, options: [(String, Int64)]? = nil, at position: Int64) -> Payload {
    var change = Payload(sku: "sku-01")
    change.price = price
    change.entries = options?.map { title, price in
      var option = Payload()
      (option.title, option.price) = (title, price)
      return option
    }
    change.position = position
    return change
  }

  @Test func whatIsShownOfAProductIsOneDocument() throws {
    let stage = Stage()
    let product = try #require(Product.all.first { $0.sku == "sku-01" })
    let shown = stage.ask(Request("GET /products/{sku}", argument: "sku-01"), of: ShopPlan.catalog).body
    #expect(shown.title == product.title && shown.price == product.price && shown.words?.isEmpty == false)
    let options = Product.options(at: product.price).map { "\($0.title) \($0.price)" }.sorted()
    #expect(shown.entries?.map { "\($0.title ?? "") \($0.price ?? 0)" } == options)
    #expect(try Self.store(stage).count(in: CatalogDocuments.products) == Product.all.count)
    let board = stage.snapshot().data
    #expect(board.stores.first { $0.service == ShopPlan.catalog }?.kind == "documents")
    #expect(stage.ask(Request("GET /products/{sku}", argument: "none"), of: ShopPlan.catalog).status == 404)
  }

  /// Price and options come in two changes, in any order and more than once: each tells how new it is.
  @Test func anOlderChangeIsNoNews() throws {
    let stage = Stage()
    let store = Self.store(stage)
    func take(_ change: Payload) throws -> Bool {
      try CatalogDocuments.reprice(change, store, now: stage.world.time.now, for: nil)
    }
    func shown() throws -> [Int64?] {
      let product = try CatalogDocuments.product("sku-01", store)
      return [product?.price] + (product?.entries ?? []).map(\.price)
    }
    let options = [("b", 2), ("a", 1)] as [(String, Int64)]
    let before = try shown()
    #expect(try take(Self.change(price: 700, at: 90_000)))
    #expect(try shown() == [700] + before.dropFirst())
    #expect(try !take(Self.change(price: 600, at: 89_999)) && !take(Self.change(price: 700, at: 90_000)))
    #expect(try take(Self.change(options: options, at: 80_000)) && shown() == [700, 1, 2])
    #expect(try !take(Self.change(options: [("a", 9)], at: 80_000)) && shown() == [700, 1, 2])
    #expect(try take(Self.change(price: 800, at: 90_001)) && shown() == [800, 1, 2])
    // What nobody has said the title of is not shown.
    var unknown = Self.change(price: 5, at: 1)
    unknown.sku = "sku-99"
    #expect(try take(unknown) && CatalogDocuments.product("sku-99", store) == nil)
  }

  /// Its instance crashes when the document is written and nobody knows: what comes again is no news.
  @Test(arguments: ["catalog:P9", "catalog:P10"]) func aCrashShowsTheSame(crash: String) throws {
    let stage = Stage()
    stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
    stage.run(25)
    let struck = [CrashPoint.beforeEffect, .effectCommitted].map { stage.world.crashPoints.count(of: $0).struck }
    #expect(struck.reduce(0, +) == 1)
    stage.letChangesArrive()
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The twin: a document that is wrong is seen.
  @Test func anOptionThatIsWrongIsSeen() throws {
    let stage = Stage()
    try stage.write(
      ShopPlan.catalog, "UPDATE products SET body = json_set(body, '$.options[0].price', 1) WHERE id = 'sku-05'")
    #expect(stage.broken() == [.viewsAgree])
  }
}
