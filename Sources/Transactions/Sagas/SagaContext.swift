public import TraceModel

/// When, and in which transaction, something is done for a saga. The caller supplies it: nothing here has a clock, or
/// makes an id.
public struct SagaContext: Sendable {
  /// Nanoseconds since the Unix epoch.
  public let now: Int64
  /// Messages that are sent are crossings of this hop, caused by its span.
  public let trace: TraceContext
  /// Makes the PRODUCER span of a message.
  public let makeSpan: @Sendable () -> SpanID

  public init(now: Int64, trace: TraceContext, makeSpan: @escaping @Sendable () -> SpanID) {
    self.now = now
    self.trace = trace
    self.makeSpan = makeSpan
  }
}

extension Outbox.Entry {
  /// A message of a saga: a crossing of its own.
  init(
    message: String, to topic: String, key: String, type: String, payload: [UInt8], of gtxid: GTXID,
    _ context: SagaContext
  ) {
    self.init(
      message: message, topic: topic, key: key, type: type, payload: payload, gtxid: gtxid,
      ltxid: context.trace.hops.nextCrossing(), span: context.makeSpan(), parent: context.trace.span,
      created: context.now)
  }
}
