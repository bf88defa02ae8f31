/// The event bus: topics with ordered, replayable partitions, consumer groups with committed offsets, their lag, and
/// dead letters. It keeps all of it in memory or in a directory, tells observers of every append, and is safe from any thread.
///
/// It never asks a clock (every call that needs the time is given it, in nanoseconds since the Unix epoch), never
/// starts a task, never waits, and draws no random number: the same calls in the same order give the same records,
/// assignments and events.
internal import Concurrency

/// The one object that producers, consumers and screens share.
public final class Broker: Sendable {
  /// Consumer groups: membership, assignments and committed offsets.
  public let groups: GroupCoordinator
  let topics: TopicRegistry
  let deadLetterBook = DeadLetterBook()
  /// What was found when the broker's directory was opened; nil in memory.
  public let recovery: RecoveryReport?
  private let availability = Locked(true)

  /// - Parameters:
  ///   - groupSettings: for groups whose first member brings none of its own.
  ///   - offsetsTopic: settings of `__consumer_offsets`, where each commit is also a record.
  /// - Throws: `invalidSettings`.
  public init(
    groupSettings: GroupSettings = GroupSettings(), offsetsTopic: TopicSettings = GroupCoordinator.offsetsTopicSettings
  ) throws(BusError) {
    recovery = nil
    topics = TopicRegistry()
    let log = try topics.create(GroupCoordinator.offsetsTopicName, settings: offsetsTopic, isInternal: true)
    try groupSettings.validate()
    groups = GroupCoordinator(topics: topics, log: log, defaults: groupSettings)
  }

  /// Opens a broker on a directory, which is made if it is missing: its topics, records and committed offsets are those
  /// that were acknowledged before the last process ended, however it did. ``recovery`` says what was not whole.
  ///
  /// A directory belongs to one broker at a time.
  /// - Parameter now: groups that have offsets and no members count as empty from then on.
  /// - Throws: `directoryInUse`; `unreadable` when the directory holds something else; `storage`; `invalidSettings`.
  public init(
    directory: String, storage: StorageSettings = StorageSettings(), groupSettings: GroupSettings = GroupSettings(),
    offsetsTopic: TopicSettings = GroupCoordinator.offsetsTopicSettings, now: Int64
  ) throws(BusError) {
    try groupSettings.validate()
    let store = try DiskStore(directory, settings: storage)
    topics = TopicRegistry(store: store)
    var report = RecoveryReport()
    var transactions: [OpenTransactionBatch] = []
    try topics.open(report: &report, transactions: &transactions)
    report.undoneTransactions = try TransactionRecovery(topics).run(transactions, store)
    let log =
      if let known = topics.find(GroupCoordinator.offsetsTopicName) { known } else {
        try topics.create(GroupCoordinator.offsetsTopicName, settings: offsetsTopic, isInternal: true)
      }
    groups = GroupCoordinator(topics: topics, log: log, defaults: groupSettings)
    try topics.producers.restore(from: topics)
    try deadLetterBook.restore(from: topics)
    report.usedUp = try groups.restore(now: now)
    recovery = report
  }

  /// Adds an empty topic. Groups that subscribe to its name rebalance to get its partitions.
  /// - Throws: `topicExists`, `invalidTopicName`, `invalidSettings`, `unavailable`; `storage`.
  @discardableResult
  public func createTopic(_ name: String, settings: TopicSettings = TopicSettings()) throws(BusError) -> Topic {
    if !isAvailable { throw .unavailable("the broker") }
    let topic = try topics.create(name, settings: settings)
    groups.topicWasCreated(name)
    return topic
  }

  /// The handle of a topic; keep it where records go by often.
  public func topic(_ name: String) throws(BusError) -> Topic {
    try topics.topic(name)
  }

  public func hasTopic(_ name: String) -> Bool {
    topics.find(name) != nil
  }

  /// All topics, in the order of their creation; `__consumer_offsets` is the first.
  public var allTopics: [Topic] { topics.all }

