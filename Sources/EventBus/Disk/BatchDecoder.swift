/// Reads the records of one whole batch, whose checksum was compared.
enum BatchDecoder {
  /// Hands over the records from `offset` on, until `take` returns false.
  /// - Returns: false when the bytes make no records, which a right checksum rules out but for an error of the writer.
  static func records(
    of batch: UnsafeRawBufferPointer, _ header: BatchHeader, from offset: Int64, _ take: (EventRecord) -> Bool
  ) -> Bool {
    guard !header.flags.contains(.void) else { return true }
    var place = BatchHeader.size
    for _ in 0..<header.recordCount {
      guard let record = record(in: batch, header, at: &place) else { return false }
      if record.offset >= offset, !take(record) { return true }
    }
    return true
  }

  @inline(__always)
  private static func record(
    in batch: UnsafeRawBufferPointer, _ header: BatchHeader, at place: inout Int
  ) -> EventRecord? {
    guard let delta = batch.variable(at: &place), delta <= UInt64(header.lastOffset - header.baseOffset),
      place < batch.count
    else { return nil }
    let flags = BatchEncoder.RecordFlags(rawValue: batch[place])
    place += 1
    var timestamp = header.appendedAt
    if flags.contains(.timestamp) {
      guard let difference = batch.variable(at: &place) else { return nil }
      timestamp &+= ZigZag.decode(difference)
    }
    var key: [UInt8]?
    if flags.contains(.key) {
      guard let bytes = batch.bytes(batch.variable(at: &place), at: &place) else { return nil }
      key = bytes
    }
    guard let value = batch.bytes(batch.variable(at: &place), at: &place) else { return nil }
    var headers: [RecordHeader] = []
    if flags.contains(.headers) {
      guard let some = Self.headers(in: batch, at: &place) else { return nil }
      headers = some
    }
    return EventRecord(
      offset: header.baseOffset + Int64(delta), timestamp: timestamp, key: key, value: value, headers: headers,
      isTombstone: flags.contains(.tombstone))
  }

  private static func headers(in batch: UnsafeRawBufferPointer, at place: inout Int) -> [RecordHeader]? {
    guard let count = batch.variable(at: &place), count <= UInt64(batch.count) else { return nil }
    var headers: [RecordHeader] = []
    for _ in 0..<count {
      guard let name = batch.bytes(batch.variable(at: &place), at: &place),
        let value = batch.bytes(batch.variable(at: &place), at: &place)
      else { return nil }
      headers.append(RecordHeader(name: String(decoding: name, as: UTF8.self), value: value))
    }
    return headers
  }
}
