public import EventBus
public import Foundation
internal import Operations
internal import Simulation
internal import TraceCollector
public import TraceModel

/// A run without a screen, as fast as it can: load for so long, then rest, then judgement.
public final class SimulationRun {
  let world: World
  private let duration: Int64
  /// How long a run may take to come to rest after its load has stopped: ten minutes.
  public static let restLimit: Int64 = 600_000_000_000

  /// - Parameters:
  ///   - duration: nanoseconds of virtual time under load.
  ///   - events: a file to write the lines of the journal to.
  ///   - bus: an empty one, see ``ShopBus``; nil makes one in memory.
  public init(_ settings: ShopSettings, duration: Int64, events: FileHandle? = nil, bus: Broker? = nil) {
    world = World(settings, events: events, bus: bus)
    self.duration = duration
  }

  deinit { world.end() }

  /// Runs to the end and tells what happened. Call it once.
  /// - Parameter isCancelled: asked after each second of virtual time; true ends the run where it is.
  public func run(isCancelled: () -> Bool = { false }) -> SimulationReport {
    let clock = ContinuousClock()
    let began = clock.now
    world.begin()
    let end = world.settings.epoch + duration
    while world.time.now < end, !isCancelled() { world.time.run(until: min(end, world.time.now + 1_000_000_000)) }
    world.customers.close()
    let unstruck = unstruck
    world.faults.removeAll()
    world.crashPoints.disarm()
    for service in world.services { for instance in service.instances { instance.isKilled = false } }
    world.applyCrashes()
    let limit = world.time.now + (isBuiltWrong ? Self.vainRest : Self.restLimit)
    while world.time.now < limit, !isAtRest, !isCancelled() { world.time.run(until: world.time.now + 1_000_000_000) }
    world.flushSpans()
    let verdicts = FinalJudgement(world: world).verdicts()
    world.stage.rest(brokenInvariants: verdicts.count { !$0.problems.isEmpty })
    var report = report(took: clock.now - began, verdicts)
    report.neverStruck = unstruck
    report.isComplete = !isCancelled()
    return report
  }

  /// Of what a mistake has lost, nothing comes to an end: then a minute is enough for the rest.
  private static let vainRest: Int64 = 60_000_000_000

  private var isBuiltWrong: Bool {
    if !world.settings.mistakes.isEmpty || world.settings.faults.contains(where: { $0.spec.isMistake }) { return true }
    return world.settings.scenario?.steps.contains { step in
      if case .command(.arm(let spec)) = step.deed { spec.isMistake } else { false }
    } ?? false
  }

  /// Nothing is in flight: no customer, no transaction, no event in an outbox, no record unread or held by a join, no span open.
  private var isAtRest: Bool {
    guard world.customers.waiting == 0, world.transactions.allHaveEnded, world.oldestUnreadRecord() == nil else {
      return false
    }
    guard world.joins.isEmpty, world.oldestUnmined == nil else { return false }
    return world.outboxDepths.allSatisfy { $0 == 0 } && !world.audit.isUnderWay
  }

  /// What was ordered for a time after the load, and the crashes that still wait when it ends.
  private var unstruck: [SimulationReport.Unstruck] {
    let settings = world.settings
    let length = FaultNotation.duration(duration)
    func late(_ spec: String, _ time: Int64) -> SimulationReport.Unstruck? {
      guard time >= duration else { return nil }
      return .init(
        spec: spec, reason: "it was to begin at \(FaultNotation.duration(time)), and the load ended at \(length)")
    }
    let waiting = world.crashPoints.waiting.filter { crash in
      settings.crashes.contains { $0.spec == crash.spec && $0.at < duration }
    }
    return settings.faults.compactMap { late("\($0.spec)", $0.at) }
      + settings.crashes.compactMap { late("\($0.spec)", $0.at) }
      + waiting.map { crash in
        let place = crash.spec.instance.map { "\(crash.spec.service)/\($0)" } ?? crash.spec.service
        let passed = crash.passed == 0 ? "never passed" : "passed \(Count.of(crash.passed, "time"))"
        return .init(
          spec: "\(crash.spec)", reason: "\(crash.spec.point.name) was \(passed) by \(place) since it was armed")
      }
  }

