internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

extension BusPort {
  /// Fails while this instance cannot reach the bus. Everything that it does there asks this first.
  func reach() throws(BusError) {
    isOutOfReach = world.faults.isOutOfReach(instance.moment())
    if isOutOfReach { throw .unavailable("the bus") }
  }

  /// Takes back that the bus cannot be reached, once nothing keeps this instance from it.
  func lookAgain() {
    if isOutOfReach { isOutOfReach = world.faults.mayKeepFromBus(instance.moment()) }
  }

  /// Loses what a service publishes without an outbox, before the bus has it: nobody acknowledges it. The record that it
  /// answers is delivered again; a message that came to a gateway answers none, so its sender is told with 503.
  func mayLose(_ entry: Outbox.Entry) throws(BusError) {
    guard instance.service.plan.publishing == .directly,
      world.faults.losesPublication(instance.moment(route: entry.type))
    else { return }
    throw .unavailable("the bus")
  }

  /// The record as this instance's clock stamps it. A clock that is right leaves the stamp to the bus.
  func stamped(_ record: ProducerRecord) -> ProducerRecord {
    guard instance.clockOffset != 0 else { return record }
    var record = record
    record.timestamp = instance.now
    return record
  }

  /// What faults of the topic make of a record that has just been put there.
  func spoil(_ record: ProducerRecord, in place: TopicPartition, type: String) throws(BusError) {
    let moment = FaultSwitchboard.Moment(
      service: "", instance: 0, route: type, partition: place.partition, topic: place.topic)
    if world.faults.isDuplicated(moment) {
      try world.broker.append([record], to: place.topic, now: world.time.now)
    }
    for poison in world.faults.poison(after: record, moment) {
      let place = try world.broker.append([poison.record], to: place.topic, now: world.time.now)[0]
      tracer.report(span(of: poison, at: place))
    }
  }

  private func span(of poison: PoisonRecord, at position: RecordPosition) -> TraceSpan {
    TraceSpan(
      gtxid: poison.gtxid, id: poison.span, ltxid: .first, kind: .producer, service: instance.service.name,
      instance: instance.address, operation: poison.type, start: instance.now, duration: 0, status: .ok,
      peer: position.topic,
      attributes: [
        SpanAttribute(AttributeName.kind, .text(TransactionKind.poison)),
        SpanAttribute(AttributeName.topic, .text(position.topic)),
        SpanAttribute(AttributeName.partition, .integer(Int64(position.partition))),
        SpanAttribute(AttributeName.offset, .integer(position.offset)),
      ])
  }
}

extension PartitionWorker {
  func noteUnreadable(_ record: EventRecord, _ error: UnreadableRecord) {
    let type = record.headerText(RecordHeaderName.type) ?? ""
    consumer.process.noteUnreadable(
      record, in: place, as: consumer.operation(type, on: error.topic, Payload()) ?? "read \(type)", because: "\(error)"
    )
  }
}

extension ServiceProcess {
  /// A record whose headers are in order and whose payload is not: that it came is seen in its transaction.
  func noteUnreadable(_ record: EventRecord, in place: TopicPartition, as operation: String, because reason: String) {
    let headers = record.headers.map { Carrier.Header($0.name, $0.text) }
    guard case .found(let position) = Carrier.extract(headers), let ltxid = position.ltxid,
      let type = record.headerText(RecordHeaderName.type)
    else { return }
    let span = tracer.start(
      operation, kind: .consumer, gtxid: position.gtxid, parent: position.span, ltxid: ltxid)
    span.set(AttributeName.topic, .text(place.topic))
    span.set(AttributeName.partition, .integer(Int64(place.partition)))
    span.set(AttributeName.offset, .integer(record.offset))
    span.fail(reason)
    span.end()
    log(.error, TraceContext(gtxid: position.gtxid, ltxid: ltxid, span: span.id), "\(type) cannot be read: \(reason)")
  }
}
