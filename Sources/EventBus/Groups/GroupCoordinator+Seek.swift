internal import Concurrency
internal import OrderedCollections

/// Where to move a group's offsets.
public enum SeekTarget: Sendable, Hashable, Codable {
  case earliest
  case latest
  /// The first record that is not older than this (nanoseconds); the log end when all are older.
  case time(Int64)
  /// So many records on, or back when negative. Counted from the earliest record where nothing was committed.
  case shift(Int64)
  case offset(Int64)
}

/// What a move of offsets means, partition by partition.
public struct SeekPreview: Sendable, Hashable, Codable {
  public struct Entry: Sendable, Hashable, Codable {
    public let partition: TopicPartition
    /// Nil: nothing was committed.
    public let from: Int64?
    /// Always within the log.
    public let to: Int64
    /// Records that will be read again.
    public let repeated: Int64
    /// Records that will never be read.
    public let skipped: Int64
    public let logEnd: Int64
  }

  public let group: String
  public let state: GroupState
  /// In the order of partitions.
  public let entries: [Entry]

  /// The group has members, so that only the operator may move its offsets, and it will rebalance.
  public var needsOperator: Bool { state != .empty }
  public var repeated: Int64 { entries.reduce(0) { $0 + $1.repeated } }
  public var skipped: Int64 { entries.reduce(0) { $0 + $1.skipped } }
}

extension GroupCoordinator {
  /// What `seek` would do now. Changes nothing.
  /// - Parameter partitions: nil stands for all partitions of the topic.
  /// - Throws: `unknownGroup`, `unknownTopic`, `unknownPartition`.
  public func previewSeek(
    group name: String, topic: String, partitions: [Int]? = nil, to target: SeekTarget
  ) throws(BusError) -> SeekPreview {
    try state.withLock { state throws(BusError) in
      guard let index = state.groups.index(forKey: name) else { throw .unknownGroup(name) }
      return try preview(state.groups.values[index], topic: topic, partitions: partitions, target: target)
    }
  }

  /// Moves the group's committed offsets, also backwards. Offsets outside the log are moved into it.
  /// - Parameter byOperator: allows it while the group has members: what they still commit for this generation is
  ///   refused, and they rebalance and go on from the new offsets.
  /// - Returns: what was done.
  /// - Throws: `groupNotEmpty`, `unknownGroup`, `unknownTopic`, `unknownPartition`, `unavailable`.
  @discardableResult
  public func seek(
    group name: String, topic: String, partitions: [Int]? = nil, to target: SeekTarget, byOperator: Bool = false,
    now: Int64
  ) throws(BusError) -> SeekPreview {
    try withEffects { (effects) throws(BusError) in
      try withGroup(name, now: now, effects: &effects) { (group, effects) throws(BusError) in
        guard byOperator || group.state == .empty else {
          throw .groupNotEmpty(group: name, members: group.members.count)
        }
        let plan = try preview(group, topic: topic, partitions: partitions, target: target)
        try store(
          plan.entries.map { PartitionOffset(partition: $0.partition, offset: $0.to) }, in: &group, now: now,
          effects: &effects)
        group.note(.offsetsMoved(topic: topic, partitions: plan.entries.count), now: now)
        if group.state != .empty {
          group.prepareRebalance("offsets of \(topic) were moved", now: now)
          group.refusesCommits = true
        }
        return plan
      }
    }
  }

  private func preview(
    _ group: ConsumerGroup, topic name: String, partitions: [Int]?, target: SeekTarget
  ) throws(BusError) -> SeekPreview {
    let topic = try topics.topic(name)
    var entries: [SeekPreview.Entry] = []
    for number in partitions?.sorted() ?? Array(0..<topic.partitionCount) {
      let partition = try topic.partition(number)
      let bounds = partition.bounds
      let from = group.offsets[partition.name]?.offset
      let base = from ?? bounds.lowerBound
      let wanted =
        switch target {
        case .earliest: bounds.lowerBound
        case .latest: bounds.upperBound
        case .time(let time): try partition.offset(notBefore: time)
        case .shift(let count): base.addingSaturated(count)
        case .offset(let offset): offset
        }
      let to = min(max(wanted, bounds.lowerBound), bounds.upperBound)
      entries.append(
        SeekPreview.Entry(
          partition: partition.name, from: from, to: to, repeated: max(0, base - to), skipped: max(0, to - base),
          logEnd: bounds.upperBound))
    }
    return SeekPreview(group: group.name, state: group.state, entries: entries)
  }
}
