/// How far a group is behind in one partition.
public struct PartitionLag: Sendable, Hashable, Codable {
  public let partition: TopicPartition
  public let logStart: Int64
  public let logEnd: Int64
  /// Nil: the group has committed nothing here.
  public let committed: CommittedOffset?
  /// The client that reads the partition, or read it until the rebalance that is under way.
  public let owner: String?

  /// Log end − committed offset; nil without a commit, which is not the same as 0.
  public var lag: Int64? { committed.map { logEnd - $0.offset } }

  /// Records that retention removed before the group committed them.
  public var lost: Int64 { committed.map { max(0, logStart - $0.offset) } ?? 0 }
}
