import OTLPMessages
import SwiftProtobuf
import TraceCollector
import TraceModel

@testable import Connectors

/// What reads bytes that come from elsewhere. Each must end, take no more than it says, and give what its slower double
/// gives, whatever the bytes.
enum Decoder: String, CaseIterable {
  case traces, metrics, logs
  case jsonTraces = "json-traces"
  case jsonMetrics = "json-metrics"
  case jsonLogs = "json-logs"
  case zipkin, file, compression, carriers

  /// The one that gets the bytes: chosen before the first come, and never changed.
  nonisolated(unsafe) static var current = Decoder.traces

  private static let limits = OTLPLimits(entries: 1_000, textBytes: 1_000)

  func check(_ body: [UInt8]) {
    switch self {
    case .traces: agree(OTLPWireSpans.read(body), with: { try OTLPProtobuf.read(body) })
    case .jsonTraces: agree(OTLPJSONSpans.read(body), with: { try OTLPJSONReader.traces(body) })
    case .metrics: metrics { try OTLPProtobuf.read(body) }
    case .jsonMetrics: metrics { try OTLPJSONReader.metrics(body) }
    case .logs: logs { try OTLPProtobuf.read(body) }
    case .jsonLogs: logs { try OTLPJSONReader.logs(body) }
    case .zipkin:
      if let spans = try? ZipkinDecoder.decode(body, receivedAt: 1) { check(spans) }
    case .file:
      if let file = try? SpanFile.read(body) { check(file.spans) }
    case .compression: compression(body)
    case .carriers: carriers(body)
    }
  }

  /// What the quick reader takes the careful one takes, too, and as the same; the store takes it from either.
  private func agree(_ batch: SpanBatch?, with request: () throws -> OTLP.TracesRequest) {
    let careful = (try? request()).flatMap { try? OTLPSpans.read($0, receivedAt: 1) }
    if let careful { check(careful.elements) }
    guard let batch else { return }
    let quick = batch.spans
    guard let careful else { preconditionFailure("the careful reader refuses it") }
    precondition(careful.refused == 0, "the careful reader leaves a span out: \(careful.reason)")
    // Numbers that are none are not equal to themselves, but are written alike.
    precondition(
      quick == careful.elements || "\(quick)" == "\(careful.elements)", "\(quick) is not \(careful.elements)")
    StoreCheck.check(batch, of: careful.elements)
  }

  private func check(_ spans: [TraceSpan]) {
    for span in spans {
      precondition(span.end >= span.start, "a span ends before it starts")
      precondition(span.parent != span.id, "a span is its own parent")
    }
    let batch = SpanBatch(spans)
    precondition("\(batch.spans)" == "\(spans)", "a batch gives other spans than were put in")
    StoreCheck.check(batch, of: spans)
  }

  private func metrics(_ request: () throws -> OTLP.MetricsRequest) {
    guard let request = try? request() else { return }
    let batch = OTLPMetrics.read(request, receivedAt: 1, limits: Self.limits)
    precondition(batch.elements.count <= Self.limits.entries, "more points than the limit")
  }

  private func logs(_ request: () throws -> OTLP.LogsRequest) {
    guard let request = try? request(), let batch = try? OTLPLogs.read(request, receivedAt: 1, limits: Self.limits)
    else { return }
    precondition(batch.elements.count <= Self.limits.entries, "more lines than the limit")
    for line in batch.elements {
      guard case .text(let text) = line.body else { continue }
      precondition(text.utf8.count <= Self.limits.textBytes + "…".utf8.count, "a line is longer than the limit")
    }
  }

  private func compression(_ body: [UInt8]) {
    let limit = 100_000
    guard let whole = try? BodyDecompression.inflate(body, limit: limit) else { return }
    precondition(whole.count <= limit, "more than the limit")
    let again = try? BodyDecompression.inflate(body, limit: whole.count)
    precondition(again == whole, "at the limit it gives something else")
  }

  /// Headers, one a line: its name, a colon, its value.
  private func carriers(_ body: [UInt8]) {
    let headers = String(decoding: body, as: UTF8.self).split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return Carrier.Header(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    guard case .found(let position) = Carrier.extract(headers), let span = position.span else { return }
    // What is handed on is found again.
    let ltxid = position.ltxid?.next ?? .first
    let sent = Carrier.extract(Carrier.headers(gtxid: position.gtxid, ltxid: ltxid, span: span))
    precondition(
      sent == .found(Carrier.Position(gtxid: position.gtxid, ltxid: ltxid, span: span)), "\(headers) gives \(sent)")
    let b3 = Carrier.extract(Carrier.b3Headers(gtxid: position.gtxid, span: span))
    precondition(
      b3 == .found(Carrier.Position(gtxid: position.gtxid, ltxid: nil, span: span)), "\(headers) gives \(b3)")
  }
}
