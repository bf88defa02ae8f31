package import Concurrency
package import OTLPMessages
internal import TraceCollector

/// Takes requests of OTLP, whichever way they came: hands on what they hold, and counts.
package struct OTLPIntake: Sendable {
  private let limits: OTLPLimits
  private let now: @Sendable () -> Int64
  private let sinks: OTLPSinks
  private let counter: Locked<ReceiverCounts>

  /// - Parameter now: nanoseconds since the Unix epoch: the time of what tells none.
  package init(
    settings: ReceiverSettings, now: @escaping @Sendable () -> Int64, sinks: OTLPSinks, counter: Locked<ReceiverCounts>
  ) {
    limits = OTLPLimits(entries: settings.entryLimit, textBytes: settings.logTextLimit)
    self.now = now
    self.sinks = sinks
    self.counter = counter
  }

  /// The same for the protobuf of a request, which is mostly read without making messages of its spans.
  package func takeTraces(_ body: [UInt8]) throws(OTLPFault) -> OTLP.TracesResponse {
    guard let batch = OTLPWireSpans.read(body) else { return try take(try OTLPProtobuf.read(body)) }
    return take(batch)
  }

  /// The same for its JSON.
  func takeTraces(json body: [UInt8]) throws(OTLPFault) -> OTLP.TracesResponse {
    if let batch = OTLPJSONSpans.read(body) { return take(batch) }
    try OTLPParts.check(json: body)
    return try take(try OTLPJSONReader.traces(body))
  }

  private func take(_ batch: SpanBatch) -> OTLP.TracesResponse {
    if !batch.isEmpty { sinks.spans(batch) }
    counter.withLock { $0.accept(spans: batch.count) }
    return OTLP.TracesResponse()
  }

  /// Hands on the spans that can be taken; the answer tells of the others.
  package func take(_ request: OTLP.TracesRequest) throws(OTLPFault) -> OTLP.TracesResponse {
    let batch = try OTLPSpans.read(request, receivedAt: now())
    let spans = SpanBatch(batch.elements, mostFacts: OTLPParts.mostFacts)
    guard !spans.hasLostFacts else { throw OTLPParts.tooManyFacts }
    if !spans.isEmpty { sinks.spans(spans) }
    counter.withLock { $0.accept(spans: batch.elements.count, refused: batch.refused) }
    var response = OTLP.TracesResponse()
    if batch.refused > 0 {
      response.partialSuccess.rejectedSpans = Int64(batch.refused)
      response.partialSuccess.errorMessage = batch.reason
    }
    return response
  }

  package func take(_ request: OTLP.LogsRequest) throws(OTLPFault) -> OTLP.LogsResponse {
    let batch = try OTLPLogs.read(request, receivedAt: now(), limits: limits)
    if !batch.elements.isEmpty { sinks.logs(batch.elements) }
    counter.withLock { $0.accept(logs: batch.elements.count, refused: batch.refused) }
    var response = OTLP.LogsResponse()
    if batch.refused > 0 {
      response.partialSuccess.rejectedLogRecords = Int64(batch.refused)
      response.partialSuccess.errorMessage = batch.reason
    }
    return response
  }

  package func take(_ request: OTLP.MetricsRequest) throws(OTLPFault) -> OTLP.MetricsResponse {
    let batch = OTLPMetrics.read(request, receivedAt: now(), limits: limits)
    if !batch.elements.isEmpty { sinks.metrics(batch.elements) }
    counter.withLock { $0.accept(metrics: batch.elements.count, refused: batch.refused) }
    var response = OTLP.MetricsResponse()
    if batch.refused > 0 {
      response.partialSuccess.rejectedDataPoints = Int64(batch.refused)
      response.partialSuccess.errorMessage = batch.reason
    }
    return response
  }
}
