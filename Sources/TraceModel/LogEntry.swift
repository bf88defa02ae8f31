/// One line that a real system logged, with what it belongs to.
public struct LogEntry: Sendable, Equatable, Codable {
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  /// OpenTelemetry's number: 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal; 0 when unknown.
  public var severity: UInt8
  /// The severity as the source spells it; empty when it does not.
  public var severityText: String
  /// What was logged: text mostly, or a value with a structure.
  public var body: AttributeValue
  /// The name of the kind of event this is; empty for an ordinary line.
  public var eventName: String
  public var service: String
  /// As ``TraceSpan/instance``.
  public var instance: String
  /// The transaction during which it was logged; nil when none was under way, or nobody said.
  public var gtxid: GTXID?
  /// The span in which it was logged. Never without ``gtxid``.
  public var span: SpanID?
  public var attributes: [SpanAttribute]
  /// Attributes that the sender did not send.
  public var droppedAttributes: UInt32
  /// Who logged it; nil when the sender said nothing.
  public var origin: SpanOrigin?

  public init(
    time: Int64, severity: UInt8 = 0, severityText: String = "", body: AttributeValue, eventName: String = "",
    service: String, instance: String = "", gtxid: GTXID? = nil, span: SpanID? = nil,
    attributes: [SpanAttribute] = [], droppedAttributes: UInt32 = 0, origin: SpanOrigin? = nil
  ) {
    self.time = time
    self.severity = severity
    self.severityText = severityText
    self.body = body
    self.eventName = eventName
    self.service = service
    self.instance = instance
    self.gtxid = gtxid
    self.span = span
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.origin = origin
  }
}
