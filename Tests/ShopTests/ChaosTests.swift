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
    let plan = ChaosPlan.drawn(seed: 4, rate: 20, duration: 60_000_000_000)
    let (fault, crash) = (plan.faults[2], plan.crashes[1])
    let least = max(17_000_000_000, fault.at, crash.at)
    var runs = 0
    let shrinker = ChaosShrinker { plan in
      runs += 1
      return plan.duration >= least && plan.faults.contains(fault) && plan.crashes.contains(crash)
    }
    let smallest = try #require(shrinker.smallest(of: plan))
    #expect(smallest.faults == [fault] && smallest.crashes == [crash])
    #expect(smallest.duration >= least && smallest.duration <= least + ChaosShrinker.grain)
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
    #expect(report.missing == ["not met"] && !report.succeeded)
    report.counts[1].isExpected = false
    #expect(report.missing.isEmpty && report.succeeded)
  }
}
