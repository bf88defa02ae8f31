internal import Concurrency
internal import OrderedCollections

/// The way to a group: every call goes through here, so that what is due happens first and effects come last.
extension GroupCoordinator {
  func withEffects<Result>(
    _ body: (inout Effects) throws(BusError) -> Result
  ) throws(BusError) -> Result {
    var effects = Effects()
    defer { effects.run() }
    return try body(&effects)
  }

  /// Runs `body` on a group that exists.
  /// - Throws: `unavailable`, `unknownGroup`, or what `body` throws.
  func withGroup<Result>(
    _ name: String, creating settings: GroupSettings? = nil, now: Int64, effects: inout Effects,
    _ body: (inout ConsumerGroup, inout Effects) throws(BusError) -> Result
  ) throws(BusError) -> Result {
    try state.withLock { state throws(BusError) in
      guard state.isAvailable else { throw .unavailable("the broker") }
      let isNew = !state.groups.keys.contains(name)
      if isNew {
        guard let settings else { throw .unknownGroup(name) }
        state.groups[name] = ConsumerGroup(name: name, settings: settings, now: now)
      }
      guard let index = state.groups.index(forKey: name) else {
        preconditionFailure("A consumer group is missing right after it was added.")
      }
      let epoch = state.groups.values[index].epoch
      state.groups.values[index].expire(now: now)
      do throws(BusError) {
        let result = try body(&state.groups.values[index], &effects)
        settle(&state, index, since: epoch, effects: &effects)
        return result
      } catch {
        settle(&state, index, since: epoch, effects: &effects)
        // What was refused leaves no group behind.
        if isNew { state.groups.remove(at: index) }
        throw error
      }
    }
  }

  /// As `withGroup`, for calls of a member: to it, a group that does not exist is one that does not know it.
  func withKnownGroup<Result>(
    _ identity: MemberIdentity, now: Int64, effects: inout Effects,
    _ body: (inout ConsumerGroup, inout Effects) throws(BusError) -> Result
  ) throws(BusError) -> Result {
    do throws(BusError) {
      return try withGroup(identity.group, now: now, effects: &effects, body)
    } catch .unknownGroup {
      throw .unknownMember(group: identity.group, member: identity.member)
    }
  }

  /// Hands the group's events over, and wakes its waiters if it changed.
  func settle(_ state: inout State, _ index: Int, since epoch: UInt64, effects: inout Effects) {
    if !state.groups.values[index].events.isEmpty {
      if events.isObserved {
        for event in state.groups.values[index].events { events.enqueue(event) }
        effects.deliver(events)
      }
      state.groups.values[index].events.removeAll()
    }
    guard state.groups.values[index].epoch != epoch, !state.waiters.isEmpty else { return }
    let name = state.groups.values[index].name
    for waiter in state.waiters where waiter.group == name { effects.wake(waiter.token) }
    state.waiters.removeAll { $0.group == name }
  }

  // MARK: - Time and faults

  func tick(now: Int64) {
    var effects = Effects()
    state.withLock { state in
      guard state.isAvailable else { return }
      for index in state.groups.values.indices {
        let epoch = state.groups.values[index].epoch
        state.groups.values[index].expire(now: now)
        let expired = state.groups.values[index].expireOffsets(now: now)
        let name = state.groups.values[index].name
        // Should a disk refuse it, they expire once more after the next start.
        try? record(expired.map { OffsetCommitRecord(group: name, partition: $0, committed: nil) }, now: now, &effects)
        if state.groups.values[index].isForgettable(now: now) {
          state.groups.values[index].transition(to: .dead, now: now)
        }
        settle(&state, index, since: epoch, effects: &effects)
      }
      state.groups.removeAll { $0.value.state == .dead }
    }
    effects.run()
  }

  var nextDeadline: Int64? {
    state.withLock { state in
      state.isAvailable ? state.groups.values.compactMap(\.nextDeadline).min() : nil
    }
  }

  func setAvailable(_ isAvailable: Bool, now: Int64, effects: inout Effects) {
    state.withLock { state in
      state.isAvailable = isAvailable
      guard isAvailable else { return }
      for index in state.groups.values.indices { state.groups.values[index].restartTimers(now: now) }
      for waiter in state.waiters { effects.wake(waiter.token) }
      state.waiters.removeAll()
    }
  }

  func topicWasCreated(_ topic: String) {
    var effects = Effects()
    state.withLock { state in
      for index in state.groups.values.indices {
        guard state.groups.values[index].members.values.contains(where: { $0.topics.contains(topic) }) else {
          continue
        }
        let epoch = state.groups.values[index].epoch
        state.groups.values[index].createdTopic = topic
        state.groups.values[index].epoch += 1
        settle(&state, index, since: epoch, effects: &effects)
      }
    }
    effects.run()
  }

  /// Removes a group and its offsets, whatever its state. Its members find that they are unknown.
  /// - Throws: `unknownGroup`, `unavailable`; `storage` when a disk does not take it: the group is as it was.
  public func delete(group name: String, now: Int64) throws(BusError) {
    try withEffects { (effects) throws(BusError) in
      try state.withLock { state throws(BusError) in
        guard state.isAvailable else { throw .unavailable("the broker") }
        guard let index = state.groups.index(forKey: name) else { throw .unknownGroup(name) }
        let epoch = state.groups.values[index].epoch
        let forgotten = state.groups.values[index].offsets.keys
        try record(forgotten.map { OffsetCommitRecord(group: name, partition: $0, committed: nil) }, now: now, &effects)
        state.groups.values[index].transition(to: .dead, now: now)
        settle(&state, index, since: epoch, effects: &effects)
        state.groups.remove(at: index)
      }
    }
  }

  /// Writes commits to the offsets topic. Called with the lock held, so that its records stand in the order of commits.
  func record(_ commits: [OffsetCommitRecord], now: Int64, _ effects: inout Effects) throws(BusError) {
    guard let first = commits.first else { return }
    let records = commits.map(\.record)
    let partition = log.partitions[KeyHash.partition(of: Array(first.group.utf8), count: log.partitionCount)]
    _ = try partition.append(
      records, sizes: records.map(\.sizeInBytes), acknowledge: log.acknowledgement, now: now, effects: &effects)
  }
}
