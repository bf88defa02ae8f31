internal import Concurrency

extension Producer {
  /// What is done once the producer's lock is free: readers wake, then senders are told, in order.
  struct Outcome {
    var effects = Effects()
    var told: [(Completion, Result<RecordPosition, BusError>)] = []
    /// Batches that are told when they are synced: the lane, the end of the batch, what to tell and how many bytes.
    var syncs: [Sync] = []
    var ended: [CheckedContinuation<Void, Never>] = []

    struct Sync {
      let lane: Int
      let number: Int
      let partition: Partition
      let first: Int64
      let bytes: Int
      let done: [Completion]
    }

    func run(_ producer: Producer) {
      effects.run()
      for (tell, result) in told { tell(result) }
      for continuation in ended { continuation.resume() }
      for sync in syncs {
        sync.partition.whenSynced(before: sync.first + Int64(sync.done.count)) { producer.synced(sync, $0) }
      }
    }
  }

  /// Sends what a lane has gathered. The lock stays held, so that batches go out in the order of their numbers.
  func dispatch(_ index: Int, _ topic: Topic, _ state: inout State, _ outcome: inout Outcome) {
    let lane = state.lanes[index]
    state.lanes[index].records = []
    state.lanes[index].sizes = []
    state.lanes[index].bytes = 0
    state.lanes[index].done = []
    state.sticky[topic.name] = nil
    let level = settings.acknowledge ?? topic.acknowledgement
    do throws(BusError) {
      try topic.requireAvailable()
      let batch = try lane.partition.append(
        lane.records, sizes: lane.sizes, by: identity, sequence: lane.nextSequence, topic.producers,
        acknowledge: level == .synced ? .written : level, now: lane.newest, effects: &outcome.effects)
      state.lanes[index].nextSequence += Int64(lane.records.count)
      if level == .synced {
        state.lanes[index].inFlight += 1
        state.batchesSent += 1
        state.inFlight.insert(state.batchesSent)
        outcome.syncs.append(
          .init(
            lane: index, number: state.batchesSent, partition: lane.partition, first: batch.position.offset,
            bytes: lane.bytes, done: lane.done))
        return
      }
      for (step, done) in lane.done.enumerated() {
        outcome.told.append((done, .success(batch.position.advanced(by: step))))
      }
    } catch {
      for done in lane.done { outcome.told.append((done, .failure(error))) }
    }
    release(lane.bytes, &state, &outcome)
  }

  private func release(_ bytes: Int, _ state: inout State, _ outcome: inout Outcome) {
    state.bufferedBytes -= bytes
    outcome.ended += state.waiters
    state.waiters = []
  }

  /// A batch is on the disk, or not; what gathered meanwhile may go.
  private func synced(_ sync: Outcome.Sync, _ result: Result<Void, BusError>) {
    var outcome = Outcome()
    let first = RecordPosition(
      topic: sync.partition.name.topic, partition: sync.partition.name.partition, offset: sync.first)
    for (step, done) in sync.done.enumerated() { outcome.told.append((done, result.map { first.advanced(by: step) })) }
    state.withLock { state in
      state.lanes[sync.lane].inFlight -= 1
      state.inFlight.remove(sync.number)
      for index in state.flushes.indices { state.flushes[index].batches.remove(sync.number) }
      outcome.ended += state.flushes.filter(\.batches.isEmpty).map(\.continuation)
      state.flushes.removeAll(where: \.batches.isEmpty)
      release(sync.bytes, &state, &outcome)
      if isDue(state.lanes[sync.lane], now: state.lanes[sync.lane].newest),
        let topic = try? broker.topic(sync.partition.name.topic)
      {
        dispatch(sync.lane, topic, &state, &outcome)
      }
    }
    outcome.run(self)
  }

  func waitForRoom() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.bufferedBytes == 0 { return true }
        state.waiters.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  // MARK: Time

  /// When a batch that is not full goes out; nil when none waits.
  public var nextDeadline: Int64? {
    guard settings.linger > 0 else { return nil }
    return state.withLock { state in
      state.lanes.filter { !$0.records.isEmpty }.map { $0.since.addingSaturated(settings.linger) }.min()
    }
  }

  /// Sends the batches whose time has come.
  public func tick(now: Int64) { dispatchAll { self.isDue($0, now: now) } }

  /// Sends everything that has gathered, and returns once it and all that was sent before is acknowledged, or refused.
  /// What comes meanwhile is not waited for.
  public func flush() async {
    dispatchAll { !$0.records.isEmpty }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.inFlight.isEmpty { return true }
        state.flushes.append((state.inFlight, continuation))
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  private func dispatchAll(where isWanted: (Lane) -> Bool) {
    var outcome = Outcome()
    state.withLock { state in
      for index in state.lanes.indices where isWanted(state.lanes[index]) {
        if let topic = try? broker.topic(state.lanes[index].partition.name.topic) {
          dispatch(index, topic, &state, &outcome)
        }
      }
    }
    outcome.run(self)
  }

  /// Sends batches as their time comes, until the task is cancelled.
  /// - Parameter now: the time, in nanoseconds since the Unix epoch.
  public func run<C: Clock>(clock: C, now: @Sendable () -> Int64) async where C.Duration == Duration {
    while !Task.isCancelled {
      tick(now: now())
      // Without a linger nothing waits for its time.
      let idle = settings.linger > 0 ? settings.linger : 1_000_000_000
      let wait = nextDeadline.map { max(0, $0.addingSaturated(-now())) } ?? idle
      try? await clock.sleep(for: .nanoseconds(max(wait, 100_000)))
    }
  }
}

extension RecordPosition {
  func advanced(by records: Int) -> RecordPosition {
    RecordPosition(topic: topic, partition: partition, offset: offset + Int64(records))
  }
}
