import Operations
import TraceModel

extension IncidentFixture {
  /// With three transactions of which order and the company say different things.
  static func withMismatches() -> SystemSnapshot {
    var snapshot = snapshot()
    var found = ReconciliationSnapshot()
    (found.compared, found.count, found.waiting, found.judgedThrough) = (1_412, 3, 2, now - 21 * second)
    found.mismatches = [
      mismatch(timeOut, 1204, 0, 38_000, 312, "refund 38,000 KRW at payment-gateway: the order is not paid"),
      mismatch(
        notPermitted, 1207, 12_000, 0, 95,
        "charge 12,000 KRW at payment-gateway: the order is paid, and nobody was charged"),
      mismatch(
        stuckSaga, nil, 5_000, 10_000, 64,
        "refund 5,000 KRW at payment-gateway: that is more than the order costs"),
    ]
    snapshot.data.reconciliation = found
    return snapshot
  }

  private static func mismatch(
    _ id: GTXID, _ order: Int64?, _ paid: Int64, _ charged: Int64, _ age: Int64, _ remedy: String
  ) -> MismatchSnapshot {
    MismatchSnapshot(
      gtxid: id, order: order, rule: "orders are charged",
      sides: [
        .init(service: "order", kind: "paid", amount: paid),
        .init(service: "payment-gateway", kind: "charge", amount: charged),
      ], since: now - age * second, remedy: remedy)
  }
}
