import EventBus
import Operations
import Simulation
import Testing
import TraceCollector
import TraceModel
import Transactions

@testable import Shop

/// What the page of sagas is drawn from, and what it can do.
@Suite struct SagaBoardTests {
  private let builder = SagaBoardBuilder()

  private func stage(
    faults: [String] = [], _ change: (inout ShopSettings) -> Void = { _ in }
  ) -> Stage {
    let stage = Stage(faults: faults, change)
    stage.world.sagas.isWatched = true
    return stage
  }

  private func saga(_ id: GTXID?, _ stage: Stage) -> SagaSnapshot? {
    id.flatMap { builder.board(in: stage.world).saga($0) }
  }

  private func strip(_ id: GTXID?, _ stage: Stage) -> String {
    let glyphs: [SagaMark.Kind: String] = [
      .done: "✓", .failed: "✗", .unknown: "?", .underWay: "…", .undone: "↺", .undoUnderWay: "↺…", .undoFailed: "↺✗",
    ]
    return (saga(id, stage)?.strip ?? []).map { "\(glyphs[$0.kind] ?? "") \($0.label)" }.joined(separator: " ")
  }

  // MARK: Steps

  @Test(arguments: [
    (SagaKind.choreographed, "✓ order ✓ stock ✓ charge ✓ paid"),
    (.orchestrated, "✓ order ✓ credit ✓ stock ✓ charge ✓ ship ✓ approve"),
    (.join, "✓ order ✓ stock ✓ charge ✓ confirm"), (.credit, "✓ order ✓ credit ✓ approve"),
    (.creditLarge, "✓ order ✓ credit ✓ stock ✓ approve"),
  ])
  func whatGoesWell(kind: SagaKind, steps: String) {
    let stage = stage()
    let id = stage.order(saga: kind)
    stage.run(2)
    #expect(strip(id, stage) == steps)
    #expect(saga(id, stage)?.state == .committed && saga(id, stage)?.waitsFor == "")
    #expect(saga(id, stage)?.isInferred == (kind != .orchestrated))
    let definition = builder.board(in: stage.world).definitions.first { $0.name == kind.rawValue }
    #expect(definition?.committed == 1 && definition?.open == 0)
  }

  @Test(arguments: [
    (SagaKind.choreographed, "✓ order ✓ stock ✗ charge ↺ stock ↺ order"),
    (.orchestrated, "✓ order ✓ credit ✓ stock ✗ charge ↺ stock ↺ credit ↺ order"),
    (.join, "✓ order ✓ stock ✗ charge ↺ stock ↺ order"),
  ])
  func aDeclinedCardUndoesWhatWasDone(kind: SagaKind, steps: String) {
    let stage = stage { $0.declined = 1 }
    let id = stage.order(saga: kind)
    stage.run(8)
    #expect(strip(id, stage) == steps)
    #expect(saga(id, stage)?.state == .compensated)
  }

