import Operations
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 13: the product page composed in one place, and the call that order makes before it takes an order.
@Suite struct Row13OrchestrationTests {
  /// Ten minutes at 2 tx/s: search is away for a minute, and later reviews are.
  /// - Parameter isOn: false: customers' own programs compose the page, and order asks in JSON and knows no other price.
  private func tenMinutes(isOn: Bool) -> Stage {
    let stage = Stage(seed: 13, rate: 2) {
      $0.mix.journeys = [(.buy, 1), (isOn ? .browse : .clientPage, 1)]
      $0.productsInfo.form = isOn ? .protobuf : .json
      $0.productsInfo.fallsBack = isOn
    }
    stage.run(200)
    stage.arm("search:errors=100%,ttl=60s")
    stage.run(200)
    stage.arm("review:crash,ttl=60s")
    stage.run(200)
    stage.world.customers.close()
    stage.run(60)
    return stage
  }

  /// What is not as it should be.
  private func findings(_ stage: Stage) throws -> [String] {
    let traces = stage.tracesOfAll()
    let pages = traces.filter { Stage.kind(of: $0) == TransactionKind.browse }
    var findings: [String] = []
    if !pages.contains(where: { $0.contains { $0.service == ShopPlan.pageComposer } }) {
      findings.append("no page was composed for anybody")
    }
    let parts = pages.filter { page in !page.contains { $0.service == ShopPlan.pageComposer } }
    if !parts.isEmpty { findings.append("\(parts.count) calls from outside for parts of a page") }
    if pages.contains(where: { $0.first { $0.parent == nil }?.httpStatus != 200 }) { findings.append("a page failed") }
    if !pages.joined().contains(where: { $0.text("page.missing") == "review" }) {
      findings.append("no page says that it lacks reviews")
    }
    return findings + (try orders(stage, traces))
  }

  private func orders(_ stage: Stage, _ traces: [[TraceSpan]]) throws -> [String] {
    let orders = traces.filter { Stage.kind(of: $0) == TransactionKind.checkout }
    let lost = orders.filter { $0.first { $0.parent == nil }?.httpStatus != 202 }
    var findings = lost.isEmpty ? [] : ["\(lost.count) orders were not taken"]
    let rows = try stage.world.disk(of: ShopPlan.order)?.database.read {
      try $0.number("SELECT (SELECT count(*) FROM orders) + (SELECT coalesce(sum(orders), 0) FROM total)")
    }
    if rows != Int64(orders.count) { findings.append("\(rows ?? 0) rows of \(orders.count) orders") }
    let checks = orders.joined().filter { $0.operation == "check the product" }
    if !checks.contains(where: { $0.text(ProductCheck.source) == ProductCheck.lastKnown }) {
      findings.append("no order was taken at the last known price")
    }
    let asked = checks.filter { $0.text(ProductCheck.source) == ProductCheck.fromSearch }
    if asked.count < 400 { findings.append("search was asked \(asked.count) times") }
    for check in asked {
      guard let sizes = MessageSizes(check) else { return findings + ["a call without its bytes"] }
      if 2 * sizes.protobuf > sizes.json { return findings + ["protobuf saves little: \(sizes)"] }
      if check.text(MessageSizes.encoding) != MessageSizes.protobuf { return findings + ["sent as JSON: \(sizes)"] }
    }
    return findings
  }

