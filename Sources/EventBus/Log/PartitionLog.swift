/// The records of one partition: closed segments, oldest first, and the active one that grows.
struct PartitionLog: Sendable {
  private(set) var closed: [Segment] = []
  private(set) var active = Segment(baseOffset: 0)
  /// The first offset that can be read. Everything below was removed.
  private(set) var startOffset: Int64 = 0
  /// The offset that the next record gets.
  private(set) var endOffset: Int64 = 0
  /// Of all records that are still held.
  private(set) var bytes = 0
  private(set) var totals = TrafficTotals()

  var segmentCount: Int { closed.count + 1 }

  /// Records that can be read.
  var recordCount: Int {
    let held = closed.reduce(active.records.count) { $0 + $1.records.count }
    return held - (closed.first ?? active).index(of: startOffset)
  }

  /// Returns the record as it was stored.
  @inline(__always)
  mutating func append(_ record: ProducerRecord, sizeInBytes: Int, settings: TopicSettings, now: Int64) -> EventRecord {
    if active.bytes + sizeInBytes > settings.segmentBytes || now &- active.openedAt >= settings.segmentAge {
      rollIfNeeded()
    }
    let stored = EventRecord(record, sizeInBytes: sizeInBytes, offset: endOffset, now: now)
    active.append(stored, now: now)
    endOffset += 1
    bytes += sizeInBytes
    totals.recordsIn += 1
    totals.bytesIn += Int64(sizeInBytes)
    return stored
  }

  mutating func rollIfNeeded() {
    guard !active.records.isEmpty else { return }
    closed.append(active)
    active = Segment(baseOffset: endOffset)
  }

  /// Records from `offset` on. At least one, if there is one, even when it alone is over `maximumBytes`.
  /// - Parameter counted: false for onlookers, which are no part of the traffic.
  mutating func read(from offset: Int64, maximumRecords: Int, maximumBytes: Int, counted: Bool) -> [EventRecord] {
    var result: [EventRecord] = []
    guard offset < endOffset, maximumRecords > 0 else { return result }
    var bytesLeft = maximumBytes
    var place = closedIndex(of: offset)
    while place <= closed.count && result.count < maximumRecords {
      let segment = place < closed.count ? closed[place] : active
      let range = segment.range(
        from: segment.index(of: offset), maximumRecords: maximumRecords - result.count, bytesLeft: &bytesLeft,
        isFirst: result.isEmpty)
      if result.isEmpty { result = Array(segment.records[range]) } else { result += segment.records[range] }
      if range.upperBound < segment.records.count { break }
      place += 1
    }
    if counted {
      totals.recordsOut += Int64(result.count)
      totals.bytesOut += Int64(maximumBytes - bytesLeft)
    }
    return result
  }

  /// The index of the closed segment that holds `offset` or, if none does, the next record after it.
  /// `closed.count` stands for the active segment.
  private func closedIndex(of offset: Int64) -> Int {
    var low = 0
    var high = closed.count
    while low < high {
      let middle = (low + high) / 2
      if (closed[middle].records.last?.offset ?? -1) < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The first offset whose record is not older than `timestamp`; the end offset when all are older.
  func offset(notBefore timestamp: Int64) -> Int64 {
    for segment in closed {
      if let offset = segment.firstOffset(notBefore: timestamp, from: startOffset) { return offset }
    }
    return active.firstOffset(notBefore: timestamp, from: startOffset) ?? endOffset
  }

  /// Removes the oldest segments that are too old or too many, the active one only when all its records are too old.
  /// Offsets of what stays do not change.
  mutating func applyRetention(_ settings: TopicSettings, now: Int64) -> RemovedRecords {
    if let age = settings.retentionAge, active.largestTimestamp < now.addingSaturated(-age) { rollIfNeeded() }
    var removed = RemovedRecords()
    var kept = 0
    while kept < closed.count, isRemovable(closed[kept], settings, bytesLeft: bytes - removed.bytes, now: now) {
      removed.records += closed[kept].records.count
      removed.bytes += closed[kept].bytes
      removed.segments += 1
      kept += 1
    }
    guard kept > 0 else { return removed }
    closed.removeFirst(kept)
    bytes -= removed.bytes
    startOffset = max(startOffset, closed.first?.baseOffset ?? active.baseOffset)
    return removed
  }

  /// Puts other segments in the place of the closed ones; `removed` is what that takes away.
  mutating func replaceClosed(with segments: [Segment], removing removed: RemovedRecords) {
    closed = segments
    bytes -= removed.bytes
  }

  /// Makes `offset` the first that can be read. What is before it in the same segment goes with the segment.
  mutating func deleteRecords(before offset: Int64) -> RemovedRecords {
    precondition(offset <= endOffset, "records are deleted up to the end of the log at most")
    var removed = RemovedRecords()
    guard offset > startOffset else { return removed }
    if offset == endOffset { rollIfNeeded() }
    startOffset = offset
    let kept = closed.firstIndex { ($0.records.last?.offset ?? -1) >= offset } ?? closed.count
    for segment in closed[..<kept] {
      removed.records += segment.records.count
      removed.bytes += segment.bytes
      removed.segments += 1
    }
    closed.removeFirst(kept)
    bytes -= removed.bytes
    return removed
  }

  private func isRemovable(_ segment: Segment, _ settings: TopicSettings, bytesLeft: Int, now: Int64) -> Bool {
    if let age = settings.retentionAge, segment.largestTimestamp < now.addingSaturated(-age) { return true }
    if let limit = settings.retentionBytes, bytesLeft - segment.bytes >= limit { return true }
    return false
  }
}

/// What retention took away.
public struct RemovedRecords: Sendable, Hashable {
  public internal(set) var records = 0
  public internal(set) var bytes = 0
  public internal(set) var segments = 0
  /// What a disk refused; the rest was done.
  public internal(set) var failures: [BusError] = []

  static func += (left: inout Self, right: Self) {
    left.records += right.records
    left.bytes += right.bytes
    left.segments += right.segments
    left.failures += right.failures
  }
}
