import Operations
import Testing

@testable import Shop

/// Many runs, each with something else broken.
@Suite struct ChaosTests {
  @Test func aPlanIsDrawnTheSameAndCanBeTyped() throws {
    let parser = FaultParser(catalogue: SimulatedShop.catalogue)
    var kinds: Set<FaultKind.Name> = []
    var points: Set<CrashPoint> = []
    for seed in 1...300 as ClosedRange<UInt64> {
      let plan = ChaosPlan.drawn(seed: seed, rate: 20, duration: 60_000_000_000)
      #expect(plan == .drawn(seed: seed, rate: 20, duration: 60_000_000_000), "seed \(seed)")
      for fault in plan.faults {
        #expect(try parser.parse("\(fault.spec)") == fault.spec, "seed \(seed)")
        #expect(fault.spec.timeToLive != nil && fault.at % 1_000_000 == 0 && fault.at < plan.duration, "seed \(seed)")
        kinds.insert(fault.spec.kind.name)
      }
      for crash in plan.crashes {
        #expect(try CrashSpec(parsing: "\(crash.spec)") == crash.spec, "seed \(seed)")
        points.insert(crash.spec.point)
      }
    }
    #expect(ChaosCatalogue.kinds.allSatisfy { name in kinds.contains { $0.rawValue == name } })
    #expect(points == Set(CrashPoint.allCases.filter { $0.absence == nil }))
  }

  /// A rebuild comes every ten minutes by itself: a crash that is ordered in the middle of one brings it along.
  @Test(arguments: [true, false]) func aRunOfSecondsCrashesInTheMiddleOfARebuild(isOrdered: Bool) throws {
    var settings = ShopSettings(seed: 5, rate: 5)
    if isOrdered {
      settings.crashes = [(at: 4_000_000_000, spec: try CrashSpec(parsing: "order-history-updater:P14,nth=2"))]
    }
    let report = SimulationRun(settings, duration: 12_000_000_000).run()
    let point = try #require(report.trials.crashPoints.first { $0.point == "P14" })
    #expect(point.armed == (isOrdered ? 1 : 0) && point.struck == point.armed)
    // The run is gone on with, or there is none.
    #expect(isOrdered ? point.passed > 2 : point.passed == 0)
    #expect(report.invariants.filter { !$0.holds }.flatMap(\.problems) == [])
  }

  @Test func theShopIsDrawnUnlessItIsGiven() {
    func drawn(_ seed: UInt64, _ shop: ChaosShop = ChaosShop(), _ mistakes: Set<Mistake> = []) -> ChaosPlan {
      .drawn(seed: seed, rate: 20, duration: 60_000_000_000, mistakes: mistakes, shop: shop)
    }
    let plans = (1...200 as ClosedRange<UInt64>).map { drawn($0) }
    for store in OrderStore.allCases { #expect(plans.count { $0.orderStore == store } > 30, "\(store)") }
    for store in OrderStore.allCases {
      #expect(plans.contains { $0.orderStore == store && $0.strangler.isUnderWay }, "\(store)")
    }
    #expect(plans.count { $0.strangler.isUnderWay } > 30 && plans.count { $0.topology.databases == .shared } > 30)
    #expect(plans.count { $0.mix == .ordinary } > 60 && plans.count { $0.mix != .ordinary } > 60)
    for plan in plans {
      #expect(plan.settings.obstacle == nil, "seed \(plan.seed)")
      // As the options of its command say it: what is as usual is not among them.
      let typed = ChaosShop(
        orderStore: plan.orderStore == .outbox ? nil : plan.orderStore,
        strangler: plan.strangler.isUnderWay ? plan.strangler : nil,
        topology: plan.topology.databases == .shared ? plan.topology : nil, mix: plan.mix == .ordinary ? nil : plan.mix)
      #expect(drawn(plan.seed, typed) == plan, "seed \(plan.seed)")
      let usual = drawn(plan.seed, ChaosShop().usual)
      #expect(usual.orderStore == .outbox && usual.mix == .ordinary && usual.topology == TopologySettings())
      #expect(usual.crashes == plan.crashes, "seed \(plan.seed)")
      #expect(usual.faults == plan.faults.filter { $0.spec.target != .sharedDatabase }, "seed \(plan.seed)")
      #expect(drawn(plan.seed, ChaosShop(), [.noBreaker]).settings.obstacle == nil)
      #expect(drawn(plan.seed, ChaosShop(), [.noBreaker]).orderStore == .outbox)
    }
  }

  @Test func whatWasDrawnIsInTheCommandThatRunsItAgain() throws {
    var plan = ChaosPlan(seed: 3, rate: 20, duration: 60_000_000_000)
    #expect(plan.drawnCommand == "msatop simulate --seed 3 --duration 60s --rate 20 --chaos")
    plan.orderStore = .events
    plan.topology.databases = .shared
    (plan.topology.maximumConnections, plan.topology.splitsReads) = (100, true)
    plan.mix.sagas = [(.join, 2)]
    #expect(
      plan.command == "msatop simulate --seed 3 --duration 60s --rate 20 --order-store events --sagas join=2"
        + " --topology shared-db --max-connections 100 --split-reads")
    plan.mix.journeys = [(.buy, 1)]
    #expect(plan.drawnCommand.contains(" --journeys buy=1 --sagas join=2 "))
    plan.orderStore = .outbox
    plan.strangler = try StranglerSettings(parsing: "review=25")
    #expect(plan.drawnCommand.contains(" --strangler review=25,catalog=100,order=100 --topology"))
  }

