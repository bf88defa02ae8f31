internal import Concurrency
internal import OrderedCollections

extension GroupCoordinator {
  /// Takes up the committed offsets from their topic. What was committed beyond the end of a log, because its last
  /// records were lost, is moved back to that end: else what comes there next would be passed over.
  func restore(now: Int64) throws(BusError) -> [RecoveryReport.MovedCommit] {
    var groups = OrderedDictionary<String, ConsumerGroup>()
    // Where a part of it is damaged, groups go on from an earlier commit.
    try log.forEachRecord { Self.apply($0, to: &groups, defaults: defaults, now: now) }
    var moved: [RecoveryReport.MovedCommit] = []
    var effects = Effects()
    for index in groups.values.indices {
      moved += try moveBack(&groups.values[index], now: now, &effects)
    }
    state.withLock { $0.groups = groups }
    return moved
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

  private func moveBack(
    _ group: inout ConsumerGroup, now: Int64, _ effects: inout Effects
  ) throws(BusError) -> [RecoveryReport.MovedCommit] {
    var moved: [RecoveryReport.MovedCommit] = []
    for (partition, committed) in group.offsets {
      guard let end = try? topics.partition(partition).bounds.upperBound, committed.offset > end else { continue }
      moved.append(.init(group: group.name, partition: partition, from: committed.offset, to: end))
    }
    try store(
      moved.map { PartitionOffset(partition: $0.partition, offset: $0.to) }, in: &group, now: now, effects: &effects)
    return moved
  }
}
