internal import Concurrency

/// A partition behind its lock: the log, and those who wait for it to grow.
final class Partition: WaitSource {
  private struct State {
    var log = PartitionLog()
    var waiters: [(token: WaitToken, offset: Int64)] = []
  }

  let name: TopicPartition
  private let settings: TopicSettings
  private let feed: ObserverFeed<AppendedRecords>
  private let state = Locked(State())

  init(_ name: TopicPartition, settings: TopicSettings, feed: ObserverFeed<AppendedRecords>) {
    self.name = name
    self.settings = settings
    self.feed = feed
  }

  /// Appends all records and returns the offset of the first; the others follow it without a gap.
  /// - Parameter sizes: the size in bytes of each record.
  func append(_ records: [ProducerRecord], sizes: [Int], now: Int64, effects: inout Effects) -> Int64 {
    commit(effects: &effects) { log, stored in
      for index in records.indices {
        let record = log.append(records[index], sizeInBytes: sizes[index], settings: settings, now: now)
        if stored != nil { stored?.append(record) }
      }
    }
  }

  /// Appends the records at `indices`, in that order.
  func append(
    _ records: [ProducerRecord], at indices: ArraySlice<Int>, sizes: [Int], now: Int64, effects: inout Effects
  ) -> Int64 {
    commit(effects: &effects) { log, stored in
      for index in indices {
        let record = log.append(records[index], sizeInBytes: sizes[index], settings: settings, now: now)
        if stored != nil { stored?.append(record) }
      }
    }
  }

  /// Runs `body` under the lock, then sees to observers and waiters. `stored` is nil while nobody observes.
  private func commit(
    effects: inout Effects, _ body: (inout PartitionLog, _ stored: inout [EventRecord]?) -> Void
  ) -> Int64 {
    state.withLock { state in
      let first = state.log.endOffset
      var stored: [EventRecord]? = feed.isObserved ? [] : nil
      body(&state.log, &stored)
      if let stored {
        feed.enqueue(AppendedRecords(topic: name.topic, partition: name.partition, records: stored))
        effects.deliver(feed)
      }
      if !state.waiters.isEmpty {
        for waiter in state.waiters { effects.wake(waiter.token) }
        state.waiters.removeAll()
      }
      return first
    }
  }

  func read(
    from offset: Int64, maximumRecords: Int, maximumBytes: Int, counted: Bool
  ) throws(BusError) -> RecordBatch {
    try state.withLock { state throws(BusError) in
      let start = state.log.startOffset
      let end = state.log.endOffset
      guard offset >= start, offset <= end else {
        throw .offsetOutOfRange(name, requested: offset, valid: start...end)
      }
      let records = state.log.read(
        from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes, counted: counted)
      return RecordBatch(
        topic: name.topic, partition: name.partition, records: records, logStart: start, logEnd: end)
    }
  }

  /// Notes the token and says whether a read at `offset` would return something now, be it an error.
  func park(_ token: WaitToken, offset: Int64) -> Bool {
    state.withLock { state in
      state.waiters.append((token, offset))
      return state.log.endOffset != offset
    }
  }

  func forget(_ token: WaitToken) {
    state.withLock { state in state.waiters.removeAll { $0.token === token } }
  }

  /// Wakes those who could read already but were held back because the broker was not available.
  func wakeReadable(effects: inout Effects) {
    state.withLock { state in
      let end = state.log.endOffset
      for waiter in state.waiters where waiter.offset != end { effects.wake(waiter.token) }
      state.waiters.removeAll { $0.offset != end }
    }
  }

  func applyRetention(now: Int64) -> RemovedRecords {
    state.withLock { state in
      var removed = RemovedRecords()
      if settings.cleanup != .compact { removed += state.log.applyRetention(settings, now: now) }
      if settings.cleanup != .delete { removed += state.log.compact(settings, now: now) }
      return removed
    }
  }

  /// Makes `offset` the first that can be read.
  func deleteRecords(before offset: Int64) throws(BusError) -> RemovedRecords {
    try state.withLock { state throws(BusError) in
      guard offset >= 0, offset <= state.log.endOffset else {
        throw .offsetOutOfRange(name, requested: offset, valid: state.log.startOffset...state.log.endOffset)
      }
      return state.log.deleteRecords(before: offset)
    }
  }

  var bounds: ClosedRange<Int64> { state.withLock { $0.log.startOffset...$0.log.endOffset } }

  func offset(notBefore timestamp: Int64) -> Int64 {
    state.withLock { $0.log.offset(notBefore: timestamp) }
  }

  var snapshot: PartitionSnapshot {
    state.withLock { state in
      PartitionSnapshot(
        partition: name.partition, logStart: state.log.startOffset, logEnd: state.log.endOffset,
        records: Int64(state.log.recordCount), bytes: state.log.bytes, segments: state.log.segmentCount,
        traffic: state.log.totals)
    }
  }
}
