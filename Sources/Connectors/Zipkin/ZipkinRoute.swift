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
  /// Tags and fields, with their names: each takes some fifty bytes while a body is read.
  static let mostValues = 4_000_000

  func take(_ body: [UInt8], type: String?) throws(Refusal) -> ReceiverAnswer {
    try check(body)
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

  private func check(_ body: [UInt8]) throws(Refusal) {
    // Each takes two bytes at least.
    guard body.count > 2 * Self.mostObjects else { return }
    let count = body.withUnsafeBytes { JSONCount(of: $0) }
    for (number, most, name) in [
      (count.objects, Self.mostObjects, "objects"), (count.values, Self.mostValues, "values"),
    ] where number > most {
      throw Refusal(
        .contentTooLarge, .tooLarge, "the body holds more than \(most) \(name): send fewer spans at a time")
    }
  }

  func answer(_ refusal: Refusal, to type: String?) -> ReceiverAnswer {
    .text(refusal.status, refusal.sentence, headers: refusal.headers)
  }
}
