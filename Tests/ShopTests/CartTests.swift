import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Carts stand in the key-value store, and what is wrong with that is wrong with them.
@Suite struct CartTests {
  private static let look = Request("GET /carts")

  private static func put(_ sku: String, _ quantity: Int64 = 1) -> Request {
    Request("POST /carts", body: Payload(sku: sku, quantity: quantity))
  }

  /// Whoever is not asked for tokens: a gateway that fails closed would turn everybody away before.
  private static func stage(_ faults: [String] = []) -> Stage {
    Stage(faults: faults) { $0.edge.revocationPolicy = .failOpen }
  }

  @Test func whatIsPutIntoItIsInIt() {
    let stage = Stage()
    for (sku, quantity) in [("sku-01", 2), ("sku-02", 1), ("sku-01", 98)] as [(String, Int64)] {
      #expect(stage.ask(Self.put(sku, quantity)).status == 204)
    }
    #expect(
      stage.ask(Self.look).body.entries == [Payload(sku: "sku-01", quantity: 99), Payload(sku: "sku-02", quantity: 1)])
    #expect(stage.ask(Self.look, by: "lee").body.entries == [])
    #expect(stage.world.disk(of: ShopPlan.cart) == nil)
    // It lives for half an hour after the last change of it.
    let (store, now) = (stage.world.keyValueStore.store, stage.world.time.now)
    #expect(store.contents(now: now)["cart"]?.keys == 1)
    #expect(store.contents(now: now + Cart.timeToLive - 60_000_000_000)["cart"]?.keys == 1)
    #expect(store.contents(now: now + Cart.timeToLive)["cart"]?.keys == 0)
  }

  @Test func whatIsStoredAndCannotBeReadIsSaidInTheLog() throws {
    let stage = Stage()
    try stage.world.keyValueStore.set(
      KeyValueEntry(key: Cart.key(of: "kim"), value: [0x7B], timeToLive: Cart.timeToLive)
    ).get()
    #expect(stage.ask(Self.look).body.entries == [])
    #expect(stage.ask(Self.put("sku-01")).status == 204)
    #expect(stage.ask(Self.look).body.entries == [Payload(sku: "sku-01", quantity: 1)])
    let lines = stage.world.logBook.lines(LogFilter(service: ShopPlan.cart), limit: 500)
    #expect(lines.count { $0.level == .error && $0.message.hasPrefix("the cart of kim is no cart") } == 2)
  }

  /// What two windows of one customer put at the same time is all in it; who overwrites what the other has put loses it.
  @Test(arguments: [false, true]) func nothingIsLostOfWhatIsPutAtOnce(isBlind: Bool) {
    let stage = Stage { $0.wrongOrders = isBlind ? [.readThenOverwrite] : [] }
    let skus = (1...3).map { "sku-0\($0)" }
    for sku in skus {
      var request = Self.put(sku)
      request.user = "kim"
      stage.send(request)
    }
    stage.run(1)
    #expect(stage.answers.map(\.status) == [204, 204, 204])
    let kept = stage.ask(Self.look).body.entries?.compactMap(\.sku).sorted()
    #expect((kept == skus) == !isBlind, "\(kept ?? [])")
  }

  @Test(arguments: ["kv:down", "kv:slow=2s"]) func withoutItsStoreThereIsNoCart(fault: String) {
    let stage = Self.stage()
    #expect(stage.ask(Self.put("sku-01")).status == 204)
    stage.arm(fault)
    let answer = stage.ask(Self.put("sku-02"), seconds: 8)
    #expect(answer.status >= 500 && answer.body.reason?.contains("the cart cannot be read") == true, "\(answer)")
    // The page goes without it.
    let page = stage.ask(Request("GET /products/{sku}", argument: "sku-03"), seconds: 4)
    #expect(page.status == 200 && page.body.missing == "cart", "\(page)")
    #expect(stage.snapshot().service(ShopPlan.cart)?.health == .degraded)
    stage.world.faults.removeAll()
    stage.run(20)
    #expect(stage.ask(Self.look).body.entries == [Payload(sku: "sku-01", quantity: 1)])
    #expect(stage.snapshot().service(ShopPlan.cart)?.health == .up)
  }

  @Test func aFullStoreKeepsWhatItHasAndTakesNoMore() {
    let stage = Self.stage()
    #expect(stage.ask(Self.put("sku-01")).status == 204)
    stage.arm("kv:full")
    let answer = stage.ask(Self.put("sku-02"), seconds: 8)
    #expect(answer.status >= 500 && answer.body.reason?.contains("key-value store is full") == true, "\(answer)")
    #expect(stage.ask(Self.look).body.entries == [Payload(sku: "sku-01", quantity: 1)])
  }
}
