internal import Concurrency

extension Consumer {
  /// The next record of one of its partitions; nil when the partition is not assigned to it.
  func position(in partition: TopicPartition) -> Int64? {
    state.withLock { state in state.assigned.first { $0.name == partition }?.position }
  }

  /// Commits all positions that have moved, as ``commit(now:)`` does, together with what `transaction` holds: consume,
  /// process, produce, once. All of it is written, or nothing.
  /// - Returns: a position for each record of the transaction, in the order of their appends.
  /// - Throws: as ``Broker/commit(_:acknowledge:now:)``; `unknownMember`, `consumerClosed`.
  @discardableResult
  public func commit(
    with transaction: Transaction, acknowledge: Acknowledgement? = nil, now: Int64
  ) throws(BusError) -> [RecordPosition] {
    let offsets = state.withLock { Self.moved($0) }
    var transaction = transaction
    transaction.commit(offsets, by: try identity(for: offsets))
    let positions = try broker.commit(transaction, acknowledge: acknowledge, now: now)
    state.withLock { state in
      state.lastHeartbeat = now
      for offset in offsets {
        guard let index = state.assigned.firstIndex(where: { $0.name == offset.partition }) else { continue }
        state.assigned[index].committed = offset.offset
      }
    }
    return positions
  }

  /// Commits offsets together with what `transaction` holds: all of it or nothing. It is for owners that read the
  /// partitions themselves: the positions move along with the offsets.
  /// - Throws: as `Broker.commit`; `notAssigned`, `unknownMember`, `consumerClosed`.
  func commit(_ offsets: [PartitionOffset], with transaction: Transaction, now: Int64) throws(BusError) {
    var transaction = transaction
    transaction.commit(offsets, by: try identity(for: offsets))
    // Without the lock: what wakes may poll this consumer.
    try broker.commit(transaction, now: now)
    state.withLock { state in
      state.lastHeartbeat = now
      for offset in offsets {
        guard let index = state.assigned.firstIndex(where: { $0.name == offset.partition }) else { continue }
        state.assigned[index].committed = offset.offset
        state.assigned[index].position = offset.offset
        state.assigned[index].wasMoved = false
      }
    }
  }

  /// As whom these offsets can be committed.
  private func identity(for offsets: [PartitionOffset]) throws(BusError) -> MemberIdentity {
    try state.withLock { state throws(BusError) in
      try requireOpen(state)
      guard let identity = state.membership?.identity else {
        throw .unknownMember(group: group, member: state.member)
      }
      for offset in offsets where !state.assigned.contains(where: { $0.name == offset.partition }) {
        throw .notAssigned(group: group, offset.partition)
      }
      return identity
    }
  }
}
