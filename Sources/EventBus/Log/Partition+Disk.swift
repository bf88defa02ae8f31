internal import Concurrency

/// Somebody who is told once the records before `end` are on the disk.
struct SyncWaiter: Sendable {
  let end: Int64
  let tell: @Sendable (Result<Void, BusError>) -> Void
}

/// A partition whose log is on disk.
extension Partition {
  /// See ``DiskLog/useUp(until:now:)``; a log in memory loses nothing.
  func useUp(until end: Int64, now: Int64) throws(BusError) {
    try state.withLock { state throws(BusError) in try state.disk?.useUp(until: end, now: now) }
  }

  /// Reads records without the lock: files of a log never change where they are whole, and the plan holds them open.
  func readFromDisk(
    from offset: Int64, maximumRecords: Int, maximumBytes: Int, counted: Bool
  ) throws(BusError) -> RecordBatch {
    precondition(store != nil, "a partition in memory was asked to read from its disk")
    var (records, bytesLeft): ([EventRecord], Int) = ([], maximumBytes)
    var next = offset
    while true {
      let (plan, start, end) = try plan(from: next, isFirst: records.isEmpty)
      guard let plan, maximumRecords > records.count else {
        return batch(records, start, end, counted: counted, bytes: maximumBytes - bytesLeft)
      }
      var isFull = false
      let outcome = try SegmentReader(plan).records(from: next) { record in
        if record.sizeInBytes > bytesLeft, !records.isEmpty {
          isFull = true
          return false
        }
        records.append(record)
        bytesLeft -= record.sizeInBytes
        isFull = records.count >= maximumRecords || bytesLeft <= 0
        return !isFull
      }
      if case .damaged(let damage, let isKnown) = outcome {
        if !isKnown { state.withLock { $0.disk?.noteDamage(damage, in: plan.segment.id) } }
        if records.isEmpty { throw .damaged(name, offsets: Self.closed(damage.offsets)) }
        isFull = true
      }
      if isFull { return batch(records, start, end, counted: counted, bytes: maximumBytes - bytesLeft) }
      next = max(plan.segment.endOffset, (records.last?.offset ?? next) + 1)
    }
  }

  private static func closed(_ offsets: Range<Int64>) -> ClosedRange<Int64> {
    offsets.lowerBound...offsets.upperBound - 1
  }

  private func plan(
    from offset: Int64, isFirst: Bool
  ) throws(BusError) -> (plan: ReadPlan?, start: Int64, end: Int64) {
    try state.withLock { state throws(BusError) in
      let (start, end) = try isFirst ? bounds(state, including: offset) : (state.startOffset, state.endOffset)
      let plan = try state.disk?.plan(from: offset)
      if isFirst, let damage = plan?.segment.damage(at: offset) {
        throw .damaged(name, offsets: Self.closed(damage.offsets))
      }
      return (plan, start, end)
    }
  }

  private func batch(
    _ records: [EventRecord], _ start: Int64, _ end: Int64, counted: Bool, bytes: Int
  ) -> RecordBatch {
    if counted, !records.isEmpty {
      state.withLock { state in
        state.disk?.totals.recordsOut += Int64(records.count)
        state.disk?.totals.bytesOut += Int64(bytes)
      }
    }
    return RecordBatch(topic: name.topic, partition: name.partition, records: records, logStart: start, logEnd: end)
  }

  func offsetOnDisk(notBefore timestamp: Int64) throws(BusError) -> Int64 {
    precondition(store != nil, "a partition in memory was asked for an offset on its disk")
    var from = state.withLock { $0.startOffset }
    while true {
      let next = try state.withLock { state throws(BusError) in
        try state.disk?.plan(notBefore: timestamp, after: from)
      }
      guard let plan = next else {
        return state.withLock { $0.endOffset }
      }
      var found: Int64?
      let first = from
      let outcome = try SegmentReader(plan).records(from: max(first, plan.offset)) { record in
        if record.timestamp >= timestamp { found = record.offset }
        return found == nil
      }
      if let found { return found }
      if case .damaged(let damage, let isKnown) = outcome {
        if !isKnown { state.withLock { $0.disk?.noteDamage(damage, in: plan.segment.id) } }
        from = max(from + 1, damage.offsets.upperBound)
      } else {
        from = plan.segment.endOffset
      }
    }
  }

  func applyRetentionOnDisk(now: Int64) -> RemovedRecords {
    var removed = RemovedRecords()
    do throws(BusError) {
      if settings.cleanup != .compact {
        removed += try state.withLock { state throws(BusError) in
          try state.disk?.applyRetention(settings, now: now) ?? RemovedRecords()
        }
      }
      if settings.cleanup != .delete { removed += try compactOnDisk(now: now) }
    } catch {
      removed.failures.append(error)
    }
    state.withLock { scheduleFlush(&$0) }
    return removed
  }