  private func report(took: Duration, _ verdicts: [(invariant: Invariant, problems: [String])]) -> SimulationReport {
    let tally = world.transactions.currentTally()
    var report = SimulationReport(seed: world.settings.seed, rate: world.settings.rate)
    report.mistakes = world.settings.mistakes.map(\.rawValue).sorted()
    report.virtualSeconds = Double(world.time.elapsed) / 1e9
    report.wallSeconds = Double(took.wholeNanoseconds) / 1e9
    report.transactions = SimulationReport.Transactions(
      started: tally.started, committed: tally.committed, rejected: tally.rejected, compensated: tally.compensated,
      failed: tally.failed, stuck: tally.stuck, open: tally.running + tally.compensating)
    report.stuck = world.transactions.stuck.map { .init(gtxid: $0.id, reason: $0.reason) }
    report.spans = world.counters.spans
    report.records = world.counters.records
    report.commits = world.counters.commits
    report.events = world.journal.lines
    let counters = world.counters
    report.trials = SimulationReport.Trials(
      fencedRelays: counters.fencedRelays, duplicatesDelivered: counters.duplicatesDelivered,
      duplicatesSuppressed: counters.duplicatesSuppressed,
      crashesBeforeOffsetCommit: counters.crashesBeforeOffsetCommit,
      timeOutsWithUnknownOutcome: counters.timeOutsWithUnknownOutcome, lateAnswers: counters.lateAnswers,
      compensations: counters.compensations.map { .init(step: $0.step, count: $0.count) }
        .sorted { $0.step < $1.step },
      rebalances: counters.rebalances, deadLetters: counters.deadLetters,
      chargesRepeated: world.companyBooks.repeated, refunds: world.companyBooks.refunds,
      staleReads: counters.staleHistoryReads, partialPages: counters.partialPages, evictions: counters.evictions,
      faults: FaultKind.Name.allCases.compactMap { kind in
        let trials = world.faults.trials(of: kind)
        return trials.armed == 0 ? nil : .init(kind: kind.rawValue, armed: trials.armed, struck: trials.struck)
      },
      crashPoints: CrashPoint.allCases.filter { $0.absence == nil }.map { point in
        let count = world.crashPoints.count(of: point)
        return .init(
          point: point.name, what: point.explanation, armed: count.armed, passed: count.passed, struck: count.struck)
      })
    report.pages = [(ShopPlan.pageComposer, world.edge.composedPages), ("client", world.edge.clientPages)]
      .filter { $0.1.pages > 0 }.map { name, cost in
        .init(
          composedBy: name, pages: cost.pages, partial: cost.partial, failed: cost.failed, calls: cost.calls,
          bytes: cost.bytes, nanoseconds: cost.time)
      }
    report.scenario = world.stage.progress
    report.scenarioJudgesInvariants =
      world.settings.scenario?.expectations.contains { $0.condition.figure == .brokenInvariants } ?? false
    report.invariants = verdicts.map {
      .init(name: $0.invariant.rawValue, holds: $0.problems.isEmpty, problems: $0.problems)
    }
    report.reconciliation = reconciliation()
    report.digest = world.journal.digest()
    return report
  }

  /// Nothing is under way: what does not agree now never will. That it could not be compared is a finding, too.
  private func reconciliation() -> ReconciliationSnapshot {
    do {
      try PaymentReconciliation(world: world, grace: 0).readOn(now: world.time.now)
      return try MismatchReader(world: world).read(grace: 0, limit: .max)
    } catch {
      var snapshot = ReconciliationSnapshot()
      snapshot.failures = ["\(ShopPlan.historyUpdater): \(error)"]
      return snapshot
    }
  }

  // MARK: Afterwards

  /// Why the file of events is not complete; nil when it is, or none was wanted.
  public var eventsError: (any Error)? { world.journal.fileError }

  /// The last transaction that failed, was compensated or got stuck for a technical reason, if possible one whose spans are
  /// kept; where there is none the newest that business turned back, and nil when all ended well.
  public var lastFailed: GTXID? {
    let failures = Array(world.transactions.failures.reversed())
    if let id = failures.first(where: { !world.traces.spans(of: $0).isEmpty }) ?? failures.first { return id }
    let turnedBack = world.book.newest(.max >> 1).filter { $0.state == .compensated }
    // What was returned later had gone well: its own calls tell nothing of it.
    return (turnedBack.first { !$0.firstError.hasSuffix(BusinessReason.returned) } ?? turnedBack.first)?.gtxid
  }

  /// The call tree of a transaction as text; nil when its spans are not kept, or never were.
  public func callTree(of id: GTXID, ascii: Bool = false) -> String? {
    let spans = world.traces.spans(of: id)
    return spans.isEmpty ? nil : CallTreeText.render(CallTree.build(spans: spans), ascii: ascii)
  }

  /// So many ids are found at most.
  public static let mostFound = 100

  /// The ids that begin with these digits.
  public func transactions(withPrefix prefix: String) -> [GTXID] {
    world.traces.find(prefix: prefix, limit: Self.mostFound)
  }
}

extension FaultSpec {
  fileprivate var isMistake: Bool { kind.name.mistake != nil }
}
