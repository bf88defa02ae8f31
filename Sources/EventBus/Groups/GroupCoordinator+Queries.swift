internal import Concurrency
internal import OrderedCollections

/// Read-only views; they work while the broker is unavailable too.
extension GroupCoordinator {
  /// All groups, in the order of their creation.
  public var snapshots: [GroupSnapshot] {
    state.withLock { $0.groups.values.map(\.snapshot) }
  }

  /// - Throws: `unknownGroup`.
  public func snapshot(of group: String) throws(BusError) -> GroupSnapshot {
    try state.withLock { state throws(BusError) in
      guard let snapshot = state.group(group, { $0.snapshot }) else { throw .unknownGroup(group) }
      return snapshot
    }
  }

  /// The names of all groups, in the order of their creation.
  public var names: [String] {
    state.withLock { Array($0.groups.keys) }
  }

  /// `dead` for a group that does not exist.
  public func state(of group: String) -> GroupState {
    state.withLock { state in state.group(group) { $0.state } ?? .dead }
  }

  /// Lag of every partition that the group subscribes to or has a commit for, by topic and number.
  /// - Throws: `unknownGroup`.
  public func lag(of group: String) throws(BusError) -> [PartitionLag] {
    let committed = try state.withLock { state throws(BusError) in
      let places = state.group(group) { [topics] group in
        group.partitionsOfInterest { topics.find($0)?.partitionCount ?? 0 }
      }
      guard let places else { throw .unknownGroup(group) }
      return places
    }
    // The log ends are read after the offsets, so that no lag can come out negative.
    return committed.compactMap { entry in
      guard let bounds = try? topics.partition(entry.partition).bounds else { return nil }
      return PartitionLag(
        partition: entry.partition, logStart: bounds.lowerBound, logEnd: bounds.upperBound,
        committed: entry.committed, owner: entry.owner)
    }
  }
}

extension ConsumerGroup {
  var snapshot: GroupSnapshot {
    GroupSnapshot(
      name: name, state: state, generation: generation, settings: settings, leader: leader,
      members: members.values.map { member in
        MemberSnapshot(
          member: member.id, client: member.client, instance: member.instance, topics: member.topics,
          assignment: member.assignment, joinedAt: member.joinedAt, lastHeartbeat: member.lastHeartbeat,
          lastPoll: member.lastPoll)
      },
      rebalances: rebalances.completed, lastRebalanceStarted: rebalances.startedAt,
      lastRebalanceCompleted: rebalances.completedAt, lastRebalanceReason: rebalances.reason,
      topics: OrderedSet(members.values.flatMap(\.topics) + offsets.keys.map(\.topic)).sorted())
  }

  /// Partitions of subscribed topics and those with a commit, sorted, each with its commit and its owner.
  fileprivate func partitionsOfInterest(
    partitionCount: (String) -> Int
  ) -> [(partition: TopicPartition, committed: CommittedOffset?, owner: String?)] {
    var partitions = OrderedSet(offsets.keys)
    for topic in OrderedSet(members.values.flatMap(\.topics)) {
      for number in 0..<partitionCount(topic) {
        partitions.append(TopicPartition(topic: topic, partition: number))
      }
    }
    var owners = OrderedDictionary<TopicPartition, String>()
    for member in members.values {
      for partition in member.assignment { owners[partition] = member.client }
    }
    return partitions.sorted().map { ($0, offsets[$0], owners[$0]) }
  }
}
