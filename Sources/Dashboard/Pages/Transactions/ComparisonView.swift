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
    lines = comparison.nodes.enumerated().sorted { one, other in
      Self.rank(one.element, one.offset).lexicographicallyPrecedes(Self.rank(other.element, other.offset))
    }.map(\.element)
  }

  /// The least stands first; `place` is that in the call tree.
  private static func rank(_ line: TransactionComparison.Node, _ place: Int) -> [Int] {
    let hasFailedOnce = line.failed == .left || line.failed == .right
    return [hasFailedOnce ? 0 : 1, -Int(clamping: line.contribution.magnitude), place]
  }
}
