/// Where a consumer begins in a partition whose committed offset is missing or no longer in the log.
public enum OffsetReset: String, Sendable, Hashable, Codable, CaseIterable {
  case earliest
  case latest
  /// `poll` throws `noCommittedOffset`.
  case fail
}

/// How a consumer reads.
public struct ConsumerSettings: Sendable, Hashable {
  public var reset: OffsetReset
  /// The most that one poll returns, unless a single record is larger. Default 8 MiB.
  public var maximumPollBytes: Int
  /// For its group, when this consumer is the first member; nil leaves it to the broker.
  public var group: GroupSettings?

  public init(reset: OffsetReset = .earliest, maximumPollBytes: Int = 8 << 20, group: GroupSettings? = nil) {
    self.reset = reset
    self.maximumPollBytes = maximumPollBytes
    self.group = group
  }
}
