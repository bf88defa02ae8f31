/// One partition of one topic, by name and number.
public struct TopicPartition: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  public let topic: String
  /// From 0 to the topic's number of partitions − 1.
  public let partition: Int

  public init(topic: String, partition: Int) {
    self.topic = topic
    self.partition = partition
  }

  /// By topic name, then by partition number.
  public static func < (left: Self, right: Self) -> Bool {
    left.topic == right.topic ? left.partition < right.partition : left.topic < right.topic
  }

  /// `payment-0`, as Kafka's tools write it.
  public var description: String { "\(topic)-\(partition)" }
}

/// A place in a partition: where a reader stands, or what a group commits (the offset of the next record to read).
public struct PartitionOffset: Sendable, Hashable, Codable {
  public let partition: TopicPartition
  public let offset: Int64

  public init(partition: TopicPartition, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }

  public init(topic: String, partition: Int, offset: Int64) {
    self.init(partition: TopicPartition(topic: topic, partition: partition), offset: offset)
  }
}

/// Where an appended record lies. It keeps this place for ever.
public struct RecordPosition: Sendable, Hashable, Codable, CustomStringConvertible {
  public let topic: String
  public let partition: Int
  public let offset: Int64

  public init(topic: String, partition: Int, offset: Int64) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }

  /// `payment[0]@7302`
  public var description: String { "\(topic)[\(partition)]@\(offset)" }
}
