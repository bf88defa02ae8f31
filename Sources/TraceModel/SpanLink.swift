/// Another span, of this or another transaction, that a span has to do with without being its child.
public struct SpanLink: Sendable, Equatable, Codable {
  public var gtxid: GTXID
  public var span: SpanID
  /// W3C `tracestate` of the other span, as it came; empty when there was none.
  public var traceState: String
  /// As ``TraceSpan/flags``, of the other span.
  public var flags: UInt32
  public var attributes: [SpanAttribute]
  /// Attributes that the sender did not send.
  public var droppedAttributes: UInt32

  public init(
    gtxid: GTXID, span: SpanID, traceState: String = "", flags: UInt32 = 0, attributes: [SpanAttribute] = [],
    droppedAttributes: UInt32 = 0
  ) {
    self.gtxid = gtxid
    self.span = span
    self.traceState = traceState
    self.flags = flags
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
  }
}
