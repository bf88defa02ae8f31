/// Joins two topics into a third, as a member of a consumer group: what a Kafka Streams task for a join of two streams
/// does.
///
/// It takes records of both topics, joins them by key within a window of time (``WindowedJoin``, one for each partition),
/// and writes what comes out to the output topic. The records that it holds are kept in a compacted topic of their own,
/// `<group>-<name>-changelog`. Each step writes its results, the changes of what is held and the consumed offsets in one
/// ``Transaction``: whatever crashes or goes to another member meanwhile, no result is lost and none comes twice. A member
/// that gets a partition reads its state from the changelog first; a member whose commit is refused forgets the step.
///
/// **Order.** Within a partition, a step takes the record with the smaller timestamp first, at equal timestamps the left
/// one, and waits for a side that has unread records. Where records come while it runs, the order goes by what was there;
/// the last changelog record of each step says up to which offset of each side it went, and the records between two such
/// places, taken by the same rule, are in the order that the results came from. So a run can be followed afterwards,
/// whichever members did it.
///
/// **Time** is that of the records. Where none come, ``advance(to:now:)`` tells it.
///
/// Records without a key and tombstones are passed over and counted, as in Kafka Streams. A record that its owner cannot
/// read goes to the dead-letter topic of its topic, in the transaction of its step (KIP-1034), and joins nothing.
///
/// It has no clock, no task and no thread, and belongs to one task at a time, which polls it as it would a ``Consumer``;
/// dropping it is a crash.
public final class JoinProcessor {
  /// Names of the topics, of which left and right must have equally many partitions.
  public struct Topics: Sendable, Hashable {
    public var left: String
    public var right: String
    public var output: String

    public init(left: String, right: String, output: String) {
      self.left = left
      self.right = right
      self.output = output
    }
  }

  /// Makes the record that a result becomes; nil for none. A record without a timestamp gets the result's. It is called
  /// again for the same result after a step that was not published, so it must do nothing else.
  public typealias Joiner = @Sendable (Joined<JoinInput, JoinInput>) -> ProducerRecord?

  /// Says why a record of one of the topics cannot be read; nil when it can. As with ``Joiner`` it may be called again.
  public typealias Reader = @Sendable (_ record: EventRecord, _ place: TopicPartition) -> String?

  struct Slot {
    let partition: Int
    /// Nil until its state has been read from the changelog.
    var task: PartitionJoin?
  }

  public let topics: Topics
  public let settings: JoinSettings
  /// Where the state is kept: `<group>-<name>-changelog`.
  public var changelogTopic: String { changelog.name }
  let consumer: Consumer
  let left: Topic
  let right: Topic
  let changelog: Topic
  let output: Topic
  let joiner: Joiner
  let reader: Reader
  /// The assigned partitions.
  var slots: [Slot] = []
  /// Which of them comes first in the next step, so that none starves.
  var first = 0
  /// Why the assignment cannot be worked on; nil when it can.
  var assignmentError: BusError?

  /// Joins no group yet; makes the changelog topic if there is none.
  /// - Parameters:
  ///   - name: tells the joins of a group apart; part of the changelog's name.
  ///   - client: what people call this member, for example `shipping-1`.
  ///   - instance: a static id, which keeps partitions across a restart; nil for none.
  ///   - consumer: where to begin and how much to read; the group's assignor is always `range`, which gives partitions of
  ///     the same number to one member.
  /// - Throws: `unknownTopic`; `partitionsDiffer` for the inputs or an existing changelog; `invalidSettings` for one topic
  ///   joined with itself, or a changelog that is not compacted; `invalidTopicName`, `unavailable`.
  public init(
    broker: Broker, group: String, name: String, client: String, instance: String? = nil, topics: Topics,
    settings: JoinSettings, consumer: ConsumerSettings = ConsumerSettings(),
    reader: @escaping Reader = { _, _ in nil }, joiner: @escaping Joiner
  ) throws(BusError) {
    left = try broker.topic(topics.left)
    right = try broker.topic(topics.right)
    output = try broker.topic(topics.output)
    if left === right { throw .invalidSettings("topic \"\(left.name)\" cannot be joined with itself") }
    try Self.requireSamePartitions(left, right)
    changelog = try Self.changelog("\(group)-\(name)-changelog", left, right, broker)
    try Self.requireSamePartitions(left, changelog)
    guard changelog.settings.cleanup == .compact else {
      throw .invalidSettings("topic \"\(changelog.name)\" must be compacted and no more, as it keeps a join's state")
    }
    var consumerSettings = consumer
    var groupSettings = consumer.group ?? broker.groups.defaults
    groupSettings.assignor = .range
    consumerSettings.group = groupSettings
    self.consumer = Consumer(
      broker: broker, group: group, client: client, topics: [topics.left, topics.right], instance: instance,
      settings: consumerSettings)
    self.topics = topics
    self.settings = settings
    self.joiner = joiner
    self.reader = reader
  }

