internal import Concurrency
internal import HTTPTypes
internal import TraceModel

/// Where Zipkin's reporters send spans to.
struct ZipkinRoute: HTTPRoute {
  let path = "/api/v2/spans"
  let subject = "spans"
  let now: @Sendable () -> Int64
  let sink: @Sendable ([TraceSpan]) -> Void
  let counter: Locked<ReceiverCounts>

  /// A form is what `curl -d` declares when nobody tells it otherwise; Zipkin's own server reads that as JSON, too.
  private static let types = ["application/json", "application/x-www-form-urlencoded"]

  func refusal(ofType type: String?) -> Refusal? {
    guard let type, !Self.types.contains(MediaType.name(type)) else { return nil }
    return Refusal(
      .unsupportedMediaType, .unsupportedType,
      "the body is declared as \(Excerpt.of(type)): send JSON with the header Content-Type: application/json")
  }

  /// Spans, endpoints and annotations: far more than reporters send at once.
  static let mostObjects = 1_000_000

  func take(_ body: [UInt8], type: String?) throws(Refusal) -> ReceiverAnswer {
    if body.count > 2 * Self.mostObjects, body.withUnsafeBytes({ JSONObjects.number(in: $0) }) > Self.mostObjects {
      throw Refusal(
        .contentTooLarge, .tooLarge, "the body holds more than \(Self.mostObjects) objects: send fewer spans at a time")
    }
    do {
      let spans = try ZipkinDecoder.decode(body, receivedAt: now())
      if !spans.isEmpty { sink(spans) }
      counter.withLock { $0.accept(spans: spans.count) }
      return ReceiverAnswer(.accepted)
    } catch {
      switch error {
      case .malformedBody: throw Refusal(.badRequest, .malformedBody, error.description)
      case .invalidSpan: throw Refusal(.badRequest, .invalidSpan, error.description)
      }
    }
  }

  func answer(_ refusal: Refusal, to type: String?) -> ReceiverAnswer {
    .text(refusal.status, refusal.sentence, headers: refusal.headers)
  }
}
