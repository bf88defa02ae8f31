/// Where in which transaction the running code is.
public struct TraceContext: Sendable {
  public let gtxid: GTXID
  /// The hop this code runs in.
  public let ltxid: LTXID
  /// The span that work started here is a child of.
  public let span: SpanID
  /// Shared by everything that runs in this hop.
  public let hops: HopCounter

  public init(gtxid: GTXID, ltxid: LTXID, span: SpanID, hops: HopCounter? = nil) {
    self.gtxid = gtxid
    self.ltxid = ltxid
    self.span = span
    self.hops = hops ?? HopCounter(at: ltxid)
  }

  /// The same hop, one span further in.
  public func inside(_ span: SpanID) -> TraceContext {
    TraceContext(gtxid: gtxid, ltxid: ltxid, span: span, hops: hops)
  }

  /// What rides along inside one service. It crosses to another one in a ``Carrier`` only.
  @TaskLocal public static var current: TraceContext?
}
