import Drawing
import Operations
import Widgets

/// The columns of the table of topics, from left to right.
enum TopicColumn: Int, Sendable, CaseIterable {
  case verdict, name, partitions, inRate, outRate, size, kept, group, lag, trend, emptyIn, dead

  /// What the table can be sorted by, in the order in which `s` goes through them.
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

  func tableColumn(longestName: Int, longestGroup: Int) -> TableColumn {
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
        heading, .share(minimum: min(max(longestGroup, 11), 16), maximum: max(longestGroup, 11)), priority: 1, gap: 3)
    case .lag: return number(6, 0)
    case .trend: return TableColumn(heading, .fixed(12), priority: 2, gap: 1)
    case .emptyIn: return number(8, 5)
    case .dead: return number(4, 6)
    }
  }
}

/// By what the topics are sorted.
struct TopicSort: Sendable, Hashable {
  var column = TopicColumn.lag
  var isDescending = true

  mutating func choose(_ column: TopicColumn) {
    guard TopicColumn.sortable.contains(column) else { return }
    if self.column == column {
      isDescending.toggle()
    } else {
      (self.column, isDescending) = (column, column.beginsDescending)
    }
  }

  mutating func advance(among visible: [TopicColumn]) {
    let choices = TopicColumn.sortable.filter(visible.contains)
    guard !choices.isEmpty else { return }
    let next = choices.firstIndex(of: column).map { ($0 + 1) % choices.count } ?? 0
    (column, isDescending) = (choices[next], choices[next].beginsDescending)
  }

  /// Equal ones stay in the order of the system.
  func sorted(_ topics: [TopicSnapshot]) -> [TopicSnapshot] {
    topics.enumerated().sorted { left, right in
      if isLess(left.element, right.element) { return !isDescending }
      if isLess(right.element, left.element) { return isDescending }
      return left.offset < right.offset
    }.map(\.element)
  }

  private func isLess(_ left: TopicSnapshot, _ right: TopicSnapshot) -> Bool {
    switch column {
    case .name: return left.name < right.name
    case .group: return left.worstGroup < right.worstGroup
    case .verdict: return rank(left) < rank(right)
    case .lag: return left.lag ?? -1 < right.lag ?? -1
    case .partitions: return left.partitions < right.partitions
    case .inRate: return left.inRate < right.inRate
    case .outRate: return left.outRate < right.outRate
    case .size: return left.bytes < right.bytes
    case .kept: return left.retention ?? .max < right.retention ?? .max
    case .dead: return left.deadLetters < right.deadLetters
    case .trend, .emptyIn: return false
    }
  }

  private func rank(_ topic: TopicSnapshot) -> Int {
    topic.verdict.flatMap { LagVerdict.allCases.firstIndex(of: $0) } ?? -1
  }
}
