import Operations
import Platform
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 12 for ten minutes: among ordinary customers somebody comes every minute with what each filter lets pass, and with
/// what it refuses or changes. What became of either is read from what the caller gets, the spans of the call and the rows
/// that it leaves; not from what the gateway counts.
@Suite struct Row12TenMinutesTests {
  /// All but those without which nothing passes: routing, and the header by which the caller knows the transaction.
  private static let filters: Set<String> = [
    "authentication", "revocation", "roles", "client-key", "body-limit", "route-body-limit", "rate-limit", "quota",
    "cors-preflight", "cors-headers", "request-transform", "response-transform", "sync-to-async", "cache-read",
    "metering", "access-log", "error-answer", "specification",
  ]

  private static func tenMinutes(isOpen: Bool) throws -> [String] {
    let stage = Stage(seed: 12, rate: 2) {
      $0.mix = .ordinary
      $0.edge.filtersLeftOut = isOpen ? filters : []
      $0.edge.translates = !isOpen
      $0.edge.pageCache = 10_000_000_000
      $0.edge.partnerLimit = TokenBucketRule(capacity: 6, refillPerSecond: 3)
      $0.edge.partnerQuota = 150
    }
    var visitor = GatewayVisitor(stage)
    for _ in 0..<9 {
      stage.run(40)
      try visitor.visit()
    }
    stage.run(80)
    stage.world.customers.close()
    stage.run(60)
    // Last: whoever comes after that is turned away.
    visitor.useUpTheQuota()
    visitor.lookAtTheBooks()
    stage.letChangesArrive()
    // Of those who came meanwhile nobody was turned away, but for some who came back after they had logged out.
    let revoked = GatewayReason.revokedToken.rawValue
    let refused = stage.tracesOfAll().filter { trace in
      trace.contains { $0.text(GatewayTrail.reason).map { $0 != revoked } ?? false }
        && !visitor.visits.contains(trace[0].gtxid)
    }
    let turnedAway = refused.map { "customers: \($0.first { $0.parent == nil }?.operation ?? "somebody") was refused" }
    return visitor.findings + turnedAway + (isOpen ? [] : stage.problems())
  }

  @Test func everyFilterLetsPassAndRefuses() throws {
    let findings = try Self.tenMinutes(isOpen: false)
    #expect(findings == [])
  }

  @Test func withoutItsFiltersTheGatewayLetsEverythingPass() throws {
    let findings = try Self.tenMinutes(isOpen: true)
    for filter in Self.filters.union(["json-to-protobuf"]) {
      #expect(findings.contains { $0.hasPrefix("\(filter):") }, "\(filter): \(Set(findings))")
    }
    #expect(!findings.contains { $0.hasPrefix("routing:") })
  }

  /// A minute is enough where nothing passes at all.
  @Test func withoutItsRoutesNothingPasses() throws {
    let stage = Stage { $0.edge.filtersLeftOut = ["routing"] }
    var visitor = GatewayVisitor(stage)
    try visitor.visit()
    #expect(visitor.findings.contains { $0.hasPrefix("routing:") }, "\(visitor.findings)")
  }
}

/// Somebody who tries the gateway's filters one after the other.
private struct GatewayVisitor {
  let stage: Stage
  /// One line for each thing that is not as it should be, beginning with the filter's name.
  private(set) var findings: [String] = []
  /// The transactions that the visitor has begun.
  private(set) var visits: Set<GTXID> = []
  private var number = 0

  init(_ stage: Stage) { self.stage = stage }

  // MARK: Asking, and looking

  private mutating func ask(
    _ request: Request, _ headers: [String: String] = [:], of service: String = ShopPlan.gateway,
    by user: String? = "kim", roles: [String] = [MemberRole.customer], client: String? = nil, token: String? = nil,
    seconds: Double = 0.4
  ) -> Response {
    var request = request
    request.headers = headers.sorted { $0.key < $1.key }.map { Carrier.Header($0.key, $0.value) }
    let answer = stage.ask(
      request, of: service, by: user, roles: roles, client: client, token: token, instance: 1, seconds: seconds)
    if let id = Stage.id(answer) { visits.insert(id) }
    return answer
  }

  private mutating func expect(_ isSo: Bool, _ filter: String, _ words: String) {
    if !isSo { findings.append("\(filter): \(words)") }
  }

  private func status(_ answer: Response) -> Int? {
    stage.spans(Stage.id(answer)).first { $0.parent == nil }?.httpStatus
  }

