import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 12: each of the gateway's mechanisms by one request that passes and one that does not, and by a gateway without
/// it, where the second one passes, too.
@Suite struct Row12GatewayTests {
  private static let page = Request("GET /products/{sku}", argument: "sku-01")
  private static let profile = Request("GET /members/me")

  private static func without(_ filter: String) -> Stage { Stage { $0.edge.filtersLeftOut = [filter] } }

  @Test func authenticationIsInOnePlace() {
    let stage = Stage()
    #expect(stage.ask(Self.page).status == 200)
    let refused = stage.ask(Self.page, by: nil)
    #expect(refused.status == 401 && refused.body.text("title") == "no-token")
    #expect(Stage.header("WWW-Authenticate", refused) == "Bearer")
    #expect(stage.ask(Self.page, token: "not.a.token").body.text("title") == "invalid-token")
    #expect([stage.refusals(.noToken), stage.refusals(.invalidToken)] == [1, 1])
    #expect(Self.without("authentication").ask(Self.page, by: nil).status == 200)
  }

  @Test func rolesAreAskedForByRoute() {
    let offer = Request("GET /items/{sku}", argument: "sku-03")
    let stage = Stage()
    let passed = stage.ask(offer, of: ShopPlan.gatewayInternal, by: "mori", roles: [MemberRole.operator])
    #expect(passed.status == 200 && (passed.body.price ?? 0) > 0 && passed.body.quantity != nil)
    let refused = stage.ask(offer, of: ShopPlan.gatewayInternal)
    #expect(refused.status == 403 && refused.body.text("title") == "forbidden")
    #expect(refused.body.reason == "this needs the role operator or admin")
    #expect(stage.refusals(.forbidden, at: ShopPlan.gatewayInternal) == 1)
    #expect(Self.without("roles").ask(offer, of: ShopPlan.gatewayInternal).status == 200)
  }

