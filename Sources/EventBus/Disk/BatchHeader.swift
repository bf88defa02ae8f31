internal import CChecksum

/// What stands before the records of one batch in a file. All numbers are little-endian.
///
///     at  bytes
///      0  4   "MSB1"
///      4  4   bytes of the whole batch, this header included
///      8  4   CRC-32C of everything that follows, begun with the salt of the data directory
///     12  2   flags
///     14  2   0
///     16  8   offset of the first record (or of the first that was there before compaction)
///     24  4   last offset − first offset
///     28  4   number of records
///     32  8   producer, 0 for none
///     40  4   the producer's epoch
///     44  4   bytes of its records, as records count them
///     48  8   sequence number of the first record within producer and partition, −1 for none
///     56  8   transaction, 0 for none
///     64  8   when it was appended
///     72  8   largest timestamp of its records
struct BatchHeader: Sendable, Hashable {
  static let size = 80
  static let magic: UInt32 = 0x3142_534D
  /// A batch is never larger: what claims to be is none.
  static let largest = 1 << 30

  struct Flags: OptionSet, Sendable, Hashable {
    let rawValue: UInt16
    /// Its transaction was not committed: its offsets are used up, its records are not there.
    static let void = Flags(rawValue: 1)
  }

  var bytes = 0
  var flags: Flags = []
  var baseOffset: Int64
  var lastOffset: Int64
  var recordCount: Int
  /// As its records count themselves.
  var recordBytes = 0
  var producer = ProducerStamp.none
  var transaction: Int64 = 0
  var appendedAt: Int64
  var largestTimestamp: Int64 = .min

  var endOffset: Int64 { lastOffset + 1 }

  init(baseOffset: Int64, lastOffset: Int64, recordCount: Int, appendedAt: Int64) {
    self.baseOffset = baseOffset
    self.lastOffset = lastOffset
    self.recordCount = recordCount
    self.appendedAt = appendedAt
  }

  /// Nil when no header stands there: too few bytes, or values that none has. The checksum is not looked at.
  init?(_ raw: UnsafeRawBufferPointer) {
    guard raw.count >= Self.size, raw.number(UInt32.self, at: 0) == Self.magic else { return nil }
    bytes = Int(raw.number(UInt32.self, at: 4))
    flags = Flags(rawValue: raw.number(at: 12))
    baseOffset = raw.number(at: 16)
    let span = Int64(raw.number(UInt32.self, at: 24))
    recordCount = Int(raw.number(UInt32.self, at: 28))
    recordBytes = Int(raw.number(UInt32.self, at: 44))
    producer = ProducerStamp(
      id: raw.number(at: 32), epoch: raw.number(at: 40), sequence: raw.number(at: 48))
    transaction = raw.number(at: 56)
    appendedAt = raw.number(at: 64)
    largestTimestamp = raw.number(at: 72)
    lastOffset = baseOffset &+ span
    guard (Self.size...Self.largest).contains(bytes), baseOffset >= 0, lastOffset >= baseOffset, lastOffset < .max
    else { return nil }
    guard Int64(recordCount) <= span + 1, recordCount > 0 else { return nil }
  }

  /// Writes the header before the records that are there already, and the checksum over both.
  /// - Parameter salt: the data directory's own: a record that holds the bytes of a batch is taken for none by that.
  func write(to raw: UnsafeMutableRawBufferPointer, salt: UInt32) {
    raw.put(Self.magic, at: 0)
    raw.put(UInt32(raw.count), at: 4)
    raw.put(flags.rawValue, at: 12)
    raw.put(UInt16(0), at: 14)
    raw.put(baseOffset, at: 16)
    raw.put(UInt32(lastOffset - baseOffset), at: 24)
    raw.put(UInt32(recordCount), at: 28)
    raw.put(producer.id, at: 32)
    raw.put(producer.epoch, at: 40)
    raw.put(UInt32(recordBytes), at: 44)
    raw.put(producer.sequence, at: 48)
    raw.put(transaction, at: 56)
    raw.put(appendedAt, at: 64)
    raw.put(largestTimestamp, at: 72)
    raw.put(Self.checksum(UnsafeRawBufferPointer(raw), salt: salt), at: 8)
  }

  /// - Parameter batch: the whole batch.
  static func checksum(_ batch: UnsafeRawBufferPointer, salt: UInt32) -> UInt32 {
    checksum_crc32c(salt, batch.baseAddress! + 12, batch.count - 12)
  }

  /// The header of a batch that begins at the start of `raw`, when all of it is there and as it was written.
  static func whole(_ raw: UnsafeRawBufferPointer, salt: UInt32) -> BatchHeader? {
    guard let header = BatchHeader(raw), header.bytes <= raw.count else { return nil }
    let batch = UnsafeRawBufferPointer(rebasing: raw[..<header.bytes])
    return checksum(batch, salt: salt) == batch.number(UInt32.self, at: 8) ? header : nil
  }
}

/// Who sent a batch, and as its how many-th record.
struct ProducerStamp: Sendable, Hashable {
  static let none = ProducerStamp(id: 0, epoch: 0, sequence: -1)

  var id: Int64
  var epoch: Int32
  /// Of the first record; −1 without a producer.
  var sequence: Int64
}
