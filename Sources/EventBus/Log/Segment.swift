/// Neighbouring records of a partition in one piece of memory; the unit that retention removes.
struct Segment: Sendable {
  /// No record of this segment has a smaller offset, none of an earlier segment has one as large.
  let baseOffset: Int64
  private(set) var records: [EventRecord] = []
  private(set) var bytes = 0
  /// When the first record was appended, whatever its own timestamp says.
  private(set) var openedAt: Int64 = .max
  private(set) var largestTimestamp: Int64 = .min
  /// Compaction has been here; what was appended later is in later segments.
  private(set) var isCompacted = false
  /// When its tombstones may go; nil until compaction has met one.
  private(set) var tombstonesGoAt: Int64?

  init(baseOffset: Int64) {
    self.baseOffset = baseOffset
  }

  /// What compaction has left of `segment`.
  init(compacting segment: Segment, keeping records: [EventRecord], tombstonesGoAt: Int64?) {
    self.init(baseOffset: segment.baseOffset)
    for record in records { append(record, now: segment.openedAt) }
    isCompacted = true
    self.tombstonesGoAt = tombstonesGoAt
  }

  /// Takes in the compacted segment that follows.
  mutating func join(_ next: Segment) {
    for record in next.records { append(record, now: openedAt) }
    tombstonesGoAt = [tombstonesGoAt, next.tombstonesGoAt].compactMap(\.self).max()
  }

  @inline(__always)
  mutating func append(_ record: EventRecord, now: Int64) {
    if records.isEmpty { openedAt = now }
    if record.timestamp > largestTimestamp { largestTimestamp = record.timestamp }
    bytes += record.sizeInBytes
    records.append(record)
  }

  /// The index of the first record at or after `offset`; the number of records when there is none.
  func index(of offset: Int64) -> Int {
    guard let last = records.last, offset <= last.offset else { return records.count }
    if offset <= records[0].offset { return 0 }
    // Offsets without a gap need no search; compaction leaves gaps.
    if last.offset - records[0].offset == Int64(records.count - 1) { return Int(offset - records[0].offset) }
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Records from index `first` on, as many as the limits allow; their sizes are taken off `bytesLeft`.
  /// - Parameter isFirst: the answer is empty so far, so that one record is taken however large it is.
  func range(from first: Int, maximumRecords: Int, bytesLeft: inout Int, isFirst: Bool) -> Range<Int> {
    let limit = first + min(records.count - first, maximumRecords)
    if first == 0 && limit == records.count && bytes <= bytesLeft {
      bytesLeft -= bytes
      return first..<limit
    }
    var index = first
    while index < limit {
      let size = records[index].sizeInBytes
      if size > bytesLeft && !(isFirst && index == first) { break }
      bytesLeft -= size
      index += 1
    }
    return first..<index
  }

  /// The offset of the first record at or after `start` that is not older than `timestamp`.
  func firstOffset(notBefore timestamp: Int64, from start: Int64) -> Int64? {
    guard largestTimestamp >= timestamp else { return nil }
    return records[index(of: start)...].first { $0.timestamp >= timestamp }?.offset
  }
}
