import Drawing
import Operations
import Widgets

/// The columns of the table of topics, from left to right.
enum TopicColumn: Int, SortableColumn {
  case verdict, name, partitions, inRate, outRate, size, kept, group, lag, trend, emptyIn, dead

  static let sortable: [TopicColumn] = [
    .lag, .verdict, .name, .inRate, .outRate, .size, .kept, .partitions, .group, .dead,
  ]

  var heading: String {
    switch self {
    case .verdict: "verdict"
    case .name: "topic"
    case .partitions: "parts"
    case .inRate: "in/s"
    case .outRate: "out/s"
    case .size: "size"
    case .kept: "kept"
    case .group: "worst group"
    case .lag: "lag"
    case .trend: ""
    case .emptyIn: "empty in"
    case .dead: "dead"
    }
  }

  var beginsDescending: Bool { self != .name && self != .group }

  /// - Parameter hasDead: whether there are dead letters, which are then shown before figures that are fine.
  func tableColumn(longestName: Int, longestGroup: Int, hasDead: Bool) -> TableColumn {
    func number(_ minimum: Int, _ priority: Int, gap: Int = 2) -> TableColumn {
      TableColumn(heading, .fit(minimum: minimum), align: .right, priority: priority, gap: gap)
    }
    switch self {
    case .verdict: return TableColumn(heading, .fit(minimum: 7))
    case .name:
      return TableColumn(heading, .share(minimum: min(max(longestName, 8), 20), maximum: max(longestName, 8) + 4))
    case .partitions: return number(5, 7)
    case .inRate: return number(5, 3)
    case .outRate: return number(5, 4)
    case .size: return number(7, 8)
    case .kept: return number(5, 9)
    case .group:
      return TableColumn(
        heading, .share(minimum: min(max(longestGroup, 11), 22), maximum: max(longestGroup, 11)), priority: 1, gap: 3)
    case .lag: return number(6, 0)
    case .trend: return TableColumn(heading, .fixed(12), priority: 2, gap: 1)
    case .emptyIn: return number(8, 5)
    case .dead: return number(4, hasDead ? 0 : 6)
    }
  }
}
