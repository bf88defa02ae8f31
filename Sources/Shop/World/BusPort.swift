internal import EventBus
internal import Simulation
internal import TraceModel
internal import Transactions

/// How one instance reaches the bus.
final class BusPort: @unchecked Sendable {
  let world: World
  private let life: Life
  let tracer: Tracer
  let instance: ServiceInstance
  /// True since the bus was last asked for something and could not be reached.
  var isOutOfReach = false
  private var random: RandomStream
  private let latency = LatencyModel(floor: 0.3, mean: 0.3)

  init(world: World, life: Life, tracer: Tracer, instance: ServiceInstance, lives: Int) {
    self.world = world
    self.life = life
    self.tracer = tracer
    self.instance = instance
    random = world.random("\(instance.name)/bus/\(lives)")
  }

  /// Nanoseconds of one way to the bus.
  func transit() -> Int64 { latency.sample(&random) }

  /// Appends events in order, and reports each one's PRODUCER span together with its append: both happen, or neither.
  /// Returns when the bus has acknowledged.
  /// - Throws: `BusError`, `InstanceCrashed`.
  /// - Parameters:
  ///   - isOfState: true for events that tell of a committed state.
  ///   - producer: a relay, from which the bus takes nothing once another has introduced itself in its place.
  func publish(
    _ entries: [Outbox.Entry], isOfState: Bool = false, by producer: ProducerIdentity? = nil
  ) async throws {
    await world.time.pause(for: transit())
    try life.check()
    try append(entries, isOfState: isOfState, by: producer)
    if isOfState { try world.crashPoints.pass(.appended, instance) }
    await world.time.pause(for: transit())
    try life.check()
  }

  /// What the bus does of it, in one moment.
  func append(_ entries: [Outbox.Entry], isOfState: Bool = false, by producer: ProducerIdentity? = nil) throws {
    for (index, entry) in entries.enumerated() {
      if isOfState, index > 0 { try world.crashPoints.pass(.withinBatch, instance) }
      try reach()
      try mayLose(entry)
      let record = stamped(entry.record)
      let position = try append(record, to: entry.topic, by: producer)
      report(entry, at: position)
      if isOfState { world.ledger.published(entry, by: instance.service.name, at: world.time.now) }
      world.publications.note(by: instance.service.name, on: entry.topic, now: world.time.now)
      try spoil(
        record, in: TopicPartition(topic: position.topic, partition: position.partition), type: entry.type)
    }
  }

  private func append(
    _ record: ProducerRecord, to topic: String, by producer: ProducerIdentity?
  ) throws(BusError) -> RecordPosition {
    guard let producer else { return try world.broker.append([record], to: topic, now: world.time.now)[0] }
    let topic = try world.broker.topic(topic)
    let partition = topic.partition(ofKey: record.key ?? [])
    do throws(BusError) {
      // Repetitions are told by the ids of messages: a relay does not number what it sends.
      let next = try topic.nextSequence(of: producer, partition: partition) ?? 0
      let now = world.time.now
      return try topic.append([record], partition: partition, by: producer, sequence: next, now: now).position
    } catch {
      if case .fencedProducer = error { world.counters.fencedRelays += 1 }
      throw error
    }
  }

  /// Introduces a relay: whoever had its name before may append no more.
  func register(_ name: String) async throws -> ProducerIdentity {
    await world.time.pause(for: transit())
    try life.check()
    try reach()
    let identity = try world.broker.register(producer: name, now: world.time.now)
    await world.time.pause(for: transit())
    try life.check()
    return identity
  }

  private func report(_ entry: Outbox.Entry, at position: RecordPosition) {
    let span = TraceSpan(
      gtxid: entry.gtxid, id: entry.span, parent: entry.parent, ltxid: entry.ltxid, kind: .producer,
      service: instance.service.name, instance: instance.address, operation: entry.type, start: entry.created,
      duration: max(0, instance.now - entry.created), status: .ok, peer: entry.topic,
      attributes: [
        SpanAttribute(AttributeName.topic, .text(entry.topic)),
        SpanAttribute(AttributeName.partition, .integer(Int64(position.partition))),
        SpanAttribute(AttributeName.offset, .integer(position.offset)),
        SpanAttribute(AttributeName.messageID, .text(entry.message)),
      ])
    tracer.report(span)
  }
}
