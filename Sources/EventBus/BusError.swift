/// What the bus refuses, with the facts that the caller needs to act.
public enum BusError: Error, Sendable, Hashable {
  case unknownTopic(String)
  case topicExists(String)
  case invalidTopicName(String, reason: String)
  case invalidSettings(String)
  case unknownPartition(TopicPartition, partitions: Int)
  /// `valid` holds every offset that may be asked for; its upper bound, the log end, reads as an empty batch.
  case offsetOutOfRange(TopicPartition, requested: Int64, valid: ClosedRange<Int64>)
  case recordTooLarge(topic: String, bytes: Int, limit: Int)
  /// The topic is compacted, which goes by keys.
  case keyRequired(topic: String)
  /// Nothing was done; the same call may be made again later.
  case unavailable(String)
  case unknownGroup(String)
  /// The member was removed, or never joined: it must join again under a new id.
  case unknownMember(group: String, member: String)
  /// Another member has joined with the same static instance id; this one is out for good.
  case fencedInstance(group: String, instance: String, member: String)
  /// The member acted for a generation that is over, or not begun.
  case illegalGeneration(group: String, member: String, given: Int, current: Int)
  /// The member must join again (or, when it has joined, wait for its assignment) before it can go on.
  case rebalanceInProgress(group: String)
  case groupNotEmpty(group: String, members: Int)
  case commitBeyondEnd(TopicPartition, offset: Int64, logEnd: Int64)
  case commitBackwards(TopicPartition, offset: Int64, committed: Int64)
  /// A consumer with the reset policy `fail` met a partition without a usable committed offset.
  case noCommittedOffset(group: String, TopicPartition)
  case notAssigned(group: String, TopicPartition)
  case consumerClosed(group: String, client: String)
  /// A file could not be used. `code` is the system's number of the error (`errno`).
  case storage(operation: String, path: String, reason: String, code: Int32)
  /// Another process has the data directory; `by` is what it said of itself.
  case directoryInUse(String, by: String)
  /// The directory holds something that is no log of this version.
  case unreadable(path: String, reason: String)
  /// These records were damaged on disk. Those before and after them can be read.
  case damaged(TopicPartition, offsets: ClosedRange<Int64>)
  /// The partition is kept in memory, so that nothing of it can reach a disk.
  case notDurable(TopicPartition)
  /// What was acknowledged as in memory waits for a disk that takes nothing more; `limit` is in bytes.
  case bufferFull(TopicPartition, limit: Int)
  /// A sync failed: what was not synced before may or may not be on the disk. Open the directory anew.
  case syncFailed(TopicPartition, after: Int64, reason: String)
  /// Another life of the same producer has begun since; this one may write no more.
  case fencedProducer(String, epoch: Int32, newest: Int32)
  /// Records before these are missing, or these were stored too long ago to be found again.
  case outOfSequence(TopicPartition, given: Int64, expected: Int64)
  /// A transaction, or a batch of a producer.
  case tooLargeAtOnce(bytes: Int, limit: Int)
  case transactionTooWide(partitions: Int, limit: Int)
  /// So much is on its way and not acknowledged.
  case producerFull(bytes: Int, limit: Int)
  case deadLetterSettled(TopicPartition, offset: Int64, as: DeadLetterState)
  /// Topics whose partitions belong together one by one have not equally many.
  case partitionsDiffer(topic: String, partitions: Int, other: String, otherPartitions: Int)
  /// A record of a join's changelog is none of that join: somebody else has written there.
  case unreadableState(TopicPartition, offset: Int64)
}