  /// Each step that was done is undone, by a transaction of its own.
  @Test(arguments: [
    (SagaKind.choreographed, "✓ order ✓ stock ✓ charge ✓ paid ↺ charge ↺ stock ↺ order"),
    (.orchestrated, "✓ order ✓ credit ✓ stock ✓ charge ✓ ship ✓ approve ↺ charge ↺ stock ↺ credit ↺ order"),
  ])
  func whatIsGivenBackIsUndone(kind: SagaKind, steps: String) throws {
    let stage = stage()
    let id = try #require(stage.order(saga: kind))
    stage.run(2)
    stage.arm("group:inventory:slow=2s,ttl=10s")
    let taken = stage.ask(Request(OrderReturn.route, argument: id.hex), by: "kim", seconds: 1)
    let half = "\(steps.prefix { $0 != "↺" })↺ charge ↺… stock"
    #expect(strip(id, stage) == half && saga(id, stage)?.waitsFor == "inventory")
    stage.run(12)
    #expect(strip(id, stage) == steps && saga(id, stage)?.waitsFor == "")
    let back = Stage.id(taken)
    #expect(saga(id, stage)?.returnedBy == back && saga(id, stage)?.state == .compensated)
    stage.world.flushSpans()
    let detail = try #require(SagaTimeline(world: stage.world).detail(id, returnedBy: back))
    let undone = detail.moments.filter { $0.gtxid == back }
    #expect(undone.contains { $0.step == "release" } && undone.contains { $0.text == "PAYMENT_REFUNDED → inventory" })
    #expect(detail.moments.contains { $0.gtxid == nil && $0.step != "" })
    #expect(zip(detail.moments, detail.moments.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  /// A return that has waited for the saga is seen like any other, and its events bear its own transaction, also where they
  /// are mined from the log of the saga's.
  @Test(arguments: [OrderStore.outbox, .logMining, .events]) func whatWaitedForItsSagaIsUndone(store: OrderStore) throws
  {
    let stage = stage(faults: ["group:orchestrator:slow=2s,ttl=60s"]) { $0.orderStore = store }
    let id = try #require(stage.order(saga: .orchestrated))
    let end = SagaKind.orchestrated.end(in: store)
    for _ in 0..<100 where stage.orderState(id) != end { stage.run(0.2) }
    let taken = stage.ask(Request(OrderReturn.route, argument: id.hex), by: "kim", seconds: 0.4)
    #expect(taken.body.state == OrderReturn.waiting)
    stage.arm("group:inventory:slow=3s,ttl=60s")
    for _ in 0..<100 where !strip(id, stage).hasSuffix("↺ charge ↺… stock") { stage.run(0.2) }
    #expect(strip(id, stage).hasSuffix("↺ charge ↺… stock") && saga(id, stage)?.waitsFor == "inventory")
    let back = Stage.id(taken)
    #expect(saga(id, stage)?.returnedBy == back && saga(id, stage)?.state == .compensating)
    stage.run(40)
    #expect(strip(id, stage).hasSuffix("✓ approve ↺ charge ↺ stock ↺ credit ↺ order"))
    #expect(saga(id, stage)?.waitsFor == "" && saga(id, stage)?.state == .compensated)
    stage.world.flushSpans()
    let undone = try #require(SagaTimeline(world: stage.world).detail(id, returnedBy: back)).moments.filter {
      $0.gtxid == back
    }
    // Nothing of the saga itself is among them.
    #expect(undone.count { $0.text == "PAYMENT_REFUNDED → inventory" } == 1)
    #expect(undone.contains { $0.text == "ORDER_FAILED → payment" } && !undone.contains { $0.step == "charge" })
    #expect(stage.problems() == [])
  }

  /// Nobody can act on what nobody was told: the order waits for nobody.
  @Test func anOrderWhoseEventIsNotPublishedIsOverdueForThat() throws {
    let stage = stage(faults: ["broker:broker-down,ttl=20s"])
    stage.order()
    stage.run(3)
    #expect(builder.overdue(in: stage.world).isEmpty)
    stage.run(10)
    let overdue = builder.overdue(in: stage.world)
    #expect(overdue.map(\.count) == [1] && overdue.map(\.state) == [.running])
    #expect(overdue.first?.reason() == "no ORDER_CREATE was published")
    stage.run(20)
    #expect(builder.overdue(in: stage.world).isEmpty)
  }

  @Test func whoHasTooLittleCredit() {
    let stage = stage()
    var request = Request("POST /orders", body: Payload(user: "oh", sku: "sku-01", quantity: 1, amount: 900_000))
    (request.user, request.body.saga) = ("oh", .creditLarge)
    stage.send(request)
    stage.run(3)
    let id = stage.answers.last?.headers.first { $0.name == Carrier.gtxid }.flatMap { GTXID($0.value) }
    #expect(strip(id, stage) == "✓ order ✗ credit ✓ stock ↺ stock ↺ order")
  }

