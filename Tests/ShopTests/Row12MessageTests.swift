import EventBus
import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 12, an exchange outside for a message inside: what is sent to `POST /messages/reviews` is a record of the topic
/// `reviews`, whoever is there to read it.
@Suite struct Row12MessageTests {
  private static func review(_ stars: Int64? = 4, sku: String? = "sku-03", words: String? = "as hoped") -> Request {
    var body = Payload(sku: sku)
    body.stars = stars
    body.words = words
    return Request("POST /messages/reviews", body: body)
  }

  private static func rows(_ stage: Stage) throws -> [String] {
    try stage.world.disk(of: ShopPlan.review)?.database.read { database in
      try database.all("SELECT user, sku, stars, words FROM review ORDER BY written, id") { row in
        "\(row.value(0) as String) \(row.value(1) as String) \(row.value(2) as Int64) \(row.value(3) as String)"
      }
    } ?? []
  }

  private static func state(_ id: GTXID?, _ stage: Stage, by user: String = "kim") -> Response {
    stage.ask(Request("GET /messages/reviews/{gtxid}", argument: id?.hex ?? ""), by: user)
  }

  @Test func aMessageBecomesARecordAndAReview() throws {
    let stage = Stage()
    // Whoever it says it is: it is who has logged in.
    var request = Self.review()
    request.body.user = "lee"
    request.body["price"] = .number(1)
    let accepted = stage.ask(request)
    let id = try #require(Stage.id(accepted))
    #expect(accepted.status == 202 && accepted.body.text("gtxid") == id.hex)
    #expect(Stage.header("Location", accepted) == "/messages/reviews/\(id.hex)")
    stage.run(1)
    #expect(stage.events(id) == ["ReviewSubmitted → reviews"])
    let record = try #require(stage.records(id).first?.record)
    #expect(record.keyText == "sku-03" && record.headerText(RecordHeaderName.message) == "\(id.hex)/ReviewSubmitted")
    #expect(
      String(decoding: record.value, as: UTF8.self) == #"{"sku":"sku-03","stars":4,"user":"kim","words":"as hoped"}"#)
    #expect(try Self.rows(stage) == ["kim sku-03 4 as hoped"])
    let written = Self.state(id, stage)
    #expect(written.status == 200 && written.body.state == "WRITTEN" && written.body.stars == 4)
    // Nobody else is told of it.
    #expect(Self.state(id, stage, by: "lee").status == 404)
    #expect(stage.state(id) == .committed && stage.book(id)?.kind == TransactionKind.message)
    #expect(stage.problems() == [])
  }

