/// Records of one partition, in order, and the partition's bounds at the moment they were read.
public struct RecordBatch: Sendable {
  public let topic: String
  public let partition: Int
  /// In ascending order of offsets; may be empty.
  public let records: [EventRecord]
  /// The first offset that could still be read.
  public let logStart: Int64
  /// The offset that the next appended record will get.
  public let logEnd: Int64

  public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }
}
