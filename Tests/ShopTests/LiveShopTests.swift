import Operations
import Synchronization
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// The shop as the cockpit has it: on a thread of its own, asked and commanded from others.
@Suite struct LiveShopTests {
  private static let second: Int64 = 1_000_000_000

  @Test func aSnapshotHoldsWhatEveryPageNeeds() throws {
    var settings = ShopSettings(seed: 4)
    settings.mix = .ordinary
    let shop = SimulatedShop(settings, startAt: 15 * Self.second, isStill: true)
    let snapshot = shop.snapshot()
    #expect(snapshot.services.map(\.name) == ShopPlan.services.map(\.name))
    // Nobody calls these but who checks their health.
    let uncalled = [ShopPlan.aggregate, ShopPlan.config, ShopPlan.legacy]
    let idle = snapshot.services.filter {
      $0.health != .up || ($0.rate == 0 || $0.p99 == nil) && !uncalled.contains($0.name)
    }
    #expect(idle.map(\.name) == [])
    #expect(snapshot.breakers.count == ShopPlan.services.reduce(0) { $0 + $1.calls.count * $1.instances })
    #expect(snapshot.breakers.allSatisfy { $0.state == .closed })
    #expect(snapshot.topics.prefix(ShopPlan.topics.count).map(\.name) == ShopPlan.topics)
    #expect(snapshot.topics.prefix(ShopPlan.topics.count).allSatisfy { $0.lag != nil && !$0.groups.isEmpty })
    let states = Set(snapshot.transactions.map(\.state))
    #expect(states.isSuperset(of: [.committed, .rejected, .compensated]))
    #expect(snapshot.incident.isEmpty && snapshot.faults.armed.isEmpty)
    #expect(snapshot.traffic.rateSeries.count == 15)
    let committed = try #require(snapshot.transactions.first { $0.state == .committed && $0.orderState == "PAID" })
    let detail = try #require(shop.transaction(committed.gtxid))
    #expect(detail.tree.rows.count >= 10 && detail.summary.hops >= 6)
    #expect(shop.transactions(withPrefix: String(committed.gtxid.hex.prefix(9))) == [committed.gtxid])
  }

  /// What msatop shows when nobody says what customers come for.
  @Test func anOrdinaryDayHasEveryJourney() {
    // Messages are sent by programs of their own, which come when they are asked for.
    #expect(Set(LoadMix.ordinary.journeys.map(\.journey)) == Set(Journey.allCases).subtracting([.message]))
    let stage = Stage(seed: 4, rate: 10) { $0.mix = .ordinary }
    stage.run(40)
    let (edge, world) = (stage.world.edge, stage.world)
    #expect(edge.clientPages.pages > 0 && edge.composedPages.pages > edge.clientPages.pages)
    let calls = stage.snapshot().edge.gateway(ShopPlan.gateway)?.routes ?? []
    for id in ["order.return", "transaction.stream", "products.info", "product.stock", "product.page"] {
      #expect((calls.first { $0.id == id }?.calls ?? 0) > 0, "\(id)")
    }
    #expect(world.transactions.currentTally().failed == 0)
  }

  @Test func theSameSeedGivesTheSameSnapshot() {
    let one = SimulatedShop(ShopSettings(seed: 9), startAt: 6 * Self.second, isStill: true).snapshot()
    let two = SimulatedShop(ShopSettings(seed: 9), startAt: 6 * Self.second, isStill: true).snapshot()
    #expect(one.transactions.map(\.gtxid) == two.transactions.map(\.gtxid))
    #expect(one.traffic.p99Series == two.traffic.p99Series)
    #expect(one.topics.map(\.lag) == two.topics.map(\.lag))
  }

