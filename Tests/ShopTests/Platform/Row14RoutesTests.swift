import Operations
import Platform
import Simulation
import Testing
import TraceModel
import YAMLReading

@testable import Shop

/// Routes are part of the configuration that is pushed: seen by whom a request comes to, before and after.
@Suite struct Row14RoutesTests {
  private static let page = Request("GET /products/{sku}", argument: "sku-01")
  private static let key = "route.product.page"
  private static let planned = "GET /products/{sku} > page-composer GET /pages/{sku}"

  @discardableResult
  private func set(_ key: String, _ value: String, _ stage: Stage) -> CommandOutcome {
    let command = Command.configure(key: key, value: value)
    let outcome = CommandDesk(world: stage.world, snapshot: stage.snapshot()).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }

  private func callees(_ stage: Stage) -> [[String]] {
    [1, 2].map { stage.callees(stage.ask(Self.page, instance: $0)) }
  }

  @Test func aRouteIsPushedToBothInstancesWithoutARestart() {
    let stage = Stage()
    let lives = stage.world.service(ShopPlan.gateway).instances.compactMap(\.process)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
    #expect(
      set(Self.key, "GET /products/{sku} > catalog", stage)
        == .done("\(Self.key) \(Self.planned) → GET /products/{sku} > catalog"))
    stage.run(2)
    #expect(callees(stage) == [[ShopPlan.catalog], [ShopPlan.catalog]])
    let gateway = stage.snapshot().edge.gateway(ShopPlan.gateway)
    #expect(gateway?.versions.map(\.version) == [2, 2])
    #expect(gateway?.routes.first { $0.id == "product.page" }?.service == ShopPlan.catalog)
    #expect(stage.snapshot().configuration?.changes.count == 1)
    let after = stage.world.service(ShopPlan.gateway).instances.compactMap(\.process)
    #expect(zip(lives, after).allSatisfy { $0 === $1 })
    CommandDesk.carryOut(.rollBackConfiguration(version: 1), in: stage.world)
    stage.run(2)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
    #expect(stage.problems() == [])
  }

  /// The twin: nobody takes it or pushes it, and both go on with what they have; later it can be said again.
  @Test func withoutTheServerThatPushesNothingChanges() {
    let stage = Stage(faults: ["config:crash,ttl=10s"])
    set(Self.key, "GET /products/{sku} > catalog", stage)
    stage.run(2)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
    #expect(stage.snapshot().edge.gateway(ShopPlan.gateway)?.versions.map(\.version) == [1, 1])
    stage.run(20)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
    set(Self.key, "GET /products/{sku} > catalog", stage)
    stage.run(2)
    #expect(callees(stage) == [[ShopPlan.catalog], [ShopPlan.catalog]])
  }

  @Test func aRouteGetsAnotherPathOrIsTakenAway() {
    let stage = Stage()
    set(Self.key, "GET /goods/{sku} > page-composer GET /pages/{sku}", stage)
    set("route.search", "off", stage)
    stage.run(2)
    #expect(stage.ask(Request("GET /goods/{sku}", argument: "sku-01")).status == 200)
    #expect([stage.ask(Self.page).status, stage.ask(Request("GET /search")).status] == [404, 404])
    #expect(stage.snapshot().edge.gateway(ShopPlan.gateway)?.routes.contains { $0.id == "search" } == false)
    // One that started later has read what is published.
    stage.arm("gateway/1:crash,ttl=1s")
    stage.run(10)
    #expect(stage.ask(Request("GET /goods/{sku}", argument: "sku-01"), instance: 1).status == 200)
  }

  private static let toOrder = "order POST /orders"

  private func order(
    on path: String, _ stage: Stage, saga: SagaKind = .choreographed
  ) throws -> (answer: Response, id: GTXID) {
    var body = Payload(user: "kim", sku: "sku-01", quantity: 1, amount: 1_000)
    body.saga = saga == .choreographed ? nil : saga
    let answer = stage.ask(Request(path, body: body))
    return (answer, try #require(Stage.id(answer)))
  }

  private func told(_ id: GTXID, _ stage: Stage) -> Payload {
    stage.ask(Request("GET /transactions/{gtxid}", argument: id.hex)).body
  }

  /// However its transaction is called, and under whatever path it came: an order goes on until its saga ends.
  @Test(arguments: [
    ("route.cart.put", "POST /carts", TransactionKind.cart), ("route.cart.put", "POST /baskets", TransactionKind.cart),
    ("route.member.sign-up", "POST /members", TransactionKind.member),
    // Of a kind that no list has, as questions are: the order is an order all the same.
    ("route.payment.receipt", "POST /states", TransactionKind.receipt),
    ("route.review.message.state", "POST /states", TransactionKind.checkout),
  ])
  func whatIsLedToOrderGoesOnUntilItsSagaEnds(key: String, path: String, kind: String) throws {
    for saga in [SagaKind.choreographed, .join, .credit] {
      let stage = Stage(faults: ["group:order:slow=3s,ttl=8s"])
      set(key, "\(path) > \(Self.toOrder)", stage)
      stage.run(2)
      let (answer, id) = try order(on: path, stage, saga: saga)
      #expect(answer.status == 202 && stage.state(id) == .running && stage.book(id)?.kind == kind)
      #expect(told(id, stage).state == saga.first && stage.world.transactions.currentTally().committed == 0)
      stage.run(20)
      #expect(stage.state(id) == .committed && told(id, stage).state == saga.good)
      #expect(stage.world.transactions.currentTally().committed == 1 && stage.world.transactions.committedOrders == 1)
      #expect(stage.problems() == [])
    }
  }

  @Test func whatIsLedToOrderAndTurnsBackIsCompensated() throws {
    let stage = Stage { $0.declined = 1 }
    set("route.cart.put", "POST /carts > \(Self.toOrder)", stage)
    stage.run(2)
    let (answer, id) = try order(on: "POST /carts", stage)
    stage.run(5)
    #expect(answer.status == 202 && stage.state(id) == .compensated && told(id, stage).state == OrderTables.cancelled)
    #expect(stage.problems() == [])
  }

  /// And an order that comes to somebody who takes it for something else is over with the answer.
  @Test func anOrderThatIsLedElsewhereEndsWithItsAnswer() throws {
    let stage = Stage()
    set("route.order.create", "POST /orders > cart POST /carts", stage)
    stage.run(2)
    let (answer, id) = try order(on: "POST /orders", stage)
    #expect(answer.status < 300 && stage.callees(answer) == [ShopPlan.cart])
    #expect(stage.state(id) == .committed && stage.world.transactions.openCount == 0 && stage.problems() == [])
  }

  @Test func theGatewayInsideHasItsOwn() {
    let stage = Stage()
    let health = Request("GET /health/item")
    #expect(stage.callees(stage.ask(health, of: ShopPlan.gatewayInternal)) == [ShopPlan.item])
    set("route.health.item", "GET /health/item > member GET /health", stage)
    stage.run(2)
    #expect(stage.callees(stage.ask(health, of: ShopPlan.gatewayInternal)) == [ShopPlan.member])
  }

  @Test(arguments: [
    ("page", "it is no route; say GET /products/{sku} > catalog, POST /messages/reviews > topic reviews, or off"),
    ("GET /products/{sku} > nobody", "the gateway calls no nobody; it calls order, "),
    ("GET products > catalog", "a pattern begins with a slash: products"),
    ("GET /products/{sku > catalog", "a parameter is a whole word in braces"),
    ("GET /products/{sku}/{sku} > catalog", "parameters have different names"),
    ("FETCH /products/{sku} > catalog", "FETCH is no method; there are GET, POST, PUT, DELETE"),
    ("GET /products > catalog GET /products/{sku}", "{sku} is not in /products"),
    ("GET /products/{sku} > catalog page", "page is nothing to be asked for"),
  ])
  func aBadRouteIsRefusedAndTheOldOneStays(value: String, sentence: String) {
    let stage = Stage()
    let outcome = set(Self.key, value, stage)
    guard case .refused(let said) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(said.hasPrefix("\(Self.key)=\(value): \(sentence)"), "\(said)")
    stage.run(2)
    #expect(stage.snapshot().configuration?.version == 1)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
  }

  /// Routes are looked at together: one alone is good, and would take all the calls of another.
  @Test func aRouteThatIsNeverReachedIsRefused() {
    let stage = Stage()
    #expect(
      set("route.history", "GET /search > order-history GET /history", stage)
        == .refused("route history is never reached: search stands before it and takes all of its calls"))
    #expect(stage.snapshot().configuration?.version == 1)
  }

  /// An order that comes to somebody who takes none is over, and nobody waits for it.
  @Test func anOrderThatIsRoutedWronglyHasFailed() {
    let stage = Stage()
    #expect(stage.state(stage.order()) != .failed)
    set("route.order.create", "POST /orders > cart", stage)
    stage.run(2)
    let lost = stage.order()
    #expect(stage.state(lost) == .failed)
    #expect(stage.callees(stage.spans(lost)) == [ShopPlan.cart])
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aScenarioSetsARouteAndTakesItBack() throws {
    let report = YAMLReport(file: "s")
    let step = "{at: 1s, set: \"\(Self.key) GET /products/{sku} > catalog\"}"
    let script = try #require(
      ScenarioFile.read(
        "name: s\ntitle: s\nteaches: s\nrate: 1\nduration: 6s\nsteps: [\(step)]\nexpect: [{always: lag < 9999}]\n",
        report), "\(report.errors)")
    let stage = Stage()
    stage.world.stage.start(script)
    stage.run(4)
    #expect(callees(stage) == [[ShopPlan.catalog], [ShopPlan.catalog]])
    stage.run(6)
    #expect(callees(stage) == [[ShopPlan.pageComposer], [ShopPlan.pageComposer]])
    #expect(stage.world.configuration.current[Self.key] == Self.planned)
    _ = ScenarioFile.read(
      "name: s\ntitle: s\nteaches: s\nrate: 1\nduration: 6s\nsteps: [{at: 1s, set: \"\(Self.key) off on\"}]\nexpect: [{always: lag < 9}]\n",
      report)
    #expect(
      report.errors.map(\.description) == [
        "s:6:43: \(Self.key)=off on: it is no route; say GET /products/{sku} > catalog, POST /messages/reviews > topic reviews, or off"
      ])
  }
}
