internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel

/// The consumer of one instance: it reads its share of its topics and has each partition worked on by a task of its own,
/// one record after the other. Offsets are committed after the records' effects, never before.
final class RecordConsumer: @unchecked Sendable {
  let process: ServiceProcess
  let world: World
  private let subscriptions: [Subscription]
  let service: any ShopService
  private let consumer: Consumer
  private let signal: Signal
  private var workers: [PartitionWorker] = []
  /// When the group was heard of last.
  private var lastContact: Int64

  /// Nanoseconds for which handled records wait, so that several are committed together.
  static let commitInterval: Int64 = 15_000_000

  init(process: ServiceProcess, reading subscriptions: [Subscription], service: any ShopService) {
    self.process = process
    world = process.world
    self.subscriptions = subscriptions
    lastContact = process.world.time.now
    self.service = service
    let name = process.instance.name
    consumer = Consumer(
      broker: world.broker, group: process.instance.service.name, client: name,
      topics: subscriptions.map(\.topic), instance: name)
    signal = Signal(on: world.time)
    process.life.whenOver { [unowned self] in self.countUncommitted() }
    // Each knows its consumer.
    process.life.whenLeft { [unowned self] in self.workers = [] }
  }

  var partitionsHeld: Int { workers.count }

  /// The record that a partition is at, once that has failed.
  func trial(of partition: TopicPartition) -> RecordTrial? { workers.first { $0.place == partition }?.trial }

  /// What the service calls the handling of an event; nil: it is none of its business.
  func operation(_ type: String, on topic: String, _ payload: Payload) -> String? {
    guard let subscription = subscriptions.first(where: { $0.topic == topic }), subscription.concerns(type, payload)
    else { return nil }
    return subscription.operations[type]
  }

  /// Polls until the instance is no more.
  func run() async {
    while !process.life.isOver, !isClosed {
      do {
        try await turn()
      } catch is InstanceCrashed {
        return
      } catch {
        // The bus does not answer: all stay where they are, and ask again.
        try? await world.time.sleep(for: 200_000_000)
      }
    }
  }

  private var isClosed = false

  /// Leaves the group in order, when the records at hand have come to their end: others go on with the next ones.
  func close() async {
    isClosed = true
    signal.set()
    await stopWorkers()
    guard !process.life.isOver else { return }
    try? commit()
    workers = []
    consumer.close(now: world.time.now)
  }

  private func turn() async throws {
    try process.bus.reach()
    let result = try consumer.poll(max: 48, now: world.time.now)
    lastContact = world.time.now
    if !result.revoked.isEmpty || !result.lost.isEmpty {
      await stopWorkers()
      try process.life.check()
      guard !isClosed else { return }
      try? commit()
      try process.life.check()
      workers = []
    }
    if let assigned = result.assigned { startWorkers(assigned, first: result.batches) }
    for batch in result.batches { workers.first { $0.place == batch.topicPartition }?.add(batch) }
    try pauseBusy()
    if result.recordCount == 0, result.revoked.isEmpty {
      try await waitForMore()
    } else {
      await world.time.pause(for: process.bus.transit())
      try process.life.check()
    }
  }

  /// Until there are records, the group changes, a worker wants more or has something to commit, or a heartbeat is due.
  private func waitForMore() async throws {
    let token = try consumer.waitToken { [signal] in signal.set() }
    await signal.wait(atMost: 1_000_000_000)
    token.cancel()
    try process.life.check()
    await world.time.pause(for: process.bus.transit())
    try process.life.check()
  }

  private func startWorkers(_ assigned: [TopicPartition], first batches: [RecordBatch]) {
    for worker in workers { worker.stop() }
    commitStart(of: assigned, first: batches)
    workers = assigned.map { PartitionWorker($0, consumer: self) }
    for worker in workers { process.life.spawn { await worker.run() } }
  }

  /// Says where reading begins in partitions that nobody has committed yet, so that their lag is known from the start.
  /// - Parameter batches: what the same poll brought already, which is behind the consumer's position and not handled.
  private func commitStart(of assigned: [TopicPartition], first batches: [RecordBatch]) {
    let group = process.instance.service.name
    var fresh: [PartitionOffset] = []
    for position in consumer.positions where assigned.contains(position.partition) {
      guard world.broker.groups.committed(group: group, position.partition) == nil else { continue }
      let batch = batches.first { $0.topicPartition == position.partition }
      fresh.append(
        PartitionOffset(partition: position.partition, offset: batch?.records.first?.offset ?? position.offset))
    }
    // A bus that is away is asked again with the first commit.
    if !fresh.isEmpty { try? consumer.commit(fresh, now: world.time.now) }
  }

  /// False when the group may soon believe that this member is gone, and give its records to another: by then a call
  /// that is made now must have ended.
  var isInContact: Bool { world.time.now - lastContact < ShopBus.sessionTimeout - 4_000_000_000 }

  /// Lets each worker end the record it is at, for two seconds at most: another member handles it again after that.
  private func stopWorkers() async {
    for worker in workers { worker.stop() }
    let end = world.time.now + 2_000_000_000
    while workers.contains(where: { $0.isBusy || $0.callsInFlight > 0 }), world.time.now < end, !process.life.isOver {
      await signal.wait(atMost: 100_000_000)
    }
  }

  /// Reads no more for a worker that has enough to do, and again for one that has room.
  private func pauseBusy() throws {
    for worker in workers where worker.isHeldBack != worker.isFull {
      if worker.isFull { try consumer.pause([worker.place]) } else { try consumer.resume([worker.place]) }
      worker.isHeldBack = worker.isFull
    }
  }

  // MARK: For the workers

  /// A worker has room again.
  func wake() { signal.set() }

  private var commitIsDue = false

  /// A record is done: its offset is committed together with those of the next few milliseconds.
  func commitSoon() {
    guard !commitIsDue else { return }
    commitIsDue = true
    world.time.after(Self.commitInterval) { [self] in
      commitIsDue = false
      guard !process.life.isOver else { return }
      do {
        try commit()
      } catch BusError.unavailable {
        // Nothing else may be handled for a long while: what was is committed when the bus is back.
        world.time.after(1_000_000_000) { [weak self] in
          if let self, !self.process.life.isOver { self.commitSoon() }
        }
      } catch {}
    }
  }

  /// Commits a record's offset before anything was done for it, in the wrong order.
  func commitAhead(of record: EventRecord, _ worker: PartitionWorker) {
    worker.skip(record)
    try? commit()
  }

  private func commit() throws {
    let offsets = workers.compactMap { worker in
      worker.offsetToCommit.map { PartitionOffset(partition: worker.place, offset: $0) }
    }
    guard !offsets.isEmpty else { return }
    try process.bus.reach()
    try consumer.commit(offsets, now: world.time.now)
    for worker in workers { worker.committed() }
    try world.crashPoints.pass(.offsetCommitted, process.instance)
  }

  private func countUncommitted() {
    for worker in workers where worker.offsetToCommit != nil { world.counters.crashesBeforeOffsetCommit += 1 }
  }
}
