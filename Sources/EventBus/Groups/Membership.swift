/// Who speaks to the coordinator, and for which generation. Every answer carries the one to use next.
public struct MemberIdentity: Sendable, Hashable, Codable {
  public let group: String
  /// Unique to one run of a consumer.
  public let member: String
  /// The static id, which survives restarts; nil for most members.
  public let instance: String?
  public let generation: Int

  public init(group: String, member: String, instance: String? = nil, generation: Int) {
    self.group = group
    self.member = member
    self.instance = instance
    self.generation = generation
  }
}

/// Where a member stands in its group.
public struct Membership: Sendable, Hashable {
  public enum Phase: Sendable, Hashable {
    /// Joined; the group waits for the other members. Join again when woken.
    case joining
    /// The generation is settled: call `sync`. After it, this says that the leader has not called it yet.
    case syncing
    /// `assignment` is the member's own until the next rebalance.
    case stable
  }

  public let identity: MemberIdentity
  public let phase: Phase
  /// The leader's `sync` is the one that hands out the assignments.
  public let isLeader: Bool
  /// Empty unless the phase is `stable`. Sorted by topic and partition.
  public let assignment: [TopicPartition]
  /// How often the group expects a heartbeat (nanoseconds).
  public let heartbeatInterval: Int64
  let epoch: UInt64
}

/// The coordinator's answer to a heartbeat.
public enum HeartbeatAnswer: Sendable, Hashable {
  case stable
  /// Commit what was handled (allowed until the others have joined), then join again.
  case rebalance
}