extension BusError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownTopic(let topic): "there is no topic \"\(topic)\": create it first, or correct the name"
    case .topicExists(let topic): "topic \"\(topic)\" exists already"
    case .invalidTopicName(let name, let reason): "\"\(name)\" cannot name a topic: \(reason)"
    case .invalidSettings(let sentence): sentence
    case .unknownPartition(let partition, let partitions):
      "topic \"\(partition.topic)\" has partitions 0 to \(partitions - 1), not \(partition.partition)"
    case .offsetOutOfRange(let partition, let requested, let valid):
      "offset \(requested) of \(partition) does not exist: valid are \(valid.lowerBound) to \(valid.upperBound)"
    case .recordTooLarge(let topic, let bytes, let limit):
      "a record of \(bytes) bytes is over the limit of topic \"\(topic)\", \(limit) bytes"
    case .keyRequired(let topic): "topic \"\(topic)\" is compacted: each of its records needs a key"
    case .unavailable(let what): "\(what) does not answer: try again later"
    case .unknownGroup(let group): "there is no consumer group \"\(group)\""
    case .unknownMember, .fencedInstance, .illegalGeneration, .rebalanceInProgress, .groupNotEmpty:
      membershipDescription
    case .commitBeyondEnd(let partition, let offset, let logEnd):
      "offset \(offset) of \(partition) cannot be committed: the log ends at \(logEnd)"
    case .commitBackwards(let partition, let offset, let committed):
      "offset \(offset) of \(partition) cannot be committed: \(committed) is; move back with seek"
    case .noCommittedOffset(let group, let partition):
      "group \"\(group)\" has no usable committed offset for \(partition) and its reset policy is to fail"
    case .notAssigned(let group, let partition):
      "\(partition) is not assigned to this consumer of group \"\(group)\" now"
    case .storage, .directoryInUse, .unreadable, .damaged, .notDurable, .bufferFull, .syncFailed:
      storageDescription
    case .fencedProducer(let name, let epoch, let newest):
      "producer \"\(name)\" of epoch \(epoch) was replaced by one of epoch \(newest): stop this one"
    case .outOfSequence(let partition, let given, let expected):
      "record \(given) of a producer cannot follow in \(partition), which waits for its record \(expected)"
    case .producerFull(let bytes, let limit):
      "a producer has \(bytes) of at most \(limit) bytes on their way: send again when some are acknowledged"
    case .tooLargeAtOnce(let bytes, let limit):
      "\(bytes) bytes at once are over the limit of \(limit) bytes: send fewer records at a time"
    case .transactionTooWide(let partitions, let limit):
      "a transaction with records in \(partitions) partitions is over the limit of \(limit): commit more often"
    case .deadLetterSettled(let partition, let offset, let state):
      "the dead letter at offset \(offset) of \(partition) is \(state.rawValue) already"
    case .partitionsDiffer(let topic, let partitions, let other, let otherPartitions):
      "topics \"\(topic)\" and \"\(other)\" must have equally many partitions, not \(partitions) and \(otherPartitions)"
    case .unreadableState(let partition, let offset):
      "the record at offset \(offset) of \(partition) is no state of a join: who else writes to that topic?"
    case .consumerClosed(let group, let client): "consumer \(client) of group \"\(group)\" is closed"
    }
  }

  private var storageDescription: String {
    switch self {
    case .storage(let operation, let path, let reason, _): "could not \(operation) \(path): \(reason)"
    case .directoryInUse(let directory, let owner):
      "\(directory) is in use by \(owner): stop it, or choose another directory"
    case .unreadable(let path, let reason): "\(path) cannot be read as part of a log: \(reason)"
    case .damaged(let partition, let offsets):
      "offsets \(offsets.lowerBound) to \(offsets.upperBound) of \(partition) are damaged on disk; "
        + "read on at \(offsets.upperBound + 1)"
    case .notDurable(let partition):
      "\(partition) is kept in memory: nothing of it can be synced; open the broker on a data directory"
    case .bufferFull(let partition, let limit):
      "\(partition) holds \(limit) bytes that its disk does not take: make room on the disk, then try again"
    case .syncFailed(let partition, let offset, let reason):
      "records of \(partition) from offset \(offset) on may not be on disk (\(reason)): open the directory anew"
    default: preconditionFailure("storageDescription was asked for an error that is not about storage.")
    }
  }

  private var membershipDescription: String {
    switch self {
    case .unknownMember(let group, let member):
      "member \(member) is not in group \"\(group)\": join again under a new id"
    case .fencedInstance(let group, let instance, let member):
      "member \(member) of group \"\(group)\" was replaced by another with the static id \(instance)"
    case .illegalGeneration(let group, let member, let given, let current):
      "member \(member) acted for generation \(given) of group \"\(group)\", which is at \(current): join again"
    case .rebalanceInProgress(let group): "group \"\(group)\" is rebalancing: join again"
    case .groupNotEmpty(let group, let members):
      "group \"\(group)\" has \(members) members: stop them first, or act as the operator"
    default: preconditionFailure("membershipDescription was asked for an error that is not about membership.")
    }
  }
}
