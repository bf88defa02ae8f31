/// Something that happened in a consumer group.
public struct GroupEvent: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable {
    case memberJoined(member: String)
    case memberLeft(member: String, reason: String)
    case rebalanceStarted(reason: String)
    /// All members have their assignment; `duration` in nanoseconds since the start.
    case rebalanceCompleted(members: Int, duration: Int64)
    case stateChanged(from: GroupState, to: GroupState)
    /// Somebody moved the committed offsets by hand.
    case offsetsMoved(topic: String, partitions: Int)
    case offsetsExpired(partitions: Int)
  }

  /// Nanoseconds since the epoch.
  public let time: Int64
  public let group: String
  public let generation: Int
  public let kind: Kind
}
