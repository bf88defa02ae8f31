/// Compaction of a partition on disk. The rules are those in memory (see `PartitionLog.compact`); the work is done without
/// the partition's lock, on sealed segments, which never change.
struct CompactionWork: Sendable {
  let closed: [DiskSegment]
  let endOffset: Int64
  let settings: TopicSettings
  let now: Int64
  let directory: String
  let store: DiskStore

  /// New files in the place of old ones: not there yet under their names.
  struct Outcome: Sendable {
    var segments: [DiskSegment] = []
    var removed = RemovedRecords()
  }

  func run() throws(BusError) -> Outcome {
    let newest = try newestOffsets()
    var outcome = Outcome()
    var groups: [[DiskSegment]] = []
    var size = 0
    for segment in closed {
      let kept = try keptBytes(segment, newest)
      // Small ones go together, or there would be more and more of them.
      if !groups.isEmpty, size + kept <= settings.segmentBytes {
        groups[groups.count - 1].append(segment)
        size += kept
      } else {
        groups.append([segment])
        size = kept
      }
    }
    do throws(BusError) {
      for group in groups { outcome.segments.append(try write(group, newest)) }
    } catch {
      for group in groups { try? Directory.remove(group[0].path + ".new") }
      throw error
    }
    let (before, after) = (closed, outcome.segments)
    outcome.removed.records = before.reduce(0) { $0 + $1.records } - after.reduce(0) { $0 + $1.records }
    outcome.removed.bytes = before.reduce(0) { $0 + $1.bytes } - after.reduce(0) { $0 + $1.bytes }
    outcome.removed.segments = before.count - after.count
    return outcome
  }

  /// Where the newest record of each key stands; for looking up only.
  private func newestOffsets() throws(BusError) -> [[UInt8]: Int64] {
    var newest: [[UInt8]: Int64] = [:]
    for segment in closed {
      try read(segment) { record in
        if let key = record.key { newest[key] = record.offset }
      }
    }
    return newest
  }

  private func horizon(_ segment: DiskSegment) -> Int64 {
    segment.tombstonesGoAt ?? now.addingSaturated(settings.deleteRetention)
  }

  private func keeps(_ record: EventRecord, _ newest: [[UInt8]: Int64], horizon: Int64) -> Bool {
    if record.offset == endOffset - 1 { return true }
    guard let key = record.key else { return true }
    return newest[key] == record.offset && (!record.isTombstone || now < horizon)
  }

  private func keptBytes(_ segment: DiskSegment, _ newest: [[UInt8]: Int64]) throws(BusError) -> Int {
    var bytes = 0
    let horizon = horizon(segment)
    try read(segment) { if keeps($0, newest, horizon: horizon) { bytes += $0.sizeInBytes } }
    return bytes
  }

  /// What is damaged ends the compaction of this partition: it stays as it is, so that nothing more is lost.
  private func read(_ segment: DiskSegment, _ body: (EventRecord) -> Void) throws(BusError) {
    guard segment.length > 0 else { return }
    let plan = ReadPlan(
      segment: segment, position: 0, offset: segment.baseOffset, file: try store.files.file(of: segment, .update),
      written: segment.length, unwritten: [])
    let outcome = try SegmentReader(plan, chunk: 1 << 20).records(from: segment.baseOffset) {
      body($0)
      return true
    }
    if case .damaged(let damage, _) = outcome {
      throw .unreadable(
        path: segment.path, reason: "offsets from \(damage.offsets.lowerBound) on are damaged; it is not compacted")
    }
  }

