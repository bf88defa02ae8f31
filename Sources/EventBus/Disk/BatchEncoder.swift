internal import Concurrency

/// Turns records into a batch as it stands in a file. A record is
///
///     offset − the batch's first offset      7 bits a byte
///     flags                                  1 byte: 1 key, 2 tombstone, 4 headers, 8 a timestamp of its own
///     [timestamp − the batch's append time]  zigzag, 7 bits a byte
///     [length and bytes of the key]
///     length and bytes of the value
///     [number of headers; each: length and bytes of its name, length and bytes of its value]
///
/// It keeps its memory from batch to batch. One thread has it at a time: between `take` and `put(back:)` of the pool.
final class BatchEncoder: @unchecked Sendable {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
  private var place = 0
  private var header = BatchHeader(baseOffset: 0, lastOffset: 0, recordCount: 0, appendedAt: 0)

  private let salt: UInt32

  init(salt: UInt32) {
    self.salt = salt
  }

  deinit { buffer.deallocate() }

  struct RecordFlags: OptionSet {
    let rawValue: UInt8
    static let key = RecordFlags(rawValue: 1)
    static let tombstone = RecordFlags(rawValue: 2)
    static let headers = RecordFlags(rawValue: 4)
    static let timestamp = RecordFlags(rawValue: 8)
  }

  /// What the encoder has room for.
  var capacity: Int { buffer.count }

  /// Starts a batch. Memory is taken for records of `bytes` (as records count them) in all.
  func begin(baseOffset: Int64, now: Int64, producer: ProducerStamp, transaction: Int64, bytes: Int, headers: Int) {
    header = BatchHeader(baseOffset: baseOffset, lastOffset: baseOffset, recordCount: 0, appendedAt: now)
    header.producer = producer
    header.transaction = transaction
    // A record's own size counts 32 bytes for what is fixed and 8 for each header: lengths take less, but for headers.
    let needed = BatchHeader.size + bytes + headers * 16
    if buffer.count < needed {
      buffer.deallocate()
      buffer = .allocate(byteCount: max(needed, 4_096), alignment: 16)
    }
    place = BatchHeader.size
  }

  @inline(__always)
  func add(
    offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8], headers: [RecordHeader], isTombstone: Bool,
    sizeInBytes: Int
  ) {
    header.lastOffset = offset
    header.recordCount += 1
    header.recordBytes += sizeInBytes
    if timestamp > header.largestTimestamp { header.largestTimestamp = timestamp }
    buffer.putVariable(UInt64(offset - header.baseOffset), at: &place)
    var flags: RecordFlags = []
    if key != nil { flags.insert(.key) }
    if isTombstone { flags.insert(.tombstone) }
    if !headers.isEmpty { flags.insert(.headers) }
    if timestamp != header.appendedAt { flags.insert(.timestamp) }
    buffer[place] = flags.rawValue
    place += 1
    if flags.contains(.timestamp) { buffer.putVariable(ZigZag.encode(timestamp &- header.appendedAt), at: &place) }
    if let key {
      buffer.putVariable(UInt64(key.count), at: &place)
      buffer.putBytes(key, at: &place)
    }
    buffer.putVariable(UInt64(value.count), at: &place)
    buffer.putBytes(value, at: &place)
    if !headers.isEmpty { add(headers) }
  }

  private func add(_ headers: [RecordHeader]) {
    buffer.putVariable(UInt64(headers.count), at: &place)
    for one in headers {
      let name = Array(one.name.utf8)
      buffer.putVariable(UInt64(name.count), at: &place)
      buffer.putBytes(name, at: &place)
      buffer.putVariable(UInt64(one.value.count), at: &place)
      buffer.putBytes(one.value, at: &place)
    }
  }

  /// The batch's bytes, which hold until the next `begin`, and its header.
  /// - Parameters:
  ///   - lastOffset: the last one that it stands for, when there is no record there.
  ///   - isVoid: its offsets are used up, and it has no records for anybody.
  func finish(lastOffset: Int64? = nil, isVoid: Bool = false) -> (batch: UnsafeRawBufferPointer, header: BatchHeader) {
    precondition(header.recordCount > 0, "a batch has one record at least")
    if let lastOffset { header.lastOffset = lastOffset }
    if isVoid { header.flags.insert(.void) }
    header.bytes = place
    let batch = UnsafeMutableRawBufferPointer(rebasing: buffer[..<place])
    header.write(to: batch, salt: salt)
    return (UnsafeRawBufferPointer(batch), header)
  }
}

/// Encoders that nobody uses just now.
final class EncoderPool: Sendable {
  private static let largest = 8 << 20
  private let free = Locked<[BatchEncoder]>([])
  private let salt: UInt32

  init(salt: UInt32) {
    self.salt = salt
  }

  func take() -> BatchEncoder { free.withLock { $0.popLast() } ?? BatchEncoder(salt: salt) }

  func put(back encoder: BatchEncoder) {
    // One batch that was unusually large does not keep its memory for ever.
    guard encoder.capacity <= Self.largest else { return }
    free.withLock { $0.append(encoder) }
  }
}