  /// One thread does it at a time: two would write the same files.
  private func compactOnDisk(now: Int64) throws(BusError) -> RemovedRecords {
    let work = state.withLock { state -> CompactionWork? in
      guard !state.isCompacting, let work = state.disk?.compactionWork(settings, now: now) else { return nil }
      state.isCompacting = true
      return work
    }
    guard let work else { return RemovedRecords() }
    let outcome = Result { () throws(BusError) in try work.run() }
    return try state.withLock { state throws(BusError) in
      state.isCompacting = false
      return try state.disk?.finish(work, outcome.get()) ?? RemovedRecords()
    }
  }

  // MARK: Flushing

  /// Hands what waits in memory to the operating system.
  func writeOut() throws(BusError) {
    try state.withLock { state throws(BusError) in try state.disk?.writeOut() }
  }

  /// Writes what came at the last moment, and nothing more: the directory is given back.
  func close() {
    state.withLock { state in
      try? state.disk?.writeOut()
      state.disk?.isClosed = true
    }
  }

  func scheduleFlush(_ state: inout State) {
    guard !state.isQueued, state.disk?.needsFlush == true || !state.syncWaiters.isEmpty else { return }
    state.isQueued = true
    store?.flusher.schedule(self)
  }

  /// Tells once the records before `end` are on the disk: at once when they are, else from the flusher's thread.
  func whenSynced(before end: Int64, _ tell: @escaping @Sendable (Result<Void, BusError>) -> Void) {
    let answer: Result<Void, BusError>? = state.withLock { state in
      guard let disk = state.disk else { return .failure(.notDurable(name)) }
      if let failure = disk.failure { return .failure(failure) }
      if disk.syncedEnd >= end { return .success(()) }
      // Nothing would ever come to sync.
      guard end <= disk.endOffset else {
        return .failure(.offsetOutOfRange(name, requested: end, valid: disk.startOffset...disk.endOffset))
      }
      state.syncWaiters.append(SyncWaiter(end: end, tell: tell))
      scheduleFlush(&state)
      return nil
    }
    if let answer { tell(answer) }
  }

  /// Brings it to the disk on this thread, while the log is opened and no other has it.
  func synchronize() throws(BusError) {
    guard let store else { return }
    let work = try state.withLock { state throws(BusError) in try state.disk?.beginFlush(wantsSync: true) }
    guard let work else { return }
    let sealed = try work.run(files: store.files)
    state.withLock { $0.disk?.endFlush(work, sealed: sealed) }
  }

  /// Writes, seals and syncs what there is. One thread does it at a time: the flusher's.
  func flush() {
    guard let store else { return }
    var mustWait = false
    let begun = state.withLock { state -> Result<FlushWork?, BusError> in
      state.isQueued = false
      if (try? state.disk?.writeOut()) == nil { mustWait = state.disk?.isClosed == false }
      return Result { () throws(BusError) in try state.disk?.beginFlush(wantsSync: !state.syncWaiters.isEmpty) }
    }
    var (waiters, answer): ([SyncWaiter], Result<Void, BusError>)
    if case .success(let work?) = begun {
      let result = Result { () throws(BusError) in try work.run(files: store.files) }
      // A footer that the disk did not take is tried again with the rest.
      if case .success(let sealed) = result, sealed.count < work.unsealed.count { mustWait = true }
      (waiters, answer) = end(work, result, schedulesMore: !mustWait)
    } else {
      answer = begun.map { _ in }
      waiters = state.withLock { state in
        defer { state.syncWaiters = [] }
        return state.syncWaiters
      }
    }
    if mustWait { store.flusher.scheduleLater(self) }
    for waiter in waiters { waiter.tell(answer) }
  }

  /// Notes what a flush has done, and returns whom to tell what.
  private func end(
    _ work: FlushWork, _ result: Result<[DiskSegment], BusError>, schedulesMore: Bool
  ) -> ([SyncWaiter], Result<Void, BusError>) {
    state.withLock { state in
      switch result {
      case .success(let sealed):
        state.disk?.endFlush(work, sealed: sealed)
        let done = state.syncWaiters.filter { $0.end <= work.endOffset }
        if !done.isEmpty { state.syncWaiters.removeAll { $0.end <= work.endOffset } }
        if schedulesMore { scheduleFlush(&state) }
        return (done, .success(()))
      case .failure(let error):
        let failure = state.disk?.failFlush(work, error) ?? error
        defer { state.syncWaiters = [] }
        return (state.syncWaiters, .failure(failure))
      }
    }
  }
}