  @Test func itSaysWhoHasToActNext() {
    let stage = stage(faults: ["payment-gateway:outage"])
    let choreographed = stage.order()
    let orchestrated = stage.order(saga: .orchestrated)
    stage.run(0.4)
    #expect(strip(choreographed, stage) == "✓ order ✓ stock … charge")
    #expect(saga(choreographed, stage)?.waitsFor == "payment on ITEM_RESERVED")
    #expect(saga(orchestrated, stage)?.waitsFor == "charge")
    #expect(saga(orchestrated, stage)?.locks == ["order/2 at order"])
  }

  @Test func anOrderIsThereWhileItsEventWaitsForTheBus() {
    let stage = stage(faults: ["broker:broker-down"])
    let id = stage.order()
    #expect(strip(id, stage) == "✓ order … stock")
    // It may be on its way.
    #expect(saga(id, stage)?.waitsFor == "inventory on ORDER_CREATE" && saga(id, stage)?.unpublished == "")
    stage.run(5)
    #expect(saga(id, stage)?.waitsFor == "" && saga(id, stage)?.unpublished == EventType.orderCreated)
  }

  @Test func theStalestComesFirst() {
    let stage = stage(faults: ["payment-gateway:outage"])
    let first = stage.order()
    stage.run(1)
    let second = stage.order()
    let done = stage.order(saga: .credit)
    stage.run(1)
    #expect(builder.board(in: stage.world).sagas.map(\.gtxid) == [first, second, done])
    stage.run(11)
    #expect(saga(first, stage)?.isOverdue == true && saga(done, stage)?.isOverdue == false)
  }

  @Test func countsAgreeWithTheTally() {
    var settings = ShopSettings(seed: 3, rate: 60)
    settings.mix.sagas = LoadMix.ordinary.sagas
    let world = World(settings)
    world.sagas.isWatched = true
    world.begin()
    world.time.run(until: world.time.now + 20_000_000_000)
    let board = builder.board(in: world)
    let tally = world.transactions.currentTally()
    // Who logs in has a transaction, too, and no saga.
    #expect(world.edge.logIns > 0)
    #expect(board.definitions.reduce(0) { $0 + $1.committed } + Int(world.edge.logIns) == tally.committed)
    #expect(board.definitions.reduce(0) { $0 + $1.compensated } == tally.compensated)
    #expect(board.definitions.allSatisfy { $0.committed > 0 })
    #expect(board.sagas.allSatisfy { !$0.strip.isEmpty })
  }

  // MARK: By hand

  /// The card is declined while customer is out of reach: its credit cannot be given back, and the saga gets stuck.
  private func stuckStage() -> (Stage, GTXID?) {
    let stage = stage(faults: ["payment-gateway:outage,ttl=4s"]) { $0.declined = 1 }
    let id = stage.order(saga: .orchestrated)
    stage.arm("db:customer:db-down")
    stage.run(180)
    return (stage, id)
  }

  @Test func aStuckSagaIsRetried() throws {
    let (stage, id) = stuckStage()
    #expect(saga(id, stage)?.state == .stuck)
    #expect(strip(id, stage).hasSuffix("↺✗ credit"))
    #expect(saga(id, stage)?.waitsFor == "credit")
    // What was sent is passed over, or customer would answer it late, and help the saga without anybody.
    stage.arm("customer:crash,ttl=1s")
    _ = try stage.world.broker.groups.seek(
      group: ShopPlan.customer, topic: TopicName.commands(ShopPlan.customer), to: .latest, byOperator: true,
      now: stage.world.time.now)
    stage.world.faults.removeAll()
    stage.run(60)
    #expect(saga(id, stage)?.state == .stuck)
    let stuck = try #require(id)
    CommandDesk.carryOut(.moveSaga(stuck, .retry), in: stage.world)
    stage.run(5)
    #expect(saga(id, stage)?.state == .compensated && stage.state(id) == .compensated)
    #expect(strip(id, stage).hasSuffix("↺ stock ↺ credit ↺ order"))
    #expect(stage.credit(of: "kim") == 0)
    #expect(stage.world.transactions.stuck.isEmpty)
    stage.rest()
    // Nobody has read what was passed over, and nothing else is wrong.
    #expect(stage.broken() == [.spansFormATree])
    let moments = id.flatMap { SagaTimeline(world: stage.world).detail($0)?.moments } ?? []
    #expect(moments.contains { $0.kind == .byHand && $0.text == "its undo is tried again" })
  }

