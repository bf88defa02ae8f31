internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// What reconciliation has found, as it is shown. From any thread.
struct MismatchReader {
  let world: World
  private static let shown = 200

  /// As far as was read; nil when that cannot be had.
  /// - Parameter grace: see ``PaymentReconciliation``.
  func snapshot(grace: Int64 = PaymentReconciliation.grace) -> ReconciliationSnapshot? {
    try? read(grace: grace, limit: Self.shown)
  }

  /// With `limit` mismatches at most.
  func read(grace: Int64, limit: Int) throws -> ReconciliationSnapshot {
    let report = try PaymentReconciliation(world: world, grace: grace).report(limit: limit)
    var snapshot = ReconciliationSnapshot()
    (snapshot.compared, snapshot.waiting) = (report.caseCount, report.waitingCount)
    (snapshot.count, snapshot.judgedThrough) = (report.mismatchCount, report.judgedThrough)
    snapshot.failures = report.sources.compactMap { source in source.failure.map { "\(source.service): \($0)" } }
    snapshot.mismatches = report.mismatches.map { mismatch in
      MismatchSnapshot(
        gtxid: mismatch.gtxid, order: order(of: mismatch.gtxid), rule: mismatch.rule,
        sides: mismatch.legs.map { .init(service: $0.leg.service, kind: $0.leg.kind, amount: $0.actual) },
        since: mismatch.since, remedy: Self.remedy(of: mismatch))
    }
    return snapshot
  }

  private func order(of id: GTXID) -> Int64? {
    try? world.disk(of: ShopPlan.order)?.database.read { try OrderTables.order(gtxid: id.hex, $0)?.id }
  }

  /// `refund 2,000 KRW at payment-gateway: …`
  private static func remedy(of mismatch: Mismatch) -> String {
    mismatch.repairs.map { repair -> String in
      let expected = mismatch.legs.first { $0.leg == repair.leg }?.expected ?? 0
      let amount = PaymentService.won(abs(repair.change))
      if repair.change < 0 {
        let why = expected == 0 ? "the order is not paid" : "that is more than the order costs"
        return "refund \(amount) at \(repair.leg.service): \(why)"
      }
      let charged = expected == repair.change ? "nobody was charged" : "less was charged"
      return "charge \(amount) at \(repair.leg.service): the order is paid, and \(charged)"
    }.joined(separator: "; ")
  }
}
