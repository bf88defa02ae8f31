/// Neighbouring records of a partition in one file: batches, one behind the other, and behind them a footer once the
/// segment is sealed. The file is named by the first offset.
struct DiskSegment: Sendable {
  /// Bytes of the file that make no batch, and the offsets that are missing because of it; there may be none of either.
  struct Damage: Sendable, Hashable {
    let offsets: Range<Int64>
    let positions: Range<Int64>

    /// Whether an offset from `offset` on is missing because of it.
    func costs(from offset: Int64) -> Bool { !offsets.isEmpty && offsets.upperBound > offset }
  }

  /// Unique within this process; two files that had one name have two.
  let id: UInt64
  let path: String
  /// Of its checksums.
  let salt: UInt32
  let baseOffset: Int64
  /// The first offset of the next segment.
  var endOffset: Int64
  /// Bytes of its batches.
  var length: Int64 = 0
  var records = 0
  /// As its records count themselves.
  var bytes = 0
  /// When the first record was appended, whatever its own timestamp says.
  var openedAt: Int64 = .max
  var largestTimestamp: Int64 = .min
  var isCompacted = false
  /// When its tombstones may go; nil until compaction has met one.
  var tombstonesGoAt: Int64?
  /// The newest transaction that has a batch here; 0 for none.
  var lastTransaction: Int64 = 0
  /// What is known of producers at its end; for the footer, from when it is closed until it is sealed.
  var producers: [ProducerState] = []
  /// Its footer is on the disk: nothing of it needs to be looked through after a crash.
  var isSealed = false
  var index = SegmentIndex()
  /// In ascending order.
  var damage: [Damage] = []

  init(id: UInt64, directory: String, baseOffset: Int64, salt: UInt32) {
    self.id = id
    self.salt = salt
    self.baseOffset = baseOffset
    endOffset = baseOffset
    let digits = String(baseOffset)
    path = directory + "/" + String(repeating: "0", count: max(0, 20 - digits.count)) + digits + ".log"
  }

  var isEmpty: Bool { length == 0 }

  /// Notes a batch that was put at the end.
  mutating func add(_ header: BatchHeader) {
    index.add(offset: header.baseOffset, position: length, largestBefore: largestTimestamp)
    if openedAt == .max { openedAt = header.appendedAt }
    length += Int64(header.bytes)
    endOffset = header.endOffset
    lastTransaction = max(lastTransaction, header.transaction)
    guard !header.flags.contains(.void) else { return }
    records += header.recordCount
    bytes += header.recordBytes
    if header.largestTimestamp > largestTimestamp { largestTimestamp = header.largestTimestamp }
  }

  /// The damage that `offset` falls into.
  func damage(at offset: Int64) -> Damage? { damage.first { $0.offsets.contains(offset) } }

  mutating func add(_ new: Damage) {
    guard !damage.contains(where: { $0 == new || $0.positions.overlaps(new.positions) }) else { return }
    damage.insert(new, at: damage.partitioningIndex { $0.offsets.lowerBound > new.offsets.lowerBound })
  }

  /// No batch holds the offsets from here to `next`, where the next segment begins.
  mutating func miss(until next: Int64) {
    add(Damage(offsets: endOffset..<next, positions: length..<length))
    endOffset = next
  }
}
