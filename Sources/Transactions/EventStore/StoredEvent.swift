public import TraceModel

/// Where in which transaction something was caused: what an event carries so that its readers stay in that transaction.
public struct EventOrigin: Sendable, Hashable {
  public var gtxid: GTXID
  /// The number of the crossing on which the event travels.
  public var ltxid: LTXID
  /// The span that tells of the event: those of its readers are its children.
  public var span: SpanID
  /// The span in which the event was written; nil where it is not known.
  public var parent: SpanID?

  public init(gtxid: GTXID, ltxid: LTXID, span: SpanID, parent: SpanID?) {
    self.gtxid = gtxid
    self.ltxid = ltxid
    self.span = span
    self.parent = parent
  }
}

/// An event that has not been appended yet.
public struct NewEvent: Sendable, Hashable {
  /// What de-duplication goes by: unique within its stream.
  public var id: String
  public var type: String
  public var payload: [UInt8]
  public var origin: EventOrigin

  public init(id: String, type: String, payload: [UInt8], origin: EventOrigin) {
    self.id = id
    self.type = type
    self.payload = payload
    self.origin = origin
  }
}

/// A place in the order of all events of one partition of a source.
public struct EventPosition: Sendable, Hashable, Codable {
  /// From 0 to the source's number of partitions − 1.
  public var partition: Int
  /// Counted from 1, in the order of commits; 0 stands before the first event.
  public var number: Int64

  public init(partition: Int = 0, number: Int64) {
    self.partition = partition
    self.number = number
  }
}

/// An event as it lies in its stream. It never changes.
public struct StoredEvent: Sendable, Hashable {
  public var position: EventPosition
  public var stream: String
  /// Counted from 1 within the stream. An event store leaves no gap; of a topic that is no event store it only rises.
  public var version: Int64
  public var id: String
  public var type: String
  public var payload: [UInt8]
  public var origin: EventOrigin
  /// When it was appended, in nanoseconds since the Unix epoch. Within a stream it never goes back.
  public var recorded: Int64

  public init(
    position: EventPosition, stream: String, version: Int64, id: String, type: String, payload: [UInt8],
    origin: EventOrigin, recorded: Int64
  ) {
    self.position = position
    self.stream = stream
    self.version = version
    self.id = id
    self.type = type
    self.payload = payload
    self.origin = origin
    self.recorded = recorded
  }

  /// Whether it is what `event` became: the same id, type and payload. A second try may come in another span.
  func isSame(as event: NewEvent) -> Bool {
    id == event.id && type == event.type && payload == event.payload
  }
}
