/// One piece of work on behalf of a transaction, as its service reported it.
public struct TraceSpan: Sendable, Equatable, Codable {
  public var gtxid: GTXID
  public var id: SpanID
  /// The span that caused this one; nil at the root.
  public var parent: SpanID?
  /// The hop this span belongs to. Both sides of a crossing carry its number. Nil when the carrier brought none.
  public var ltxid: LTXID?
  public var kind: SpanKind
  /// True for a server's half of a span whose client reported the same id (Zipkin).
  public var isShared: Bool
  public var service: String
  /// `payment-2:41873`, or whatever names the host; empty when unknown.
  public var instance: String
  public var operation: String
  /// Nanoseconds since the Unix epoch.
  public var start: Int64
  /// Nanoseconds; nil when the span has not ended or nobody said.
  public var duration: Int64?
  public var status: SpanStatus
  /// What went wrong, in the service's words; empty when nothing did.
  public var message: String
  /// The service at the other end of a CLIENT or PRODUCER span, as the caller names it; empty when unknown.
  public var peer: String
  public var attributes: [SpanAttribute]
  public var events: [SpanEvent]
  public var links: [SpanLink]
  /// What the sender said of the process and the library that made the span; nil when it said nothing.
  public var origin: SpanOrigin?
  /// W3C `tracestate`, as it came; empty when there was none.
  public var traceState: String
  /// W3C trace flags in the lowest eight bits, above them OpenTelemetry's own; 0 when there were none.
  public var flags: UInt32
  public var dropped: DroppedCounts

  public init(
    gtxid: GTXID, id: SpanID, parent: SpanID? = nil, ltxid: LTXID? = nil, kind: SpanKind = .internal,
    isShared: Bool = false, service: String, instance: String = "", operation: String, start: Int64,
    duration: Int64? = nil, status: SpanStatus = .unset, message: String = "", peer: String = "",
    attributes: [SpanAttribute] = [], events: [SpanEvent] = [], links: [SpanLink] = [], origin: SpanOrigin? = nil,
    traceState: String = "", flags: UInt32 = 0, dropped: DroppedCounts = DroppedCounts()
  ) {
    self.gtxid = gtxid
    self.id = id
    self.parent = parent
    self.ltxid = ltxid
    self.kind = kind
    self.isShared = isShared
    self.service = service
    self.instance = instance
    self.operation = operation
    self.start = start
    self.duration = duration
    self.status = status
    self.message = message
    self.peer = peer
    self.attributes = attributes
    self.events = events
    self.links = links
    self.origin = origin
    self.traceState = traceState
    self.flags = flags
    self.dropped = dropped
  }

  /// Nanoseconds since the Unix epoch; the start when the duration is unknown.
  public var end: Int64 { start &+ (duration ?? 0) }

  /// The value of the first attribute of that name.
  public subscript(attribute name: String) -> AttributeValue? {
    attributes.first { $0.name == name }?.value
  }
}

/// The side of a boundary a span stands on.
public enum SpanKind: UInt8, Sendable, Codable, CaseIterable {
  case `internal`, server, client, producer, consumer
}

public enum SpanStatus: UInt8, Sendable, Codable, CaseIterable {
  case unset, ok, error
}

/// Something that happened at one moment of a span.
public struct SpanEvent: Sendable, Equatable, Codable {
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var name: String
  public var attributes: [SpanAttribute]
  /// Attributes that the sender did not send.
  public var droppedAttributes: UInt32

  public init(time: Int64, name: String, attributes: [SpanAttribute] = [], droppedAttributes: UInt32 = 0) {
    self.time = time
    self.name = name
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
  }

  public subscript(attribute name: String) -> AttributeValue? {
    attributes.first { $0.name == name }?.value
  }
}

/// What the sender left out of a span, because its own limits did not allow more.
public struct DroppedCounts: Sendable, Equatable, Codable {
  public var attributes: UInt32
  public var events: UInt32
  public var links: UInt32

  public init(attributes: UInt32 = 0, events: UInt32 = 0, links: UInt32 = 0) {
    self.attributes = attributes
    self.events = events
    self.links = links
  }
}