  /// Where no other price counts an order is not taken while search is away. The orchestrator's order was accepted by then: it
  /// turns back, and its customer is told, who would ask for ever otherwise.
  @Test(arguments: SagaKind.allCases) func whoseOrderCannotBePricedIsTold(saga: SagaKind) throws {
    let stage = Stage(seed: 13) { ($0.productsInfo.form, $0.productsInfo.fallsBack) = (.protobuf, false) }
    stage.arm("search:errors")
    var body = Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000)
    body.saga = saga
    let answer = stage.ask(Request("POST /orders", body: body), seconds: 5)
    let id = try #require(Stage.id(answer))
    guard saga == .orchestrated else {
      #expect(answer.status == 503)
      return
    }
    #expect(answer.status == 202)
    let told = stage.ask(Request("GET /transactions/{gtxid}", argument: id.hex))
    #expect(told.status == 200 && told.body.state == "REJECTED" && told.body.step == "done")
    #expect(told.body.reason?.hasPrefix("what sku-01 costs is not known") == true)
    stage.world.faults.removeAll()
    stage.run(20)
    #expect(stage.problems() == [])
  }

  @Test func pagesAndOrdersNeedNobodyWhoIsAway() throws {
    let stage = tenMinutes(isOn: true)
    #expect(try findings(stage) == [])
    #expect(stage.partialPages() > 10)
    #expect(stage.problems() == [])
  }

  @Test func withoutAllThatBothAreLost() throws {
    let stage = tenMinutes(isOn: false)
    let found = try findings(stage)
    for word in ["composed", "calls from outside", "were not taken", "rows of", "last known", "sent as JSON"] {
      #expect(found.contains { $0.contains(word) }, "\(word): \(found)")
    }
    // One call from outside for each of seven parts, as often as somebody looks at a page.
    let parts = Dictionary(grouping: stage.roots().filter { Self.parts.contains($0.operation) }, by: \.operation)
    #expect(parts.count == 7 && Set(parts.values.map(\.count)).count == 1, "\(parts.mapValues(\.count))")
  }

  private static let parts = [
    "GET /products/{sku}", "GET /carts", "GET /members/me/orders", "GET /reviews/{sku}", "GET /stock/{sku}",
    "GET /quotes/{sku}", "GET /recommendations/{sku}",
  ]

  /// What pages cost those who look at them, by what is recorded of the calls that came in.
  private struct Cost: Equatable {
    var pages = 0
    var calls = 0
    var bytes = 0
    /// Nanoseconds that calls took at the gateway, all together.
    var time: Int64 = 0

    init(_ traces: [[TraceSpan]]) {
      for root in traces.compactMap({ trace in trace.first { $0.parent == nil && $0.kind == .server } }) {
        guard Row13OrchestrationTests.parts.contains(root.operation) else { continue }
        if root.operation == "GET /products/{sku}" { pages += 1 }
        calls += 1
        bytes += (root.integer(WireSize.request) ?? 0) + (root.integer(WireSize.response) ?? 0)
        time += root.duration ?? 0
      }
    }

    /// What is too much for a page, beside one that somebody composes.
    func findings(beside composed: Cost) -> [String] {
      guard pages > 60, composed.pages > 60 else { return ["\(pages) pages beside \(composed.pages) only"] }
      return (calls > pages ? ["\(calls) calls for \(pages) pages"] : [])
        + (bytes / pages > 2 * composed.bytes / composed.pages ? ["\(bytes / pages) bytes for a page"] : [])
    }
  }

  /// The same page in both ways.
  @Test func theClientsOwnPageCostsMoreCallsAndMoreBytes() {
    let stage = Stage(seed: 2, rate: 5) { $0.mix.journeys = [(.browse, 1), (.clientPage, 1)] }
    stage.run(40)
    stage.world.customers.close()
    stage.run(10)
    let traces = stage.tracesOfAll()
    let isComposed = { (trace: [TraceSpan]) in trace.contains { $0.service == ShopPlan.pageComposer } }
    let (composed, own) = (Cost(traces.filter(isComposed)), Cost(traces.filter { !isComposed($0) }))
    #expect(composed.pages > 60 && own.pages > 60)
    #expect(own.calls == 7 * own.pages && composed.calls == composed.pages)
    #expect(own.bytes / own.pages > 2 * composed.bytes / composed.pages, "\(own) against \(composed)")
    #expect(stage.partialPages() == 0 && stage.failures() == 0)
    // What customers count for themselves, as a browser does, is what was recorded of their calls.
    let (seen, seenOfOwn) = (stage.world.edge.composedPages, stage.world.edge.clientPages)
    #expect([seen.pages, seen.calls, seen.bytes].map { Int($0) } == [composed.pages, composed.calls, composed.bytes])
    #expect([seenOfOwn.pages, seenOfOwn.calls, seenOfOwn.bytes].map { Int($0) } == [own.pages, own.calls, own.bytes])
    // With the way there and back; a browser opens six connections, and waits for all of them at once.
    #expect(seen.time > composed.time && seenOfOwn.time > own.time / 6)
    #expect(stage.problems() == [])
  }

  /// The twin: where nobody composes it for them, each page costs them too much of either.
  @Test func aPageIsOneSmallCallWhereItIsComposed() {
    func cost(_ journey: Journey) -> Cost {
      let stage = Stage(seed: 3, rate: 4) { $0.mix.journeys = [(journey, 1)] }
      stage.run(30)
      stage.world.customers.close()
      stage.run(10)
      return Cost(stage.tracesOfAll())
    }
    let (composed, own) = (cost(.browse), cost(.clientPage))
    #expect(composed.findings(beside: composed) == [])
    let findings = own.findings(beside: composed)
    for word in ["calls for", "bytes for"] { #expect(findings.contains { $0.contains(word) }, "\(findings)") }
  }

  @Test func anOrderOfWhatThereIsNotIsNotTaken() throws {
    let stage = Stage { $0.productsInfo.form = .protobuf }
    let refused = stage.ask(
      Request("POST /orders", body: Payload(user: "kim", sku: "sku-99", quantity: 1, amount: 1_000)))
    #expect(refused.status == 404 && refused.body.reason == "there is no product sku-99")
    #expect(stage.state(Stage.id(refused)) == .rejected && stage.orderState(Stage.id(refused)) == nil)
    let id = try #require(stage.order("sku-01"))
    #expect(
      stage.crossings(id).prefix(4) == [
        "#1 POST /orders", "#2 POST /orders", "#3 \(ProductsInfo.method)", "#4 \(EventType.orderCreated)",
      ])
    #expect(stage.state(id) == .committed && stage.problems() == [])
  }
}
