internal import Concurrency
internal import OrderedCollections

/// Records and consumed offsets that are written together or not at all.
public struct Transaction: Sendable {
  struct Commit: Sendable {
    let offsets: [PartitionOffset]
    let member: MemberIdentity
  }

  private(set) var appends: [(topic: String, records: [ProducerRecord])] = []
  private(set) var commits: [Commit] = []

  public init() {}

  public mutating func append(_ records: [ProducerRecord], to topic: String) {
    if !records.isEmpty { appends.append((topic, records)) }
  }

  public mutating func commit(_ offsets: [PartitionOffset], by member: MemberIdentity) {
    commits.append(Commit(offsets: offsets, member: member))
  }

  public var isEmpty: Bool { appends.isEmpty && commits.isEmpty }
}

extension Broker {
  /// Appends all records and commits all offsets, or does nothing. Records of one topic keep their order.
  /// - Returns: a position for each record, in the order of their appends.
  /// - Throws: as `Topic.append` and `GroupCoordinator.commit`.
  @discardableResult
  public func commit(_ transaction: Transaction, now: Int64) throws(BusError) -> [RecordPosition] {
    var effects = Effects()
    defer { effects.run() }
    var places: [(partition: Partition, record: ProducerRecord)] = []
    for append in transaction.appends {
      let topic = try topics.topic(append.topic)
      for record in append.records { places.append((try topic.place(of: record), record)) }
    }
    var positions: [RecordPosition] = []
    // Members of a group learn of nothing before all of it is there: their calls need the lock that is held here.
    try groups.commit(transaction.commits, now: now, effects: &effects) { effects in
      for (partition, record) in places {
        let offset = partition.append([record], sizes: [record.sizeInBytes], now: now, effects: &effects)
        positions.append(
          RecordPosition(topic: partition.name.topic, partition: partition.name.partition, offset: offset))
      }
    }
    return positions
  }
}

extension Topic {
  /// Where a record will go; what would refuse it does so here.
  fileprivate func place(of record: ProducerRecord) throws(BusError) -> Partition {
    try requireAvailable()
    if settings.cleanup != .delete, record.key == nil { throw .keyRequired(topic: name) }
    let size = record.sizeInBytes
    guard size <= settings.maximumRecordBytes else {
      throw .recordTooLarge(topic: name, bytes: size, limit: settings.maximumRecordBytes)
    }
    if let number = record.partition { return try partition(number) }
    guard let key = record.key else { return try partition(try admitSpread()) }
    return try partition(KeyHash.partition(of: key, count: partitionCount))
  }
}

extension GroupCoordinator {
  /// Checks all commits, then keeps them and runs `write` before anybody else gets to the groups.
  fileprivate func commit(
    _ commits: [Transaction.Commit], now: Int64, effects: inout Effects, _ write: (inout Effects) -> Void
  ) throws(BusError) {
    try state.withLock { state throws(BusError) in
      guard state.isAvailable else { throw .unavailable("the broker") }
      for commit in commits {
        guard let index = state.groups.index(forKey: commit.member.group) else {
          throw .unknownMember(group: commit.member.group, member: commit.member.member)
        }
        let epoch = state.groups.values[index].epoch
        state.groups.values[index].expire(now: now)
        settle(&state, index, since: epoch, effects: &effects)
        try check(commit, in: state.groups.values[index])
      }
      for commit in commits {
        guard let index = state.groups.index(forKey: commit.member.group) else { continue }
        state.groups.values[index].members[commit.member.member]?.lastHeartbeat = now
        store(commit.offsets, in: &state.groups.values[index], now: now, effects: &effects)
      }
      write(&effects)
    }
  }

  private func check(_ commit: Transaction.Commit, in group: ConsumerGroup) throws(BusError) {
    _ = try group.checkedMember(commit.member)
    switch group.state {
    case .empty, .dead: throw .unknownMember(group: group.name, member: commit.member.member)
    case .completingRebalance: throw .rebalanceInProgress(group: group.name)
    case .preparingRebalance, .stable:
      if group.refusesCommits { throw .rebalanceInProgress(group: group.name) }
    }
    for wanted in commit.offsets {
      let bounds = try topics.partition(wanted.partition).bounds
      guard wanted.offset <= bounds.upperBound else {
        throw .commitBeyondEnd(wanted.partition, offset: wanted.offset, logEnd: bounds.upperBound)
      }
      if let committed = group.offsets[wanted.partition]?.offset, wanted.offset < committed {
        throw .commitBackwards(wanted.partition, offset: wanted.offset, committed: committed)
      }
    }
  }
}
