internal import Operations

/// What put the invariants to the test, summed over many runs, and whether the runs' faults could have caused it: a
/// count that stays 0 although they could says that the runs prove little.
///
/// Of some things one cause is enough: where an instance that reads crashes, records are delivered again. Of others a
/// cause is a chance and no more: a fault may strike where nobody comes by, and a crash may wait in vain for its place.
/// These are expected once there were ``enoughChances``, of whatever range of seeds; and a sweep of ``manyRuns`` that has
/// given something no chance at all has drawn its plans badly, which is a failure, too.
struct ChaosTrials {
  private(set) var counts: [SweepReport.Count] = []
  /// For each count, the runs that could have drawn what causes it.
  private var draws: [Int] = []
  private let shop: ChaosShop
  private let isChaos: Bool

  /// The kind that strikes least often does so three times in ten: that none of so many strikes happens once in a million
  /// ranges of seeds.
  static let enoughChances: UInt64 = 40
  /// So many runs order each kind and each point thirty times and more.
  static let manyRuns = 100

  /// - Parameters:
  ///   - shop: what is open of it was drawn by each seed.
  ///   - isChaos: false where no plan was drawn: then nothing has to be in one.
  init(shop: ChaosShop = ChaosShop(), isChaos: Bool = true) {
    self.shop = shop
    self.isChaos = isChaos
  }

  mutating func add(_ report: SimulationReport, of plan: ChaosPlan) {
    let (trials, causes) = (report.trials, Causes(plan))
    add("transactions", UInt64(report.transactions.started), if: plan.rate > 0)
    addShop(UInt64(report.transactions.committed), of: plan)
    add("rejected transactions", UInt64(report.transactions.rejected), if: plan.isBusy)
    add("compensated transactions", UInt64(report.transactions.compensated), if: causes.isLate)
    add("failed transactions", UInt64(report.transactions.failed), if: false)
    add("stuck transactions", UInt64(report.transactions.stuck), if: causes.putsAside)
    add("duplicates delivered", trials.duplicatesDelivered, if: causes.crashesConsumer)
    add("duplicates suppressed", trials.duplicatesSuppressed, if: causes.crashesConsumer)
    add("crashes between effect and offset commit", trials.crashesBeforeOffsetCommit, if: causes.crashesConsumer)
    add("time-outs with unknown outcome", trials.timeOutsWithUnknownOutcome, if: causes.isLate)
    add("late answers", trials.lateAnswers, chances: causes.outlastsStep ? Self.enoughChances : causes.delaysReply)
    add("rebalances", trials.rebalances, if: causes.movesPartitions)
    let slept = trials.crashPoints.first { $0.point == CrashPoint.overlappingLeases.name }?.struck ?? 0
    add("relays fenced off", trials.fencedRelays, chances: plan.isBusy ? slept : 0, enough: 10)
    add("charges repeated under one key", trials.chargesRepeated, if: causes.crashesConsumer)
    add("refunds", trials.refunds, if: causes.isLate)
    add("dead letters", trials.deadLetters, if: causes.putsAside || causes.isPoisoned)
    add("stale reads of the order history", trials.staleReads, if: false)
    add("pages from which something was missing", trials.partialPages, if: false)
    add("evictions", trials.evictions, if: false)
    addCompensations(trials, causes, plan)
    addFaults(trials, plan)
    addPoints(trials, plan)
  }

  private mutating func addCompensations(_ trials: SimulationReport.Trials, _ causes: Causes, _ plan: ChaosPlan) {
    let commands = [CommandName.cancelOrder, CommandName.releaseCredit, CommandName.releaseStock]
    let steps =
      ["cancel", "release", "void"].map { ($0, causes.isLate) }
      // What was ordered on credit is given back, and the stock of a large order may be sold out.
      + [("release credit", plan.isBusy && plan.sellsOnCredit)]
      + commands.map { ($0, causes.isLate && plan.isOrchestrated) }
    for (step, canBe) in steps {
      let count = trials.compensations.first { $0.step == step }?.count ?? 0
      add("compensations: \(step)", count, if: canBe)
    }
  }

  /// Faults that have hurt something: one that was planned alone proves nothing.
  private mutating func addFaults(_ trials: SimulationReport.Trials, _ plan: ChaosPlan) {
    for kind in ChaosCatalogue.kinds {
      let faults = trials.faults.first { $0.kind == kind }
      // Only who shares a database server can be refused by it.
      let isDrawn = kind != FaultKind.Name.maxConnections.rawValue || plan.topology.databases == .shared
      add(
        "faults: \(kind)", faults?.struck ?? 0, chances: plan.isBusy ? faults?.armed ?? 0 : 0,
        isDrawn: plan.isBusy && isDrawn)
    }
  }

  private mutating func addPoints(_ trials: SimulationReport.Trials, _ plan: ChaosPlan) {
    // What publishes beside the outbox never passes through its relay, and only an orchestrator sends commands.
    let (relays, commands) = (["P3", "P5", "P6", "P7"], ["P17", "P18"])
    for point in trials.crashPoints {
      let isPassed =
        plan.isBusy && (!plan.mistakes.contains(.dualWrite) || !relays.contains(point.point))
        && (plan.isOrchestrated || !commands.contains(point.point))
      add(
        "crashes at \(point.point), \(point.what)", point.struck, chances: isPassed ? point.armed : 0,
        isDrawn: isPassed)
    }
  }

