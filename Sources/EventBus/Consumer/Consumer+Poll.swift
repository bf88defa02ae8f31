internal import Concurrency

extension Consumer {
  /// Keeps the membership alive, joins (again) where needed, and returns the next records.
  ///
  /// A rebalance takes several polls: one that says what is revoked (commit then), and one or more that join and wait
  /// for the others, until one says what is assigned. Nothing is read in between.
  /// - Parameter max: the most records that are returned, over all partitions.
  /// - Throws: `unavailable`, `fencedInstance` (the consumer is closed then), `noCommittedOffset`, `consumerClosed`.
  public func poll(max: Int = 512, now: Int64) throws(BusError) -> PollResult {
    try poll(max: max, batches: .max, now: now)
  }

  /// - Parameter batches: from so many partitions at most. What is not returned is not passed over either.
  func poll(max: Int, batches: Int, now: Int64) throws(BusError) -> PollResult {
    var effects = Effects()
    defer { effects.run() }
    return try state.withLock { state throws(BusError) in
      try requireOpen(state)
      var result = PollResult()
      if try keepMembership(&state, &result, now: now, &effects) {
        result.isStable = true
        try fetch(max, batches: batches, &state, &result)
      }
      return result
    }
  }

  /// Returns true when the consumer has its assignment and may read.
  private func keepMembership(
    _ state: inout State, _ result: inout PollResult, now: Int64, _ effects: inout Effects
  ) throws(BusError) -> Bool {
    guard let membership = state.membership, membership.phase == .stable, !state.mustJoin else {
      return try join(&state, &result, now: now, &effects)
    }
    do throws(BusError) {
      let (answer, epoch) = try broker.groups.heartbeat(
        membership.identity, isPolling: true, now: now, effects: &effects)
      state.epoch = epoch
      state.lastHeartbeat = now
      if answer == .stable { return true }
      result.revoked = state.assigned.map(\.name)
      state.mustJoin = true
      return false
    } catch .unavailable(let what) {
      throw .unavailable(what)
    } catch {
      result.lost = state.assigned.map(\.name)
      state.assigned = []
      state.membership = nil
      if case .fencedInstance = error {
        state.isClosed = true
        throw error
      }
      return false
    }
  }

  private func join(
    _ state: inout State, _ result: inout PollResult, now: Int64, _ effects: inout Effects
  ) throws(BusError) -> Bool {
    var membership: Membership
    do throws(BusError) {
      membership = try broker.groups.join(
        group: group, member: state.member, client: client, instance: instance, isReturning: state.hasJoined,
        topics: topics, settings: settings.group, now: now, effects: &effects)
    } catch {
      if case .fencedInstance = error { state.isClosed = true }
      throw error
    }
    state.assigned = []
    state.hasJoined = true
    // Until the assignment is complete, the next poll begins here again.
    state.mustJoin = true
    state.membership = membership
    state.lastHeartbeat = now
    if membership.phase == .syncing {
      do throws(BusError) {
        membership = try broker.groups.sync(membership.identity, now: now, effects: &effects)
      } catch .unavailable(let what) {
        throw .unavailable(what)
      } catch {
        // The group moved on between the two calls.
        return false
      }
    }
    state.membership = membership
    state.epoch = membership.epoch
    guard membership.phase == .stable else {
      state.mustJoin = false
      return false
    }
    state.assigned = try places(membership.assignment)
    state.mustJoin = false
    state.first = 0
    result.assigned = membership.assignment
    return true
  }

  /// Each partition at its committed offset or, without one, where the reset policy begins.
  private func places(_ assignment: [TopicPartition]) throws(BusError) -> [AssignedPartition] {
    var places: [AssignedPartition] = []
    let committed = broker.groups.committed(group: group, assignment)
    for (name, committed) in zip(assignment, committed) {
      let topic = try broker.topics.topic(name.topic)
      let position = if let committed { committed.offset } else { try start(of: name, topic) }
      places.append(
        AssignedPartition(name: name, topic: topic, position: position, committed: committed?.offset))
    }
    return places
  }

  /// Where the reset policy begins.
  private func start(of name: TopicPartition, _ topic: Topic) throws(BusError) -> Int64 {
    let bounds = try topic.bounds(partition: name.partition)
    switch settings.reset {
    case .earliest: return bounds.lowerBound
    case .latest: return bounds.upperBound
    case .fail: throw .noCommittedOffset(group: group, name)
    }
  }

  private func fetch(
    _ max: Int, batches: Int, _ state: inout State, _ result: inout PollResult
  ) throws(BusError) {
    let count = state.assigned.count
    guard count > 0 else { return }
    var recordsLeft = max
    var bytesLeft = settings.maximumPollBytes
    for step in 0..<count where recordsLeft > 0 && bytesLeft > 0 && result.batches.count < batches {
      let index = (state.first + step) % count
      if state.assigned[index].isPaused { continue }
      let read: RecordBatch?
      do throws(BusError) {
        read = try self.read(&state.assigned[index], maximumRecords: recordsLeft, maximumBytes: bytesLeft, &result)
      } catch {
        // What was read before it must not be lost with the error, which comes again.
        guard result.isEmpty else { break }
        state.first = (state.first + 1) % count
        throw error
      }
      guard let batch = read, let last = batch.records.last else { continue }
      state.assigned[index].position = last.offset + 1
      recordsLeft -= batch.records.count
      bytesLeft -= batch.records.reduce(0) { $0 + $1.sizeInBytes }
      result.batches.append(batch)
    }
    state.first = (state.first + 1) % count
  }

  private func read(
    _ assigned: inout AssignedPartition, maximumRecords: Int, maximumBytes: Int, _ result: inout PollResult
  ) throws(BusError) -> RecordBatch? {
    do throws(BusError) {
      return try assigned.topic.read(
        partition: assigned.name.partition, from: assigned.position, maximumRecords: maximumRecords,
        maximumBytes: maximumBytes)
    } catch .unavailable {
      result.unavailable.append(assigned.name)
      return nil
    } catch .offsetOutOfRange {
      let from = assigned.position
      assigned.position = try start(of: assigned.name, assigned.topic)
      result.resets.append(PollResult.Reset(partition: assigned.name, from: from, to: assigned.position))
      return try assigned.topic.read(
        partition: assigned.name.partition, from: assigned.position, maximumRecords: maximumRecords,
        maximumBytes: maximumBytes)
    } catch .damaged(_, let offsets) {
      // Said once, here and where the log was opened; the group goes on behind it.
      assigned.position = offsets.upperBound + 1
      result.damaged.append(PollResult.Damage(partition: assigned.name, offsets: offsets))
      return nil
    } catch {
      throw error
    }
  }
}
