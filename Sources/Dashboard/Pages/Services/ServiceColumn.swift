import Drawing
import Operations
import Widgets

/// The columns of the table of services, from left to right.
enum ServiceColumn: Int, SortableColumn {
  case state, name, up, rate, pulse, errors, p50, p95, p99, busy, pool, breaker, lag, outbox, version, restarts, team
  case since, reason

  static let sortable: [ServiceColumn] = [
    .state, .name, .rate, .errors, .p99, .p95, .p50, .busy, .pool, .lag, .outbox, .up, .restarts, .version, .team,
    .since,
  ]

  var beginsDescending: Bool {
    switch self {
    case .name, .up, .version, .team, .since: false
    default: true
    }
  }

  /// What the rule says the table is sorted by.
  var sortName: String {
    switch self {
    case .state: "severity"
    case .name: "name"
    case .errors: "errors"
    default: heading
    }
  }

  var heading: String {
    switch self {
    case .state, .pulse: ""
    case .name: "service"
    case .up: "up"
    case .rate: "req/s"
    case .errors: "err"
    case .p50: "p50"
    case .p95: "p95"
    case .p99: "p99"
    case .busy: "busy"
    case .pool: "pool"
    case .breaker: "brk"
    case .lag: "lag"
    case .outbox: "outbox"
    case .version: "version"
    case .restarts: "restarts"
    case .team: "team"
    case .since: "since"
    case .reason: "why"
    }
  }

  /// The order in which columns go when there is no room: the highest first, 0 never.
  private var priority: Int {
    switch self {
    case .state, .name, .errors, .p99: 0
    case .rate: 1
    case .up: 2
    case .pulse: 3
    case .breaker: 4
    case .lag: 5
    case .p95: 6
    case .busy: 7
    case .pool: 8
    case .p50: 9
    case .since: 10
    case .version: 11
    case .outbox: 12
    case .restarts: 13
    case .team: 14
    case .reason: 15
    }
  }

  /// - Parameters:
  ///   - longestName: the columns that the longest name takes.
  ///   - longestUse: the columns that the longest figure of busy workers takes.
  func tableColumn(longestName: Int, longestUse: Int) -> TableColumn {
    func column(_ width: TableColumn.Width, _ align: Alignment = .left, gap: Int = 1) -> TableColumn {
      TableColumn(heading, width, align: align, priority: priority, gap: gap)
    }
    switch self {
    case .state: return column(.fixed(3))
    case .name: return column(.share(minimum: min(max(longestName, 7), 20), maximum: max(longestName, 7)))
    case .up: return column(.fit(minimum: 4), .right)
    case .rate: return column(.fit(minimum: 5), .right, gap: 2)
    case .pulse: return column(.share(minimum: 10, maximum: 30), gap: 2)
    case .errors: return column(.fit(minimum: 7), .right)
    case .p50, .p95, .p99: return column(.fit(minimum: 8), .right)
    case .busy: return column(.fixed(6 + max(6, longestUse)), gap: 2)
    case .pool: return column(.fit(minimum: 5), .right)
    case .breaker: return column(.fixed(3))
    case .lag: return column(.fit(minimum: 5), .right)
    case .outbox: return column(.fit(minimum: 6), .right)
    case .version: return column(.fit(minimum: 7), .left, gap: 2)
    case .restarts: return column(.fit(minimum: 8), .right)
    case .team: return column(.fit(minimum: 6), .left, gap: 2)
    case .since: return column(.fit(minimum: 5), .right)
    case .reason: return column(.share(minimum: 24), .left, gap: 2)
    }
  }
}
