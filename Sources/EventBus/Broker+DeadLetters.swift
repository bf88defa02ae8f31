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
  /// `<topic>.DLT`, which is made with the topic's own settings when it is missing. Key, value and headers are kept;
  /// `DeadLetterHeader`s say where it came from and why it failed.
  /// - Throws: `unknownTopic`, `unavailable`.
  @discardableResult
  public func deadLetter(
    _ record: EventRecord, from topic: String, partition: Int, reason: String, deliveries: Int, group: String? = nil,
    now: Int64
  ) throws(BusError) -> RecordPosition {
    let target = try deadLetterTopic(for: topics.topic(topic))
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
    return try target.append(
      ProducerRecord(key: record.key, value: record.value, headers: headers, partition: partition), now: now)
  }

  private func deadLetterTopic(for source: Topic) throws(BusError) -> Topic {
    let name = Self.deadLetterTopic(of: source.name)
    if let existing = topics.find(name) { return existing }
    var settings = source.settings
    // The added headers must not make a record of the largest size undeliverable.
    settings.maximumRecordBytes = min(settings.maximumRecordBytes + (64 << 10), 1 << 30)
    do throws(BusError) {
      return try createTopic(name, settings: settings)
    } catch .topicExists {
      return try topics.topic(name)
    }
  }

  /// Records ever put aside from a topic; 0 when none, or when there is no such topic.
  public func deadLetters(of topic: String) -> Int64 {
    guard let letters = topics.find(Self.deadLetterTopic(of: topic)) else { return 0 }
    return letters.partitions.reduce(0) { $0 + $1.bounds.upperBound }
  }
}
