internal import OrderedCollections

/// How a group's partitions are shared out among its members, as Kafka's assignors of the same names do it.
public enum Assignor: String, Sendable, Hashable, Codable, CaseIterable {
  /// Topic by topic: neighbouring partitions in equal shares, the first members get one more.
  case range
  /// All partitions of all topics in turn.
  case roundRobin = "roundrobin"

  /// A member as an assignor sees it.
  public struct Member: Sendable, Hashable {
    public let id: String
    /// Members with a static id come first, in the order of that id, so that shares survive a restart.
    public let instance: String?
    public let topics: [String]

    public init(id: String, instance: String? = nil, topics: [String]) {
      self.id = id
      self.instance = instance
      self.topics = topics
    }

    fileprivate func precedes(_ other: Member) -> Bool {
      switch (instance, other.instance) {
      case (let mine?, let theirs?): mine < theirs
      case (_?, nil): true
      case (nil, _?): false
      case (nil, nil): id < other.id
      }
    }
  }

  /// - Parameter partitionCount: 0 for a topic that does not exist.
  /// - Returns: the partitions of each member, in the order of `members`; each sorted by topic and number.
  public func assign(members: [Member], partitionCount: (String) -> Int) -> [[TopicPartition]] {
    var shares = OrderedDictionary<String, [TopicPartition]>()
    for member in members { shares[member.id] = [] }
    let sorted = members.sorted { $0.precedes($1) }
    let topics = OrderedSet(members.flatMap(\.topics)).sorted()
    switch self {
    case .range: Self.assignRange(sorted, topics, partitionCount, &shares)
    case .roundRobin: Self.assignRoundRobin(sorted, topics, partitionCount, &shares)
    }
    return members.map { (shares[$0.id] ?? []).sorted() }
  }

  private static func assignRange(
    _ members: [Member], _ topics: [String], _ partitionCount: (String) -> Int,
    _ shares: inout OrderedDictionary<String, [TopicPartition]>
  ) {
    for topic in topics {
      let subscribers = members.filter { $0.topics.contains(topic) }
      let (share, extra) = partitionCount(topic).quotientAndRemainder(dividingBy: subscribers.count)
      var next = 0
      for (place, member) in subscribers.enumerated() {
        let upTo = next + share + (place < extra ? 1 : 0)
        shares[member.id, default: []] += (next..<upTo).map { TopicPartition(topic: topic, partition: $0) }
        next = upTo
      }
    }
  }

  private static func assignRoundRobin(
    _ members: [Member], _ topics: [String], _ partitionCount: (String) -> Int,
    _ shares: inout OrderedDictionary<String, [TopicPartition]>
  ) {
    var next = 0
    for topic in topics {
      for partition in 0..<partitionCount(topic) {
        while !members[next % members.count].topics.contains(topic) { next += 1 }
        let member = members[next % members.count]
        shares[member.id, default: []].append(TopicPartition(topic: topic, partition: partition))
        next += 1
      }
    }
  }
}
