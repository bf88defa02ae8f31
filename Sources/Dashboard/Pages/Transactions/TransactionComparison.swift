import Operations
import TraceCollector
import TraceModel

/// Two transactions beside each other: what both did, and where one took longer.
struct TransactionComparison: Sendable {
  /// The same work in both.
  struct Line: Sendable {
    let service: String
    let operation: String
    /// How often, and the nanoseconds of all together.
    var left: (count: Int, duration: Int64)
    var right: (count: Int, duration: Int64)

    var difference: Int64 { right.duration &- left.duration }
  }

  let left: GTXID
  let right: GTXID
  private(set) var leftDetail: TransactionDetail?
  private(set) var rightDetail: TransactionDetail?
  /// The greatest difference first.
  private(set) var lines: [Line] = []
  var cursor = LineCursor()

  init(left: GTXID, right: GTXID) {
    self.left = left
    self.right = right
  }

  /// The one of the two that is still to be loaded.
  var missing: [GTXID] {
    (leftDetail == nil ? [left] : []) + (rightDetail == nil ? [right] : [])
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
    lines = Self.lines(leftDetail.tree, rightDetail.tree)
  }

  private static func lines(_ left: CallTree, _ right: CallTree) -> [Line] {
    var places: [[String]: Int] = [:]
    var lines: [Line] = []
    func add(_ tree: CallTree, _ side: WritableKeyPath<Line, (count: Int, duration: Int64)>) {
      for row in tree.rows where row.isCall {
        let name = [row.service, row.operation]
        let place = places[name] ?? lines.count
        if place == lines.count {
          places[name] = place
          lines.append(Line(service: name[0], operation: name[1], left: (0, 0), right: (0, 0)))
        }
        lines[place][keyPath: side].count += 1
        lines[place][keyPath: side].duration &+= row.duration ?? 0
      }
    }
    add(left, \.left)
    add(right, \.right)
    return lines.sorted { $0.difference.magnitude > $1.difference.magnitude }
  }
}

extension GTXID {
  /// Whether both name one transaction: some only know the low half of an id.
  func isSame(as other: GTXID) -> Bool {
    self == other || low == other.low && (high == 0 || other.high == 0)
  }
}
