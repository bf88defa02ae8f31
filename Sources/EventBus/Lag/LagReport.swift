/// The lag of a group with its verdicts, as of the last sample.
public struct GroupLagReport: Sendable, Hashable, Codable {
  public let group: String
  /// When the sample was taken (nanoseconds).
  public let time: Int64
  /// The worst of the partitions, where STOP, STALL and REWIND are errors.
  public let status: LagStatus
  /// The worst verdict; nil while nothing is committed.
  public let verdict: LagVerdict?
  /// The sum over partitions with a commit; nil when none has one.
  public let totalLag: Int64?
  public let trend: LagTrend
  /// The partition with the largest lag over 0.
  public let hottest: TopicPartition?
  /// The share of partitions whose ring of samples is full.
  public let complete: Double
  /// By name.
  public let topics: [TopicLagReport]
  /// By topic and number.
  public let partitions: [PartitionLagReport]
}

/// The lag of a group in one topic.
public struct TopicLagReport: Sendable, Hashable, Codable {
  public let topic: String
  public let verdict: LagVerdict?
  public let totalLag: Int64?
  public let trend: LagTrend
  public let hottest: TopicPartition?
}

/// The lag of a group in one partition.
public struct PartitionLagReport: Sendable, Hashable, Codable {
  public let lag: PartitionLag
  /// Nil while nothing is committed.
  public let verdict: LagVerdict?
  public let trend: LagTrend
  /// How full the ring of samples is, 0 to 1.
  public let complete: Double
}
