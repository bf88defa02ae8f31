/// Where to begin in a segment's file to find an offset or a time: one entry for every 32 KiB or so.
struct SegmentIndex: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    /// No record of the batch that begins at `position`, or after it, has a smaller offset.
    let offset: Int64
    let position: Int64
    /// The largest timestamp of the segment before `position`.
    let largestBefore: Int64
  }

  static let interval: Int64 = 32 << 10

  private(set) var entries: [Entry] = []

  /// Notes a batch at the end of the file. Not every one makes an entry.
  mutating func add(offset: Int64, position: Int64, largestBefore: Int64) {
    if let last = entries.last, position - last.position < Self.interval { return }
    entries.append(Entry(offset: offset, position: position, largestBefore: largestBefore))
  }

  /// Forgets the entries after the first `count`.
  mutating func cut(to count: Int) { entries.removeLast(entries.count - count) }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// The last entry at or before `offset`; nil when there is none.
  func entry(atOrBefore offset: Int64) -> Entry? {
    let next = entries.partitioningIndex { $0.offset > offset }
    return next > 0 ? entries[next - 1] : nil
  }

  /// The last entry before which all records are older than `timestamp`.
  func entry(allBeforeOlderThan timestamp: Int64) -> Entry? {
    let next = entries.partitioningIndex { $0.largestBefore >= timestamp }
    return next > 0 ? entries[next - 1] : nil
  }
}

extension Array {
  /// The first index whose element fulfils `isSecondPart`, which all after it do, too; `count` when none does.
  func partitioningIndex(where isSecondPart: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
