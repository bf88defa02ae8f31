/// How a topic is laid out, and how long it keeps its records. Times are nanoseconds, sizes are bytes.
public struct TopicSettings: Sendable, Hashable, Codable {
  /// 1 to 10,000. Order holds within a partition.
  public var partitions: Int
  /// A segment whose newest record is older than this is removed; nil keeps records for ever. Default 7 days.
  public var retentionAge: Int64?
  /// The oldest segments of a partition are removed while the rest alone holds this much; nil sets no limit.
  /// Default 64 MiB a partition.
  public var retentionBytes: Int?
  /// A segment is closed before it would grow over this. Default 1 MiB. Retention removes whole segments.
  public var segmentBytes: Int
  /// A segment is closed when its first record is this old. Default 7 days.
  public var segmentAge: Int64
  /// A larger record is refused. Default 1 MiB.
  public var maximumRecordBytes: Int
  /// What becomes of old records. Default: they are deleted.
  public var cleanup: Cleanup
  /// So long after compaction first met it a tombstone is kept, for readers that have yet to learn of it. Default 1 day.
  public var deleteRetention: Int64

  public enum Cleanup: String, Sendable, Hashable, Codable, CaseIterable {
    /// `retentionAge` and `retentionBytes` hold.
    case delete
    /// The newest record of each key is kept for ever; every record has a key.
    case compact
    /// Both.
    case compactAndDelete
  }

  public init(
    partitions: Int = 1, retentionAge: Int64? = 7 * 86_400_000_000_000, retentionBytes: Int? = 64 << 20,
    segmentBytes: Int = 1 << 20, segmentAge: Int64 = 7 * 86_400_000_000_000, maximumRecordBytes: Int = 1 << 20,
    cleanup: Cleanup = .delete, deleteRetention: Int64 = 86_400_000_000_000
  ) {
    self.partitions = partitions
    self.retentionAge = retentionAge
    self.retentionBytes = retentionBytes
    self.segmentBytes = segmentBytes
    self.segmentAge = segmentAge
    self.maximumRecordBytes = maximumRecordBytes
    self.cleanup = cleanup
    self.deleteRetention = deleteRetention
  }

  func validate(topic: String) throws(BusError) {
    func require(_ holds: Bool, _ sentence: String) throws(BusError) {
      if !holds { throw .invalidSettings("topic \(topic): \(sentence)") }
    }
    try require((1...10_000).contains(partitions), "partitions must be 1 to 10,000, not \(partitions)")
    try require((retentionAge ?? 1) > 0, "retentionAge must be over 0 ns or nil")
    try require((retentionBytes ?? 1) > 0, "retentionBytes must be over 0 or nil")
    try require(segmentBytes > 0, "segmentBytes must be over 0")
    try require(segmentAge > 0, "segmentAge must be over 0 ns")
    try require(deleteRetention >= 0, "deleteRetention must be 0 ns or more")
    try require((1...(1 << 29)).contains(maximumRecordBytes), "maximumRecordBytes must be 1 to 536,870,912")
  }
}