  /// That a store was put to the test is asked for only where seeds could draw it.
  @Test func whatSeedsCanDrawIsExpectedOfThem() {
    func expected(_ shop: ChaosShop, seeds: ClosedRange<UInt64> = 1...60) -> Set<String> {
      var trials = ChaosTrials(shop: shop)
      for seed in seeds {
        let plan = ChaosPlan.drawn(seed: seed, rate: 20, duration: 60_000_000_000, shop: shop)
        trials.add(SimulationReport(seed: seed, rate: 20), of: plan)
      }
      return Set(trials.counts.filter { $0.isExpected && $0.name.hasPrefix("committed, ") }.map(\.name))
    }
    let all = expected(ChaosShop())
    #expect(all.count == 6 && all.contains("committed, order store log-mining"))
    #expect(
      expected(ChaosShop(orderStore: .outbox, topology: TopologySettings())) == [
        "committed, beside the legacy shop", "committed, with other customers",
      ])
    // What is given is not drawn.
    let events = expected(ChaosShop(orderStore: .events))
    #expect(events == all.filter { !$0.contains("order store") })
    #expect(expected(ChaosShop().usual).isEmpty)
    // One seed is one shop.
    #expect(expected(ChaosShop(), seeds: 1...1).isStrictSubset(of: all))
  }

  @Test func whatNoCustomerComesForIsNotExpected() {
    func expects(_ sagas: [(saga: SagaKind, weight: Double)]) -> Bool {
      var plan = ChaosPlan(seed: 1, rate: 5, duration: 60_000_000_000)
      plan.mix.sagas = sagas
      var report = SimulationReport(seed: 1, rate: 5)
      report.trials.crashPoints = [
        .init(point: "P18", what: "", armed: ChaosTrials.enoughChances, passed: 0, struck: 0)
      ]
      var trials = ChaosTrials()
      trials.add(report, of: plan)
      return trials.counts.contains { $0.name.contains("P18") && $0.isExpected }
    }
    #expect(expects([(.join, 1), (.orchestrated, 1)]) && !expects([(.join, 1)]))
  }

  /// What is said of customers leaves open how their orders are carried out, and the other way round.
  @Test func journeysAndSagasAreGivenApart() {
    var shop = ChaosShop()
    shop.journeys = [(.search, 1)]
    let mixes = (1...40).map { ChaosPlan.drawn(seed: $0, rate: 20, duration: 60_000_000_000, shop: shop).mix }
    #expect(mixes.allSatisfy { $0.journeys.map(\.journey) == [.search] })
    #expect(Set(mixes.map { $0.sagas.map(\.saga) }).count > 2)
    let options = mixes.map(\.wholeOptions)
    #expect(options.allSatisfy { $0.count == 2 && $0[0] == "--journeys search=1" && $0[1].hasPrefix("--sagas ") })
    (shop.journeys, shop.sagas) = (nil, [(.join, 1)])
    let others = (1...40).map { ChaosPlan.drawn(seed: $0, rate: 20, duration: 60_000_000_000, shop: shop).mix }
    #expect(others.allSatisfy { $0.sagas.map(\.saga) == [.join] })
    #expect(Set(others.map { $0.journeys.map(\.journey) }).count > 2)
  }

  /// The same digest alone and beside another; the other process is the command line's test.
  @Test func seedsSideBySideDoNotDisturbEachOther() {
    func digest(_ seeds: ClosedRange<UInt64>, threads: Int) -> String {
      ChaosSweep(seeds: seeds, duration: 5_000_000_000, rate: 10, threads: threads).run().digest
    }
    let alone = digest(31...34, threads: 1)
    #expect(digest(31...34, threads: 2) == alone)
    #expect(digest(32...35, threads: 2) != alone)
  }

  @Test func theSmallestFailingPlanIsFound() throws {
    // Fails while it has the 3rd fault and the 2nd crash, and lasts for 17 s at least.
    var plan = ChaosPlan.drawn(seed: 4, rate: 20, duration: 60_000_000_000, shop: ChaosShop().usual)
    let (fault, crash) = (plan.faults[2], plan.crashes[1])
    let least = max(17_000_000_000, fault.at, crash.at)
    // What the shop is like is needed as little as the rest, but for its order store.
    plan.orderStore = .logMining
    plan.topology.databases = .shared
    plan.mix.sagas = [(.join, 1)]
    var runs = 0
    let shrinker = ChaosShrinker { plan in
      runs += 1
      return plan.duration >= least && plan.faults.contains(fault) && plan.crashes.contains(crash)
        && plan.orderStore == .logMining
    }
    let smallest = try #require(shrinker.smallest(of: plan))
    #expect(smallest.faults == [fault] && smallest.crashes == [crash])
    #expect(smallest.duration >= least && smallest.duration <= least + ChaosShrinker.grain)
    #expect(smallest.orderStore == .logMining && smallest.topology == TopologySettings() && smallest.mix == .ordinary)
    #expect(runs < 120)
    #expect(ChaosShrinker { _ in nil }.smallest(of: plan) == nil)
  }

  @Test func aMistakeIsFoundAndShrunkToWhatShowsIt() throws {
    let sweep = ChaosSweep(seeds: 1...2, duration: 8_000_000_000, rate: 10, mistakes: [.dualWrite]).run()
    let failure = try #require(sweep.failures.first)
    #expect(!sweep.succeeded)
    #expect(
      failure.replay.contains("--seed \(failure.seed)") && failure.replay.hasSuffix("--chaos --mistake dual-write"))
    let plan = ChaosPlan.drawn(seed: failure.seed, rate: 10, duration: 8_000_000_000, mistakes: [.dualWrite])
    let smallest = try #require(ChaosSweep.smallest(of: plan))
    #expect(failure.shortest == smallest.command)
    #expect(sweep.failures.allSatisfy { $0.prefix?.hasPrefix("msatop simulate --seed \($0.seed) ") == true })
    #expect(ChaosSweep.run(smallest)?.allHold == false)
    #expect(smallest.faults.count + smallest.crashes.count <= 2)
  }

  @Test func whatIsCancelledSaysSo() {
    let sweep = ChaosSweep(seeds: 1...500, duration: 60_000_000_000, rate: 20)
    let report = sweep.run { _, _ in sweep.cancel() }
    #expect(!report.isComplete && report.done < 500 && report.missing.isEmpty && !report.succeeded)
  }

  @Test func aTrialThatNeverCameIsMissing() {
    var report = SweepReport(first: 1, last: 2, duration: 1, rate: 1, mistakes: [])
    report.counts = [
      .init(name: "met", count: 3, isExpected: true), .init(name: "not met", count: 0, isExpected: true),
    ]
    #expect(report.missing == ["not met"] && !report.succeeded && report.exitStatus == 1)
    report.counts[1].isExpected = false
    #expect(report.missing.isEmpty && report.succeeded && report.exitStatus == 0)
    report.isComplete = false
    #expect(report.exitStatus == 130)
  }
}
