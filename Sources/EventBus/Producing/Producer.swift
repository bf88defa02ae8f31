internal import Concurrency

/// Gathers records into batches, one for each partition, and sends them in order; each is stored once.
///
/// It has no clock and no task: time comes with the calls. With a linger above 0, call `tick` at `nextDeadline`, or let
/// ``run(clock:now:)`` do it. Safe from any thread.
public final class Producer: Sendable {
  /// Records on their way to one partition.
  struct Lane: Sendable {
    let partition: Partition
    var records: [ProducerRecord] = []
    var sizes: [Int] = []
    var bytes = 0
    var done: [Completion] = []
    /// When its first record came, and its last.
    var since: Int64 = 0
    var newest: Int64 = 0
    /// Batches that were sent and are not acknowledged.
    var inFlight = 0
    var nextSequence: Int64
  }

  struct State: Sendable {
    var lanes: [Lane] = []
    /// Where the lanes of a topic are, by partition; for looking up only.
    var places: [TopicPartition: Int] = [:]
    /// The partition that takes records without a key, until a batch of it goes out.
    var sticky: [String: Int] = [:]
    var bufferedBytes = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    var batchesSent = 0
    /// Batches that were sent and are not acknowledged, by number.
    var inFlight: Set<Int> = []
    /// Each waits for the batches that were on their way when it began.
    var flushes: [(batches: Set<Int>, continuation: CheckedContinuation<Void, Never>)] = []
  }

  typealias Completion = @Sendable (Result<RecordPosition, BusError>) -> Void

  public let identity: ProducerIdentity
  public let settings: ProducerSettings
  let broker: Broker
  let state = Locked(State())

  /// - Parameter name: under it a later life of this producer goes on, and this one may write no more then.
  /// - Throws: `invalidSettings`; `storage`.
  public init(
    broker: Broker, name: String? = nil, settings: ProducerSettings = ProducerSettings(), now: Int64
  ) throws(BusError) {
    try settings.validate()
    self.broker = broker
    self.settings = settings
    identity = try broker.register(producer: name, now: now)
  }

  /// Bytes that are not acknowledged yet.
  public var bufferedBytes: Int { state.withLock { $0.bufferedBytes } }

  /// Sends a record, and tells once it is acknowledged: at once, or from another thread.
  /// - Throws: `producerFull` at the limit, whatever `whenFull` says; `unknownTopic`, `unknownPartition`,
  ///   `recordTooLarge`, `keyRequired`, `unavailable`. `done` is not called then.
  public func send(
    _ record: ProducerRecord, to topicName: String, now: Int64,
    _ done: @escaping @Sendable (Result<RecordPosition, BusError>) -> Void
  ) throws(BusError) {
    let topic = try broker.topic(topicName)
    let size = try topic.checkedSizes([record])[0]
    try topic.requireAvailable()
    var outcome = Outcome()
    defer { outcome.run(self) }
    try state.withLock { state throws(BusError) in
      guard state.bufferedBytes == 0 || state.bufferedBytes + size <= settings.maximumBufferedBytes else {
        throw .producerFull(bytes: state.bufferedBytes, limit: settings.maximumBufferedBytes)
      }
      let number = try partition(of: record, in: topic, &state)
      let index = lane(topic.partitions[number], &state)
      if state.lanes[index].records.isEmpty { state.lanes[index].since = now }
      state.lanes[index].records.append(record)
      state.lanes[index].sizes.append(size)
      state.lanes[index].bytes += size
      state.lanes[index].done.append(done)
      state.lanes[index].newest = now
      state.bufferedBytes += size
      if isDue(state.lanes[index], now: now) { dispatch(index, topic, &state, &outcome) }
    }
  }

  /// Sends a record and returns where it lies, once it is acknowledged.
  /// - Throws: as the other `send`; and what went wrong with its batch: `storage`, `syncFailed`, `fencedProducer`.
  @discardableResult
  public func send(_ record: ProducerRecord, to topic: String, now: Int64) async throws(BusError) -> RecordPosition {
    while true {
      let result = await withCheckedContinuation { continuation in
        do throws(BusError) {
          try send(record, to: topic, now: now) { continuation.resume(returning: $0) }
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      guard case .failure(.producerFull) = result, settings.whenFull == .wait else { return try result.get() }
      await waitForRoom()
    }
  }

  private func partition(of record: ProducerRecord, in topic: Topic, _ state: inout State) throws(BusError) -> Int {
    if record.partition != nil || record.key != nil { return try topic.targets(of: [record])[0] }
    if let number = state.sticky[topic.name] { return number }
    let number = try topic.admitSpread()
    state.sticky[topic.name] = number
    return number
  }

  private func lane(_ partition: Partition, _ state: inout State) -> Int {
    if let index = state.places[partition.name] { return index }
    let next = partition.nextSequence(of: identity.id) ?? 0
    state.lanes.append(Lane(partition: partition, nextSequence: next))
    state.places[partition.name] = state.lanes.count - 1
    return state.lanes.count - 1
  }

  func isDue(_ lane: Lane, now: Int64) -> Bool {
    guard !lane.records.isEmpty else { return false }
    if lane.bytes >= settings.batchBytes { return true }
    return settings.linger == 0 ? lane.inFlight == 0 : now.subtractingReportingOverflow(lane.since).0 >= settings.linger
  }
}
