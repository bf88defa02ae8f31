/// A record that has not been appended yet.
public struct ProducerRecord: Sendable, Hashable {
  /// Records with equal keys go to one partition, and so keep their order. Nil spreads them.
  public var key: [UInt8]?
  public var value: [UInt8]
  public var headers: [RecordHeader]
  /// Nanoseconds since the epoch; nil takes the time of the append.
  public var timestamp: Int64?
  /// Nil lets the key decide.
  public var partition: Int?
  /// Says that the key's value was deleted; the value is empty then.
  public let isTombstone: Bool

  public init(
    key: [UInt8]? = nil, value: [UInt8], headers: [RecordHeader] = [], timestamp: Int64? = nil, partition: Int? = nil
  ) {
    self.key = key
    self.value = value
    self.headers = headers
    self.timestamp = timestamp
    self.partition = partition
    isTombstone = false
  }

  /// Key and value given as text, kept as UTF-8.
  public init(
    key: String?, text: String, headers: [RecordHeader] = [], timestamp: Int64? = nil, partition: Int? = nil
  ) {
    self.init(
      key: key.map { Array($0.utf8) }, value: Array(text.utf8), headers: headers, timestamp: timestamp,
      partition: partition)
  }

  /// The mark that deletes `key` from a table kept by key.
  public static func tombstone(
    key: [UInt8], headers: [RecordHeader] = [], timestamp: Int64? = nil, partition: Int? = nil
  ) -> ProducerRecord {
    ProducerRecord(tombstone: key, headers: headers, timestamp: timestamp, partition: partition)
  }

  private init(tombstone key: [UInt8], headers: [RecordHeader], timestamp: Int64?, partition: Int?) {
    self.key = key
    value = []
    self.headers = headers
    self.timestamp = timestamp
    self.partition = partition
    isTombstone = true
  }

  /// What the record counts against limits and retention: its payload and a fixed 32 bytes.
  @inline(__always)
  public var sizeInBytes: Int {
    var size = 32 + value.count
    if let key { size += key.count }
    for header in headers { size += 8 + header.name.utf8.count + header.value.count }
    return size
  }
}
