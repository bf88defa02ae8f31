import Operations
import TraceCollector
import TraceModel

/// Two transactions beside each other: what both did, and where one took longer.
struct ComparisonView: Sendable {
  let left: GTXID
  let right: GTXID
  private(set) var leftDetail: TransactionDetail?
  private(set) var rightDetail: TransactionDetail?
  /// Call by call: what failed in one of the two first, then what made the most difference.
  private(set) var lines: [TransactionComparison.Node] = []
  /// Nanoseconds of the difference that no call explains.
  private(set) var unexplained: Int64 = 0
  var cursor = LineCursor()

  init(left: GTXID, right: GTXID) {
    self.left = left
    self.right = right
  }

  /// The one of the two that is still to be loaded.
  var missing: [GTXID] {
    (leftDetail == nil ? [left] : []) + (rightDetail == nil ? [right] : [])
  }

  /// Whether it has all that the detail says.
  func has(_ detail: TransactionDetail) -> Bool {
    [leftDetail, rightDetail].contains { known in
      known.map { $0.summary.gtxid.isSame(as: detail.summary.gtxid) && $0.isLike(detail) } ?? false
    }
  }

  mutating func take(_ detail: TransactionDetail) {
    if detail.summary.gtxid.isSame(as: left) {
      leftDetail = detail
    } else if detail.summary.gtxid.isSame(as: right) {
      rightDetail = detail
    } else {
      return
    }
    guard let leftDetail, let rightDetail else { return }
    let comparison = TransactionComparison(leftDetail.tree, rightDetail.tree)
    unexplained = comparison.unexplained
    let ranked = comparison.nodes.enumerated().map { place, line in
      (failed: line.failed == .left || line.failed == .right ? 0 : 1, weight: line.contribution.magnitude, place: place)
    }
    lines = ranked.sorted { one, other in
      (one.failed, other.weight, one.place) < (other.failed, one.weight, other.place)
    }.map { comparison.nodes[$0.place] }
  }
}
