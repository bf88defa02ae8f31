import Operations

/// By what the topics are sorted.
typealias TopicSort = ColumnSort<TopicColumn>

extension ColumnSort<TopicColumn> {
  init() { self.init(column: .lag) }

  func sorted(_ topics: [TopicSnapshot]) -> [TopicSnapshot] { sorted(topics, by: isLess) }

  func isLess(_ left: TopicSnapshot, _ right: TopicSnapshot) -> Bool {
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

  func rank(_ topic: TopicSnapshot) -> Int {
    guard topic.isAvailable else { return LagVerdict.allCases.count }
    return topic.verdict.flatMap { LagVerdict.allCases.firstIndex(of: $0) } ?? -1
  }
}

extension ColumnSort<TopicColumn> {
  /// Whether one topic has to stand before another that it stands behind now. Figures that go up and down all the time
  /// must differ by more than they do by themselves.
  func mustPrecede(_ topic: TopicSnapshot, _ other: TopicSnapshot) -> Bool {
    guard isDescending ? isLess(other, topic) : isLess(topic, other) else { return false }
    switch column {
    case .lag:
      guard let one = topic.lag, let two = other.lag else { return true }
      // What comes in within a second is on its way, and a tenth of what is left is not told apart.
      let noise = max(25, topic.inRate, other.inRate, Double(max(one, two)) / 10)
      let isWorse = isDescending ? rank(topic) > rank(other) : rank(topic) < rank(other)
      return isWorse || Double(max(one, two)) - Double(min(one, two)) > noise
    case .inRate: return Self.differs(topic.inRate, other.inRate, by: 0.2)
    case .outRate: return Self.differs(topic.outRate, other.outRate, by: 0.2)
    case .size: return Self.differs(Double(topic.bytes), Double(other.bytes), by: 0.1)
    default: return true
    }
  }

  private static func differs(_ one: Double, _ other: Double, by share: Double) -> Bool {
    (one - other).magnitude > max(one.magnitude, other.magnitude) * share
  }
}

/// The order in which the topics stand. It is kept from one state to the next, so that a row moves only when it has to:
/// whoever presses a key means the row that was there a moment ago.
struct TopicOrder: Sendable, Hashable {
  private var names: [String] = []
  private var sort: TopicSort?

  /// The topics in this order; sorted anew where they are to be sorted by something else.
  func arranged(_ topics: [TopicSnapshot], by sort: TopicSort) -> [TopicSnapshot] {
    guard sort == self.sort else { return sort.sorted(topics) }
    let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    let standing = topics.enumerated().sorted { left, right in
      let (one, two) = (places[left.element.name] ?? .max, places[right.element.name] ?? .max)
      return one != two ? one < two : left.offset < right.offset
    }
    var rows: [TopicSnapshot] = []
    for (_, topic) in standing {
      // Those that it passes are all less than it, since they do not have to stand before the one that it passes too.
      rows.insert(topic, at: rows.firstIndex { sort.mustPrecede(topic, $0) } ?? rows.count)
    }
    return rows
  }

  mutating func settle(_ topics: [TopicSnapshot], by sort: TopicSort) {
    names = arranged(topics, by: sort).map(\.name)
    self.sort = sort
  }
}
