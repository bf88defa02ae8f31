import Operations
import Resilience
import Simulation
import Testing
import TraceCollector
import TraceModel
import Transactions

@testable import Shop

/// What is built wrong breaks a promise, under the same crashes under which the right shop keeps it.
@Suite struct MistakeTests {
  private static func broken(_ mistakes: Set<Mistake>, seed: UInt64, _ crashes: [String]) throws -> [String] {
    var settings = ShopSettings(seed: seed, rate: 15)
    settings.mistakes = mistakes
    settings.crashes = try crashes.map { (at: 2_000_000_000, spec: try CrashSpec(parsing: $0)) }
    let report = SimulationRun(settings, duration: 8_000_000_000).run()
    #expect(report.trials.crashPoints.reduce(0) { $0 + $1.struck } > 0)
    return report.invariants.filter { !$0.holds }.map(\.name)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func aDualWriteLosesEvents(seed: UInt64) throws {
    let crashes = ["order:P2,nth=3", "inventory:P10,nth=9"]
    #expect(try Self.broken([], seed: seed, crashes) == [])
    #expect(try Self.broken([.dualWrite], seed: seed, crashes).contains(Invariant.everySagaEnds.rawValue))
  }

  @Test func withoutIdempotencyEffectsHappenAgain() throws {
    let crashes = ["inventory:P10,nth=3", "payment:P10,nth=5"]
    var all: Set<String> = []
    for seed in [1, 2, 3] as [UInt64] {
      #expect(try Self.broken([], seed: seed, crashes) == [], "seed \(seed)")
      let broken = try Self.broken([.noIdempotency], seed: seed, crashes)
      #expect(broken.contains(Invariant.effectsHappenOnce.rawValue), "seed \(seed)")
      all.formUnion(broken)
    }
    // A card that was declined is declined again: not every crash costs money.
    #expect(all.isSuperset(of: [Invariant.stockIsConserved.rawValue, Invariant.moneyIsConserved.rawValue]))
  }

  /// An answer that comes after the window finds nobody: with an inner join nobody ever hears of its order.
  @Test(arguments: [1, 2, 3] as [UInt64]) func anInnerJoinLeavesOrdersWithoutVerdict(seed: UInt64) {
    for mistakes in [[], [.innerJoin]] as [Set<Mistake>] {
      let stage = Stage(seed: seed, rate: 5) { settings in
        settings.mistakes = mistakes
        settings.mix.sagas = [(.join, 1)]
      }
      stage.arm("payment:crash,ttl=8s")
      stage.run(4)
      stage.world.customers.close()
      stage.run(40)
      let left = try? stage.world.disk(of: ShopPlan.order)?.database.read { try OrderTables.unfinished($0).count }
      #expect(mistakes.isEmpty ? left == 0 : left ?? 0 > 3, "seed \(seed): \(left ?? -1) orders")
      #expect(stage.broken() == (mistakes.isEmpty ? [] : [.everySagaEnds]), "seed \(seed)")
    }
  }

  @Test func whatIsBuiltWrongIsShown() {
    let stage = Stage(rate: 5) { $0.mistakes = [.noBreaker] }
    stage.run(2)
    let snapshot = stage.snapshot()
    #expect(snapshot.faults.builtIn == [.noBreaker] && snapshot.faults.armed.isEmpty)
    #expect(!snapshot.breakers.isEmpty)
    for breaker in snapshot.breakers {
      #expect(breaker.state == .disabled && breaker.transitions.first?.reason == "left out: no-breaker")
    }
    #expect(snapshot.services.flatMap(\.calls).allSatisfy { $0.timeLimit == nil })
    let right = Stage().snapshot()
    #expect(right.faults.builtIn == [] && right.breakers.allSatisfy { $0.state == .closed })
    #expect(right.services.flatMap(\.calls).contains { $0.timeLimit != nil })
  }

  /// What chaos draws shows each mistake within a few seeds, and under the same faults the right shop keeps its promises.
  @Test(
    arguments: [
      (.dualWrite, .everySagaEnds), (.noIdempotency, .effectsHappenOnce), (.innerJoin, .everySagaEnds),
    ] as [(Mistake, Invariant)]) func chaosShows(mistake: Mistake, invariant: Invariant) throws
  {
    for seed in 1...12 as ClosedRange<UInt64> {
      var plan = ChaosPlan.drawn(seed: seed, rate: 10, duration: 20_000_000_000, mistakes: [mistake])
      plan.mix.journeys = [(.buy, 1)]
      let report = try #require(ChaosSweep.run(plan))
      guard !report.allHold else { continue }
      #expect(report.invariants.contains { $0.name == invariant.rawValue && !$0.holds }, "seed \(seed)")
      plan.mistakes = []
      #expect(try #require(ChaosSweep.run(plan)).problems == [], "seed \(seed)")
      return
    }
    Issue.record("\(mistake.rawValue) broke nothing in 12 seeds")
  }

  // MARK: As faults

  @Test func eachServiceCanOnlyBeBuiltWrongWhereItMatters() {
    func services(_ mistake: Mistake) -> [String] {
      ShopPlan.catalogue.services.filter { $0.mistakes.contains(mistake) }.map(\.name)
    }
    #expect(services(.innerJoin) == [ShopPlan.order])
    #expect(services(.dualWrite).contains(ShopPlan.inventory) && !services(.dualWrite).contains(ShopPlan.payment))
    #expect(services(.noIdempotency).contains(ShopPlan.payment) && !services(.noIdempotency).contains(ShopPlan.gateway))
    #expect(services(.noBreaker).contains(ShopPlan.gateway) && !services(.noBreaker).contains(ShopPlan.inventory))
  }

  /// Of one service, and only while it is armed.
  @Test func aFaultIsMadeWhereAndWhileItIsArmed() {
    let stage = Stage()
    let id = stage.arm("order:dual-write").id
    #expect(stage.world.makes(.dualWrite, at: ShopPlan.order))
    #expect(!stage.world.makes(.dualWrite, at: ShopPlan.inventory))
    #expect(!stage.world.makes(.innerJoin, at: ShopPlan.order))
    _ = stage.world.faults.toggle(id)
    #expect(!stage.world.makes(.dualWrite, at: ShopPlan.order))
  }

  @Test func guardsGoAndComeBack() throws {
    let stage = Stage()
    let client = try #require(stage.world.service(ShopPlan.payment).instances[0].process?.clients.first)
    let id = stage.arm("payment:no-breaker").id
    #expect(client.breaker.state == .disabled)
    #expect(client.guards(retrying: true).timeLimiter == nil && client.guards(retrying: true).bulkhead == nil)
    #expect(client.guards(retrying: true).retry != nil && client.guards(retrying: false).retry == nil)
    _ = stage.world.faults.remove(id)
    #expect(client.breaker.state == .closed)
    #expect(client.guards(retrying: true).timeLimiter != nil && client.guards(retrying: true).bulkhead != nil)
  }

  /// Payment is away while orders of the join saga come: an outer join rolls them back, an inner one forgets them. When it
  /// is an outer one again, what comes from then on ends.
  @Test func aJoinBecomesInnerAndOuterAgain() {
    let stage = Stage()
    func orderWithoutPayment() -> GTXID? {
      stage.arm("payment:crash,ttl=12s")
      let id = stage.order(saga: .join)
      stage.run(30)
      return id
    }
    let id = stage.arm("order:inner-join").id
    let forgotten = orderWithoutPayment()
    #expect(stage.orderState(forgotten) == SagaKind.join.first)
    _ = stage.world.faults.remove(id)
    let rolledBack = orderWithoutPayment()
    #expect(stage.state(rolledBack) == .compensated)
    #expect(stage.orderState(forgotten) == SagaKind.join.first)
    #expect(stage.world.joins.isEmpty)
  }

  // MARK: Without guards

  /// The finished spans of a route at one service: the share of errors, and the 99th percentile in nanoseconds.
  private static func figures(_ stage: Stage, _ service: String, _ route: String, since: Int64) -> (
    count: Int, errors: Double, p99: Int64
  ) {
    stage.world.flushSpans()
    let spans = stage.world.book.newest(.max >> 1).map(\.gtxid).flatMap { stage.world.traces.spans(of: $0) }
      .filter { $0.kind == .server && $0.service == service && $0.operation == route && $0.start >= since }
    let durations = spans.compactMap(\.duration).sorted()
    guard !durations.isEmpty else { return (0, 0, 0) }
    let errors = spans.filter { $0.status == .error }.count
    return (
      spans.count, Double(errors) / Double(spans.count), durations[min(durations.count - 1, durations.count * 99 / 100)]
    )
  }

  @Test func routesThatDoNotNeedTheCompanyStayAsTheyAreWhileItHangs() {
    let stage = Stage(rate: 20)
    stage.run(30)
    let normal = Self.figures(stage, ShopPlan.gateway, "POST /orders", since: 0)
    let since = stage.world.time.now
    stage.arm("payment-gateway:outage,ttl=60s")
    stage.run(60)
    let meanwhile = Self.figures(stage, ShopPlan.gateway, "POST /orders", since: since)
    #expect(normal.count > 300 && meanwhile.count > 600)
    #expect(meanwhile.errors < 0.01)
    #expect(meanwhile.p99 < 2 * normal.p99, "\(meanwhile.p99) against \(normal.p99) ns")
  }

  /// What is asked of payment directly is answered by the same threads, whether the company is needed for it or not.
  @Test func receiptsStayAsTheyAreWhileTheCompanyHangsAndNotWithoutGuards() {
    for isWrong in [false, true] {
      let stage = Stage(rate: 24) { $0.mix.journeys = [(.buy, 1), (.card, 1), (.receipt, 1)] }
      stage.run(20)
      func receipts(since: Int64) -> (count: Int, errors: Double, p99: Int64) {
        Self.figures(stage, ShopPlan.gateway, PaymentDesk.receipt, since: since)
      }
      let normal = receipts(since: 0)
      let since = stage.world.time.now
      if isWrong { stage.arm("payment:no-breaker") }
      stage.arm("payment-gateway:outage,ttl=60s")
      stage.run(60)
      let meanwhile = receipts(since: since)
      #expect(normal.count > 100 && normal.errors == 0 && meanwhile.count > 350)
      #expect((meanwhile.errors < 0.01) != isWrong, "\(meanwhile.errors)")
      #expect((meanwhile.p99 < 2 * normal.p99) != isWrong, "\(meanwhile.p99) against \(normal.p99) ns")
    }
  }

  /// Those routes of the gateway that need the company's word for nothing, each with the share of its errors and its 99th
  /// percentile; what came seldom says little.
  private static func routes(
    _ stage: Stage, since: Int64
  ) -> [(route: String, count: Int, errors: Double, p99: Int64)] {
    stage.world.flushSpans()
    let spans = stage.world.book.newest(.max >> 1).map(\.gtxid).flatMap { stage.world.traces.spans(of: $0) }
      .filter { $0.kind == .server && $0.service == ShopPlan.gateway && $0.start >= since }
    let groups = Dictionary(grouping: spans, by: \.operation)
    return groups.keys.sorted().filter { $0 != PaymentDesk.check && groups[$0]?.count ?? 0 >= 150 }.map { route in
      let all = groups[route] ?? []
      let durations = all.compactMap(\.duration).sorted()
      let errors = Double(all.count { $0.status == .error }) / Double(all.count)
      return (route, all.count, errors, durations.isEmpty ? .max : durations[durations.count * 99 / 100])
    }
  }

  /// The company hangs for a minute. Nobody who needs nothing of it notices, whatever he comes for; where no call has a
  /// guard, whoever asks after a card holds a thread of the gateway, and in seconds there is none for anybody.
  @Test(arguments: [[], [.noBreaker]] as [Set<Mistake>])
  func everyRouteThatDoesNotNeedTheCompanyStaysAsItIs(mistakes: Set<Mistake>) {
    let stage = Stage(rate: 60) { settings in
      settings.mistakes = mistakes
      settings.traceBudget = 512 << 20
      settings.mix.journeys = [(.buy, 3), (.browse, 3), (.search, 3), (.cart, 3), (.receipt, 3), (.card, 3)]
    }
    stage.run(60)
    let normal = Self.routes(stage, since: 0)
    let since = stage.world.time.now
    stage.arm("payment-gateway:outage,ttl=60s")
    stage.run(60)
    let meanwhile = Self.routes(stage, since: since)
    #expect(normal.count > 4 && Set(normal.map(\.route)).isSubset(of: meanwhile.map(\.route)))
    for before in normal {
      guard let now = meanwhile.first(where: { $0.route == before.route }) else { continue }
      let words = "\(now.route): \(now.errors) of \(now.count), p99 \(now.p99) against \(before.p99) ns"
      #expect(before.errors < 0.01, "\(before)")
      #expect((now.errors < 0.01 && now.p99 < 2 * before.p99) == mistakes.isEmpty, "\(words)")
    }
    for route in ["POST /orders", PaymentDesk.receipt] { #expect(normal.contains { $0.route == route }, "\(route)") }
  }

  @Test func aCardIsCheckedAsLongAsTheCompanyAnswers() {
    let stage = Stage()
    func check() -> String? {
      stage.send(Request(PaymentDesk.check, body: Payload(user: "kim"), user: "kim"))
      stage.run(3)
      return stage.answers.last?.body.state
    }
    #expect(check() == PaymentDesk.valid)
    stage.arm("payment-gateway:outage,ttl=10s")
    #expect(check() == PaymentDesk.unchecked)
    let id = stage.order(saga: .join)
    stage.run(60)
    stage.send(Request(PaymentDesk.receipt, argument: id?.hex ?? ""))
    stage.send(Request(PaymentDesk.receipt, argument: "nothing"))
    stage.run(1)
    #expect(stage.answers.suffix(2).map(\.status).sorted() == [200, 404])
  }

  /// A company that hung for a while holds for ever what waits for it without a limit.
  @Test func withoutATimeLimitAnOutageOutlivesItself() {
    for mistakes in [[], [.noBreaker]] as [Set<Mistake>] {
      let stage = Stage(rate: 10, faults: ["payment-gateway:outage,ttl=20s"]) { $0.mistakes = mistakes }
      stage.run(30)
      stage.world.customers.close()
      stage.run(120)
      #expect(stage.broken() == (mistakes.isEmpty ? [] : [.everySagaEnds]))
    }
  }

  /// Orders hang: with its guards the gateway turns them away and answers everybody else; without, its threads run out.
  @Test func withoutABulkheadOneHangingCalleeTakesTheGatewayDown() {
    for mistakes in [[], [.noBreaker]] as [Set<Mistake>] {
      let stage = Stage(rate: 20) { $0.mistakes = mistakes }
      stage.run(10)
      stage.arm("gateway>order:latency=60s,ttl=60s")
      stage.run(40)
      let ailing = stage.world.service(ShopPlan.gateway).instances.filter { $0.ailment != nil }
      #expect(ailing.isEmpty == mistakes.isEmpty, "\(mistakes)")
    }
  }
}
