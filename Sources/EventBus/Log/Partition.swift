internal import Concurrency

/// A partition behind its lock: the log, in memory or on disk, and those who wait for it to grow or to be synced.
final class Partition: WaitSource {
  struct State {
    /// Empty when the log is on disk.
    var memory = PartitionLog()
    var disk: DiskLog?
    /// Of a log in memory.
    var memoryProducers: [ProducerState] = []
    var waiters: [(token: WaitToken, offset: Int64)] = []
    var syncWaiters: [SyncWaiter] = []
    /// It is in the flusher's queue.
    var isQueued = false
    /// A thread is compacting it.
    var isCompacting = false

    var startOffset: Int64 { disk?.startOffset ?? memory.startOffset }
    var endOffset: Int64 { disk?.endOffset ?? memory.endOffset }
    var producers: [ProducerState] { disk?.producers ?? memoryProducers }
  }

  let name: TopicPartition
  let settings: TopicSettings
  let feed: ObserverFeed<AppendedRecords>
  /// Nil when the log is in memory.
  let store: DiskStore?
  let state: Locked<State>

  /// - Parameter disk: its log, as it was opened; nil keeps it in memory.
  init(_ name: TopicPartition, settings: TopicSettings, feed: ObserverFeed<AppendedRecords>, disk: DiskLog? = nil) {
    self.name = name
    self.settings = settings
    self.feed = feed
    store = disk?.store
    state = Locked(State(disk: disk))
  }

  // MARK: Writing

  /// Appends records and returns the offset of the first; the others follow it without a gap.
  /// - Parameters:
  ///   - indices: which of them, in that order; nil for all.
  ///   - sizes: the size in bytes of each record.
  /// - Throws: `storage`, `bufferFull`, `syncFailed`: nothing was appended then. A log in memory throws nothing.
  func append(
    _ records: [ProducerRecord], at indices: ArraySlice<Int>? = nil, sizes: [Int], acknowledge: Acknowledgement,
    now: Int64, effects: inout Effects
  ) throws(BusError) -> Int64 {
    try state.withLock { state throws(BusError) in
      var stored: [EventRecord]? = feed.isObserved ? [] : nil
      let first = try append(
        &state, records, at: indices, sizes: sizes, acknowledge: acknowledge, now: now, stored: &stored)
      tell(&state, stored, &effects)
      return first
    }
  }

  /// Puts records into the log; nobody is told yet.
  func append(
    _ state: inout State, _ records: [ProducerRecord], at indices: ArraySlice<Int>? = nil, sizes: [Int],
    acknowledge: Acknowledgement, stamp: ProducerStamp = .none, transaction: Int64 = 0, now: Int64,
    stored: inout [EventRecord]?
  ) throws(BusError) -> Int64 {
    if state.disk != nil {
      let first =
        if let indices {
          try state.disk?.append(
            records, at: indices, sizes: sizes, settings: settings, acknowledge: acknowledge, stamp: stamp,
            transaction: transaction, now: now, stored: &stored)
        } else {
          try state.disk?.append(
            records, at: records.indices, sizes: sizes, settings: settings, acknowledge: acknowledge, stamp: stamp,
            transaction: transaction, now: now, stored: &stored)
        }
      scheduleFlush(&state)
      return first ?? 0
    }
    let first = state.memory.endOffset
    if let indices {
      for index in indices { store(records[index], sizes[index], &state.memory, now, &stored) }
    } else {
      for index in records.indices { store(records[index], sizes[index], &state.memory, now, &stored) }
    }
    state.memoryProducers.note(stamp, count: records.count, offset: first, now: now)
    return first
  }

  @inline(__always)
  private func store(
    _ record: ProducerRecord, _ size: Int, _ log: inout PartitionLog, _ now: Int64, _ stored: inout [EventRecord]?
  ) {
    let record = log.append(record, sizeInBytes: size, settings: settings, now: now)
    if stored != nil { stored?.append(record) }
  }

