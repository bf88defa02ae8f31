internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// A record on its way to a service.
struct Delivery: Sendable {
  let record: EventRecord
  /// The service that reads it.
  let reader: String
  let topic: String
  let partition: Int
  let type: String
  /// What de-duplication goes by.
  let message: String
  let context: TraceContext
  let span: OpenSpan
  var payload: Payload
  let worker: PartitionWorker
  /// True when somebody may have begun to act on it before: it was there when this instance was given the partition, or
  /// this instance has begun before.
  let mayBeRepeated: Bool

  /// The record as a command of the orchestrator; nil when it is none.
  var command: SagaCommand? { SagaCommand(type: type, key: key, payload: record.value) }

  /// The transaction of the order that it is about: another one where a return undoes what was ordered before.
  var orderTransaction: GTXID { payload.transaction.flatMap { GTXID($0) } ?? context.gtxid }

  /// With what a command says of its order in place of the whole record.
  var bodyOfCommand: Delivery {
    var delivery = self
    delivery.payload = payload.object("body") ?? Payload()
    return delivery
  }

  /// The record's key, which is the order's number.
  var key: String { record.keyText ?? "" }
}

/// What a service says of a record.
enum Handling {
  case done
  /// The next record may come, but this one's offset is not committed before the reply.
  case later(Reply<Void>)
}

/// Works on the records of one partition, one after the other, again and again until each is done.
final class PartitionWorker: @unchecked Sendable {
  let place: TopicPartition
  let consumer: RecordConsumer
  /// The end of the partition's log when it was assigned: another may have had what is before it.
  private let endAtStart: Int64
  private let world: World
  private let signal: Signal
  private var queue: [EventRecord] = []
  private(set) var isStopped = false
  /// Calls that must have ended before another instance is given these records.
  var callsInFlight = 0
  /// The consumer reads no more of this partition until there is room again.
  var isHeldBack = false
  private(set) var isBusy = false
  /// The record that it is at, once that has failed.
  private(set) var trial: RecordTrial?
  /// Handled up to here, in order; and beyond it, those that are open.
  private var handled: Int64?
  private var pending: [Int64] = []
  private var lastCommitted: Int64?
  private var firstSeen: Int64?

  /// The record that was handled last, with or without success.
  private var lastTried: Int64 = -1

  init(_ place: TopicPartition, consumer: RecordConsumer) {
    self.place = place
    self.consumer = consumer
    endAtStart =
      (try? consumer.world.broker.topic(place.topic).bounds(partition: place.partition).upperBound) ?? .max
    world = consumer.world
    signal = Signal(on: world.time)
  }

  private var topic: String { place.topic }
  private var partition: Int { place.partition }

  /// Whether no other instance can have been given these records yet.
  var isHeld: Bool { !isStopped && consumer.isInContact }

  var isFull: Bool { queue.count >= 16 || pending.count >= 64 }

  /// What can be committed and is not: the offset of the next record to read.
  var offsetToCommit: Int64? {
    guard let handled, let base = lastCommitted ?? firstSeen else { return nil }
    let offset = pending.first ?? handled
    return offset > base ? offset : nil
  }

  func committed() {
    if let offset = offsetToCommit { lastCommitted = offset }
  }

  func add(_ batch: RecordBatch) {
    if firstSeen == nil { firstSeen = batch.records.first?.offset }
    queue.append(contentsOf: batch.records)
    signal.set()
  }

  func stop() {
    isStopped = true
    queue = []
    signal.set()
  }

  func run() async {
    while !isStopped, !consumer.process.life.isOver {
      guard !queue.isEmpty else {
        await signal.wait(atMost: 3_600_000_000_000)
        continue
      }
      let record = queue.removeFirst()
      isBusy = true
      if consumer.process.takes(.commitThenAct) { consumer.commitAhead(of: record, self) }
      var handling = await handle(record)
      if handling != nil, isGivenTwice(record), !isStopped { handling = await handle(record) }
      isBusy = false
      trial = nil
      guard !consumer.process.life.isOver else { return }
      finish(record, handling)
      // Only who holds the partition back, or waits for its end, has something to do now.
      if isHeldBack || isStopped { consumer.wake() }
    }
  }

  /// As if it were handled.
  func skip(_ record: EventRecord) { handled = record.offset + 1 }

  private func finish(_ record: EventRecord, _ handling: Handling?) {
    guard let handling else { return }
    handled = record.offset + 1
    if case .later(let reply) = handling {
      pending.append(record.offset)
      consumer.process.life.spawn { [self] in
        // Without an end here the record is another instance's, or comes again.
        guard (try? await reply.value()) != nil else { return }
        pending.removeAll { $0 == record.offset }
        consumer.commitSoon()
        consumer.wake()
      }
    }
    consumer.commitSoon()
  }

  /// Tries until the record is handled, or put aside after ten deliveries; nil when the instance or the assignment ends.
  private func handle(_ record: EventRecord) async -> Handling? {
    world.noteDelivery(
      of: record, topic: topic, partition: partition, group: consumer.process.instance.service.name)
    var failures = 0
    var backOff: Int64 = 100_000_000
    while !consumer.process.life.isOver {
      do {
        return try await deliver(record)
      } catch is InstanceCrashed {
        return nil
      } catch let error as UnreadableRecord {
        noteUnreadable(record, error)
        return await putAside(record, because: "\(error)", deliveries: failures + 1)
      } catch {
        // A database or a bus that is away, or an instance with no thread to spare, is no fault of the record.
        let isCounted = !(error is DatabaseUnavailable || error is BusError || error is InstanceOverloaded)
        if isCounted { failures += 1 }
        noteFailure(of: record, failures: failures, isCounted: isCounted, because: "\(error)")
        if failures >= Self.deliveryLimit { return await putAside(record, because: "\(error)", deliveries: failures) }
      }
      guard !isStopped else { return nil }
      try? await world.time.sleep(for: backOff)
      backOff = min(backOff * 2, 5_000_000_000)
    }
    return nil
  }