  @Test func routesByPathVersionAndContent() {
    let stage = Stage()
    #expect(stage.callees(stage.ask(Self.page)) == [ShopPlan.pageComposer])
    var first = Self.page
    first.headers = [Carrier.Header("Accept-Version", "1")]
    #expect(stage.callees(stage.ask(first)) == [ShopPlan.catalog])
    var order = Request("POST /orders", body: Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000))
    #expect(stage.callees(stage.ask(order)) == [ShopPlan.order])
    order.body.saga = .orchestrated
    #expect(stage.callees(stage.ask(order)) == [ShopPlan.orchestrator])
    #expect(stage.ask(Request("GET /nowhere")).status == 404)
    let wrong = stage.ask(Request("DELETE /orders"))
    #expect(wrong.status == 405 && Stage.header("Allow", wrong) == "POST")
    #expect([stage.refusals(.noRoute), stage.refusals(.methodNotAllowed)] == [1, 1])
  }

  @Test func bodiesThatAreTooLargeAreTurnedAway() {
    let stage = Stage()
    #expect(stage.ask(Request("POST /reviews", body: .large(3_000))).status < 300)
    let refused = stage.ask(Request("POST /reviews", body: .large(5_000)))
    #expect(refused.status == 413 && refused.body.text("title") == "body-too-large")
    #expect(stage.ask(Request("POST /carts", body: .large(70_000))).status == 413)
    #expect(stage.refusals(.bodyTooLarge) == 2)
    #expect(Self.without("route-body-limit").ask(Request("POST /reviews", body: .large(5_000))).status < 300)
  }

  @Test func ratesAreLimitedByClient() {
    func limited(_ stage: Stage) -> [Int] {
      (0..<4).map { _ in stage.ask(Self.page, client: "partner", instance: 1, seconds: 0.02).status }
    }
    func stage(without filters: Set<String> = []) -> Stage {
      Stage {
        $0.edge.partnerLimit = TokenBucketRule(capacity: 2, refillPerSecond: 1)
        $0.edge.filtersLeftOut = filters
      }
    }
    let stage = stage()
    #expect(limited(stage).filter { $0 == 429 }.count == 2)
    // Others are not touched by it, and a second later there is room again.
    #expect(stage.ask(Self.page, instance: 1).status == 200)
    stage.run(1)
    let next = stage.ask(Self.page, client: "partner", instance: 1)
    #expect(next.status == 200)
    #expect(stage.refusals(.rateLimited) == 2)
    #expect(limited(Self.open()).filter { $0 == 429 }.isEmpty)
  }

  private static func open() -> Stage {
    Stage {
      $0.edge.partnerLimit = TokenBucketRule(capacity: 2, refillPerSecond: 1)
      $0.edge.filtersLeftOut = ["rate-limit"]
    }
  }

  @Test func quotasAreCountedByClient() {
    func third(_ filters: Set<String>) -> (Stage, Response) {
      let stage = Stage {
        $0.edge.partnerQuota = 2
        $0.edge.filtersLeftOut = filters
      }
      for _ in 0..<2 { #expect(stage.ask(Self.page, client: "partner", instance: 1).status == 200) }
      return (stage, stage.ask(Self.page, client: "partner", instance: 1))
    }
    let (stage, refused) = third([])
    #expect(refused.status == 429 && refused.body.text("title") == "quota-exceeded")
    // Until midnight: 15 hours less what has gone by.
    #expect(Stage.header("Retry-After", refused).flatMap { Int($0) }.map { $0 > 53_900 && $0 <= 54_000 } == true)
    #expect(stage.refusals(.quotaExceeded) == 1)
    #expect(third(["quota"]).1.status == 200)
  }

  @Test func browsersOfOtherOriginsAreAnswered() {
    let stage = Stage()
    func preflight(_ origin: String) -> Response {
      var request = Request("OPTIONS /orders")
      request.headers = [
        Carrier.Header("Origin", origin), Carrier.Header("Access-Control-Request-Method", "POST"),
      ]
      return stage.ask(request, by: nil)
    }
    let allowed = preflight("https://shop.example")
    #expect(allowed.status == 204)
    #expect(Stage.header("Access-Control-Allow-Origin", allowed) == "https://shop.example")
    #expect(Stage.header("Access-Control-Allow-Methods", allowed)?.contains("POST") == true)
    #expect(preflight("https://evil.example").status == 403 && stage.refusals(.originNotAllowed) == 1)
    var page = Self.page
    page.headers = [Carrier.Header("Origin", "https://m.shop.example")]
    #expect(
      Stage.header("Access-Control-Allow-Origin", stage.ask(page)) == "https://m.shop.example")
  }

  @Test func nobodyOrdersInAnothersName() throws {
    let order = Request("POST /orders", body: Payload(user: "lee", sku: "sku-01", quantity: 1, amount: 1_000))
    func buyer(_ stage: Stage) throws -> String? {
      let id = try #require(Stage.id(stage.ask(order)))
      return try stage.world.disk(of: ShopPlan.order)?.database.read {
        try $0.first("SELECT user FROM orders WHERE gtxid = ?", [id.hex]) { $0.value(0) as String }
      }
    }
    #expect(try buyer(Stage()) == "kim")
    #expect(try buyer(Self.without("request-transform")) == "lee")
  }

  /// Whoever asks for the first edition of the interface gets what it had: a name, where there is a title today.
  @Test func answersAreChangedForTheEditionThatIsAskedFor() throws {
    var first = Self.page
    first.headers = [Carrier.Header("Accept-Version", "1")]
    let stage = Stage()
    let (old, new) = (stage.ask(first), try #require(stage.ask(Self.page).body.entries?.first))
    let title = try #require(new.title)
    #expect(old.status == 200 && old.body.text("name") == title && old.body.title == nil)
    #expect(new.text("name") == nil && old.body.price == new.price)
    var none = Request("GET /products/{sku}", argument: "none")
    none.headers = first.headers
    #expect(stage.ask(none).status == 404)
    let unchanged = Self.without("response-transform").ask(first)
    #expect(unchanged.body.title == title && unchanged.body.text("name") == nil)
  }

  @Test func whatIsAcceptedIsAnsweredWithTheTransactionToAskWith() throws {
    let stage = Stage()
    let order = Request("POST /orders", body: Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000))
    let accepted = stage.ask(order)
    let id = try #require(Stage.id(accepted))
    #expect(accepted.status == 202 && accepted.body.text("gtxid") == id.hex)
    #expect(Stage.header("Location", accepted) == "/transactions/\(id.hex)")
    let state = stage.ask(Request("GET /transactions/{gtxid}", argument: id.hex))
    #expect(state.status == 200 && state.body.state == "PAID")
  }

  @Test func filtersAreSpansOfTheCallTree() throws {
    let stage = Stage()
    let passed = stage.ask(Self.page, client: "web")
    let spans = stage.filterSpans(passed)
    #expect(spans.map(\.operation) == ["PRE auth", "ROUTE product.page", "POST"])
    let server = try #require(stage.spans(Stage.id(passed)).first { $0.parent == nil })
    #expect(spans.allSatisfy { $0.parent == server.id && $0.status == .ok && $0.ltxid == .first })
    #expect(
      spans[0][attribute: AttributeName.filters] == .text("routing client-key authentication revocation rate-limit"))
    #expect(spans[0][attribute: AttributeName.subject] == .text("kim"))
    let pre = stage.filters(in: spans[0], passed)
    #expect(pre.map(\.operation) == ["routing", "client-key", "authentication", "revocation", "rate-limit"])
    #expect(
      pre.allSatisfy { $0.status == .ok && $0.ltxid == .first && spans[0].start <= $0.start && $0.end <= spans[0].end })
    #expect(pre.map { $0[attribute: AttributeName.subject]?.description } == ["product.page", "web", "kim", nil, nil])
    // The others are done in no time: this one asks the store.
    #expect((pre[3].duration ?? 0) > 0)
    #expect(spans[2][attribute: AttributeName.filters] == .text("transaction-header metering access-log"))
    #expect(stage.filters(in: spans[2], passed).map(\.operation) == ["transaction-header", "metering", "access-log"])
    let call = try #require(stage.spans(Stage.id(passed)).first { $0.kind == .client && $0.parent == spans[1].id })
    #expect(call.peer == ShopPlan.pageComposer && call.ltxid?.number == 2)
    #expect(stage.problems() == [])
  }

  /// An error in PRE runs ERROR, then POST, and never ROUTE.
  @Test func refusalRunsErrorAndThenPost() {
    let stage = Stage()
    let refused = stage.ask(Self.page, by: nil)
    let spans = stage.filterSpans(refused)
    #expect(Set(spans.map(\.operation)) == ["PRE auth", "ERROR no-token", "POST"] && spans.count == 3)
    #expect(spans.first?.status == .error && spans.first?.message == "401 no-token")
    #expect(spans.first?[attribute: GatewayTrail.reason] == .text("no-token"))
    let asked = stage.filters(in: spans.first, refused)
    #expect(asked.map(\.operation) == ["routing", "authentication"] && asked.map(\.status) == [.ok, .error])
    #expect(asked.last?.message == "401 no-token")
    #expect(stage.world.logBook.lines(LogFilter(gtxid: Stage.id(refused)), limit: 5).count == 1)
    // Turned away by a filter that has nothing to do with tokens: that one stands alone.
    let large = stage.filterSpans(stage.ask(Request("POST /reviews", body: .large(5_000))))
    #expect(Set(large.map(\.operation)) == ["PRE", "PRE route-body-limit", "ERROR body-too-large", "POST"])
    #expect(large.first { $0.operation == "PRE route-body-limit" }?.status == .error)
    #expect(stage.problems() == [])
  }

  @Test func refusedOrderIsRejectedAndNeverLeaves() throws {
    let stage = Stage()
    var body = Payload.large(9_000)
    body.quantity = 1
    let refused = stage.ask(Request("POST /orders", body: body))
    #expect(refused.status == 413)
    #expect(stage.state(Stage.id(refused)) == .rejected)
    #expect(stage.callees(refused).isEmpty)
    #expect(stage.problems() == [])
  }

  @Test func sandboxAnswersWithoutEffect() throws {
    let stage = Stage()
    let body = Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000)
    let before = stage.stock("sku-01")
    let tried = stage.ask(Request("POST /sandbox/orders", body: body), client: "partner")
    let id = try #require(Stage.id(tried))
    #expect(tried.status == 202 && tried.body.text("gtxid") == id.hex && Stage.header("X-Sandbox", tried) == "true")
    #expect(stage.orderState(id) == nil && stage.stock("sku-01") == before && stage.records(id).isEmpty)
    #expect(stage.ask(Request("POST /sandbox/orders", body: Payload(sku: "none", quantity: 1))).status == 400)
    let place = try #require(Stage.header("Location", tried))
    #expect(place == "/sandbox/transactions/\(id.hex)")
    #expect(stage.ask(Request("GET \(place)")).body.step == "sandbox")
    #expect(stage.ask(Request("POST /sandbox/nothing")).status == 404)
    let meter = stage.world.edge.client("partner", at: stage.world.time.now)?.meter
    #expect(meter?.sandboxCalls == 1 && meter?.charge == 0)
  }

  /// Each route that can be tried out: what it takes and what it refuses, and that nothing comes of it.
  @Test func everySandboxAnswersWithItsTransaction() throws {
    let stage = Stage()
    func kept() throws -> [Int64] {
      let disk = try #require(stage.world.disk(of: ShopPlan.review))
      let reviews: Int64 = try disk.database.read { try $0.number("SELECT count(*) FROM review") }
      return [reviews, Int64(stage.world.keyValueStore.contents()["cart"]?.keys ?? 0)]
    }
    let before = try kept()
    var review = Payload(sku: "sku-01")
    review.stars = 4
    var (words, ids) = (Payload(), Payload())
    words.words = "lamp"
    ids["ids"] = .texts(["sku-01"])
    let calls = [
      ("POST /sandbox/carts", Payload(sku: "sku-01", quantity: 1), 204), ("POST /sandbox/carts", Payload(), 400),
      ("POST /sandbox/reviews", review, 201), ("POST /sandbox/reviews", Payload(sku: "sku-01"), 400),
      ("GET /sandbox/search", words, 200), ("GET /sandbox/products/sku-01", Payload(), 200),
      ("POST /sandbox/products/info", ids, 200),
    ]
    for (route, body, status) in calls {
      let answer = stage.ask(Request(route, body: body), client: "partner", instance: 1)
      #expect(answer.status == status && Stage.header("X-Sandbox", answer) == "true", "\(route)")
      #expect(
        stage.spans(Stage.id(answer)).first { $0.parent == nil }?.text(AttributeName.kind) == "sandbox", "\(route)")
    }
    #expect(try kept() == before)
    // Both would have kept it, had it been meant.
    #expect(stage.ask(Request("POST /carts", body: Payload(sku: "sku-01", quantity: 1))).status == 204)
    #expect(stage.ask(Request("POST /reviews", body: review)).status == 201)
    #expect(try zip(kept(), before).allSatisfy { $0 == $1 + 1 })
    let meter = stage.world.edge.client("partner", at: stage.world.time.now)?.meter
    #expect(meter?.sandboxCalls == calls.count && meter?.charge == 0)
    let paths = try #require(stage.ask(Request("GET /openapi.json"), by: nil).body.object("paths"))
    #expect(paths.object("/carts")?.object("post")?.text("x-sandbox") == "/sandbox/carts")
    #expect(stage.problems() == [])
  }

  /// Every route of both gateways has its specification, and a sandbox call that says its transaction and leaves nothing.
  @Test(arguments: GatewayTable.all.map(\.name)) func everyRouteCanBeTriedOut(gateway: String) throws {
    let stage = Stage()
    let table = try #require(GatewayTable.all.first { $0.name == gateway })
    let order = try #require(stage.order())
    let carts = stage.world.keyValueStore.contents()["cart"]?.keys ?? 0
    let paths = try #require(stage.ask(Request("GET /openapi.json"), of: gateway, by: nil).body.object("paths"))
    for route in table.routes {
      let (method, path) = (route.definition.methods[0], route.definition.pattern.description)
      let said = try #require(paths.object(path)?.object(method.lowercased()), "\(route.route)")
      let own = ([said] + (said.objects("x-variants") ?? [])).first {
        $0.text("operationId") == route.definition.id
      }
      #expect(own?.text("x-sandbox") == "/sandbox" + path && own?.text("summary") != nil, "\(route.route)")
      var request = Request("\(method) /sandbox\(path)", body: Self.body(for: route.definition.id))
      request.argument = path.hasSuffix("{gtxid}") ? order.hex : path.contains("{name}") ? "kim" : "sku-01"
      request.headers = route.definition.headers.map { Carrier.Header($0.name, $0.value ?? "") }
      let answer = stage.ask(request, of: gateway, roles: MemberRole.all, instance: 1)
      let id = try #require(Stage.id(answer), "\(route.route)")
      #expect((200..<300).contains(answer.status) && Stage.header("X-Sandbox", answer) == "true", "\(route.route)")
      #expect(stage.spans(id).first { $0.parent == nil }?.text(AttributeName.kind) == TransactionKind.sandbox)
      #expect(stage.records(id).isEmpty && stage.spans(id).allSatisfy { $0.kind != .producer }, "\(route.route)")
      #expect(stage.callees(answer).count == (own?.text("x-sandbox-answer") == nil ? 1 : 0), "\(route.route)")
    }
    #expect(stage.state(order) == .committed && stage.problems() == [])
    #expect((stage.world.keyValueStore.contents()["cart"]?.keys ?? 0) == carts)
  }

  private static func body(for route: String) -> Payload {
    var body = Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000)
    switch route {
    case "order.orchestrated": body.saga = .orchestrated
    case "review.write", "review.message": body.stars = 4
    case "search": body.words = "lamp"
    case "products.info":
      body = Payload()
      body["ids"] = .texts(["sku-01"])
    default: break
    }
    return body
  }

  @Test func specificationIsServed() throws {
    let answer = Stage().ask(Request("GET /openapi.json"), by: nil)
    #expect(answer.status == 200 && answer.body.text("openapi") == "3.1.0")
    let orders = try #require(answer.body.object("paths")?.object("/orders")?.object("post"))
    #expect(orders.text("x-service") == ShopPlan.orchestrator && orders.objects("x-variants")?.count == 1)
    #expect(answer.body.object("paths")?.object("/items/{sku}") == nil)
    let inside = Stage().ask(Request("GET /openapi.json"), of: ShopPlan.gatewayInternal, by: nil)
    #expect(inside.body.object("paths")?.object("/items/{sku}")?.object("get")?.text("x-service") == ShopPlan.item)
  }

  @Test func pagesAreCachedOnlyWhereThatIsAsked() {
    func calls(_ cache: Int64?) -> Int {
      let stage = Stage { $0.edge.pageCache = cache }
      _ = stage.ask(Self.page, instance: 1)
      let second = stage.ask(Self.page, instance: 1)
      #expect(second.status == 200 && second.body.sku == "sku-01")
      return stage.spans(Stage.id(second)).filter { $0.kind == .client }.count
    }
    #expect(calls(nil) > 5)
    #expect(calls(60_000_000_000) == 0)
  }

  @Test func clientsAreMeteredAndCharged() {
    let stage = Stage()
    _ = stage.ask(Self.page, client: "partner", instance: 1)
    _ = stage.ask(Self.page, by: nil, client: "partner", instance: 1)
    func partner() -> EdgeBooks.Client? {
      stage.world.edge.client("partner", at: stage.world.time.now)
    }
    let meter = partner()?.meter
    #expect(meter?.calls == 1 && meter?.refused == 1)
    let kilobytes = Int64(((meter?.responseBytes ?? 0) + 1023) / 1024)
    // The refusal's bytes are counted, and not charged.
    #expect((meter?.charge ?? 0) <= 50_000 + 5_000 * kilobytes && (meter?.charge ?? 0) >= 55_000)
    // What a client owes outlives the instance.
    stage.arm("gateway/1:crash,ttl=1s")
    stage.run(3)
    #expect(partner()?.meter == meter)
    _ = stage.ask(Self.page, client: "partner", instance: 1)
    #expect(partner()?.meter.calls == 2)
  }

  @Test func eachGatewayHasItsOwnTable() {
    let stage = Stage()
    let offer = Request("GET /items/{sku}", argument: "sku-03")
    #expect(stage.ask(offer, roles: MemberRole.all).status == 404)
    #expect(stage.ask(Self.page, of: ShopPlan.gatewayInternal, roles: MemberRole.all).status == 404)
    #expect(stage.ask(Request("GET /health/item"), of: ShopPlan.gatewayInternal, by: nil).status == 200)
    var body = Payload()
    body.price = 12_300
    let set = Request("PUT /items/{sku}/price", argument: "sku-03", body: body)
    #expect(stage.ask(set, of: ShopPlan.gatewayInternal, by: "mori", roles: [MemberRole.operator]).status == 204)
    let after = stage.ask(offer, of: ShopPlan.gatewayInternal, by: "mori", roles: [MemberRole.operator])
    #expect(after.body.price == 12_300)
    stage.run(13.3)
    #expect(stage.problems() == [])
  }

  @Test func snapshotShowsTheGatewaysSideBySide() throws {
    let stage = Stage(rate: 5)
    stage.run(5)
    _ = stage.ask(Self.page, by: nil, client: "partner")
    let edge = stage.snapshot().edge
    #expect(edge.gateways.map(\.name) == ["gateway", "gateway-internal"])
    let gateway = try #require(edge.gateway("gateway"))
    let order = try #require(gateway.routes.first { $0.id == "order.create" })
    #expect(order.calls > 5 && order.rate > 0 && order.p99 != nil && order.settings.contains("202"))
    #expect(gateway.routes.first { $0.id == "product.page" }?.refused == 1)
    let refusal = EdgeGateway.Refusal(
      reason: "no-token", status: 401, count: 1,
      meaning: "The route wants to know who asks, and the request has no token.")
    #expect(gateway.refusals == [refusal])
    let partner = try #require(gateway.clients.first { $0.id == "partner" })
    #expect(partner.plan == "partner" && partner.quota == 100_000 && partner.rateLimit == 20 && partner.refused == 1)
    #expect(gateway.accessLog.count > 5 && gateway.versions.count == 2 && !gateway.failsOpen)
    #expect(edge.members.logIns > 0 && edge.members.accounts == 18)
  }
}