  /// The call was let through: its spans say that it was answered so, and no filter that it refused it.
  private mutating func passes(_ filter: String, _ answer: Response, _ status: Int = 200) {
    let refusal = stage.filterSpans(answer).first { $0.text(GatewayTrail.reason) != nil }
    expect(
      self.status(answer) == status && refusal == nil, filter,
      "\(status) is \(self.status(answer) ?? 0), \(refusal?.message ?? "")")
  }

  /// The call was refused, by this filter and for this reason, and went no further.
  private mutating func isRefused(_ filter: String, _ answer: Response, _ reason: GatewayReason) {
    let spans = stage.filterSpans(answer)
    let name = ["authentication", "revocation"].contains(filter) ? "PRE auth" : "PRE \(filter)"
    let isSaid = spans.contains { $0.operation == name && $0.text(GatewayTrail.reason) == reason.rawValue }
    expect(
      status(answer) == reason.status && isSaid && stage.callees(answer).isEmpty, filter,
      "\(reason.rawValue) is \(status(answer) ?? 0) in \(spans.map(\.operation)), then \(stage.callees(answer))")
  }

  // MARK: A visit

  mutating func visit() throws {
    number += 1
    try tokens()
    limits()
    browsers()
    try changes()
    other()
  }

  private static let profile = Request("GET /members/me")
  private static let plain = Request("GET /products/{sku}", argument: "sku-02")

  private mutating func tokens() throws {
    passes("authentication", ask(Self.profile))
    isRefused("authentication", ask(Self.profile, by: nil), .noToken)
    isRefused("authentication", ask(Self.profile, token: "not.a.token"), .invalidToken)

    let token = ask(Accounts.logIn("lee", password: Accounts.password(of: "lee")), by: nil).body.token ?? ""
    passes("revocation", ask(Self.profile, token: token))
    _ = ask(Request("POST /logout"), token: token)
    isRefused("revocation", ask(Self.profile, token: token), .revokedToken)

    let offer = Request("GET /items/{sku}", argument: "sku-03")
    let inside = ShopPlan.gatewayInternal
    passes("roles", ask(offer, of: inside, by: "mori", roles: [MemberRole.operator]))
    isRefused("roles", ask(offer, of: inside), .forbidden)

    passes("client-key", ask(Self.profile, ["X-API-Key": GatewayTable.key(of: "web")]))
    isRefused("client-key", ask(Self.profile, ["X-API-Key": "of nobody"]), .unknownKey)
  }

  private mutating func limits() {
    var large = Payload.large(60_000)
    large.quantity = 1
    passes("body-limit", ask(Request("POST /carts", body: large)), 204)
    isRefused("body-limit", ask(Request("POST /carts", body: .large(70_000))), .bodyTooLarge)
    passes("route-body-limit", ask(Request("POST /reviews", body: .large(3_000))), 201)
    isRefused("route-body-limit", ask(Request("POST /reviews", body: .large(5_000))), .bodyTooLarge)

    // More at once than a partner may.
    let refused = (0..<10).map { _ in askAsPartner(seconds: 0.01) }.filter { $0.status == 429 }
    stage.run(4)
    expect((2...5).contains(refused.count), "rate-limit", "of ten at once \(refused.count) were refused")
    for answer in refused { isRefused("rate-limit", answer, .rateLimited) }
    passes("rate-limit", askAsPartner())
  }

  private mutating func askAsPartner(seconds: Double = 0.4) -> Response {
    ask(Self.plain, client: "partner", seconds: seconds)
  }

  private mutating func browsers() {
    func preflight(_ origin: String) -> Response {
      ask(Request("OPTIONS /orders"), ["Origin": origin, "Access-Control-Request-Method": "POST"], by: nil)
    }
    let allowed = preflight("https://shop.example")
    passes("cors-preflight", allowed, 204)
    isRefused("cors-preflight", preflight("https://evil.example"), .originNotAllowed)

    let name = "Access-Control-Allow-Origin"
    let (own, other) = (
      ask(Self.profile, ["Origin": "https://m.shop.example"]), ask(Self.profile, ["Origin": "https://evil.example"])
    )
    expect(Stage.header(name, own) == "https://m.shop.example", "cors-headers", "the shop's own page may not read it")
    expect(Stage.header(name, other) == nil, "cors-headers", "anybody's page may read it")
  }

