internal import CChecksum

/// What stands behind the batches of a sealed segment, so that it is known without looking through it. It ends with its
/// own length, checksum and mark, by which it is found from the end of the file.
enum SegmentFooter {
  static let mark: UInt32 = 0x4642_534D
  /// Length, checksum, mark.
  static let tail = 16
  private static let version: UInt32 = 1

  static func encode(_ segment: DiskSegment, producers: [ProducerState]) -> [UInt8] {
    var bytes = LittleEndianWriter()
    bytes.put(mark)
    bytes.put(version)
    let fixed: [Int64] = [
      segment.baseOffset, segment.endOffset, segment.length, Int64(segment.records), Int64(segment.bytes),
      segment.openedAt, segment.largestTimestamp, segment.isCompacted ? 1 : 0, segment.tombstonesGoAt ?? Int64.max,
    ]
    for number in fixed { bytes.put(number) }
    bytes.put(Int64(segment.index.entries.count))
    for entry in segment.index.entries {
      bytes.put(entry.offset)
      bytes.put(entry.position)
      bytes.put(entry.largestBefore)
    }
    bytes.put(Int64(segment.damage.count))
    for damage in segment.damage {
      bytes.put(damage.offsets.lowerBound)
      bytes.put(damage.offsets.upperBound)
      bytes.put(damage.positions.lowerBound)
      bytes.put(damage.positions.upperBound)
    }
    bytes.put(Int64(producers.count))
    for producer in producers { producer.write(to: &bytes) }
    let length = bytes.all.count + tail
    bytes.put(UInt64(length))
    let checksum = bytes.all.withUnsafeBytes { checksum_crc32c(segment.salt, $0.baseAddress!, $0.count) }
    bytes.put(checksum)
    bytes.put(mark)
    return bytes.all
  }

  /// Reads the footer from the end of the file. Nil when there is none, or none that is whole.
  static func read(
    _ file: File, of empty: DiskSegment
  ) throws(BusError) -> (segment: DiskSegment, producers: [ProducerState])? {
    let size = try file.size()
    guard size >= Int64(tail) else { return nil }
    let end = try file.read(tail, at: size - Int64(tail))
    let (length, endMark) = end.withUnsafeBytes { ($0.number(UInt64.self, at: 0), $0.number(UInt32.self, at: 12)) }
    guard endMark == mark, length >= UInt64(tail), length <= UInt64(size), length <= 1 << 30 else { return nil }
    let bytes = try file.read(Int(length), at: size - Int64(length))
    let isWhole = bytes.withUnsafeBytes { raw in
      checksum_crc32c(empty.salt, raw.baseAddress!, raw.count - 8) == raw.number(UInt32.self, at: raw.count - 8)
    }
    guard isWhole, bytes.count == Int(length) else { return nil }
    return decode(bytes, fileSize: size, of: empty)
  }

  private static func decode(
    _ bytes: [UInt8], fileSize: Int64, of empty: DiskSegment
  ) -> (segment: DiskSegment, producers: [ProducerState])? {
    var reader = LittleEndianReader(bytes: bytes)
    guard reader.next(UInt32.self) == mark, reader.next(UInt32.self) == version,
      let fixed = reader.numbers(9), fixed[0] == empty.baseOffset, fixed[2] + Int64(bytes.count) == fileSize
    else { return nil }
    var segment = empty
    segment.index = SegmentIndex()
    segment.endOffset = fixed[1]
    segment.length = fixed[2]
    segment.records = Int(fixed[3])
    segment.bytes = Int(fixed[4])
    segment.openedAt = fixed[5]
    segment.largestTimestamp = fixed[6]
    segment.isCompacted = fixed[7] == 1
    segment.tombstonesGoAt = fixed[8] == .max ? nil : fixed[8]
    segment.isSealed = true
    guard let entries = reader.rows(of: 3), let damages = reader.rows(of: 4), let count = reader.next(Int64.self),
      count >= 0, damages.allSatisfy({ $0[0] <= $0[1] && $0[2] <= $0[3] })
    else { return nil }
    for entry in entries {
      segment.index.append(SegmentIndex.Entry(offset: entry[0], position: entry[1], largestBefore: entry[2]))
    }
    segment.damage = damages.map { DiskSegment.Damage(offsets: $0[0]..<$0[1], positions: $0[2]..<$0[3]) }
    var producers: [ProducerState] = []
    for _ in 0..<count {
      guard let producer = ProducerState(&reader) else { return nil }
      producers.append(producer)
    }
    return (segment, producers)
  }
}
