internal import Concurrency
internal import Crypto
internal import Foundation
public import Operations
internal import Simulation

/// Many runs, each with a plan of its own, side by side on a few threads. A world stays on the thread that made it, and
/// two worlds share nothing that changes.
public final class ChaosSweep: Sendable {
  private struct State {
    var next = 0
    var reports: [SimulationReport?]
    /// Of failing plans, the shortest beginning that still fails.
    var prefixes: [ChaosPlan?]
    var isCancelled = false
  }

  private let plans: [ChaosPlan]
  /// What is open of it was drawn.
  private let shop: ChaosShop
  private let isChaos: Bool
  private let threads: Int
  private let state: Locked<State>
  /// Failing seeds whose smallest part is looked for: each takes some thirty runs. The shortest beginning of a plan takes
  /// six, none as long as the whole, and is looked for in all.
  public static let shrunk = 3

  /// - Parameter seeds: at least one.
  public init(
    seeds: ClosedRange<UInt64>, duration: Int64, rate: Double, mistakes: Set<Mistake> = [],
    shop: ChaosShop = ChaosShop(), isChaos: Bool = true, threads: Int = 2
  ) {
    plans = seeds.map { seed in
      isChaos
        ? ChaosPlan.drawn(seed: seed, rate: rate, duration: duration, mistakes: mistakes, shop: shop)
        : ChaosPlan(seed: seed, rate: rate, duration: duration, mistakes: mistakes, shop: shop)
    }
    self.shop = isChaos ? shop.open(with: mistakes) : shop.usual
    self.isChaos = isChaos
    self.threads = max(1, min(threads, plans.count))
    state = Locked(
      State(
        reports: Array(repeating: nil, count: plans.count), prefixes: Array(repeating: nil, count: plans.count)))
  }

  /// Ends the sweep within a moment; ``run(progress:)`` then returns what was done. From any thread.
  public func cancel() { state.withLock { $0.isCancelled = true } }

  private var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Runs all. Call it once.
  /// - Parameter progress: called by this thread some times a second, with the seeds that are done and that failed.
  public func run(progress: (_ done: Int, _ failed: Int) -> Void = { _, _ in }) -> SweepReport {
    let clock = ContinuousClock()
    let began = clock.now
    let left = Locked(threads)
    for number in 1...threads {
      let thread = Thread { [self] in
        work()
        left.withLock { $0 -= 1 }
      }
      thread.name = "seeds \(number)"
      thread.stackSize = 4 << 20
      thread.start()
    }
    while left.withLock({ $0 }) > 0 {
      Thread.sleep(forTimeInterval: 0.02)
      let (done, failed) = state.withLock { state in
        state.reports.reduce(into: (0, 0)) { counts, report in
          counts.0 += report == nil ? 0 : 1
          counts.1 += report?.allHold == false ? 1 : 0
        }
      }
      progress(done, failed)
    }
    var report = sum()
    report.wallSeconds = Double((clock.now - began).wholeNanoseconds) / 1e9
    return report
  }

  private func work() {
    while let index = state.withLock({ state in
      defer { state.next += 1 }
      return state.isCancelled || state.next >= plans.count ? nil : state.next
    }) {
      let report = Self.run(plans[index]) { self.isCancelled }
      state.withLock { $0.reports[index] = report }
      guard report?.allHold == false else { continue }
      let prefix = Self.shrinker { self.isCancelled }.shortest(plans[index])
      state.withLock { $0.prefixes[index] = prefix }
    }
  }

  /// One run of a plan; nil when it was cancelled.
  static func run(_ plan: ChaosPlan, isCancelled: () -> Bool = { false }) -> SimulationReport? {
    let report = SimulationRun(plan.settings, duration: plan.duration).run(isCancelled: isCancelled)
    return report.isComplete ? report : nil
  }

  // MARK: What they came to

  private func sum() -> SweepReport {
    let (first, last) = (plans[0], plans[plans.count - 1])
    var sum = SweepReport(
      first: first.seed, last: last.seed, duration: first.duration, rate: first.rate,
      mistakes: Mistake.allCases.filter(first.mistakes.contains))
    var (trials, hash) = (ChaosTrials(shop: shop, isChaos: isChaos), SHA256())
    let (reports, prefixes) = state.withLock { ($0.reports, $0.prefixes) }
    for (index, plan) in plans.enumerated() {
      let report = reports[index]
      guard let report else {
        sum.isComplete = false
        continue
      }
      sum.done += 1
      trials.add(report, of: plan)
      hash.update(data: Array(report.digest.utf8))
      guard !report.allHold else { continue }
      var failure = SweepReport.Failure(
        seed: plan.seed, problems: report.problems, replay: isChaos ? plan.drawnCommand : plan.command,
        prefix: prefixes[index]?.command)
      if sum.failures.count < Self.shrunk {
        failure.shortest = Self.smallest(of: plan) { self.isCancelled }?.command
      }
      sum.failures.append(failure)
    }
    sum.counts = trials.counts
    sum.digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return sum
  }

  /// The smallest part of a failing plan that still fails; nil when it was cancelled.
  public static func smallest(of plan: ChaosPlan, isCancelled: () -> Bool = { false }) -> ChaosPlan? {
    withoutActuallyEscaping(isCancelled) { shrinker(isCancelled: $0).smallest(of: plan) }
  }

  private static func shrinker(isCancelled: @escaping () -> Bool) -> ChaosShrinker {
    ChaosShrinker { plan in run(plan, isCancelled: isCancelled).map { !$0.allHold } }
  }
}

extension SimulationReport {
  /// What broke, a line each.
  var problems: [String] {
    invariants.flatMap { verdict in verdict.problems.map { "\(verdict.name): \($0)" } }
      + (reconciliation?.failures ?? []).map { "not reconciled: \($0)" }
      + unsettled.map { "mismatch: \($0.gtxid) \($0.remedy)" }
  }
}
