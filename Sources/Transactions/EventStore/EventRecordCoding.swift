public import EventBus
internal import TraceModel

extension RecordHeaderName {
  /// The event's version within its stream.
  public static let version = "event-version"
  /// The span in which the event was written: 16 hexadecimal digits.
  public static let parent = "parent-span"
}

extension StoredEvent {
  /// The event as a record: its key is the stream, its headers carry transaction, message id and type as those of the
  /// outbox do, so that a subscriber need not know where it comes from.
  public var record: ProducerRecord {
    EventRecordCoding.record(
      NewEvent(id: id, type: type, payload: payload, origin: origin), stream: stream, version: version,
      recorded: recorded)
  }
}

/// Events as records of the bus, and back.
enum EventRecordCoding {
  static func record(_ event: NewEvent, stream: String, version: Int64, recorded: Int64) -> ProducerRecord {
    let origin = event.origin
    var headers = Carrier.headers(gtxid: origin.gtxid, ltxid: origin.ltxid, span: origin.span).map {
      RecordHeader(name: $0.name, text: $0.value)
    }
    headers.append(RecordHeader(name: RecordHeaderName.message, text: event.id))
    headers.append(RecordHeader(name: RecordHeaderName.type, text: event.type))
    headers.append(RecordHeader(name: RecordHeaderName.version, text: "\(version)"))
    if let parent = origin.parent { headers.append(RecordHeader(name: RecordHeaderName.parent, text: parent.hex)) }
    return ProducerRecord(key: Array(stream.utf8), value: event.payload, headers: headers, timestamp: recorded)
  }

  /// Why a record is no event.
  struct Unreadable: Error {
    var reason: String
  }

  /// - Parameter needsVersion: false takes the record's place in the log where it names no version: that rises, too.
  static func event(
    _ record: EventRecord, partition: Int, needsVersion: Bool
  ) throws(Unreadable) -> StoredEvent {
    guard let stream = record.keyText else { throw Unreadable(reason: "it has no key") }
    if record.isTombstone { throw Unreadable(reason: "it is a tombstone") }
    guard let id = record.headerText(RecordHeaderName.message), let type = record.headerText(RecordHeaderName.type)
    else { throw Unreadable(reason: "it lacks a message id or a type") }
    let carrier = record.headers.map { Carrier.Header($0.name, $0.text) }
    guard case .found(let place) = Carrier.extract(carrier), let ltxid = place.ltxid, let span = place.span else {
      throw Unreadable(reason: "it carries no GTXID, LTXID and span")
    }
    let number = record.offset + 1
    let named = record.headerText(RecordHeaderName.version).flatMap { Int64($0) }
    guard let version = named ?? (needsVersion ? nil : number) else { throw Unreadable(reason: "it has no version") }
    let parent = record.headerText(RecordHeaderName.parent).flatMap { SpanID(hex: $0) }
    return StoredEvent(
      position: EventPosition(partition: partition, number: number), stream: stream, version: version, id: id,
      type: type, payload: record.value,
      origin: EventOrigin(gtxid: place.gtxid, ltxid: ltxid, span: span, parent: parent), recorded: record.timestamp)
  }
}