  @Test func commandsAreAnsweredInASentence() throws {
    let shop = SimulatedShop(ShopSettings(seed: 4), startAt: 2 * Self.second, isStill: true)
    let spec = try FaultParser(catalogue: SimulatedShop.catalogue).parse("payment-gateway:latency=2s")
    #expect(shop.perform(.arm(spec)) == .done("armed: payment-gateway:latency=2s"))
    #expect(shop.snapshot().faults.armed.map(\.spec) == [spec])
    #expect(shop.perform(.toggleFault(id: 9)) == .refused("this fault has ended already"))
    #expect(shop.perform(.endAllFaults) == .done("1 fault ended"))
    #expect(shop.snapshot().faults.armed.isEmpty)
    #expect(
      shop.perform(.killInstance(service: "payment-gateway", instance: "payment-gateway")).sentence.contains("not our"))
    #expect(shop.perform(.killInstance(service: "order", instance: "order-1")) == .done("order-1 killed"))
    #expect(shop.snapshot().service("order")?.instancesUp == 1)
    #expect(
      shop.perform(.forceBreaker(id: "payment-1>payment-gateway", to: .halfOpen)).sentence.contains("cannot become"))
    #expect(shop.perform(.forceBreaker(id: "payment-1>payment-gateway", to: .forcedOpen)) != .refused(""))
    #expect(shop.snapshot().breaker("payment-1>payment-gateway")?.state == .forcedOpen)
  }

  @Test func spansFromOutsideStandBesideItsOwn() throws {
    let shop = SimulatedShop(ShopSettings(seed: 4), startAt: Self.second, isStill: true)
    let id = try #require(GTXID("0562809467078eab"))
    let root = try #require(SpanID(hex: "0562809467078eab"))
    shop.receive(
      SpanBatch([
        TraceSpan(
          gtxid: id, id: root, kind: .server, service: "storefront", operation: "get /", start: 5, duration: 900)
      ]))
    let row = try #require(shop.snapshot().transactions.first { $0.gtxid == id })
    #expect(row.isExternal && row.kind == "get /" && row.services == ["storefront"])
    #expect(shop.transaction(id)?.tree.rows.count == 1)
  }

  @Test func logLinesFromOutsideStandBesideItsOwn() throws {
    let shop = SimulatedShop(ShopSettings(seed: 4), startAt: 5 * Self.second, isStill: true)
    let id = try #require(GTXID("11223344556677880562809467078eab"))
    let root = try #require(SpanID(hex: "0562809467078eab"))
    let own = shop.log(LogFilter(), limit: 1_000)
    let newest = try #require(own.last)
    shop.receive(
      SpanBatch([TraceSpan(gtxid: id, id: root, service: "storefront", operation: "x", start: 5, duration: 9)]))
    func line(_ time: Int64, _ text: String) -> LogLine {
      LogLine(time: time, level: .warn, service: "storefront", instance: "s-1", gtxid: id, message: text)
    }
    shop.receive([line(newest.time - 1, "late"), line(newest.time + 1, "last")])
    #expect(shop.log(LogFilter(), limit: 2).map(\.message) == [newest.message, "last"])
    #expect(shop.log(LogFilter(), limit: 2_000).count == own.count + 2)
    #expect(shop.log(LogFilter(service: "storefront"), limit: 10).map(\.message) == ["late", "last"])
    let answer = shop.searchLog(LogFilter(service: "storefront"), limit: 10, takesNewer: true)
    #expect(answer.lines.map(\.message) == ["late", "last"] && answer.progress.isComplete)
    // Half of its id is enough to open it, its lines included.
    let half = try #require(GTXID("0562809467078eab"))
    #expect(shop.transaction(half)?.log.map(\.message) == ["late", "last"])
  }

  /// What the cockpit's thread asks and what the receiver's threads bring, while time goes by. Meant for ThreadSanitizer.
  @Test func manyThreadsMayAskAtOnce() async throws {
    let shop = SimulatedShop(ShopSettings(seed: 4, rate: 20), startAt: Self.second, speed: .asFastAsItCan)
    let changes = Atomic(0)
    shop.start { changes.add(1, ordering: .relaxed) }
    let spec = try FaultParser(catalogue: SimulatedShop.catalogue).parse("payment/1:crash,ttl=1s")
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<3 {
        group.addTask {
          for round in 0..<40 {
            let snapshot = shop.snapshot()
            if let id = snapshot.transactions.first?.gtxid { _ = shop.transaction(id) }
            _ = shop.log(LogFilter(), limit: 20)
            _ = shop.snapshot(at: snapshot.time - Self.second)
            if round % 10 == 0 { shop.perform(worker == 0 ? .arm(spec) : .setRate(Double(10 + round))) }
            if let id = GTXID(high: UInt64(worker), low: UInt64(round + 1)), let span = SpanID(7) {
              shop.receive(
                SpanBatch([TraceSpan(gtxid: id, id: span, service: "outside", operation: "x", start: 1, duration: 1)]))
            }
          }
        }
      }
    }
    shop.stop()
    #expect(shop.snapshot().services.count == ShopPlan.services.count)
  }
}
