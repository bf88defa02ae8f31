/// The timing of a consumer group and the way it shares out partitions. Times are nanoseconds; the defaults are Kafka's.
public struct GroupSettings: Sendable, Hashable, Codable {
  /// A member not heard of for this long is removed. Default 45 s.
  public var sessionTimeout: Int64
  /// How often a member says that it lives. Default 3 s; at most a third of the session time-out is sensible.
  public var heartbeatInterval: Int64
  /// A member that does not poll for this long is removed, and a rebalance waits no longer for it. Default 300 s.
  public var maximumPollInterval: Int64
  /// How long the first rebalance of an empty group waits for further members. Default 3 s.
  public var initialRebalanceDelay: Int64
  /// Committed offsets of a group without members are forgotten after this. Default 7 days.
  public var offsetRetention: Int64
  public var assignor: Assignor

  public init(
    sessionTimeout: Int64 = 45_000_000_000, heartbeatInterval: Int64 = 3_000_000_000,
    maximumPollInterval: Int64 = 300_000_000_000, initialRebalanceDelay: Int64 = 3_000_000_000,
    offsetRetention: Int64 = 7 * 86_400_000_000_000, assignor: Assignor = .range
  ) {
    self.sessionTimeout = sessionTimeout
    self.heartbeatInterval = heartbeatInterval
    self.maximumPollInterval = maximumPollInterval
    self.initialRebalanceDelay = initialRebalanceDelay
    self.offsetRetention = offsetRetention
    self.assignor = assignor
  }

  func validate() throws(BusError) {
    guard sessionTimeout > 0, heartbeatInterval > 0, maximumPollInterval > 0, offsetRetention > 0 else {
      throw .invalidSettings("group settings: time-outs, intervals and retention must be over 0 ns")
    }
    guard heartbeatInterval < sessionTimeout else {
      throw .invalidSettings("group settings: the heartbeat interval must be below the session time-out")
    }
    guard initialRebalanceDelay >= 0 else {
      throw .invalidSettings("group settings: initialRebalanceDelay must be 0 ns or more")
    }
  }
}
