internal import Concurrency

/// Whether an append is known to have happened once it says so.
public enum Acknowledgement: String, Sendable, Hashable, Codable, CaseIterable {
  /// In this process's memory. It is written soon; a crash of the process before that loses it.
  case memory
  /// Handed to the operating system: it outlives the process, but not a loss of power.
  case written
  /// On the disk.
  case synced
}

extension DiskLog {
  /// Where the log stood, to go back to.
  struct Mark {
    let active: DiskSegment
    let indexEntries: Int
    let closed: Int
    let producers: [ProducerState]
    let totals: TrafficTotals
  }

  var mark: Mark {
    var bare = active
    bare.index = SegmentIndex()
    return Mark(
      active: bare, indexEntries: active.index.entries.count, closed: closed.count, producers: producers,
      totals: totals)
  }

  /// Appends the records at `indices` and hands each over as it is stored.
  /// - Returns: the offset of the first.
  /// - Throws: `storage` when the disk takes nothing more, `bufferFull`, `syncFailed`. Nothing was appended then.
  mutating func append(
    _ records: [ProducerRecord], at indices: some RandomAccessCollection<Int>, sizes: [Int], settings: TopicSettings,
    acknowledge: Acknowledgement, stamp: ProducerStamp = .none, transaction: Int64 = 0, now: Int64,
    stored: inout [EventRecord]?
  ) throws(BusError) -> Int64 {
    try requireWorking()
    let before = mark
    do throws(BusError) {
      if hasLeftovers { try cutLeftovers() }
      let first = endOffset
      var place = indices.startIndex
      while place != indices.endIndex {
        let isOld = !active.isEmpty && now &- active.openedAt >= settings.segmentAge
        // What a producer sent as one batch is stored as one: half of it would neither be the batch nor nothing.
        let needed = stamp.id == 0 ? sizes[indices[place]] : indices.reduce(0) { $0 + sizes[$1] }
        if isOld || active.bytes + needed > settings.segmentBytes { try roll(acknowledge) }
        let (end, bytes) =
          stamp.id == 0
          ? room(for: indices, from: place, sizes: sizes, settings: settings) : (indices.endIndex, needed)
        try appendBatch(
          records, at: indices[place..<end], bytes: bytes, sizes: sizes, acknowledge: acknowledge, stamp: stamp,
          transaction: transaction, now: now, stored: &stored)
        place = end
      }
      return first
    } catch {
      goBack(to: before)
      throw error
    }
  }

  /// Uses up the offsets before `end` that no record has: nothing will ever be put there.
  /// - Throws: `storage`, `syncFailed`. Nothing was used up then, or a part.
  mutating func useUp(until end: Int64, now: Int64) throws(BusError) {
    try requireWorking()
    let encoder = store.encoders.take()
    defer { store.encoders.put(back: encoder) }
    while endOffset < end {
      let (before, first) = (mark, endOffset)
      encoder.begin(baseOffset: first, now: now, producer: .none, transaction: 0, bytes: 32, headers: 0)
      encoder.add(offset: first, timestamp: now, key: nil, value: [], headers: [], isTombstone: false, sizeInBytes: 0)
      let (batch, header) = encoder.finish(lastOffset: min(end - 1, first + Int64(UInt32.max)), isVoid: true)
      do throws(BusError) {
        if hasLeftovers { try cutLeftovers() }
        try put(batch, .written)
      } catch {
        goBack(to: before)
        throw error
      }
      active.add(header)
      writtenEnd = endOffset
    }
  }

  /// While the disk takes nothing, the active segment grows over its size by what is acknowledged as in memory.
  private mutating func roll(_ acknowledge: Acknowledgement) throws(BusError) {
    do throws(BusError) {
      try rollIfNeeded()
    } catch {
      if acknowledge != .memory { throw error }
    }
  }

  /// How many of the records fit into the active segment and one batch; at least one does.
  private func room<Indices: RandomAccessCollection<Int>>(
    for indices: Indices, from start: Indices.Index, sizes: [Int], settings: TopicSettings
  ) -> (end: Indices.Index, bytes: Int) {
    let limit = min(Self.largestBatch, settings.segmentBytes - active.bytes)
    var bytes = sizes[indices[start]]
    var end = indices.index(after: start)
    while end != indices.endIndex, bytes + sizes[indices[end]] <= limit {
      bytes += sizes[indices[end]]
      end = indices.index(after: end)
    }
    return (end, bytes)
  }

  /// A reader takes a batch as a whole.
  static let largestBatch = 4 << 20
  /// What waits in memory is written once it is so much.
  private static let writeSize = 256 << 10

