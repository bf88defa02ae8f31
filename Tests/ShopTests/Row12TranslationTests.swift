import Operations
import Platform
import ShopMessages
import Testing
import TraceModel

@testable import Shop

/// Row 12: JSON outside and protobuf inside, and every refusal with its status, its reason, its counter and its spans.
@Suite struct Row12TranslationTests {
  private static func infos(_ ids: [String]) -> Request {
    var body = Payload()
    body["ids"] = .texts(ids)
    return Request("POST /products/info", body: body)
  }

  // MARK: Translation

  @Test func jsonOutsideIsProtobufInside() throws {
    let stage = Stage()
    let ids = ["sku-01", "sku-02", "sku-99"]
    let answer = stage.ask(Self.infos(ids))
    let products = try #require(answer.body.objects("products"))
    #expect(answer.status == 200 && answer.protobuf == nil && products.map { $0.text("id") } == ids)
    #expect(
      products.map { $0.text("status") } == [
        "PRODUCT_STATUS_IN_STOCK", "PRODUCT_STATUS_IN_STOCK", "PRODUCT_STATUS_UNKNOWN",
      ])
    #expect(products[0].price == Product.all.first { $0.sku == "sku-01" }?.price)

    let spans = stage.filterSpans(answer)
    let sizes = try #require(spans.first { $0.operation == "ROUTE products.info" }.flatMap { MessageSizes($0) })
    var wish = Shop_ProductsInfoRequest()
    wish.ids = ids
    #expect(sizes.requestJSON == Self.infos(ids).body.json.count)
    #expect(sizes.requestProtobuf == (try wish.protobuf().count))
    #expect(sizes.responseJSON == answer.body.json.count)
    #expect(2 * sizes.protobuf < sizes.json, "\(sizes)")
    guard case .text(let before) = spans.first?[attribute: AttributeName.filters],
      case .text(let after) = spans.last?[attribute: AttributeName.filters]
    else {
      Issue.record("the filters that ran are not named")
      return
    }
    #expect(before.hasSuffix("json-to-protobuf") && after.hasPrefix("protobuf-to-json"))
    #expect(stage.problems() == [])
  }

  /// Whoever speaks protobuf is answered in it, unless it asks for JSON; who speaks JSON may ask for protobuf.
  @Test func aProgramMaySpeakProtobufOnTheRoutesThatSaySo() throws {
    let stage = Stage()
    var wish = Shop_ProductsInfoRequest()
    wish.ids = ["sku-01", "sku-02"]
    var request = Request("POST /products/info")
    request.protobuf = try wish.protobuf()
    let answer = stage.ask(request, client: "partner")
    let found = try Shop_ProductsInfoResponse(protobuf: try #require(answer.protobuf))
    #expect(answer.status == 200 && found.products.map(\.id) == wish.ids)
    #expect(Stage.header("Content-Type", answer) == "application/x-protobuf")
    let pre = stage.filters(in: stage.filterSpans(answer).first, answer)
    #expect(pre.first { $0.operation == "media-type" }?.text(AttributeName.subject) == "shop.ProductsInfoRequest")
    #expect(pre.last?.text(AttributeName.subject) == "as it came, \(request.protobuf?.count ?? 0) bytes")

    request.headers = [Carrier.Header("Accept", "application/json")]
    let plain = stage.ask(request, client: "partner")
    #expect(plain.protobuf == nil && plain.body.objects("products")?.count == 2)
    var json = Self.infos(["sku-01"])
    json.headers = [Carrier.Header("Accept", "Application/X-Protobuf; q=1")]
    let bytes = try #require(stage.ask(json).protobuf)
    #expect(try Shop_ProductsInfoResponse(protobuf: bytes).products.map(\.id) == ["sku-01"])

    request.protobuf = [0x0A, 0xFF]
    let rubbish = stage.ask(request)
    #expect(rubbish.status == 400 && rubbish.body.text("title") == "untranslatable" && stage.callees(rubbish) == [])
    let paths = try #require(stage.ask(Request("GET /openapi.json"), by: nil).body.object("paths"))
    let forms = paths.object("/products/info")?.object("post")?.object("requestBody")?.object("content")
    #expect(forms?.object("application/x-protobuf")?.text("x-message") == "shop.ProductsInfoRequest")
    #expect(stage.problems() == [])
  }

  /// The twin: what is said is the same, and nothing is saved.
  @Test func withoutTranslationTheServiceIsAskedInJSON() {
    let (stage, plain) = (Stage(), Stage { $0.edge.translates = false })
    let (translated, answer) = (stage.ask(Self.infos(["sku-01"])), plain.ask(Self.infos(["sku-01"])))
    #expect(answer.status == 200 && answer.body == translated.body)
    #expect(plain.filterSpans(answer).allSatisfy { MessageSizes($0) == nil })
  }

  @Test func whatIsNoSuchMessageGoesNoFurther() {
    let stage = Stage()
    let refused = stage.ask(Request("POST /products/info", body: Payload(sku: "sku-01")))
    #expect(refused.status == 400 && refused.body.text("title") == "untranslatable")
    #expect(refused.body.reason?.contains("shop.ProductsInfoRequest") == true)
    #expect(stage.refusals(.untranslatable) == 1 && stage.callees(refused).isEmpty)
    // A message, but more than search takes at once: search refuses, and the gateway passes that on.
    let many = stage.ask(Self.infos((0..<51).map { "sku-\($0)" }))
    #expect(many.status == 400 && many.body.reason == "1 to 50 products are asked for, not 51")
    #expect(stage.callees(many) == [ShopPlan.search])
  }

  @Test func searchIsAskedInEitherForm() throws {
    let stage = Stage()
    var rubbish = Request(ProductsInfo.method)
    rubbish.protobuf = [0x0A, 0xFF]
    #expect(stage.ask(rubbish, of: ShopPlan.search, by: nil).status == 400)
    var wish = Shop_ProductsInfoRequest()
    wish.ids = ["sku-05"]
    var question = Request(ProductsInfo.method)
    question.protobuf = try wish.protobuf()
    let bytes = try #require(stage.ask(question, of: ShopPlan.search, by: nil).protobuf)
    question.protobuf = nil
    question.body = try #require(Payload(json: try wish.json()))
    let json = stage.ask(question, of: ShopPlan.search, by: nil).body.json
    let found = try Shop_ProductsInfoResponse(protobuf: bytes)
    #expect(found.products.map(\.id) == ["sku-05"])
    #expect(found.positions.count == ShopPlan.partitions && found.hasBehind && found.hasMilliseconds)
    let other = try Shop_ProductsInfoResponse(json: json)
    #expect(other.products == found.products && other.positions.count == ShopPlan.partitions && other.hasBehind)
  }

  @Test func aServiceThatDoesNotAnswerIsAnErrorOfROUTE() {
    let stage = Stage(faults: ["search:errors=100%"])
    let refused = stage.ask(Self.infos(["sku-01"]), seconds: 10)
    #expect(refused.status == 503 && refused.body.text("title") == "upstream")
    let spans = stage.filterSpans(refused)
    #expect(spans.contains { $0.operation == "ROUTE products.info" && $0.status == .error })
    #expect(spans.contains { $0.operation == "ERROR upstream" } && spans.contains { $0.operation == "POST" })
    #expect(stage.refusals(.upstream) == 1)
  }

  // MARK: Every refusal

  struct Refusal: Sendable, CustomTestStringConvertible {
    var reason: GatewayReason
    /// The filter that refuses.
    var filter: String
    var request: Request
    var gateway = ShopPlan.gateway
    var user: String? = "kim"
    var client: String?
    /// The first of so many that is refused is the last.
    var times = 1

    var testDescription: String { reason.rawValue }
  }

  private static let page = Request("GET /products/{sku}", argument: "sku-01")

  private static func with(_ request: Request, _ headers: [(String, String)]) -> Request {
    var request = request
    request.headers = headers.map { Carrier.Header($0.0, $0.1) }
    return request
  }

  private static var inProtobuf: Request {
    var request = Request("POST /carts")
    request.protobuf = [0x08, 0x01]
    return request
  }

  static let refusals = [
    Refusal(reason: .unsupportedType, filter: "media-type", request: inProtobuf),
    Refusal(reason: .noToken, filter: "authentication", request: page, user: nil),
    Refusal(
      reason: .invalidToken, filter: "authentication", request: with(page, [("Authorization", "Bearer a.b.c")]),
      user: nil),
    Refusal(
      reason: .forbidden, filter: "roles", request: Request("GET /items/{sku}", argument: "sku-01"),
      gateway: ShopPlan.gatewayInternal),
    Refusal(reason: .noRoute, filter: "routing", request: Request("GET /nowhere")),
    Refusal(reason: .methodNotAllowed, filter: "routing", request: Request("DELETE /carts")),
    Refusal(reason: .bodyTooLarge, filter: "body-limit", request: Request("POST /carts", body: .large(70_000))),
    Refusal(reason: .bodyTooLarge, filter: "route-body-limit", request: Request("POST /reviews", body: .large(5_000))),
    Refusal(reason: .unknownKey, filter: "client-key", request: with(page, [("X-API-Key", "of nobody")])),
    Refusal(reason: .rateLimited, filter: "rate-limit", request: page, client: "partner", times: 3),
    Refusal(reason: .quotaExceeded, filter: "quota", request: page, client: "partner", times: 3),
    Refusal(
      reason: .originNotAllowed, filter: "cors-preflight",
      request: with(
        Request("OPTIONS /orders"), [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")]),
      user: nil),
    Refusal(
      reason: .untranslatable, filter: "json-to-protobuf",
      request: Request("POST /products/info", body: Payload(sku: "sku-01"))),
  ]

  @Test(arguments: refusals) func everyRefusalHasStatusReasonCounterAndSpans(refusal: Refusal) throws {
    let stage = Stage {
      if refusal.reason == .rateLimited { $0.edge.partnerLimit = TokenBucketRule(capacity: 2, refillPerSecond: 1) }
      if refusal.reason == .quotaExceeded { $0.edge.partnerQuota = 2 }
    }
    func ask() -> Response {
      stage.ask(
        refusal.request, of: refusal.gateway, by: refusal.user, client: refusal.client, instance: 1, seconds: 0.1)
    }
    for _ in 1..<refusal.times { #expect(ask().status == 200) }
    let refused = ask()
    #expect(refused.status == refusal.reason.status && refused.body.text("title") == refusal.reason.rawValue)
    #expect(stage.refusals(refusal.reason, at: refusal.gateway) == 1)
    let spans = stage.filterSpans(refused)
    let name = refusal.filter == "authentication" ? "PRE auth" : "PRE \(refusal.filter)"
    let guilty = try #require(spans.first { $0.operation == name })
    #expect(guilty.status == .error && guilty.message == "\(refused.status) \(refusal.reason.rawValue)")
    #expect(guilty[attribute: GatewayTrail.reason] == .text(refusal.reason.rawValue))
    #expect(spans.contains { $0.operation == "ERROR \(refusal.reason.rawValue)" })
    #expect(spans.contains { $0.operation == "POST" } && !spans.contains { $0.operation.hasPrefix("ROUTE") })
    #expect(stage.snapshot().edge.gateway(refusal.gateway)?.refusals.map(\.reason) == [refusal.reason.rawValue])
  }
}