  /// See `Topic.append`.
  @discardableResult
  public func append(
    _ records: [ProducerRecord], to topic: String, now: Int64
  ) throws(BusError) -> [RecordPosition] {
    try topics.topic(topic).append(records, now: now)
  }

  /// See `Topic.read`.
  public func read(
    _ topic: String, partition: Int, from offset: Int64, maximumRecords: Int = 512, maximumBytes: Int = 8 << 20
  ) throws(BusError) -> RecordBatch {
    try topics.topic(topic).read(
      partition: partition, from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes)
  }

  /// Removes whole segments that are past their topic's retention, and compacts topics that say so. Call it every few
  /// seconds or minutes.
  @discardableResult
  public func applyRetention(now: Int64) -> RemovedRecords {
    var removed = RemovedRecords()
    for topic in topics.all { removed += topic.applyRetention(now: now) }
    return removed
  }

  /// Session time-outs, ends of rebalances, expired offsets. Call it at `nextDeadline`, or every now and then.
  public func tick(now: Int64) {
    groups.tick(now: now)
  }

  /// The earliest time at which `tick` has something to do, if nothing happens before; nil when it has not.
  public var nextDeadline: Int64? { groups.nextDeadline }
}

// MARK: - Faults

extension Broker {
  public var isAvailable: Bool { availability.withLock { $0 } }

  /// A broker that is not available refuses appends, reads, joins, heartbeats and commits with `unavailable`, and no
  /// session times out. When it comes back every session begins anew, and those who wait for records that are there
  /// wake. Nothing is lost.
  public func setAvailable(_ isAvailable: Bool, now: Int64) {
    var effects = Effects()
    let changed = availability.withLock { current in
      defer { current = isAvailable }
      return current != isAvailable
    }
    guard changed else { return }
    groups.setAvailable(isAvailable, now: now, effects: &effects)
    for topic in topics.all { topic.setAvailable(broker: isAvailable, effects: &effects) }
    effects.run()
  }

  /// As for the whole broker, but only appends to this topic and reads from it are refused.
  public func setAvailable(_ isAvailable: Bool, topic: String) throws(BusError) {
    var effects = Effects()
    try topics.topic(topic).setAvailable(topic: isAvailable, effects: &effects)
    effects.run()
  }
}

// MARK: - Waiting and observing

extension Broker {
  /// Calls `wake` once, as soon as a read at one of `positions` would return records or an error: at once when that
  /// is so now, else on the thread that appends, after its locks are free. Waiters wake in the order of registration.
  /// - Throws: `unknownTopic`, `unknownPartition`; `wake` is not called then.
  public func whenReadable(
    _ positions: [PartitionOffset], wake: @escaping @Sendable () -> Void
  ) throws(BusError) -> WaitToken {
    for position in positions { _ = try topics.partition(position.partition) }
    let token = WaitToken(wake)
    var effects = Effects()
    var sources: [any WaitSource] = []
    for position in positions {
      let topic = try topics.topic(position.partition.topic)
      sources.append(
        try topic.park(token, partition: position.partition.partition, offset: position.offset, effects: &effects))
    }
    token.attach(sources)
    effects.run()
    return token
  }

  /// Calls `handle` after every append, once for each partition that got records: synchronously on the appending
  /// thread, after its locks are free, in the order in which the records were stored. When several threads append at
  /// once, one of them hands over the records of all.
  @discardableResult
  public func onAppend(
    _ handle: @escaping @Sendable (_ topic: String, _ partition: Int, _ records: [EventRecord]) -> Void
  ) -> Observation {
    topics.appended.observe { handle($0.topic, $0.partition, $0.records) }
  }

  /// Calls `handle` for every event of every group, in order.
  @discardableResult
  public func onGroupEvent(_ handle: @escaping @Sendable (GroupEvent) -> Void) -> Observation {
    groups.events.observe(handle)
  }
}
