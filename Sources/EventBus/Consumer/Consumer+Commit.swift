internal import Concurrency

extension Consumer {
  /// Commits the positions of all partitions that have moved since they were last committed: call it once everything
  /// that was polled is handled.
  /// - Throws: as `GroupCoordinator.commit`. After `rebalanceInProgress`, `illegalGeneration` or `unknownMember` the
  ///   records come again, here or elsewhere; the next poll sees to the membership.
  public func commit(now: Int64) throws(BusError) {
    try commit(now: now, Self.moved)
  }

  static func moved(_ state: State) -> [PartitionOffset] {
    state.assigned.filter { $0.position != $0.committed && ($0.position > ($0.committed ?? 0) || $0.wasMoved) }
      .map { PartitionOffset(partition: $0.name, offset: $0.position) }
  }

  /// Commits these offsets, each that of the next record to read.
  public func commit(_ offsets: [PartitionOffset], now: Int64) throws(BusError) {
    try commit(now: now) { _ in offsets }
  }

  private func commit(now: Int64, _ choose: (State) -> [PartitionOffset]) throws(BusError) {
    var effects = Effects()
    defer { effects.run() }
    try state.withLock { state throws(BusError) in
      try requireOpen(state)
      let offsets = choose(state)
      guard !offsets.isEmpty else { return }
      guard let identity = state.membership?.identity else {
        throw .unknownMember(group: group, member: state.member)
      }
      for offset in offsets where !state.assigned.contains(where: { $0.name == offset.partition }) {
        throw .notAssigned(group: group, offset.partition)
      }
      let mayRewind = state.assigned.contains(where: \.wasMoved)
      try broker.groups.commit(offsets, by: identity, allowingRewind: mayRewind, now: now, effects: &effects)
      state.lastHeartbeat = now
      for offset in offsets {
        guard let index = state.assigned.firstIndex(where: { $0.name == offset.partition }) else { continue }
        state.assigned[index].committed = offset.offset
        state.assigned[index].wasMoved = false
      }
    }
  }

  /// Reads on from `offset`, which may lie before what was delivered or committed; the next commit may go back too.
  /// - Throws: `notAssigned`, `offsetOutOfRange`, `consumerClosed`.
  public func seek(_ partition: TopicPartition, to offset: Int64) throws(BusError) {
    try change([partition]) { (assigned) throws(BusError) in
      let bounds = try assigned.topic.bounds(partition: partition.partition)
      guard bounds.contains(offset) else {
        throw .offsetOutOfRange(partition, requested: offset, valid: bounds)
      }
      assigned.position = offset
      assigned.wasMoved = true
    }
  }

  /// `poll` skips these partitions until `resume` or the next rebalance; they stay assigned.
  /// - Throws: `notAssigned`, `consumerClosed`.
  public func pause(_ partitions: [TopicPartition]) throws(BusError) {
    try change(partitions) { $0.isPaused = true }
  }

  public func resume(_ partitions: [TopicPartition]) throws(BusError) {
    try change(partitions) { $0.isPaused = false }
  }

  /// The partitions that are paused.
  public var paused: [TopicPartition] {
    state.withLock { $0.assigned.filter(\.isPaused).map(\.name) }
  }

  private func change(
    _ partitions: [TopicPartition], _ body: (inout AssignedPartition) throws(BusError) -> Void
  ) throws(BusError) {
    try state.withLock { state throws(BusError) in
      try requireOpen(state)
      for partition in partitions {
        guard let index = state.assigned.firstIndex(where: { $0.name == partition }) else {
          throw .notAssigned(group: group, partition)
        }
        try body(&state.assigned[index])
      }
    }
  }
}
