import Drawing
import Operations
import Widgets

/// The columns of the table of breakers, from left to right.
enum BreakerColumn: Int, SortableColumn {
  case state, label, history, failure, slow, calls, rejected, since, next, last

  static let sortable: [BreakerColumn] = [.state, .label, .failure, .slow, .calls, .rejected, .since]

  var heading: String {
    switch self {
    case .state: "state"
    case .label: "caller → called"
    case .history: "last 60 s"
    case .failure: "failure"
    case .slow: "slow"
    case .calls: "calls"
    case .rejected: "rejected"
    case .since: "since"
    case .next: "next trial"
    case .last: "last transition"
    }
  }

  var beginsDescending: Bool {
    switch self {
    case .failure, .slow, .calls, .rejected, .state: true
    default: false
    }
  }

  /// - Parameter longestLabel: the columns that the longest label takes.
  func tableColumn(longestLabel: Int) -> TableColumn {
    switch self {
    case .state: TableColumn(heading, .fit(minimum: 8))
    case .label:
      TableColumn(heading, .share(minimum: min(max(longestLabel, 15), 28), maximum: max(longestLabel, 15) + 8))
    case .history: TableColumn(heading, .fixed(30), priority: 4)
    case .failure: TableColumn(heading, .fit(minimum: 10), align: .right)
    case .slow: TableColumn(heading, .fit(minimum: 5), align: .right, priority: 5)
    case .calls: TableColumn(heading, .fit(minimum: 5), align: .right, priority: 2)
    case .rejected: TableColumn(heading, .fit(minimum: 8), align: .right, priority: 3)
    case .since: TableColumn(heading, .fit(minimum: 6), align: .right, priority: 1)
    case .next: TableColumn(heading, .fit(minimum: 12), priority: 7)
    case .last: TableColumn(heading, .fit(minimum: 15), priority: 6)
    }
  }
}

/// By what the breakers are sorted.
typealias BreakerSort = ColumnSort<BreakerColumn>

extension ColumnSort<BreakerColumn> {
  init() { self.init(column: .state) }

  func sorted(_ breakers: [BreakerSnapshot]) -> [BreakerSnapshot] { sorted(breakers, by: isLess) }

  private func isLess(_ left: BreakerSnapshot, _ right: BreakerSnapshot) -> Bool {
    switch column {
    case .state:
      (left.isStuck ? 0 : 1, left.state.urgency) > (right.isStuck ? 0 : 1, right.state.urgency)
    case .label: left.label < right.label
    case .failure: left.failureRate ?? -1 < right.failureRate ?? -1
    case .slow: left.slowRate ?? -1 < right.slowRate ?? -1
    case .calls: left.buffered < right.buffered
    case .rejected: left.rejected < right.rejected
    case .since: left.since > right.since
    default: false
    }
  }
}
