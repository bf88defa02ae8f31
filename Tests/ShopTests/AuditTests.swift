import EventBus
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// The checks themselves are checked: what is broken on purpose is found.
@Suite struct AuditTests {

  private static func span(
    _ id: UInt64, under parent: UInt64?, _ hop: UInt32, _ kind: SpanKind, _ change: (inout TraceSpan) -> Void = { _ in }
  ) -> TraceSpan {
    var span = TraceSpan(
      gtxid: GTXID(high: 1, low: 2)!, id: SpanID(id)!, parent: parent.flatMap { SpanID($0) }, ltxid: LTXID(hop),
      kind: kind, service: "order", operation: "x", start: 1, duration: 1, status: .ok,
      attributes: kind == .client ? [SpanAttribute(AttributeName.httpStatus, .integer(200))] : [])
    change(&span)
    return span
  }

  private static func sound() -> [TraceSpan] {
    [
      span(1, under: nil, 1, .server), span(2, under: 1, 2, .client), span(3, under: 2, 2, .server),
      span(4, under: 3, 3, .producer), span(5, under: 4, 3, .consumer),
    ]
  }

  private static func flaw(_ spans: [TraceSpan], begun: [UInt64] = [], isOver: Bool = true) -> String? {
    var trace = AuditedTrace()
    for id in begun { trace.begin(SpanID(id)!, at: 0) }
    for span in spans { trace.add(span, at: span.end) }
    return trace.flaw(isOver: isOver)
  }

  @Test func soundTreesHaveNoFlaw() {
    #expect(Self.flaw(Self.sound(), begun: [1, 2, 3, 5]) == nil)
    // Published again by the next relay, under the same span.
    #expect(Self.flaw(Self.sound() + [Self.sound()[3]]) == nil)
  }

  @Test func spansThatAreTheirOwnAncestorsAreFound() {
    for ring in [[7], [7, 8], [7, 8, 9]] as [[UInt64]] {
      let spans = ring.indices.map { index in
        Self.span(ring[index], under: ring[(index + 1) % ring.count], 1, .internal)
      }
      let flaw = Self.flaw(Self.sound() + spans + [Self.span(20, under: 7, 1, .internal)])
      #expect(flaw?.hasSuffix("is its own ancestor") == true, "\(ring)")
    }
  }

  @Test func lostSpansAreMissed() {
    for index in Self.sound().indices {
      var spans = Self.sound()
      spans.remove(at: index)
      #expect(Self.flaw(spans) != nil, "without span \(index + 1)")
    }
    #expect(Self.flaw(Self.sound(), begun: [9]) == "span \(SpanID(9)!) began and was never reported")
  }

  @Test func leavesOfARunningTransactionMayComeLater() {
    #expect(Self.flaw(Array(Self.sound().dropLast()), isOver: false) == nil)
    #expect(Self.flaw(Array(Self.sound().dropLast()), isOver: true) != nil)
  }

  @Test func wrongHopsAreFound() {
    for (index, hop) in [(0, 2), (1, 1), (1, 3), (2, 3), (3, 2), (3, 4), (4, 4)] {
      var spans = Self.sound()
      spans[index].ltxid = LTXID(UInt32(hop))
      #expect(Self.flaw(spans) != nil, "span \(index + 1) with hop \(hop)")
    }
    var spans = Self.sound()
    spans[2].ltxid = nil
    #expect(Self.flaw(spans) != nil)
  }

  @Test func secondRootDuplicateAndCycleAreFound() {
    #expect(Self.flaw(Self.sound() + [Self.span(6, under: nil, 1, .server)]) == "2 roots")
    #expect(Self.flaw(Self.sound() + [Self.sound()[4]]) != nil)
    var spans = Self.sound()
    spans += [Self.span(7, under: 8, 4, .internal), Self.span(8, under: 7, 4, .internal)]
    #expect(Self.flaw(spans) != nil)
  }

  @Test func hopsMayShareANumberOnlyWhereWorkRanInParallel() {
    // A retry after an answer that said no goes on counting.
    let refused = Self.span(6, under: 1, 2, .client) { $0.status = .error }
    #expect(Self.flaw(Self.sound() + [refused]) != nil)
    // A retry after an answer that was lost cannot know better.
    var spans = Self.sound()
    spans[1].status = .error
    spans[1].attributes = []
    spans += [Self.span(6, under: 1, 3, .client), Self.span(7, under: 6, 3, .server)]
    #expect(Self.flaw(spans) == nil)
  }

  @Test func secondEffectIsFound() throws {
    let stage = Stage()
    let id = stage.order()
    #expect(stage.problems() == [])
    let (topic, record) = try #require(stage.records(id).first)
    // An inventory that forgets what it has done.
    try stage.write(ShopPlan.inventory, "DELETE FROM inbox")
    try stage.write(ShopPlan.inventory, "DELETE FROM reservation")
    try stage.write(ShopPlan.inventory, "DELETE FROM event")
    _ = try stage.world.broker.append(
      [.init(key: record.key, value: record.value, headers: record.headers)], to: topic, now: stage.world.time.now)
    stage.run(2)
    #expect(stage.broken().contains(.effectsHappenOnce))
    #expect(stage.broken().contains(.stockIsConserved))
  }

  @Test func stockAndMoneyThatAppearAreFound() throws {
    let stage = Stage()
    stage.order()
    try stage.write(ShopPlan.inventory, "UPDATE product SET stock = stock + 1 WHERE sku = 'sku-09'")
    #expect(stage.broken() == [.stockIsConserved])
    _ = stage.world.companyBooks.charge("nobody/charge", amount: 5, declining: false)
    #expect(stage.broken() == [.stockIsConserved, .moneyIsConserved])
  }

  @Test func stuckTransactionHidesNothingElse() throws {
    let stage = Stage(faults: ["inventory:errors=100%"])
    let stuck = stage.order()
    stage.run(60)
    #expect(stage.world.transactions.stuck.map(\.id) == [stuck])
    stage.world.faults.removeAll()
    stage.order()
    #expect(stage.problems() == [])
    _ = stage.world.companyBooks.charge("nobody/charge", amount: 5, declining: false)
    #expect(stage.broken() == [.moneyIsConserved])
  }

  @Test func cancelledOrderThatHoldsStockIsFound() throws {
    let stage = Stage { $0.declined = 1 }
    stage.order()
    stage.run(1)
    #expect(stage.problems() == [])
    try stage.write(ShopPlan.inventory, "UPDATE reservation SET state = 'RESERVED'")
    #expect(stage.broken() == [.stockIsConserved, .compensatedOrdersHoldNothing])
  }

  @Test func orderThatNobodyFinishesIsFound() throws {
    let stage = Stage()
    stage.order()
    try stage.write(ShopPlan.order, "UPDATE orders SET state = 'PENDING', finished = NULL")
    #expect(stage.broken().contains(.everySagaEnds))
    let open = Stage(faults: ["payment-gateway:outage"])
    open.order()
    open.run(20)
    #expect(open.broken() == [.everySagaEnds])
  }
}