  /// What was carried out in a shop that is not the usual one: something, in each that was drawn.
  private mutating func addShop(_ committed: UInt64, of plan: ChaosPlan) {
    for store in OrderStore.allCases {
      let count = plan.orderStore == store ? committed : 0
      let isDrawn = shop.orderStore == nil && plan.orderStore == store
      add("committed, order store \(store.rawValue)", count, if: plan.rate > 0 && isDrawn)
    }
    let others = [
      ("beside the legacy shop", plan.strangler.isUnderWay, shop.strangler == nil),
      ("on a shared database server", plan.topology.databases == .shared, shop.topology == nil),
      ("with other customers", plan.mix != shop.mix, shop.journeys == nil || shop.sagas == nil),
    ]
    for (what, isSo, isDrawn) in others {
      add("committed, \(what)", isSo ? committed : 0, if: plan.rate > 0 && isSo && isDrawn)
    }
  }

  /// - Parameter canBe: whether this run's faults cause it, as good as certainly.
  private mutating func add(_ name: String, _ count: UInt64, if canBe: Bool) {
    let index = tally(name, count)
    if canBe { counts[index].isExpected = true }
  }

  /// - Parameters:
  ///   - chances: what may have caused it in this run.
  ///   - enough: so many chances that all of them cannot have come to nothing.
  ///   - isDrawn: whether this run could have had any.
  private mutating func add(
    _ name: String, _ count: UInt64, chances: UInt64, enough: UInt64 = enoughChances, isDrawn: Bool = false
  ) {
    let index = tally(name, count)
    counts[index].chances = (counts[index].chances ?? 0) + chances
    if isDrawn, isChaos { draws[index] += 1 }
    if counts[index].chances ?? 0 >= enough || draws[index] >= Self.manyRuns {
      counts[index].isExpected = true
    }
  }

  private mutating func tally(_ name: String, _ count: UInt64) -> Int {
    if let index = counts.firstIndex(where: { $0.name == name }) {
      counts[index].count += count
      return index
    }
    counts.append(SweepReport.Count(name: name, count: count, isExpected: false))
    draws.append(0)
    return counts.count - 1
  }

  /// What a plan's faults can cause, given some time.
  private struct Causes {
    /// An instance that reads a topic crashes.
    var crashesConsumer = false
    /// One does so at a certain moment, wherever it is just then.
    var movesPartitions = false
    /// The company answers later than anybody waits for it.
    var isLate = false
    /// Who takes part in a saga is away for longer than its orchestrator waits.
    var outlastsStep = false
    /// Faults that hold up a step of a saga, or its answer, for about as long as its orchestrator waits, or for longer.
    var delaysReply: UInt64 = 0
    /// Records of orders fail for long enough to be put aside.
    var putsAside = false
    /// A topic holds a record that nobody can read.
    var isPoisoned = false

    init(_ plan: ChaosPlan) {
      let consumers = ShopPlan.services.filter { !$0.reads.isEmpty }.map(\.name)
      let participants = ChaosCatalogue.participants
      let ordered = plan.faults.filter { $0.spec.kind == .crash }.map(\.spec.target.service)
      movesPartitions = ordered.contains(where: consumers.contains)
      crashesConsumer = movesPartitions || plan.crashes.map(\.spec.service).contains(where: consumers.contains)
      for fault in plan.faults {
        let (spec, lasts) = (fault.spec, min(fault.spec.timeToLive ?? .max, plan.duration - fault.at))
        let isForAll = spec.scope.user == nil && spec.scope.route == nil && spec.scope.share == 1
        if plan.isBusy, plan.isOrchestrated, Self.holdsUp(spec, lasts) { delaysReply += 1 }
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

    /// A crash counts however short it is: until their session is over the records of its partitions wait, and the same
    /// again where the next one crashes.
    private static func holdsUp(_ spec: FaultSpec, _ lasts: Int64) -> Bool {
      let parties = [ShopPlan.customer, ShopPlan.inventory, ShopPlan.orchestrator]
      let isOne =
        switch spec.target {
        case .service(let name), .instance(let name, _), .database(let name), .group(let name): parties.contains(name)
        case .broker: true
        default: false
        }
      guard isOne else { return false }
      return switch spec.kind {
      case .crash: true
      case .partition, .databaseDown, .brokerDown, .errors(1), .slowConsumer, .pool(0): lasts >= 9_000_000_000
      default: false
      }
    }

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

  /// Whether some orders are on credit, and some customers bring back what they have bought.
  fileprivate var sellsOnCredit: Bool {
    mix.sagas.contains { [.credit, .creditLarge].contains($0.saga) && $0.weight > 0 }
      && mix.journeys.contains { $0.journey == .giveBack && $0.weight > 0 }
  }

  /// Whether so many orders come for so long that whatever is armed is met by some of them.
  fileprivate var isBusy: Bool {
    rate >= 5 && duration >= 30_000_000_000 && mix.journeys.contains { $0.journey == .buy && $0.weight > 0 }
  }
}