  /// Sees to observers and waiters. `stored` is nil while nobody observes.
  func tell(_ state: inout State, _ stored: [EventRecord]?, _ effects: inout Effects) {
    if let stored {
      feed.enqueue(AppendedRecords(topic: name.topic, partition: name.partition, records: stored))
      effects.deliver(feed)
    }
    if !state.waiters.isEmpty {
      for waiter in state.waiters { effects.wake(waiter.token) }
      state.waiters.removeAll()
    }
  }

  // MARK: Reading

  func read(
    from offset: Int64, maximumRecords: Int, maximumBytes: Int, counted: Bool
  ) throws(BusError) -> RecordBatch {
    if store != nil {
      return try readFromDisk(
        from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes, counted: counted)
    }
    return try state.withLock { state throws(BusError) in
      let (start, end) = try bounds(state, including: offset)
      let records = state.memory.read(
        from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes, counted: counted)
      return RecordBatch(
        topic: name.topic, partition: name.partition, records: records, logStart: start, logEnd: end)
    }
  }

  func bounds(_ state: State, including offset: Int64) throws(BusError) -> (start: Int64, end: Int64) {
    let (start, end) = (state.startOffset, state.endOffset)
    guard offset >= start, offset <= end else {
      throw .offsetOutOfRange(name, requested: offset, valid: start...end)
    }
    return (start, end)
  }

  var bounds: ClosedRange<Int64> { state.withLock { $0.startOffset...$0.endOffset } }

  func offset(notBefore timestamp: Int64) throws(BusError) -> Int64 {
    if store != nil { return try offsetOnDisk(notBefore: timestamp) }
    return state.withLock { $0.memory.offset(notBefore: timestamp) }
  }

  // MARK: Waiting

  /// Notes the token and says whether a read at `offset` would return something now, be it an error.
  func park(_ token: WaitToken, offset: Int64) -> Bool {
    state.withLock { state in
      state.waiters.append((token, offset))
      return state.endOffset != offset
    }
  }

  func forget(_ token: WaitToken) {
    state.withLock { state in state.waiters.removeAll { $0.token === token } }
  }

  /// Wakes those who could read already but were held back because the broker was not available.
  func wakeReadable(effects: inout Effects) {
    state.withLock { state in
      let end = state.endOffset
      for waiter in state.waiters where waiter.offset != end { effects.wake(waiter.token) }
      state.waiters.removeAll { $0.offset != end }
    }
  }

  // MARK: Removing

  func applyRetention(now: Int64) -> RemovedRecords {
    if store != nil { return applyRetentionOnDisk(now: now) }
    return state.withLock { state in
      var removed = RemovedRecords()
      if settings.cleanup != .compact { removed += state.memory.applyRetention(settings, now: now) }
      if settings.cleanup != .delete { removed += state.memory.compact(settings, now: now) }
      return removed
    }
  }

  /// Makes `offset` the first that can be read.
  func deleteRecords(before offset: Int64) throws(BusError) -> RemovedRecords {
    try state.withLock { state throws(BusError) in
      guard offset >= 0, offset <= state.endOffset else {
        throw .offsetOutOfRange(name, requested: offset, valid: state.startOffset...state.endOffset)
      }
      if state.disk != nil { return try state.disk?.deleteRecords(before: offset) ?? RemovedRecords() }
      return state.memory.deleteRecords(before: offset)
    }
  }

  var snapshot: PartitionSnapshot {
    state.withLock { state in
      if let disk = state.disk {
        return PartitionSnapshot(
          partition: name.partition, logStart: disk.startOffset, logEnd: disk.endOffset,
          records: Int64(disk.recordCount), bytes: disk.bytes, segments: disk.segmentCount, traffic: disk.totals)
      }
      return PartitionSnapshot(
        partition: name.partition, logStart: state.memory.startOffset, logEnd: state.memory.endOffset,
        records: Int64(state.memory.recordCount), bytes: state.memory.bytes, segments: state.memory.segmentCount,
        traffic: state.memory.totals)
    }
  }
}
