internal import Concurrency
internal import OrderedCollections

extension GroupCoordinator {
  /// Takes up the committed offsets from their topic. What was committed beyond the end of a log, because its last
  /// records were lost, is moved back to that end: else what comes there next would be passed over.
  func restore(now: Int64) throws(BusError) -> [RecoveryReport.MovedCommit] {
    var groups = OrderedDictionary<String, ConsumerGroup>()
    for partition in log.partitions {
      var offset = partition.bounds.lowerBound
      while true {
        let batch: RecordBatch
        do throws(BusError) {
          batch = try partition.read(from: offset, maximumRecords: 4_096, maximumBytes: 4 << 20, counted: false)
        } catch .damaged(_, let offsets) {
          // It was reported when the log was opened. Groups go on from an earlier commit.
          offset = offsets.upperBound + 1
          continue
        }
        guard let last = batch.records.last else { break }
        for record in batch.records { Self.apply(record, to: &groups, defaults: defaults, now: now) }
        offset = last.offset + 1
      }
    }
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
    var group = groups[commit.group] ?? ConsumerGroup(name: commit.group, settings: defaults, now: now)
    group.offsets[commit.partition] = commit.committed
    // A group of which nothing is left is none.
    groups[commit.group] = group.offsets.isEmpty ? nil : group
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
