import Operations
import Testing

@testable import Shop

/// What a service's calls to another come to: its own, and nobody else's.
@Suite struct CallsOutTests {
  private func call(_ caller: String, _ callee: String, _ snapshot: SystemSnapshot) throws -> CallSnapshot {
    try #require(snapshot.service(caller)?.calls.first { $0.callee == callee })
  }

  @Test func twoCallersOfOneServiceDiffer() throws {
    let stage = Stage { $0.productsInfo.form = .protobuf }
    var body = Payload()
    body.words = "lamp"
    for _ in 0..<6 { #expect(stage.ask(Request("GET /search", body: body)).status == 200) }
    stage.order("sku-01")
    // What fails fails for those who order, and for nobody who searches.
    stage.arm("order>search:errors=100%")
    stage.order("sku-01")
    let snapshot = stage.snapshot()
    let (searches, asks) = (
      try call(ShopPlan.gateway, ShopPlan.search, snapshot), try call(ShopPlan.order, ShopPlan.search, snapshot)
    )
    #expect(searches.rate == 0.6 && searches.errorShare == 0)
    #expect(asks.rate == 0.2 && asks.errorShare == 0.5)
  }

  @Test func anEdgeThatNobodyUsesShowsNothing() throws {
    let stage = Stage()
    for _ in 0..<4 { stage.order("sku-01") }
    let snapshot = stage.snapshot()
    #expect(try call(ShopPlan.gateway, ShopPlan.order, snapshot).rate == 0.4)
    #expect(snapshot.service(ShopPlan.order)?.rate ?? 0 > 0)
    let unused = try call(ShopPlan.pageComposer, ShopPlan.order, snapshot)
    #expect(unused.rate == 0 && unused.errorShare == 0)
  }
}