  @Test func aLateAnswerHelpsAStuckSaga() {
    let (stage, id) = stuckStage()
    stage.world.faults.removeAll()
    stage.run(10)
    #expect(saga(id, stage)?.state == .compensated && stage.credit(of: "kim") == 0)
    let moments = id.flatMap { SagaTimeline(world: stage.world).detail($0)?.moments } ?? []
    #expect(moments.allSatisfy { $0.kind != .byHand })
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aStepIsPassedOver() throws {
    let (stage, id) = stuckStage()
    let stuck = try #require(id)
    CommandDesk.carryOut(.moveSaga(stuck, .skip), in: stage.world)
    stage.run(5)
    #expect(saga(id, stage)?.state == .compensated && stage.orderState(id) == "CANCELLED")
    #expect(stage.credit(of: "kim") == 2_000)
  }

  @Test func aSagaIsEnded() throws {
    let (stage, id) = stuckStage()
    let stuck = try #require(id)
    CommandDesk.carryOut(.moveSaga(stuck, .end), in: stage.world)
    stage.run(5)
    #expect(saga(id, stage)?.state == .compensated && saga(id, stage)?.reason == "ended by hand: an operator")
    #expect(saga(id, stage)?.locks == [])
  }

  @Test func whatCannotBeHelpedIsSaid() throws {
    let (stage, id) = stuckStage()
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: stage.world.time.now)
    snapshot.sagas = builder.board(in: stage.world)
    func sentence(_ id: GTXID) -> String { SagaDesk.outcome(of: .retry, on: id, snapshot).sentence }
    let stuck = try #require(id)
    #expect(sentence(stuck) == "no instance of orchestrator is up: start one, then help the saga")
    snapshot.services = [ServiceSnapshot(name: "orchestrator")]
    snapshot.services[0].instancesUp = 2
    #expect(sentence(stuck) == "saga \(stuck.short) tried again by hand")
    snapshot.sagas.sagas[0].state = .compensating
    #expect(sentence(stuck).hasSuffix("is COMPENSATING: only one that is STUCK takes help"))
    snapshot.sagas.sagas[0].isInferred = true
    #expect(sentence(stuck).hasPrefix("nobody coordinates saga"))
    snapshot.sagas.sagas = []
    #expect(sentence(stuck).hasPrefix("there is no saga"))
  }

  // MARK: What happened

  @Test func anInferredSagaIsToldByItsSpans() throws {
    let stage = stage()
    let id = try #require(stage.order())
    stage.run(2)
    stage.world.flushSpans()
    let detail = try #require(SagaTimeline(world: stage.world).detail(id))
    #expect(detail.isInferred && detail.definition == "choreographed")
    let out = detail.moments.filter { $0.kind == .messageOut }.map(\.text)
    #expect(out.contains("ITEM_RESERVED → payment") && out.contains("POST /charge → payment-gateway"))
    #expect(detail.moments.contains { $0.step == "reserve" && $0.text.contains("sku-01 ×2") && $0.hop != nil })
    #expect(zip(detail.moments, detail.moments.dropFirst()).allSatisfy { $0.time <= $1.time })
    let other = try #require(GTXID(high: 1, low: 2))
    #expect(SagaTimeline(world: stage.world).detail(other) == nil)
  }
}
