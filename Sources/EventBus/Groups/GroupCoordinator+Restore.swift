internal import Concurrency
internal import OrderedCollections

extension GroupCoordinator {
  /// Takes up the committed offsets from their topic. What was committed beyond the end of a log, because its last
  /// records were lost, was seen by somebody: those offsets are used up, so that they never stand for anything else, and
  /// that what comes next is passed over by nobody.
  func restore(now: Int64) throws(BusError) -> [RecoveryReport.UsedUp] {
    var groups = OrderedDictionary<String, ConsumerGroup>()
    // Where a part of it is damaged, groups go on from an earlier commit.
    try log.forEachRecord { Self.apply($0, to: &groups, defaults: defaults, now: now) }
    let lost = seenBeyondTheEnd(groups.values)
    for one in lost { try topics.partition(one.partition).useUp(until: one.offsets.upperBound, now: now) }
    var effects = Effects()
    for index in groups.values.indices { try pass(lost, &groups.values[index], now: now, &effects) }
    state.withLock { $0.groups = groups }
    return lost
  }

  private func seenBeyondTheEnd(_ groups: some Sequence<ConsumerGroup>) -> [RecoveryReport.UsedUp] {
    var lost = OrderedDictionary<TopicPartition, RecoveryReport.UsedUp>()
    for group in groups {
      for (partition, committed) in group.offsets {
        guard let end = try? topics.partition(partition).bounds.upperBound,
          committed.offset > max(end, lost[partition]?.offsets.upperBound ?? 0)
        else { continue }
        lost[partition] = .init(partition: partition, offsets: end..<committed.offset, group: group.name)
      }
    }
    return Array(lost.values)
  }

  private static func apply(
    _ record: EventRecord, to groups: inout OrderedDictionary<String, ConsumerGroup>, defaults: GroupSettings,
    now: Int64
  ) {
    guard let commit = OffsetCommitRecord(record) else { return }
    groups[commit.group, default: ConsumerGroup(name: commit.group, settings: defaults, now: now)]
      .offsets[commit.partition] = commit.committed
    // A group of which nothing is left is none.
    if groups[commit.group]?.offsets.isEmpty == true { groups[commit.group] = nil }
  }

  /// Who has read to the end that is left has nothing to read among the lost ones.
  private func pass(
    _ lost: [RecoveryReport.UsedUp], _ group: inout ConsumerGroup, now: Int64, _ effects: inout Effects
  ) throws(BusError) {
    var passed: [PartitionOffset] = []
    for one in lost {
      guard let committed = group.offsets[one.partition]?.offset, one.offsets.contains(committed) else { continue }
      passed.append(PartitionOffset(partition: one.partition, offset: one.offsets.upperBound))
    }
    try store(passed, in: &group, now: now, effects: &effects)
  }
}
