internal import Concurrency
internal import OrderedCollections

extension GroupCoordinator {
  /// Keeps all offsets or none. An offset is that of the next record to read.
  ///
  /// A member may commit for its generation while the group is stable and while a rebalance is being prepared; from
  /// then on its partitions may be somebody else's.
  /// - Parameter allowingRewind: without it an offset below the committed one is refused.
  /// - Throws: `commitBeyondEnd`, `commitBackwards`, `rebalanceInProgress`, `illegalGeneration`, `unknownMember`,
  ///   `fencedInstance`, `unknownTopic`, `unknownPartition`, `unavailable`.
  public func commit(
    _ offsets: [PartitionOffset], by identity: MemberIdentity, allowingRewind: Bool = false, now: Int64
  ) throws(BusError) {
    try withEffects { (effects) throws(BusError) in
      try commit(offsets, by: identity, allowingRewind: allowingRewind, now: now, effects: &effects)
    }
  }

  func commit(
    _ offsets: [PartitionOffset], by identity: MemberIdentity, allowingRewind: Bool, now: Int64,
    effects: inout Effects
  ) throws(BusError) {
    try withKnownGroup(identity, now: now, effects: &effects) { (group, effects) throws(BusError) in
      try requireCommit(by: identity, in: group)
      try check(offsets, in: group, allowingRewind: allowingRewind)
      group.members[identity.member]?.lastHeartbeat = now
      try store(offsets, in: &group, now: now, effects: &effects)
    }
  }

  /// For readers that share nothing and so are no members: the group must have none.
  /// - Throws: `groupNotEmpty`, and as for members.
  public func commit(
    _ offsets: [PartitionOffset], group name: String, allowingRewind: Bool = false, now: Int64
  ) throws(BusError) {
    try withEffects { (effects) throws(BusError) in
      try withGroup(name, creating: defaults, now: now, effects: &effects) {
        (group, effects) throws(BusError) in
        guard group.state == .empty else { throw .groupNotEmpty(group: name, members: group.members.count) }
        try check(offsets, in: group, allowingRewind: allowingRewind)
        try store(offsets, in: &group, now: now, effects: &effects)
      }
    }
  }

  /// A member commits for its generation, while its partitions are surely its own.
  func requireCommit(by identity: MemberIdentity, in group: ConsumerGroup) throws(BusError) {
    _ = try group.checkedMember(identity)
    switch group.state {
    case .empty, .dead: throw .unknownMember(group: identity.group, member: identity.member)
    case .completingRebalance: throw .rebalanceInProgress(group: identity.group)
    case .preparingRebalance, .stable:
      if group.refusesCommits { throw .rebalanceInProgress(group: identity.group) }
    }
  }

  func check(
    _ offsets: [PartitionOffset], in group: ConsumerGroup, allowingRewind: Bool
  ) throws(BusError) {
    for wanted in offsets {
      let bounds = try topics.partition(wanted.partition).bounds
      guard wanted.offset >= 0 else {
        throw .offsetOutOfRange(wanted.partition, requested: wanted.offset, valid: bounds)
      }
      guard wanted.offset <= bounds.upperBound else {
        throw .commitBeyondEnd(wanted.partition, offset: wanted.offset, logEnd: bounds.upperBound)
      }
      if !allowingRewind, let committed = group.offsets[wanted.partition]?.offset, wanted.offset < committed {
        throw .commitBackwards(wanted.partition, offset: wanted.offset, committed: committed)
      }
    }
  }

  func store(
    _ offsets: [PartitionOffset], in group: inout ConsumerGroup, now: Int64, effects: inout Effects
  ) throws(BusError) {
    let commits = Self.records(of: offsets, group: group.name, now: now)
    // First the log: what it does not take was not committed.
    try record(commits, now: now, &effects)
    for commit in commits { group.offsets[commit.partition] = commit.committed }
  }

  static func records(of offsets: [PartitionOffset], group: String, now: Int64) -> [OffsetCommitRecord] {
    offsets.map {
      OffsetCommitRecord(
        group: group, partition: $0.partition, committed: CommittedOffset(offset: $0.offset, time: now))
    }
  }

  /// What the group committed for a partition; nil when nothing, or when there is no such group.
  public func committed(group: String, _ partition: TopicPartition) -> CommittedOffset? {
    state.withLock { state in state.group(group) { $0.offsets[partition] } ?? nil }
  }

  /// As `committed`, for several partitions with one lock.
  func committed(group: String, _ partitions: [TopicPartition]) -> [CommittedOffset?] {
    state.withLock { state in
      guard let index = state.groups.index(forKey: group) else { return partitions.map { _ in nil } }
      return partitions.map { state.groups.values[index].offsets[$0] }
    }
  }
}