  /// No service stands in the way: the gateway calls nobody, and its record is read by review.
  @Test func itsCallTreeHasNoCall() throws {
    let stage = Stage()
    let accepted = stage.ask(Self.review())
    stage.run(1)
    let spans = stage.spans(Stage.id(accepted))
    #expect(!spans.contains { $0.kind == .client } && stage.callees(accepted) == [])
    #expect(stage.filterSpans(accepted).map(\.operation) == ["PRE auth", "ROUTE review.message", "POST"])
    let pre = stage.filters(in: stage.filterSpans(accepted).first, accepted).map(\.operation)
    #expect(
      pre == [
        "body-limit", "routing", "route-body-limit", "authentication", "revocation", "rate-limit", "body-fields",
      ])
    let route = try #require(spans.first { $0.operation == "ROUTE review.message" })
    let sent = try #require(spans.first { $0.kind == .producer })
    #expect(sent.parent == route.id && sent.service == ShopPlan.gateway && sent.operation == "ReviewSubmitted")
    #expect(sent.peer == TopicName.reviews && sent.ltxid?.number == 2)
    let read = try #require(spans.first { $0.kind == .consumer })
    #expect(read.parent == sent.id && read.service == ShopPlan.review && read.operation == "write review")
    #expect(read.ltxid == sent.ltxid && spans.allSatisfy { $0.status == .ok })
    let gateway = try #require(stage.snapshot().edge.gateway(ShopPlan.gateway))
    let counted = try #require(gateway.routes.first { $0.id == "review.message" })
    #expect(
      counted.calls == 1 && counted.errors == 0 && counted.topic == TopicName.reviews && counted.service.isEmpty
        && counted.settings.contains("202"))
    #expect(gateway.accessLog.contains { $0.route == "review.message" && $0.status == 202 })
  }

  /// Review is away: messages are accepted all the same, and are written when it is back.
  @Test func nobodyNeedBeThereToReadIt() throws {
    let stage = Stage(faults: ["review:crash,ttl=6s"])
    let accepted = stage.ask(Self.review())
    #expect(accepted.status == 202)
    #expect(stage.ask(Request("POST /reviews", body: Self.review().body), seconds: 3).status == 503)
    #expect(stage.state(Stage.id(accepted)) == .running && Self.rows(ofNothing: stage))
    stage.run(20)
    #expect(try Self.rows(stage) == ["kim sku-03 4 as hoped"])
    #expect(stage.state(Stage.id(accepted)) == .committed)
    #expect(stage.problems() == [])
  }

  private static func rows(ofNothing stage: Stage) -> Bool { (try? rows(stage)) == [] }

  @Test func aBusThatIsAwayIsTold() throws {
    let stage = Stage(faults: ["broker:broker-down,ttl=5s"])
    let refused = stage.ask(Self.review())
    #expect(refused.status == 503 && refused.body.reason?.contains("topic reviews") == true)
    #expect(stage.state(Stage.id(refused)) == .failed && Stage.header("Location", refused) == nil)
    let spans = stage.filterSpans(refused)
    #expect(Set(spans.map(\.operation)) == ["PRE auth", "ROUTE review.message", "ERROR upstream", "POST"])
    #expect(spans.first { $0.operation == "ROUTE review.message" }?.status == .error)
    #expect(!stage.spans(Stage.id(refused)).contains { $0.kind == .producer })
    #expect(stage.snapshot().edge.gateway(ShopPlan.gateway)?.routes.first { $0.id == "review.message" }?.errors == 1)
    // The gateway is well again when the bus is, though nobody sends anything.
    stage.run(8)
    #expect(stage.world.service(ShopPlan.gateway).instances.allSatisfy { $0.process?.bus.isOutOfReach == false })
    #expect(try Self.rows(stage) == [])
    #expect(stage.ask(Self.review()).status == 202)
    stage.run(5)
    #expect(try Self.rows(stage).count == 1 && stage.problems() == [])
  }

  @Test(arguments: [
    (Row12MessageTests.review(6), "stars is a whole number from 1 to 5"),
    (Row12MessageTests.review(nil), "stars is missing; it is a whole number from 1 to 5"),
    (Row12MessageTests.review(4, sku: nil), "sku is missing; it is a text of 1 to 64 characters"),
    (Row12MessageTests.review(4, sku: ""), "sku is a text of 1 to 64 characters"),
    (
      Row12MessageTests.review(4, words: String(repeating: "x", count: 2_001)),
      "words is a text of 1 to 2000 characters"
    ),
    (Request("POST /messages/reviews"), "the body is "),
  ])
  func aBodyThatIsNoReviewIsRefused(request: Request, sentence: String) throws {
    let stage = Stage()
    let refused = stage.ask(request)
    #expect(refused.status == 400 && refused.body.text("title") == "malformed-body")
    #expect(refused.body.reason?.hasPrefix(sentence) == true, "\(refused.body)")
    #expect(stage.state(Stage.id(refused)) == .rejected)
    #expect(stage.filterSpans(refused).map(\.operation).contains("PRE body-fields"))
    stage.run(1)
    #expect(stage.events(Stage.id(refused)) == [] && stage.refusals(.malformedBody) == 1)
    // Without the filter it would be on the topic, and who reads it the first to find out.
    let blind = Stage { $0.edge.filtersLeftOut = ["body-fields"] }
    if request.body.stars == 6 { #expect(blind.ask(request).status == 202) }
  }

  /// What comes twice has one effect; without idempotency it would have two.
  @Test(arguments: [false, true]) func aMessageThatComesTwiceIsOneReview(isWrong: Bool) throws {
    let stage = Stage(faults: ["topic:reviews:duplicate=100%"]) {
      $0.mistakes = isWrong ? [.noIdempotency] : []
    }
    #expect(stage.ask(Self.review()).status == 202)
    stage.run(2)
    #expect(stage.world.counters.duplicatesSuppressed == (isWrong ? 0 : 1))
    #expect(stage.broken().contains(.effectsHappenOnce) == isWrong)
    if !isWrong { #expect(try Self.rows(stage).count == 1) }
  }

  /// The gateway crashes when the bus has the record, before anybody is answered: it is accepted after all.
  @Test func aMessageOutlivesItsGateway() throws {
    let stage = Stage()
    let gateway = stage.world.service(ShopPlan.gateway).instances[0]
    stage.send(Self.review())
    for _ in 0..<1_000 where (try? Self.sent(stage)) != true { stage.run(0.000_1) }
    gateway.fail(because: "", downFor: 1_000_000_000)
    stage.run(8)
    #expect(try Self.rows(stage) == ["kim sku-03 4 as hoped"])
    let id = try #require(stage.world.book.newest(100).first { $0.kind == TransactionKind.message }?.gtxid)
    #expect(stage.state(id) == .committed && stage.problems() == [])
  }

  private static func sent(_ stage: Stage) throws -> Bool {
    try (0..<ShopPlan.partitions).contains {
      try stage.world.broker.topic(TopicName.reviews).bounds(partition: $0).upperBound > 0
    }
  }

  /// The body is looked at as ever, and there is no record of it; where one asks what became of it is a sandbox, too.
  @Test func inTheSandboxItIsCheckedAndForgotten() throws {
    let stage = Stage()
    let tried = stage.ask(Request("POST /sandbox/messages/reviews", body: Self.review().body), client: "partner")
    let id = try #require(Stage.id(tried))
    #expect(tried.status == 202 && tried.body.text("gtxid") == id.hex && Stage.header("X-Sandbox", tried) == "true")
    #expect(stage.callees(tried) == [] && stage.state(id) == .committed)
    #expect(Set(stage.filterSpans(tried).map(\.operation)) == ["PRE auth", "PRE sandbox", "POST"])
    let place = try #require(Stage.header("Location", tried))
    #expect(place == "/sandbox/messages/reviews/\(id.hex)")
    #expect(stage.ask(Request("GET \(place)")).body.step == "sandbox" && Self.state(id, stage).status == 404)
    stage.run(2)
    #expect(try stage.events(id) == [] && Self.rows(stage) == [] && !Self.sent(stage))
    let refused = stage.ask(Request("POST /sandbox/messages/reviews", body: Self.review(6).body))
    #expect(refused.status == 400 && refused.body.text("title") == "malformed-body")
    #expect(stage.problems() == [])
    // Without the filter it would be a review.
    let blind = Stage { $0.edge.filtersLeftOut = ["sandbox"] }
    _ = blind.ask(Request("POST /sandbox/messages/reviews", body: Self.review().body), seconds: 2)
    #expect(try Self.rows(blind).count == 1)
  }

  @Test func theSpecificationSaysWhatItTakes() throws {
    let stage = Stage()
    let desk = try #require(stage.world.edge.desks(of: ShopPlan.gateway).first?.desk)
    let paths = try #require(desk.gateway.configuration.specification(title: "shop")["paths"])
    let post = try #require(paths["/messages/reviews"]?["post"])
    #expect(post["x-topic"] == "reviews" && post["x-kind"] == "message" && post["x-service"] == nil)
    let schema = try #require(post.value(at: "requestBody.content")?["application/json"]?["schema"])
    #expect(schema["required"] == ["sku", "stars"])
    #expect(schema.value(at: "properties.stars.maximum") == 5)
    #expect(post["responses"]?["503"] != nil && post["responses"]?["400"] != nil)
    #expect(post["x-sandbox"] == "/sandbox/messages/reviews" && post["x-sandbox-answer"] != nil)
  }

  // MARK: Configuration

  private func set(_ key: String, _ value: String, _ stage: Stage) -> CommandOutcome {
    let command = Command.configure(key: key, value: value)
    let outcome = CommandDesk(world: stage.world, snapshot: stage.snapshot()).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    stage.run(2)
    return outcome
  }

  @Test func aRouteIsLedToATopicAndBackWhileItRuns() throws {
    let stage = Stage()
    _ = set("route.review.write", "POST /reviews > topic reviews", stage)
    stage.arm("group:review:slow=2s,ttl=2s")
    let accepted = stage.ask(Request("POST /reviews", body: Self.review().body))
    #expect(accepted.status == 202)
    // Nobody has read it yet, and it is over when somebody has.
    #expect(try stage.state(Stage.id(accepted)) == .running && Self.rows(stage) == [])
    stage.run(4)
    #expect(stage.events(Stage.id(accepted)) == ["ReviewSubmitted → reviews"])
    #expect(stage.state(Stage.id(accepted)) == .committed)
    // In the sandbox nobody plays it, and nothing comes of it.
    let tried = stage.ask(Request("POST /sandbox/reviews", body: Self.review().body))
    #expect(tried.status == 202 && stage.events(Stage.id(tried)) == [])
    #expect(stage.ask(Request("POST /reviews", body: Self.review(0).body)).status == 400)
    _ = set("route.review.write", "POST /reviews > review", stage)
    #expect(stage.ask(Request("POST /sandbox/reviews", body: Self.review().body)).status == 201)
    _ = set("route.review.message", "POST /messages/reviews > review POST /reviews", stage)
    let called = stage.ask(Self.review())
    #expect(called.status == 201 && stage.callees(called) == [ShopPlan.review])
    #expect(stage.state(Stage.id(called)) == .committed)
    #expect(try Self.rows(stage).count == 2 && stage.problems() == [])
  }

  /// A record is JSON, whatever the route spoke behind the gateway before; led back it speaks that again.
  @Test func whatIsLedToATopicIsNotTranslated() throws {
    let stage = Stage()
    let (ids, key) = (Request("POST /products/info", body: Self.prices), "route.products.info")
    let outcome = set(key, "POST /products/info > topic reviews", stage)
    guard case .done = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let accepted = stage.ask(Request("POST /products/info", body: Self.review().body), seconds: 2)
    #expect(accepted.status == 202 && stage.events(Stage.id(accepted)) == ["ReviewSubmitted → reviews"])
    #expect(try Self.rows(stage) == ["kim sku-03 4 as hoped"] && stage.ask(ids).status == 400)
    var bytes = Request("POST /products/info")
    bytes.protobuf = [0x0A, 0x01]
    #expect(stage.ask(bytes).status == 415)
    _ = set(key, "POST /products/info > search \(ProductsInfo.method)", stage)
    let asked = stage.ask(ids)
    #expect(asked.status == 200 && asked.body.objects("products")?.count == 1)
    #expect(stage.filterSpans(asked).contains { MessageSizes($0) != nil } && stage.problems() == [])
  }

  private static var prices: Payload {
    var body = Payload()
    body["ids"] = .texts(["sku-01"])
    return body
  }

  /// A topic gives no answer that a gateway could keep.
  @Test func whatIsLedToATopicIsNotCached() throws {
    let stage = Stage { $0.edge.pageCache = 60_000_000_000 }
    _ = set("route.product.page", "POST /products/{sku} > topic reviews", stage)
    for _ in 0..<2 {
      let review = Request("POST /products/{sku}", argument: "sku-03", body: Self.review().body)
      #expect(stage.ask(review).status == 202)
    }
    stage.run(2)
    #expect(try Self.rows(stage).count == 2 && stage.problems() == [])
  }

  /// However its transaction is called: what nobody can handle leaves it stuck.
  @Test func whatIsLedToATopicAndPutAsideIsStuck() throws {
    let stage = Stage()
    _ = set("route.review.write", "POST /reviews > topic reviews", stage)
    stage.arm("review:errors=100%,ttl=120s")
    let accepted = stage.ask(Request("POST /reviews", body: Self.review().body))
    #expect(accepted.status == 202 && stage.book(Stage.id(accepted))?.kind == TransactionKind.review)
    stage.run(90)
    #expect(stage.state(Stage.id(accepted)) == .stuck)
    #expect(try Self.rows(stage) == [])
  }

  /// An order that is led to a topic and does not get there has failed; nobody waits for it.
  @Test func anOrderThatDoesNotGetToATopicHasFailed() {
    let stage = Stage()
    _ = set("route.order.create", "POST /orders > topic reviews", stage)
    stage.arm("broker:broker-down,ttl=5s")
    let refused = stage.ask(Request("POST /orders", body: Self.review().body))
    #expect(refused.status == 503 && stage.state(Stage.id(refused)) == .failed)
  }

  /// No outbox has it, and no record that it answers comes again: whoever sends it is told.
  @Test func whatIsLostBeforeTheBusHasItIsRefused() throws {
    let stage = Stage(faults: ["gateway:lose-before-outbox,ttl=2s"])
    let refused = stage.ask(Self.review())
    #expect(refused.status == 503 && stage.state(Stage.id(refused)) == .failed)
    stage.run(20)
    #expect(try Self.rows(stage) == [] && stage.events(Stage.id(refused)) == [])
    #expect(stage.ask(Self.review()).status == 202 && stage.problems() == [])
  }

  @Test(arguments: [
    ("POST /messages/reviews > topic nothing", "the gateway writes to no topic nothing; it writes to reviews"),
    (
      "POST /messages/reviews > topic reviews POST", "the gateway writes to no topic reviews POST; it writes to reviews"
    ),
    ("POST /messages/reviews > topic", "a topic has a name; say POST /messages/reviews > topic reviews"),
    (
      "POST /messages/reviews topic reviews",
      "it is no route; say GET /products/{sku} > catalog, POST /messages/reviews > topic reviews, or off"
    ),
    ("GET /messages/reviews > topic reviews", "GET has no body for topic reviews; POST or PUT has one"),
  ])
  func aTopicThatTakesNoMessagesIsRefused(value: String, sentence: String) {
    let stage = Stage()
    guard case .refused(let said) = set("route.review.message", value, stage) else {
      Issue.record("\(value) was taken")
      return
    }
    #expect(said.hasSuffix(sentence), "\(said)")
    #expect(stage.ask(Self.review()).status == 202)
  }

  @Test(arguments: [
    ("POST /items > topic reviews", "the gateway writes to no topic; it calls item, member"),
    ("POST /items > topic", "the gateway writes to no topic; it calls item, member"),
    ("items", "it is no route; say GET /products/{sku} > item, or off"),
  ])
  func theInsideGatewayWritesToNone(value: String, sentence: String) {
    let stage = Stage()
    let outcome = set("route.item.offer", value, stage)
    guard case .refused(let said) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(said.hasSuffix(sentence), "\(said)")
  }

  /// Programs that send reviews and ask for them, beside crashes of both ends.
  @Test func customersSendMessages() throws {
    let stage = Stage(rate: 4) { $0.mix = LoadMix(journeys: [(.message, 1)], sagas: [(.choreographed, 1)]) }
    stage.arm("review/1:crash,ttl=3s")
    for crash in ["review:P9,nth=3", "review:P10,nth=9", "review:P11,nth=12"] {
      stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
    }
    stage.run(25)
    stage.world.customers.close()
    stage.run(30)
    let messages = stage.world.book.newest(1_000).filter { $0.kind == TransactionKind.message }
    #expect(messages.count > 60 && messages.allSatisfy { $0.state == .committed && $0.customerSees == "written" })
    #expect(try Self.rows(stage).count == messages.count)
    #expect(stage.problems() == [])
  }
}