  /// Writes what is kept of neighbouring segments to a file beside that of the first.
  private func write(_ group: [DiskSegment], _ newest: [[UInt8]: Int64]) throws(BusError) -> DiskSegment {
    var segment = store.makeSegment(in: directory, at: group[0].baseOffset)
    let file = try File(segment.path + ".new", .create)
    try file.truncate(to: 0)
    var horizons: [Int64] = []
    for source in group {
      var hasTombstones = false
      let horizon = horizon(source)
      var batch: [EventRecord] = []
      var bytes = 0
      var failure: BusError?
      func flush() {
        guard !batch.isEmpty, failure == nil else { return }
        do throws(BusError) {
          try write(batch, of: source, to: file, &segment)
        } catch {
          failure = error
        }
        batch.removeAll(keepingCapacity: true)
        bytes = 0
      }
      try read(source) { record in
        guard keeps(record, newest, horizon: horizon) else { return }
        if record.isTombstone { hasTombstones = true }
        // A batch stands for 2^32 offsets at most.
        if let first = batch.first,
          batch.count >= 512 || bytes + record.sizeInBytes > DiskLog.largestBatch
            || record.offset - first.offset > 1 << 31
        {
          flush()
        }
        batch.append(record)
        bytes += record.sizeInBytes
      }
      flush()
      if let failure { throw failure }
      if hasTombstones { horizons.append(horizon) }
    }
    segment.openedAt = group.map(\.openedAt).min() ?? .max
    segment.endOffset = group[group.count - 1].endOffset
    segment.isCompacted = true
    segment.tombstonesGoAt = horizons.max()
    segment.isSealed = true
    try file.write(
      SegmentFooter.encode(segment, producers: try store.producers(atEndOf: group[group.count - 1])), at: segment.length
    )
    try file.synchronize()
    return segment
  }

  private func write(
    _ records: [EventRecord], of source: DiskSegment, to file: File, _ segment: inout DiskSegment
  ) throws(BusError) {
    let encoder = store.encoders.take()
    defer { store.encoders.put(back: encoder) }
    encoder.begin(
      baseOffset: records[0].offset, now: source.openedAt, producer: .none, transaction: 0,
      bytes: records.reduce(0) { $0 + $1.sizeInBytes }, headers: records.reduce(0) { $0 + $1.headers.count })
    for record in records {
      encoder.add(
        offset: record.offset, timestamp: record.timestamp, key: record.key, value: record.value,
        headers: record.headers, isTombstone: record.isTombstone, sizeInBytes: record.sizeInBytes)
    }
    let (batch, header) = encoder.finish()
    try file.write(batch, at: segment.length)
    segment.add(header)
  }
}

extension DiskLog {
  /// What there is to compact; nil when it is not worth it, or segments are not sealed yet.
  func compactionWork(_ settings: TopicSettings, now: Int64) -> CompactionWork? {
    let sealed = Array(closed.prefix { $0.isSealed && $0.damage.isEmpty })
    guard sealed.count == closed.count, CompactionRule.isWorthIt(closed, now: now) else { return nil }
    return CompactionWork(
      closed: sealed, endOffset: endOffset, settings: settings, now: now, directory: directory, store: store)
  }

  /// Puts the new files in the place of the old ones, unless those have changed meanwhile.
  mutating func finish(_ work: CompactionWork, _ outcome: CompactionWork.Outcome) throws(BusError) -> RemovedRecords {
    try requireWorking()
    guard closed.prefix(work.closed.count).map(\.id) == work.closed.map(\.id) else {
      for segment in outcome.segments { try Directory.remove(segment.path + ".new") }
      return RemovedRecords()
    }
    // First the joined ones, which cover what is removed then: a crash in between is seen when the log is opened.
    for segment in outcome.segments {
      try Directory.rename(segment.path + ".new", to: segment.path)
      let first = closed.partitioningIndex { $0.baseOffset >= segment.baseOffset }
      let end = closed.partitioningIndex { $0.baseOffset >= segment.endOffset }
      for replaced in closed[first..<end] { store.files.forget(replaced) }
      closed.replaceSubrange(first..<end, with: [segment])
    }
    folderHasChanged = true
    try Directory.synchronize(directory)
    let kept = Set(outcome.segments.map(\.path))
    for segment in work.closed where !kept.contains(segment.path) { try Directory.remove(segment.path) }
    return outcome.removed
  }
}