  private mutating func appendBatch(
    _ records: [ProducerRecord], at indices: some RandomAccessCollection<Int>, bytes: Int, sizes: [Int],
    acknowledge: Acknowledgement, stamp: ProducerStamp, transaction: Int64, now: Int64, stored: inout [EventRecord]?
  ) throws(BusError) {
    let encoder = store.encoders.take()
    defer { store.encoders.put(back: encoder) }
    let headers = indices.reduce(0) { $0 + records[$1].headers.count }
    encoder.begin(
      baseOffset: endOffset, now: now, producer: stamp, transaction: transaction, bytes: bytes, headers: headers)
    var offset = endOffset
    for index in indices {
      let record = records[index]
      encoder.add(
        offset: offset, timestamp: record.timestamp ?? now, key: record.key, value: record.value,
        headers: record.headers, isTombstone: record.isTombstone, sizeInBytes: sizes[index])
      if stored != nil {
        stored?.append(EventRecord(record, sizeInBytes: sizes[index], offset: offset, now: now))
      }
      offset += 1
    }
    let (batch, header) = encoder.finish()
    try put(batch, acknowledge)
    active.add(header)
    if unwritten.isEmpty { writtenEnd = endOffset }
    producers.note(stamp, count: header.recordCount, offset: header.baseOffset, now: now)
    totals.recordsIn += Int64(header.recordCount)
    totals.bytesIn += Int64(bytes)
  }

  /// Puts bytes behind the end of the active file, or behind those that wait to be written.
  private mutating func put(_ batch: UnsafeRawBufferPointer, _ acknowledge: Acknowledgement) throws(BusError) {
    guard acknowledge == .memory else {
      try writeOut()
      return try write(batch)
    }
    if unwritten.count + batch.count > Self.writeSize {
      do throws(BusError) {
        try writeOut()
      } catch {
        // The disk takes nothing: memory does, up to its limit.
        guard unwritten.count + batch.count <= store.settings.maximumUnwritten else {
          throw .bufferFull(name, limit: store.settings.maximumUnwritten)
        }
      }
    }
    unwritten.append(contentsOf: batch)
  }

  /// Writes what waits in memory; after an error it waits on.
  mutating func writeOut() throws(BusError) {
    guard !unwritten.isEmpty else { return }
    if isClosed { throw .unavailable("the broker") }
    if hasLeftovers { try cutLeftovers() }
    // Taken out while they are written, so that their memory is kept and not copied.
    var waiting: [UInt8] = []
    swap(&waiting, &unwritten)
    defer { swap(&waiting, &unwritten) }
    try waiting.span.bytes.withUnsafeBytes { (raw) throws(BusError) in try write(raw) }
    waiting.removeAll(keepingCapacity: waiting.capacity <= Self.writeSize)
    writtenEnd = endOffset
  }

  /// Writes to the end of the active file, and lets the store know whether the disk takes something.
  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(BusError) {
    do throws(BusError) {
      try activeFile().write(bytes, at: writtenLength)
    } catch {
      hasLeftovers = true
      isRefused = true
      store.refusals.withLock { $0[name] = error }
      throw error
    }
    writtenLength += Int64(bytes.count)
    guard isRefused else { return }
    isRefused = false
    store.refusals.withLock { _ = $0.removeValue(forKey: name) }
  }

  // MARK: Going back

  /// Takes everything away that was appended since.
  mutating func goBack(to mark: Mark) {
    if closed.count > mark.closed {
      try? remove(active)
      for segment in closed[(mark.closed + 1)...] { try? remove(segment) }
      active = closed[mark.closed]
      closed.removeLast(closed.count - mark.closed)
      (unwritten, writtenLength) = ([], active.length)
    }
    var index = active.index
    index.cut(to: mark.indexEntries)
    active = mark.active
    active.index = index
    active.producers = []
    producers = mark.producers
    totals = mark.totals
    writtenEnd = min(writtenEnd, endOffset)
    if writtenLength > active.length {
      writtenLength = active.length
      unwritten = []
      hasLeftovers = true
    } else {
      unwritten.removeLast(unwritten.count - Int(active.length - writtenLength))
    }
    // If it cannot be done now, the next append does it first.
    if hasLeftovers { try? cutLeftovers() }
  }

  /// Cuts off what was written behind the end. Until it is done nothing else is written.
  mutating func cutLeftovers() throws(BusError) {
    if Directory.exists(active.path) {
      try store.files.file(of: active, .update).truncate(to: writtenLength)
    }
    hasLeftovers = false
  }
}