  private static func requireSamePartitions(_ one: Topic, _ other: Topic) throws(BusError) {
    guard one.partitionCount == other.partitionCount else {
      throw .partitionsDiffer(
        topic: one.name, partitions: one.partitionCount, other: other.name, otherPartitions: other.partitionCount)
    }
  }

  /// Whoever takes a state up reads all of it in one go: a minute is more than that takes. Of each record that was held
  /// there is a tombstone, which for a day would be many.
  private static let tombstonesKept: Int64 = 60_000_000_000

  private static func changelog(
    _ name: String, _ left: Topic, _ right: Topic, _ broker: Broker
  ) throws(BusError) -> Topic {
    if broker.hasTopic(name) { return try broker.topic(name) }
    // A held record has its place and its side beside what it had in its own topic.
    let largest = max(left.settings.maximumRecordBytes, right.settings.maximumRecordBytes)
    do throws(BusError) {
      return try broker.createTopic(
        name,
        settings: TopicSettings(
          partitions: left.partitionCount, segmentBytes: 256 << 10,
          maximumRecordBytes: min(largest + 1_024, 1 << 30), cleanup: .compact, deleteRetention: tombstonesKept))
    } catch .topicExists {
      return try broker.topic(name)
    }
  }

  // MARK: Work

  /// Polls the group, takes the next records of the assigned partitions, and publishes what comes of them.
  ///
  /// After a rebalance it first reads the state of its partitions from the changelog, which takes as long as that is.
  /// - Parameter max: the most records that are taken, over all partitions; 0 or more.
  /// - Returns: what was done. When nothing was read, wait with `waitToken`.
  /// - Throws: `unavailable`, `fencedInstance`, `noCommittedOffset`, `consumerClosed`; `invalidSettings` when other members
  ///   of the group keep partitions of the same number from coming to one member; `unreadableState`; `recordTooLarge`,
  ///   `keyRequired`, `unknownPartition` when the output topic refuses a result. Nothing of the step was published then;
  ///   the next one does it again.
  @discardableResult
  public func step(max: Int = 512, now: Int64) throws(BusError) -> JoinStep {
    var step = JoinStep()
    guard try keepMembership(&step, now: now) else { return step }
    return try publish(now: now, step) { (slot, step, work) throws(BusError) in
      if slot.task == nil { slot.task = try PartitionJoin(restoring: slot.partition, for: self) }
      try slot.task?.take(max - step.recordsRead, with: self, &step, &work)
    }
  }

  /// Lets stream time go by in the assigned partitions in which nothing is left to read, and publishes what comes out
  /// alone then. A partition with unread records takes its time from them. It polls nothing; call it between steps, with
  /// a `time` (nanoseconds) that no record will be older than which is still to come in order.
  /// - Returns: what was done. Time that has been reached already changes nothing.
  /// - Throws: as `step`, for publishing.
  @discardableResult
  public func advance(to time: Int64, now: Int64) throws(BusError) -> JoinStep {
    try publish(now: now, JoinStep(isStable: !slots.isEmpty)) { (slot, step, work) throws(BusError) in
      guard slot.task?.isQuiet == true else { return }
      slot.task?.advance(to: time, with: self, &step, &work)
    }
  }

  /// Keeps the session alive while a step waits. See ``Consumer/heartbeat(now:)``.
  @discardableResult
  public func heartbeat(now: Int64) throws(BusError) -> HeartbeatAnswer { try consumer.heartbeat(now: now) }

  /// When a heartbeat is due (nanoseconds); nil before the first step and after `close`.
  public var nextDeadline: Int64? { consumer.nextDeadline }

  /// Calls `wake` once, when `step` has something to do. See ``Consumer/waitToken(wake:)``.
  public func waitToken(wake: @escaping @Sendable () -> Void) throws(BusError) -> WaitToken {
    try consumer.waitToken(wake: wake)
  }

  /// Leaves the group, so that its partitions and their state go to others at once.
  public func close(now: Int64) {
    slots = []
    consumer.close(now: now)
  }

  // MARK: State

  /// The partitions that it works on, of both topics.
  public var partitions: [Int] { slots.map(\.partition) }

  /// Records that are held for partners to come, and those that wait to come out alone, in its partitions.
  public var held: (records: Int, unmatched: Int) {
    let all = slots.compactMap { $0.task?.held }
    return (all.reduce(0) { $0 + $1.records }, all.reduce(0) { $0 + $1.unmatched })
  }

  /// The largest timestamp so far (nanoseconds) in one of its partitions; nil when there was none, or it is not its own.
  public func streamTime(in partition: Int) -> Int64? {
    slots.first { $0.partition == partition }?.task?.streamTime
  }
}

@available(*, unavailable)
extension JoinProcessor: Sendable {}
