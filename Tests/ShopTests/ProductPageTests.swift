import Operations
import ShopMessages
import Testing
import TraceModel

@testable import Shop

@Suite struct ProductPageTests {
  private func page(_ stage: Stage, _ sku: String = "sku-01") -> GTXID? {
    let count = stage.answers.count
    stage.send(Request("GET /products/{sku}", argument: sku, user: "kim"))
    stage.run(3)
    guard stage.answers.count > count else { return nil }
    return stage.answers[count].headers.first { $0.name == Carrier.gtxid }.flatMap { GTXID($0.value) }
  }

  @Test func sevenServicesMakeOnePage() {
    let stage = Stage()
    stage.order("sku-01", user: "kim")
    let id = page(stage)
    let answer = stage.answers.last
    #expect(answer?.status == 200 && answer?.body.missing == nil)
    #expect(
      answer?.body.entries?.map { $0.part ?? "" } == [
        "catalog", "cart", "order", "review", "inventory", "shipping", "recommendation",
      ])
    #expect(answer?.body.entries?[2].entries?.first?.state == "PAID")
    #expect(stage.state(id) == .committed)
    // They are asked at the same time: the page takes little longer than the slowest of them.
    let calls = stage.spans(id).filter { $0.kind == .client && $0.service == "page-composer" }
    #expect(calls.count == 7)
    let latestStart = calls.map(\.start).max() ?? 0
    #expect(calls.allSatisfy { $0.end > latestStart })
    #expect(Set(calls.compactMap { $0.ltxid?.number }) == Set(3...9))
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func whatIsDownIsLeftOut() {
    let stage = Stage(faults: ["review:crash", "shipping:errors=100%"])
    let id = page(stage)
    #expect(stage.answers.last?.status == 200)
    #expect(stage.answers.last?.body.missing == "review, shipping")
    #expect(stage.answers.last?.body.entries?.count == 5)
    #expect(stage.state(id) == .committed)
    #expect(stage.world.counters.partialPages == 1)
  }

  @Test func aPageWithoutItsProductIsNone() {
    let stage = Stage(faults: ["catalog:errors=100%"])
    _ = page(stage)
    let newest = stage.world.book.newest(1).first
    #expect(newest?.kind == TransactionKind.browse && newest?.state == .failed)
    #expect(newest?.firstError.contains("catalog does not answer") == true)
  }

  @Test func whatOneBoughtIsRecommendedToTheNext() {
    let stage = Stage()
    stage.order("sku-01", user: "kim")
    stage.order("sku-02", user: "kim")
    stage.run(0.5)
    _ = page(stage, "sku-01")
    #expect(stage.answers.last?.body.entries?.last?.entries?.map(\.sku) == ["sku-02"])
  }

  @Test func reviewsAndCartsStandOnThePage() {
    let stage = Stage()
    var review = Payload(sku: "sku-03")
    review.stars = 4
    review.words = "as hoped"
    stage.send(Request("POST /reviews", body: review, user: "lee"))
    stage.send(Request("POST /carts", body: Payload(sku: "sku-03", quantity: 2), user: "kim"))
    stage.run(1)
    #expect(stage.answers.map(\.status).sorted() == [201, 204])
    _ = page(stage, "sku-03")
    let parts = stage.answers.last?.body.entries ?? []
    #expect(parts.first { $0.part == "cart" }?.entries == [Payload(sku: "sku-03", quantity: 2)])
    #expect(parts.first { $0.part == "review" }?.stars == 4)
    #expect(parts.first { $0.part == "review" }?.entries?.first?.user == "lee")
  }

  @Test func whatMakesNoSenseIsRefused() {
    let stage = Stage()
    var review = Payload(sku: "sku-03")
    review.stars = 6
    stage.send(Request("POST /reviews", body: review, user: "lee"))
    stage.send(Request("POST /carts", body: Payload(sku: "sku-03", quantity: 0), user: "kim"))
    stage.send(Request("POST /carts", body: Payload(sku: "sku-99", quantity: 1), user: "kim"))
    stage.send(Request("GET /search", user: "kim"))
    stage.send(Request("GET /products/{sku}", argument: "sku-99", user: "kim"))
    stage.send(Request("DELETE /everything", user: "kim"))
    stage.run(3)
    #expect(stage.answers.map(\.status).sorted() == [400, 400, 400, 400, 404, 404])
    #expect(stage.answers.allSatisfy { !($0.body.reason ?? "").isEmpty })
  }

  @Test func aSearchFindsTheCheapestFirst() {
    let stage = Stage()
    var body = Payload()
    body.words = "lamp"
    stage.send(Request("GET /search", body: body, user: "kim"))
    stage.run(1)
    let found = stage.answers.last?.body.entries ?? []
    #expect(found.count == 5 && found.allSatisfy { $0.title?.contains("lamp") == true })
    #expect(found.compactMap(\.price) == found.compactMap(\.price).sorted())
  }

  /// Whoever asks search, in whichever way, is told how far it is behind item.
  @Test func aSearchSaysHowFarItIsBehind() throws {
    let stage = Stage()
    func search() -> Payload {
      var body = Payload()
      body.words = "lamp"
      return stage.ask(Request("GET /search", body: body)).body
    }
    func infos() throws -> Shop_ProductsInfoResponse {
      var wish = Shop_ProductsInfoRequest()
      wish.ids = ["sku-05"]
      var question = Request(ProductsInfo.method)
      question.protobuf = try wish.protobuf()
      let answer = stage.ask(question, of: ShopPlan.search, by: nil)
      return try Shop_ProductsInfoResponse(protobuf: #require(answer.protobuf))
    }
    stage.order(saga: .join)
    stage.run(3)
    stage.arm("\(ShopPlan.aggregate):crash,ttl=20s")
    stage.order(saga: .join)
    stage.run(1.5)
    let late = search()
    #expect(late.behind ?? 0 >= 1 && late.age ?? 0 > 1_000_000_000)
    let (lateInfos, lateSum) = (try infos(), late.positions?.reduce(0, +) ?? 0)
    #expect(lateInfos.behind >= 1 && lateInfos.milliseconds > 1_000 && lateSum > 0)
    stage.run(40)
    let (newest, newestInfos) = (search(), try infos())
    #expect(newest.behind == 0 && newest.age == 0 && newestInfos.hasBehind && newestInfos.behind == 0)
    #expect(newest.positions?.count == ShopPlan.partitions && newest.positions?.reduce(0, +) ?? 0 > lateSum)
    #expect(newestInfos.positions.map { Int64($0) } == newest.positions)
  }

  @Test(arguments: 1...4) func theWholeMixHolds(seed: UInt64) throws {
    var settings = try RandomFaults(seed: seed).settings
    settings.rate = 25
    settings.mix = .ordinary
    let report = SimulationRun(settings, duration: 15_000_000_000).run()
    #expect(report.invariants.filter { !$0.holds }.flatMap(\.problems) == [], "seed \(seed)")
    #expect(report.transactions.committed > 100)
  }
}