  /// What passes, and not as it came.
  private mutating func changes() throws {
    let answer = ask(Request("POST /orders", body: Payload(user: "lee", sku: "sku-04", quantity: 1, amount: 1_000)))
    let id = Stage.id(answer)?.hex ?? ""
    passes("sync-to-async", answer, 202)
    expect(
      answer.body.text("gtxid") == id && Stage.header("Location", answer) == "/transactions/\(id)", "sync-to-async",
      "the answer does not say where to ask")
    let buyer = try stage.world.disk(of: ShopPlan.order)?.database.read {
      try $0.first("SELECT user FROM orders WHERE gtxid = ?", [id]) { $0.value(0) as String }
    }
    expect(buyer == "kim", "request-transform", "kim has ordered as \(buyer.flatMap(\.self) ?? "nobody")")

    let old = ask(Self.plain, ["Accept-Version": "1"])
    passes("response-transform", old)
    expect(old.body.text("name") != nil && old.body.title == nil, "response-transform", "it has a title, and no name")

    var wish = Payload()
    wish["ids"] = .texts(["sku-01", "sku-02"])
    let info = ask(Request("POST /products/info", body: wish))
    let sizes = stage.filterSpans(info).compactMap { MessageSizes($0) }.first
    passes("json-to-protobuf", info)
    expect(info.body.objects("products")?.count == 2, "json-to-protobuf", "the answer is no JSON")
    expect(
      sizes.map { 2 * $0.protobuf < $0.json } == true, "json-to-protobuf", "it went on as it came: \(sizes as Any)")
    let wrong = ask(Request("POST /products/info", body: Payload(sku: "sku-01")))
    isRefused("json-to-protobuf", wrong, .untranslatable)
  }

  private mutating func other() {
    // By path, by header and by content, each to another service.
    let ways = [
      (ask(Request("GET /search")), ShopPlan.search), (ask(Self.plain, ["Accept-Version": "1"]), ShopPlan.catalog),
      (order(.choreographed), ShopPlan.order), (order(.orchestrated), ShopPlan.orchestrator),
    ]
    for (answer, service) in ways {
      expect(stage.callees(answer) == [service], "routing", "\(service) is \(stage.callees(answer))")
    }
    let nowhere = ask(Request("GET /nowhere"))
    isRefused("routing", nowhere, .noRoute)
    expect(nowhere.body.text("title") == GatewayReason.noRoute.rawValue, "error-answer", "nobody is told why")
    let specification = ask(Request("GET /openapi.json"), by: nil)
    passes("specification", specification)
    expect(specification.body.object("paths") != nil, "specification", "it names no paths")

    // Whoever comes second has it from the cache.
    let page = Request("GET /products/{sku}", argument: "sku-0\(1 + number % 9)")
    passes("cache-read", ask(page))
    let second = ask(page)
    passes("cache-read", second)
    expect(stage.callees(second).isEmpty, "cache-read", "\(stage.callees(second)) was asked again")
    expect(second.body.sku == page.argument, "cache-read", "another page came: \(second.body.sku ?? "none")")
  }

  private mutating func order(_ saga: SagaKind) -> Response {
    var order = Request("POST /orders", body: Payload(user: "kim", sku: "sku-05", quantity: 1, amount: 1_000))
    if saga != .choreographed { order.body.saga = saga }
    return ask(order)
  }

  // MARK: At the end

  mutating func useUpTheQuota() {
    for _ in 0..<160 {
      let answer = askAsPartner()
      guard answer.status == 200 else { return isRefused("quota", answer, .quotaExceeded) }
    }
    findings.append("quota: a partner calls as often as it likes")
  }

  /// What the operator reads of the last calls, beside their spans, and what clients have used.
  mutating func lookAtTheBooks() {
    let gateway = stage.snapshot().edge.gateway(ShopPlan.gateway)
    expect(gateway?.accessLog.count ?? 0 > 40, "access-log", "\(gateway?.accessLog.count ?? 0) lines")
    for line in gateway?.accessLog ?? [] {
      let root = stage.spans(line.gtxid).first { $0.parent == nil }
      expect(root?.httpStatus == line.status, "access-log", "\(line.method) \(line.path) was answered otherwise")
    }
    let called = stage.roots().count { root in
      root.service == ShopPlan.gateway && (200..<300).contains(root.httpStatus ?? 0)
    }
    let metered = gateway?.clients.reduce(0) { $0 + Int($1.calls) } ?? 0
    expect(metered >= called && called > 1_000, "metering", "\(metered) calls are metered, \(called) were answered")
    let partner = gateway?.clients.first { $0.id == "partner" }
    expect(partner?.charge ?? 0 >= 100 * 55_000, "metering", "a partner is charged \(partner?.charge ?? 0)")
  }
}