  /// A record that has failed so often is put aside.
  private static let deliveryLimit = 10

  private func noteFailure(of record: EventRecord, failures: Int, isCounted: Bool, because error: String) {
    var trial =
      trial ?? RecordTrial(offset: record.offset, instance: consumer.process.instance.name, since: world.time.now)
    trial.type = record.headerText(RecordHeaderName.type) ?? ""
    trial.error = error
    trial.failures = failures
    trial.limit = isCounted ? Self.deliveryLimit : nil
    self.trial = trial
  }

  private func putAside(_ record: EventRecord, because reason: String, deliveries: Int) async -> Handling? {
    while !consumer.process.life.isOver {
      do {
        try consumer.process.bus.reach()
        try world.broker.deadLetter(
          record, from: topic, partition: partition, reason: reason, deliveries: deliveries,
          group: consumer.process.instance.service.name, now: world.time.now)
        world.deadLettered(record, topic: topic, because: reason)
        return .done
      } catch {
        try? await world.time.sleep(for: 500_000_000)
      }
    }
    return nil
  }

  private func deliver(_ record: EventRecord) async throws -> Handling {
    let process = consumer.process
    guard let delivery = try open(record) else { return .done }
    lastTried = max(lastTried, record.offset)
    let span = delivery.span
    defer { span.end() }
    do {
      return try await withThread(of: process) { [self] in
        try await strike(process, delivery)
        return try await TraceContext.$current.withValue(delivery.context) {
          try await consumer.service.handle(delivery)
        }
      }
    } catch {
      span.fail("\(error)")
      throw error
    }
  }

  /// - Throws: ``InstanceOverloaded`` when no thread was free, what `body` throws.
  private func withThread(
    of process: ServiceProcess, _ body: @escaping @Sendable () async throws -> Handling
  ) async throws -> Handling {
    let outcome: Result<Handling, any Error>
    do {
      outcome = try await process.workers.use(waitingAtMost: 60_000_000_000) {
        do { return .success(try await body()) } catch { return .failure(error) }
      }
    } catch let error where error is PoolExhausted || error is TimedOut {
      throw InstanceOverloaded(instance: process.instance.name)
    }
    return try outcome.get()
  }

  /// What faults do to the handling of a record.
  private func strike(_ process: ServiceProcess, _ delivery: Delivery) async throws {
    let moment = process.instance.moment(
      route: delivery.type, user: delivery.payload.user ?? "", partition: partition)
    let late = min(world.faults.slowness(moment) + world.faults.latency(moment), FaultKind.longestDelay)
    if late > 0 { try await world.time.sleep(for: late) }
    try process.life.check()
    if world.faults.fails(moment) { throw HandlingFailed(description: "fault: errors") }
  }

  private func isGivenTwice(_ record: EventRecord) -> Bool {
    world.faults.isDuplicated(
      consumer.process.instance.moment(route: record.headerText(RecordHeaderName.type) ?? "", partition: partition))
  }

  /// Nil when the record is none of the service's business.
  private func open(_ record: EventRecord) throws -> Delivery? {
    let headers = record.headers.map { Carrier.Header($0.name, $0.text) }
    guard case .found(let position) = Carrier.extract(headers), let ltxid = position.ltxid,
      let type = record.headerText(RecordHeaderName.type), let message = record.headerText(RecordHeaderName.message),
      let payload = Payload(json: record.value)
    else { throw UnreadableRecord(topic: topic, partition: partition, offset: record.offset) }
    guard let operation = consumer.operation(type, on: topic, payload) else { return nil }
    let process = consumer.process
    let span = process.tracer.start(
      operation, kind: .consumer, gtxid: position.gtxid,
      parent: position.span, ltxid: ltxid)
    span.set(AttributeName.topic, .text(topic))
    span.set(AttributeName.partition, .integer(Int64(partition)))
    span.set(AttributeName.offset, .integer(record.offset))
    span.set(AttributeName.wait, .integer(max(0, process.instance.now - record.timestamp)))
    let context = TraceContext(gtxid: position.gtxid, ltxid: ltxid, span: span.id)
    return Delivery(
      record: record, reader: process.instance.service.name, topic: topic, partition: partition, type: type,
      message: message, context: context, span: span, payload: payload, worker: self,
      mayBeRepeated: record.offset < endAtStart || record.offset <= lastTried)
  }
}

/// No thread of the instance was free for a record.
struct InstanceOverloaded: Error, CustomStringConvertible {
  var instance: String
  var description: String { "no thread of \(instance) was free" }
}

struct HandlingFailed: Error, CustomStringConvertible {
  var description: String
}

/// A record without the headers or the JSON that every record of the shop has.
struct UnreadableRecord: Error, CustomStringConvertible {
  var topic: String
  var partition: Int
  var offset: Int64
  var description: String { "record \(topic)[\(partition)]@\(offset) has no transaction, type, id or readable payload" }
}
