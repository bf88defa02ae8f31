/// A record as it lies in a partition. It never changes.
public struct EventRecord: Sendable, Hashable {
  public let offset: Int64
  /// Nanoseconds since the epoch.
  public let timestamp: Int64
  public let key: [UInt8]?
  public let value: [UInt8]
  public let headers: [RecordHeader]
  private let storedBytes: UInt32
  /// The key's value was deleted; `value` is empty.
  public let isTombstone: Bool

  @inline(__always)
  init(_ record: ProducerRecord, sizeInBytes: Int, offset: Int64, now: Int64) {
    self.offset = offset
    timestamp = record.timestamp ?? now
    key = record.key
    value = record.value
    headers = record.headers
    storedBytes = UInt32(truncatingIfNeeded: sizeInBytes)
    isTombstone = record.isTombstone
  }

  /// A record as it was read from a file.
  @inline(__always)
  init(offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8], headers: [RecordHeader], isTombstone: Bool) {
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
    var size = 32 + value.count
    if let key { size += key.count }
    for header in headers { size += 8 + header.name.utf8.count + header.value.count }
    storedBytes = UInt32(truncatingIfNeeded: size)
    self.isTombstone = isTombstone
  }

  /// What the record counts against limits and retention: its payload and a fixed 32 bytes.
  public var sizeInBytes: Int { Int(storedBytes) }

  /// The key read as UTF-8.
  public var keyText: String? { key.map { String(decoding: $0, as: UTF8.self) } }

  /// The value read as UTF-8; bytes that are none become U+FFFD.
  public var text: String { String(decoding: value, as: UTF8.self) }

  /// The value of the last header of that name: the later one overrides, as in Kafka's clients.
  public func header(_ name: String) -> [UInt8]? {
    headers.last { $0.name == name }?.value
  }

  /// The last header of that name, read as UTF-8.
  public func headerText(_ name: String) -> String? {
    header(name).map { String(decoding: $0, as: UTF8.self) }
  }
}
