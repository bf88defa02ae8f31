import Operations
import Testing

@testable import Shop

/// What a sweep must have met, and when it may not be blamed for what it has not.
@Suite struct ChaosTrialsTests {
  private static let points = CrashPoint.allCases.filter { $0.absence == nil }

  /// A run in which everything was armed so often, and struck.
  private func report(armed: UInt64, struck: UInt64 = 1) -> SimulationReport {
    var report = SimulationReport(seed: 1, rate: 20)
    report.trials.faults = ChaosCatalogue.kinds.map { .init(kind: $0, armed: armed, struck: struck) }
    report.trials.crashPoints = Self.points.map {
      .init(point: $0.name, what: "", armed: armed, passed: 1, struck: struck)
    }
    return report
  }

  private func sum(
    _ reports: [SimulationReport], duration: Int64 = 60_000_000_000, mix: LoadMix = .ordinary, isChaos: Bool = true
  ) -> [SweepReport.Count] {
    var trials = ChaosTrials(isChaos: isChaos)
    var plan = ChaosPlan(seed: 1, rate: 20, duration: duration)
    plan.mix = mix
    plan.topology.databases = .shared
    for report in reports { trials.add(report, of: plan) }
    return trials.counts.filter { $0.name.hasPrefix("faults: ") || $0.name.hasPrefix("crashes at ") }
  }

  /// Every kind of fault and every point alike.
  private static let all = ChaosCatalogue.kinds.count + points.count

  @Test func whatWasOrderedOftenMustHaveStruck() {
    let often = sum([report(armed: ChaosTrials.enoughChances, struck: 0)])
    #expect(often.count == Self.all && often.allSatisfy { $0.isExpected && $0.count == 0 })
    let seldom = sum([report(armed: ChaosTrials.enoughChances - 1, struck: 0)])
    #expect(seldom.allSatisfy { !$0.isExpected && $0.chances == ChaosTrials.enoughChances - 1 })
    // What one seed orders seldom many do often.
    #expect(sum(Array(repeating: report(armed: 2, struck: 0), count: 20)).allSatisfy { $0.isExpected })
    // Nobody comes by in a moment, or who comes orders nothing.
    let nobody = LoadMix(journeys: [(.search, 1)], sagas: LoadMix.ordinary.sagas)
    #expect(sum([report(armed: 1000)], duration: 8_000_000_000).allSatisfy { !$0.isExpected })
    #expect(sum([report(armed: 1000)], mix: nobody).allSatisfy { !$0.isExpected })
  }

  /// What struck is what counts, and not what was planned.
  @Test func aFaultThatWasPlannedAndMetNobodyCountsForNothing() {
    #expect(sum([report(armed: 7, struck: 3)]).allSatisfy { $0.count == 3 })
    #expect(sum([report(armed: 7, struck: 0)]).allSatisfy { $0.count == 0 })
  }

  @Test func whatManySeedsNeverDrewIsMissing() {
    let none = { (runs: Int, isChaos: Bool) in
      sum(Array(repeating: report(armed: 0, struck: 0), count: runs), isChaos: isChaos)
    }
    #expect(none(ChaosTrials.manyRuns, true).allSatisfy { $0.isExpected })
    #expect(none(ChaosTrials.manyRuns - 1, true).allSatisfy { !$0.isExpected })
    #expect(none(ChaosTrials.manyRuns, false).allSatisfy { !$0.isExpected }, "nothing was to be drawn")
  }

  /// Of so many seeds as the rule asks for, wherever they begin, each kind and each point is drawn.
  @Test(arguments: [1, 51, 1001, 777_777] as [UInt64]) func manySeedsDrawEverything(first: UInt64) {
    var (kinds, points): (Set<String>, Set<CrashPoint>) = ([], [])
    for seed in first..<first + UInt64(ChaosTrials.manyRuns) {
      let plan = ChaosPlan.drawn(seed: seed, rate: 20, duration: 60_000_000_000)
      kinds.formUnion(plan.faults.map(\.spec.kind.name.rawValue))
      points.formUnion(plan.crashes.map(\.spec.point))
    }
    #expect(kinds.isSuperset(of: ChaosCatalogue.kinds) && points == Set(Self.points))
  }

  /// A fault counts where it hurts: nobody orders anything while nobody comes.
  @Test func aRunSaysWhatStruck() throws {
    func trials(_ faults: String..., rate: Double = 20) throws -> [String: [UInt64]] {
      let parser = FaultParser(catalogue: SimulatedShop.catalogue)
      let settings = ShopSettings(
        seed: 3, rate: rate, faults: try faults.map { (at: 2_000_000_000, spec: try parser.parse($0)) })
      let report = SimulationRun(settings, duration: 8_000_000_000).run()
      return Dictionary(
        uniqueKeysWithValues: report.trials.faults.map { ($0.kind, [$0.armed, $0.struck]) })
    }
    let busy = try trials("order:errors=30%,ttl=3s", "order:errors=100%,user=ahn,ttl=3s", "payment/1:crash,ttl=1s")
    #expect(busy == ["errors": [2, 1], "crash": [1, 1]])
    #expect(try trials("order:errors=100%,route=/orders,ttl=3s", rate: 0.001) == ["errors": [1, 0]])
  }

  /// The groups that begin to read when a shop opens have moved nothing.
  @Test func onlyPartitionsThatMoveAreARebalance() throws {
    func rebalances(_ faults: [(at: Int64, spec: FaultSpec)]) -> UInt64 {
      SimulationRun(ShopSettings(seed: 4, rate: 10, faults: faults), duration: 30_000_000_000).run().trials.rebalances
    }
    #expect(rebalances([]) == 0)
    let crash = FaultSpec(
      target: .instance(service: ShopPlan.payment, number: 1), kind: .crash, timeToLive: 15_000_000_000)
    #expect(rebalances([(at: 5_000_000_000, spec: crash)]) >= 2, "it went, and it came back")
  }

  /// Whoever takes part in an orchestrated order and is held up may answer too late; one alone need not.
  @Test func lateAnswersAreExpectedOnceTheyHadChancesEnough() throws {
    func expects(_ fault: String, times: Int, sagas: [(saga: SagaKind, weight: Double)] = LoadMix.ordinary.sagas) throws
      -> Bool
    {
      var plan = ChaosPlan(seed: 1, rate: 20, duration: 60_000_000_000)
      plan.mix.sagas = sagas
      let spec = try FaultParser(catalogue: SimulatedShop.catalogue).parse(fault)
      plan.faults = Array(repeating: .init(at: 2_000_000_000, spec: spec), count: times)
      var trials = ChaosTrials()
      trials.add(SimulationReport(seed: 1, rate: 20), of: plan)
      return try #require(trials.counts.first { $0.name == "late answers" }).isExpected
    }
    let enough = Int(ChaosTrials.enoughChances)
    #expect(try expects("inventory:partition,ttl=40s", times: 1))
    for fault in ["broker:broker-down,ttl=15s", "db:customer:db-down,ttl=15s", "inventory/1:crash,ttl=60ms"] {
      #expect(try expects(fault, times: enough), "\(fault)")
      #expect(try !expects(fault, times: enough - 1), "\(fault)")
      #expect(try !expects(fault, times: enough, sagas: [(.choreographed, 1)]), "\(fault)")
    }
    #expect(try !expects("search:partition,ttl=40s", times: enough))
  }
}
