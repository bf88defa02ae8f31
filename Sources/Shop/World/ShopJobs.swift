internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The batch jobs of the shop, by the service that runs them, which keeps how far they are.
enum ShopJobs {
  /// In the order in which they are shown.
  static let services = [ShopPlan.historyUpdater, ShopPlan.search, ShopPlan.customer]

  static func jobs(of service: String, _ world: World) -> [BatchJob] {
    switch service {
    // The order history's updater reads order's log anyway.
    case ShopPlan.historyUpdater:
      [ViewRebuild(HistoryView.plan, world: world).job, PaymentReconciliation(world: world).job]
    case ShopPlan.search: [ViewRebuild(SearchView.plan, world: world).job]
    case ShopPlan.customer: [Settlement(world: world).job]
    default: []
    }
  }
}

/// Compares once a minute what order calls paid with what the company has charged, transaction by transaction: order's
/// side is read from its log, the other from the company's own statement.
struct PaymentReconciliation: Sendable {
  static let name = "reconciliation"
  private static let paid = "paid"
  private static let charge = "charge"
  private static let batch = 1_000
  /// A charge and its order may differ so long before somebody looks: the company answers within seconds, or is away.
  static let grace: Int64 = 60_000_000_000

  private let world: Unowned<World>
  private let books: Reconciliation

  /// - Parameter grace: 0 where nothing is under way any more.
  init(world: World, grace: Int64 = Self.grace) {
    guard let disk = world.disk(of: ShopPlan.historyUpdater) else {
      preconditionFailure("reconciliation keeps what it has read")
    }
    self.world = Unowned(world)
    books = Reconciliation(
      rules: [
        ReconciliationRule(
          "orders are charged",
          [.init(ShopPlan.order, Self.paid), .init(ShopPlan.company, Self.charge)])
      ],
      sources: [
        OrderLedger(world: Unowned(world), kind: Self.paid), CompanyStatement(world: Unowned(world), kind: Self.charge),
      ],
      grace: grace, database: disk.database)
  }

  var job: BatchJob {
    let job = books.job(schedule: .every(60_000_000_000), max: Self.batch)
    return BatchJob(Self.name, schedule: job.schedule) { context in
      // What agrees and can be touched by nobody any more is forgotten first.
      try books.prune(settledBefore: world.value.horizon() - Observatory.memory)
      return try job.step(context)
    }
  }

  /// As far as the last run has read.
  func report(limit: Int = 1_000) throws -> ReconciliationReport { try books.report(limit: limit) }

  /// What a service has written before this time was read; what it wrote later must be kept for the next run.
  func readThrough(_ service: String) -> Int64 {
    (try? books.readThrough(service)) ?? world.value.time.start
  }

  /// Grows whenever something more was read.
  func progress() throws -> Int64 { try books.progress() }

  /// Reads all that there is, at once.
  func readOn(now: Int64) throws { while try books.step(max: Self.batch, now: now).hasMore {} }
}

/// What order's rows have come to: each change by which an order that costs money is paid, or is so no longer.
private struct OrderLedger: AuditSource {
  let world: Unowned<World>
  let kind: String
  var service: String { ShopPlan.order }
  private static let batch = 256

  func read(after id: Int64, limit: Int) throws -> AuditReading {
    let moment = FaultSwitchboard.Moment(service: ShopPlan.order, instance: 0)
    guard let log = world.value.disk(of: ShopPlan.order)?.database.changeLog, !world.value.faults.isDatabaseDown(moment)
    else { throw DatabaseUnavailable(description: "database \(ShopPlan.order) refuses the connection") }
    var entries: [AuditEntry] = []
    var position = id
    while entries.count < limit {
      let next: [ChangeTransaction]
      switch try log.read(after: position, limit: Self.batch) {
      case .transactions(let transactions): next = transactions
      case .lost(let loss): throw ForgottenChanges(from: position, to: loss.to)
      }
      guard let last = next.last?.changes.last?.position, last > position else { break }
      for transaction in next {
        let new = transaction.changes.filter { $0.position > position }
        entries += new.compactMap { entry($0, at: transaction.time) }
      }
      position = last
    }
    // Most changes are none of its business, and forgotten all the same.
    guard entries.count > limit else { return AuditReading(entries, through: position) }
    return AuditReading(Array(entries.prefix(limit)), through: entries[limit - 1].id)
  }

  /// Nothing for a change that has nothing to do with money, and for a row that order forgets.
  private func entry(_ change: RowChange, at time: Int64) -> AuditEntry? {
    guard let row = change.after, let order = row["id"]?.integer, let gtxid = row["gtxid"]?.text.flatMap({ GTXID($0) }),
      let saga = row["saga"]?.text.flatMap({ SagaKind(rawValue: $0) }), saga.holdsMoney
    else { return nil }
    let was = change.before?["state"]?.text.map(saga.isGood) ?? false
    let isNow = row["state"]?.text.map(saga.isGood) ?? false
    guard was != isNow else { return nil }
    var entry = AuditEntry(
      message: "order/\(change.position)", gtxid: gtxid, kind: kind, subject: "\(order)",
      amount: row["amount"]?.integer ?? 0, direction: isNow ? .done : .undone, time: time)
    entry.id = change.position
    return entry
  }
}

/// Between what was read last and what the log still has lies something that nobody can compare any more.
private struct ForgottenChanges: Error, CustomStringConvertible {
  var from: Int64
  var to: Int64
  var description: String { "order's log has forgotten the changes after \(from) up to \(to)" }
}

private struct SilentCompany: Error, CustomStringConvertible {
  var description: String { "\(ShopPlan.company) does not send its statement" }
}

/// What the company says that it has charged and given back, as long as it answers.
private struct CompanyStatement: AuditSource {
  let world: Unowned<World>
  let kind: String
  var service: String { ShopPlan.company }

  func read(after id: Int64, limit: Int) throws -> AuditReading {
    let moment = FaultSwitchboard.Moment(service: ShopPlan.company, instance: 1, caller: ShopPlan.historyUpdater)
    guard !world.value.faults.isSilent(moment), !world.value.faults.fails(moment) else { throw SilentCompany() }
    let lines = world.value.companyBooks.statement(after: id, limit: limit)
    let entries = lines.compactMap { line -> AuditEntry? in
      guard let gtxid = GTXID(String(line.key.prefix { $0 != "/" })) else { return nil }
      var entry = AuditEntry(
        message: "\(line.key)/\(line.number)", gtxid: gtxid, kind: kind, subject: line.key,
        amount: abs(line.amount), direction: line.amount > 0 ? .done : .undone, time: line.time)
      entry.id = line.number
      return entry
    }
    return AuditReading(entries, through: lines.last?.number ?? id)
  }
}
