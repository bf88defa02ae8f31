internal import Operations

/// What put the invariants to the test, summed over many runs, and whether the runs' faults could have caused it: a
/// count that stays 0 although they could says that the runs prove little.
struct ChaosTrials {
  private(set) var counts: [SweepReport.Count] = []
  private let shop: ChaosShop

  /// - Parameter shop: what is open of it was drawn by each seed.
  init(shop: ChaosShop = ChaosShop()) { self.shop = shop }

  mutating func add(_ report: SimulationReport, of plan: ChaosPlan) {
    let (trials, causes) = (report.trials, Causes(plan))
    add("transactions", UInt64(report.transactions.started), if: plan.rate > 0)
    addShop(UInt64(report.transactions.committed), of: plan)
    add("compensated transactions", UInt64(report.transactions.compensated), if: causes.isLate)
    add("stuck transactions", UInt64(report.transactions.stuck), if: causes.putsAside)
    add("duplicates delivered", trials.duplicatesDelivered, if: causes.crashesConsumer)
    add("duplicates suppressed", trials.duplicatesSuppressed, if: causes.crashesConsumer)
    add("crashes between effect and offset commit", trials.crashesBeforeOffsetCommit, if: causes.crashesConsumer)
    add("time-outs with unknown outcome", trials.timeOutsWithUnknownOutcome, if: causes.isLate)
    add("late answers", trials.lateAnswers, if: causes.outlastsStep)
    add("rebalances", trials.rebalances, if: true)
    add("charges repeated under one key", trials.chargesRepeated, if: causes.crashesConsumer)
    add("refunds", trials.refunds, if: causes.isLate)
    add("dead letters", trials.deadLetters, if: causes.putsAside || causes.isPoisoned)
    for step in ["cancel", "release", "void"] {
      let count = trials.compensations.first { $0.step == step }?.count ?? 0
      add("compensations: \(step)", count, if: causes.isLate)
    }
    for kind in ChaosCatalogue.kinds {
      let count = plan.faults.count { $0.spec.kind.name.rawValue == kind }
      add("faults: \(kind)", UInt64(count), if: false)
    }
    // What publishes beside the outbox never passes through its relay, and only an orchestrator sends commands.
    let (relays, commands) = (["P3", "P5", "P6", "P7"], ["P17", "P18"])
    for point in trials.crashPoints {
      let isPassed =
        (!plan.mistakes.contains(.dualWrite) || !relays.contains(point.point))
        && (plan.isOrchestrated || !commands.contains(point.point))
      add("crashes at \(point.point), \(point.what)", point.struck, if: point.armed > 0 && isPassed)
    }
  }

  /// What was carried out in a shop that is not the usual one: something, in each that was drawn.
  private mutating func addShop(_ committed: UInt64, of plan: ChaosPlan) {
    for store in OrderStore.allCases {
      let count = plan.orderStore == store ? committed : 0
      let isDrawn = shop.drawsOrderStore && plan.orderStore == store
      add("committed, order store \(store.rawValue)", count, if: plan.rate > 0 && isDrawn)
    }
    let others = [
      ("beside the legacy shop", plan.strangler.isUnderWay, shop.drawsStrangler),
      ("on a shared database server", plan.topology.databases == .shared, shop.topology == nil),
      ("with other customers", plan.mix != shop.mix, shop.journeys == nil || shop.sagas == nil),
    ]
    for (what, isSo, isDrawn) in others {
      add("committed, \(what)", isSo ? committed : 0, if: plan.rate > 0 && isSo && isDrawn)
    }
  }

  private mutating func add(_ name: String, _ count: UInt64, if canBe: Bool) {
    if let index = counts.firstIndex(where: { $0.name == name }) {
      counts[index].count += count
      if canBe { counts[index].isExpected = true }
    } else {
      counts.append(SweepReport.Count(name: name, count: count, isExpected: canBe))
    }
  }

  /// What a plan's faults can cause, given some time.
  private struct Causes {
    /// An instance that reads a topic crashes.
    var crashesConsumer = false
    /// The company answers later than anybody waits for it.
    var isLate = false
    /// Who takes part in a saga is away for longer than its orchestrator waits.
    var outlastsStep = false
    /// Records of orders fail for long enough to be put aside.
    var putsAside = false
    /// A topic holds a record that nobody can read.
    var isPoisoned = false

    init(_ plan: ChaosPlan) {
      let consumers = ShopPlan.services.filter { !$0.reads.isEmpty }.map(\.name)
      let participants = ChaosCatalogue.participants
      let crashed =
        plan.crashes.map(\.spec.service)
        + plan.faults.filter { $0.spec.kind == .crash }.map(\.spec.target.service)
      crashesConsumer = crashed.contains(where: consumers.contains)
      for fault in plan.faults {
        let (spec, lasts) = (fault.spec, min(fault.spec.timeToLive ?? .max, plan.duration - fault.at))
        let isForAll = spec.scope.user == nil && spec.scope.route == nil && spec.scope.share == 1
        guard isForAll, lasts >= 4_000_000_000 else { continue }
        if plan.isOrchestrated, lasts >= Self.longerThanAnyStep, Self.isAway(spec) { outlastsStep = true }
        switch spec.kind {
        case .outage: isLate = true
        case .latency(let late) where late >= 1_000_000_000 && spec.target == .service(ShopPlan.company): isLate = true
        case .errors(1) where lasts >= 30_000_000_000:
          if case .service(let name) = spec.target, participants.contains(name) { putsAside = true }
        case .poison: isPoisoned = true
        default: break
        }
      }
    }

    /// An orchestrator gives a step up after 20 s; some must begin before that.
    private static let longerThanAnyStep: Int64 = 30_000_000_000

    private static func isAway(_ spec: FaultSpec) -> Bool {
      guard [ShopPlan.customer, ShopPlan.inventory].contains(where: { spec.target == .service($0) }) else {
        return false
      }
      return spec.kind == .crash || spec.kind == .partition
    }
  }
}

extension ChaosPlan {
  /// Whether some orders are.
  fileprivate var isOrchestrated: Bool { mix.sagas.contains { $0.saga == .orchestrated && $0.weight > 0 } }
}
