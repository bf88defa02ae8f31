/// A broker as a screen shows it, at one moment.
public struct BrokerSnapshot: Sendable, Hashable, Codable {
  public let isAvailable: Bool
  /// In the order of their creation.
  public let topics: [TopicSnapshot]
  /// In the order of their creation.
  public let groups: [GroupSnapshot]
}

public struct TopicSnapshot: Sendable, Hashable, Codable {
  public let name: String
  public let settings: TopicSettings
  public let isInternal: Bool
  public let isAvailable: Bool
  public let partitions: [PartitionSnapshot]
  /// Dead letters of this topic that are neither retried nor discarded.
  public let deadLetters: Int64

  /// Of all partitions, since the start.
  public var traffic: TrafficTotals { partitions.reduce(into: TrafficTotals()) { $0 += $1.traffic } }
  /// Held now.
  public var bytes: Int { partitions.reduce(0) { $0 + $1.bytes } }
  /// Held now.
  public var records: Int64 { partitions.reduce(0) { $0 + $1.records } }
}

public struct PartitionSnapshot: Sendable, Hashable, Codable {
  public let partition: Int
  public let logStart: Int64
  public let logEnd: Int64
  /// Held now; fewer than lie between start and end where compaction has been.
  public let records: Int64
  /// Held now.
  public let bytes: Int
  public let segments: Int
  public let traffic: TrafficTotals
}

public struct GroupSnapshot: Sendable, Hashable, Codable {
  public let name: String
  public let state: GroupState
  public let generation: Int
  public let settings: GroupSettings
  /// The member whose sync hands out the assignments; nil without members.
  public let leader: String?
  /// In the order in which they joined.
  public let members: [MemberSnapshot]
  /// Rebalances that ended with assignments.
  public let rebalances: Int
  /// When the last rebalance began (nanoseconds); nil before the first.
  public let lastRebalanceStarted: Int64?
  /// When the last one that ended with assignments ended.
  public let lastRebalanceCompleted: Int64?
  /// Why the last rebalance began.
  public let lastRebalanceReason: String?

  /// Topics that any member subscribes to or the group has a commit for, each once, sorted: a group that has lost its
  /// last member goes on being behind.
  public let topics: [String]
}

public struct MemberSnapshot: Sendable, Hashable, Codable {
  public let member: String
  public let client: String
  public let instance: String?
  public let topics: [String]
  /// During a rebalance: what it owned before.
  public let assignment: [TopicPartition]
  public let joinedAt: Int64
  public let lastHeartbeat: Int64
  public let lastPoll: Int64
}

extension Topic {
  /// The topic as a screen shows it.
  func snapshot(deadLetters: Int64) -> TopicSnapshot {
    TopicSnapshot(
      name: name, settings: settings, isInternal: isInternal, isAvailable: isAvailable,
      partitions: partitions.map(\.snapshot), deadLetters: deadLetters)
  }
}

extension Broker {
  /// Topics and groups, each consistent in itself.
  public func snapshot() -> BrokerSnapshot {
    BrokerSnapshot(
      isAvailable: isAvailable, topics: topics.all.map { $0.snapshot(deadLetters: openDeadLetters(of: $0.name)) },
      groups: groups.snapshots)
  }

  /// - Throws: `unknownTopic`.
  public func snapshot(topic: String) throws(BusError) -> TopicSnapshot {
    try topics.topic(topic).snapshot(deadLetters: openDeadLetters(of: topic))
  }
}
