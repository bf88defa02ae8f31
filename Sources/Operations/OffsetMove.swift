public import EventBus

/// To move a group's committed offsets: where to read on.
public struct OffsetMove: Sendable, Equatable, Codable {
  public var group: String
  public var topic: String
  /// Nil stands for all partitions of the topic.
  public var partition: Int?
  public var target: SeekTarget

  public init(group: String, topic: String, partition: Int? = nil, target: SeekTarget) {
    self.group = group
    self.topic = topic
    self.partition = partition
    self.target = target
  }
}

/// What a move would do now, or why it cannot be done.
public enum OffsetPreview: Sendable, Equatable, Codable {
  case possible(SeekPreview)
  case refused(String)
}
