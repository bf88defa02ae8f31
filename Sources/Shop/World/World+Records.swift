internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

extension World {
  /// A record goes to a member of a group: the first time, or again.
  func noteDelivery(of record: EventRecord, topic: String, partition: Int, group: String) {
    if audit.noteDelivery(group: group, topic: topic, partition: partition, offset: record.offset) {
      counters.duplicatesDelivered += 1
    }
  }

  /// A record was recognised as one that had its effect before.
  func suppressedDuplicate(_ delivery: Delivery) {
    counters.duplicatesSuppressed += 1
    delivery.span.event(SpanEventName.duplicate)
    delivery.span.succeed()
  }

  /// A record had its effect, in the transaction that has just been committed or the answer just published.
  func effect(_ delivery: Delivery) {
    audit.effect(of: delivery.message, in: "\(delivery.topic) by \(delivery.reader)", at: time.now)
  }

  /// A record was put aside: its saga waits for somebody.
  func deadLettered(_ record: EventRecord, topic: String, because reason: String) {
    counters.deadLetters += 1
    // Commands and replies are keyed by their transaction.
    let number = record.keyText.flatMap { Int64($0) }
    for id in record.transactions {
      transactions.gotStuck(id, order: number, because: "record dead-lettered: \(topic)")
    }
  }

  /// The timestamp of the oldest record that a group has yet to commit; nil when all have read everything.
  func oldestUnreadRecord() -> Int64? {
    ShopPlan.readings.compactMap { oldestUnreadRecord(topic: $0.topic, group: $0.group) }.min()
  }

  /// The timestamp of the oldest record of a topic that a group has yet to commit.
  func oldestUnreadRecord(topic name: String, group: String) -> Int64? {
    var oldest: Int64?
    for partition in 0..<ShopPlan.partitions {
      guard let topic = try? broker.topic(name), let bounds = try? topic.bounds(partition: partition) else { continue }
      let place = TopicPartition(topic: name, partition: partition)
      let committed = broker.groups.committed(group: group, place)?.offset ?? bounds.lowerBound
      guard committed < bounds.upperBound,
        let record = try? topic.peek(partition: partition, from: committed, maximumRecords: 1).records.first
      else { continue }
      oldest = min(oldest ?? .max, record.timestamp)
    }
    return oldest
  }
}

extension Topic {
  /// All records of a partition that the bus still has.
  func retained(partition: Int) throws -> [EventRecord] {
    var (records, offset) = ([EventRecord](), try bounds(partition: partition).lowerBound)
    while true {
      let batch = try peek(partition: partition, from: offset, maximumRecords: 4_096)
      guard let last = batch.records.last else { return records }
      records += batch.records
      offset = last.offset + 1
    }
  }
}

extension EventRecord {
  /// Those that wait for what it asks for: its own transaction, and that of the order which it undoes for another.
  var transactions: [GTXID] {
    let own = headerText(Carrier.gtxid).flatMap { GTXID($0) }
    let order = Payload(json: value)?.transaction.flatMap { GTXID($0) }
    return [own, order == own ? nil : order].compactMap { $0 }
  }
}

extension ServiceProcess {
  /// Writes a line of the central log, unless this process is no more.
  func log(_ level: LogLine.Level, _ context: TraceContext?, _ message: String) {
    guard !life.isOver else { return }
    world.logBook.write(
      LogLine(
        time: instance.now, level: level, service: instance.service.name, instance: instance.name,
        gtxid: world.settings.logsTransactions ? context?.gtxid : nil, ltxid: context?.ltxid, message: message))
  }
}

extension World {
  /// Events that wait for their relay, by service.
  var outboxDepths: [Int] {
    services.filter { $0.plan.store?.publishes == true }.compactMap { disk(of: $0.name) }.map { disk in
      (try? disk.waiting().count) ?? 0
    }
  }
}
