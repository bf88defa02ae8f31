public import TraceCollector
public import TraceModel

/// Where goes what comes in by OTLP. Each is called from any thread, for one request at a time of a receiver, and never with
/// nothing; what it does delays the answer.
public struct OTLPSinks: Sendable {
  /// The spans of one request, those below each other in the sender's order.
  public var spans: @Sendable (SpanBatch) -> Void
  /// At most ``ReceiverSettings/entryLimit`` at a time.
  public var logs: @Sendable ([LogEntry]) -> Void
  /// At most ``ReceiverSettings/entryLimit`` at a time.
  public var metrics: @Sendable ([MetricPoint]) -> Void

  /// What nobody wants is counted all the same.
  public init(
    spans: @escaping @Sendable (SpanBatch) -> Void,
    logs: @escaping @Sendable ([LogEntry]) -> Void = { _ in },
    metrics: @escaping @Sendable ([MetricPoint]) -> Void = { _ in }
  ) {
    self.spans = spans
    self.logs = logs
    self.metrics = metrics
  }
}
