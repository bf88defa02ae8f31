internal import GRDB
internal import Operations
internal import Simulation
internal import Transactions

/// The batch job by which customers pay their bills: what was reserved of a limit so long ago is owed no longer, which
/// makes room for other orders.
struct Settlement: Sendable {
  static let name = "settlement"
  static let period: Int64 = 10_000_000_000
  /// Bills are paid so long after the order.
  static let payAfter: Int64 = 20_000_000_000
  private static let batch = 50

  private let world: Unowned<World>

  init(world: World) {
    self.world = Unowned(world)
  }

  var job: BatchJob { BatchJob(Self.name, schedule: .every(Self.period)) { try step($0) } }

  /// Pays a few bills, and writes into the same transaction what the run has come to: a step that a crash repeats finds
  /// those bills paid, and counts none twice.
  private func step(_ context: BatchJob.Context) throws -> BatchJob.Step {
    guard let disk = world.value.disk(of: ShopPlan.customer) else { preconditionFailure("customers keep a database") }
    // Bills that fall due while it runs are for the next run.
    let due = context.started - Self.payAfter
    return try disk.database.write { database in
      let run = try CustomerTables.settle(
        dueBefore: due, limit: Self.batch, run: context.gtxid, now: context.now, database)
      let left = try CustomerTables.billCount(dueBefore: due, database)
      guard left == 0 else { return .more(state: [], done: run.bills, total: run.bills + left) }
      return .finished(
        result: "\(Count.of(Int(run.bills), "bill")) paid, \(PaymentService.won(run.amount))", done: run.bills)
    }
  }
}
