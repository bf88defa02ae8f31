/// Names of the headers that a dead letter carries beside its own. Their values are text.
public enum DeadLetterHeader {
  public static let topic = "dlt.topic"
  public static let partition = "dlt.partition"
  public static let offset = "dlt.offset"
  /// Nanoseconds since the epoch.
  public static let timestamp = "dlt.timestamp"
  /// Cut after 1,000 characters.
  public static let reason = "dlt.reason"
  /// How often the record was tried.
  public static let deliveries = "dlt.deliveries"
  /// The group that gave it up; absent when none was named.
  public static let group = "dlt.group"

  static let prefix = "dlt."
}

extension Broker {
  /// `payment` → `payment.DLT`
  public static func deadLetterTopic(of topic: String) -> String {
    topic + ".DLT"
  }

  /// Puts a record that cannot be handled aside, so that its partition can go on: into the same partition of
  /// `<topic>.DLT`, which is made like the topic when it is missing, but keeps its records. Key, value and headers are kept;
  /// `DeadLetterHeader`s say where it came from and why it failed.
  /// - Throws: `unknownTopic`, `unavailable`.
  @discardableResult
  public func deadLetter(
    _ record: EventRecord, from topic: String, partition: Int, reason: String, deliveries: Int, group: String? = nil,
    now: Int64
  ) throws(BusError) -> RecordPosition {
    let target = try deadLetterTopic(for: topics.topic(topic))
    let letter = Self.letter(
      of: record, from: topic, partition: partition, reason: reason, deliveries: deliveries, group: group)
    return try target.append(letter, now: now)
  }

  /// What a record becomes that is put aside.
  static func letter(
    of record: EventRecord, from topic: String, partition: Int, reason: String, deliveries: Int, group: String?
  ) -> ProducerRecord {
    var headers = record.headers.filter { !$0.name.hasPrefix(DeadLetterHeader.prefix) }
    headers += [
      RecordHeader(name: DeadLetterHeader.topic, text: topic),
      RecordHeader(name: DeadLetterHeader.partition, text: String(partition)),
      RecordHeader(name: DeadLetterHeader.offset, text: String(record.offset)),
      RecordHeader(name: DeadLetterHeader.timestamp, text: String(record.timestamp)),
      RecordHeader(name: DeadLetterHeader.reason, text: String(reason.prefix(1_000))),
      RecordHeader(name: DeadLetterHeader.deliveries, text: String(deliveries)),
    ]
    if let group { headers.append(RecordHeader(name: DeadLetterHeader.group, text: group)) }
    return copy(of: record, headers: headers, partition: partition)
  }

  /// The record once more, a tombstone as a tombstone.
  private static func copy(of record: EventRecord, headers: [RecordHeader], partition: Int) -> ProducerRecord {
    if record.isTombstone, let key = record.key {
      return .tombstone(key: key, headers: headers, partition: partition)
    }
    return ProducerRecord(key: record.key, value: record.value, headers: headers, partition: partition)
  }

  /// Where the records of a topic are put aside; made when it is missing.
  func deadLetterTopic(for source: Topic) throws(BusError) -> Topic {
    let name = Self.deadLetterTopic(of: source.name)
    if let existing = topics.find(name) { return existing }
    var settings = source.settings
    // Two letters of one key are two letters; and a letter waits for somebody, however long that takes.
    settings.cleanup = .delete
    settings.retentionAge = nil
    settings.retentionBytes = nil
    // The added headers must not make a record of the largest size undeliverable.
    settings.maximumRecordBytes = min(settings.maximumRecordBytes + (64 << 10), 1 << 29)
    do throws(BusError) {
      return try createTopic(name, settings: settings)
    } catch .topicExists {
      return try topics.topic(name)
    }
  }

  /// What became of a letter in the dead-letter topic of `topic`; one that does not exist is open.
  public func deadLetterState(of topic: String, partition: Int, offset: Int64) -> DeadLetterState {
    deadLetterBook.state(TopicPartition(topic: Self.deadLetterTopic(of: topic), partition: partition), offset: offset)
  }

  /// Puts a dead letter back into the partition that it came from, with its own key, value and headers, so that it is
  /// delivered again: after everything that came meanwhile.
  /// - Parameter offset: its place in the dead-letter topic, where it stays, and counts as retried.
  /// - Throws: `deadLetterSettled` when it was retried or discarded before; `unknownTopic`, `unknownPartition`,
  ///   `offsetOutOfRange`, `unavailable`, `recordTooLarge`: it is open then.
  @discardableResult
  public func retryDeadLetter(
    of topic: String, partition: Int, offset: Int64, now: Int64
  ) throws(BusError) -> RecordPosition {
    let record = try deadLetter(of: topic, partition: partition, offset: offset)
    let copy = Self.copy(
      of: record, headers: record.headers.filter { !$0.name.hasPrefix(DeadLetterHeader.prefix) }, partition: partition)
    return try settle(topic, partition, offset, as: .retried, with: [copy], now: now)[0]
  }

  /// Notes that a dead letter is not worth another try. It stays in its topic.
  /// - Throws: as ``retryDeadLetter(of:partition:offset:now:)``.
  public func discardDeadLetter(of topic: String, partition: Int, offset: Int64, now: Int64) throws(BusError) {
    _ = try deadLetter(of: topic, partition: partition, offset: offset)
    _ = try settle(topic, partition, offset, as: .discarded, now: now)
  }

  private func deadLetter(of topic: String, partition: Int, offset: Int64) throws(BusError) -> EventRecord {
    let letters = try topics.topic(Self.deadLetterTopic(of: topic))
    let batch = try letters.peek(partition: partition, from: offset, maximumRecords: 1)
    guard let record = batch.records.first, record.offset == offset else {
      throw .offsetOutOfRange(batch.topicPartition, requested: offset, valid: batch.logStart...batch.logEnd)
    }
    return record
  }

  /// Writes down what became of a letter, together with `records` for its topic: both or none, also over a crash.
  private func settle(
    _ topic: String, _ partition: Int, _ offset: Int64, as state: DeadLetterState, with records: [ProducerRecord] = [],
    now: Int64
  ) throws(BusError) -> [RecordPosition] {
    let place = TopicPartition(topic: Self.deadLetterTopic(of: topic), partition: partition)
    // Of two who try at once, one does it.
    guard deadLetterBook.settle(place, offset: offset, as: state) else {
      throw .deadLetterSettled(place, offset: offset, as: deadLetterBook.state(place, offset: offset))
    }
    do throws(BusError) {
      var transaction = Transaction()
      transaction.append(records, to: topic)
      transaction.append(
        [DeadLetterBook.record(place, offset: offset, state: state)], to: try deadLetterBook.topic(in: topics).name)
      return try commit(transaction, now: now)
    } catch {
      deadLetterBook.reopen(place, offset: offset)
      throw error
    }
  }

  /// Dead letters of a topic that are kept, and neither retried nor discarded.
  public func openDeadLetters(of topic: String) -> Int64 {
    guard let letters = topics.find(Self.deadLetterTopic(of: topic)) else { return 0 }
    return letters.partitions.reduce(0) { sum, partition in
      let bounds = partition.bounds
      return sum + bounds.upperBound - bounds.lowerBound
        - deadLetterBook.count(partition.name, from: bounds.lowerBound)
    }
  }

  /// Records ever put aside from a topic; 0 when none, or when there is no such topic.
  public func deadLetters(of topic: String) -> Int64 {
    guard let letters = topics.find(Self.deadLetterTopic(of: topic)) else { return 0 }
    return letters.partitions.reduce(0) { $0 + $1.bounds.upperBound }
  }
}
