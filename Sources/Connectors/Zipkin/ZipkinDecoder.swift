internal import FoundationEssentials
public import TraceModel

/// Reads the JSON of Zipkin v2: an array of spans, all of them or none.
///
/// The rules are those of Zipkin's own reader. Ids are 1 to 16 (a trace's 1 to 32) lower-case hexadecimal digits;
/// service and span names become lower case; times are microseconds, and 0 or less is absent; a span that names itself
/// as its parent has none; a client is never shared; an `error` tag means that the span failed, whatever it says.
///
/// A span without a timestamp still needs a place: its first annotation's time, else the start of the other half of the
/// same id, else of its parent, else of its trace as far as this body tells, else the time it was received.
public enum ZipkinDecoder {
  /// The spans of `body`, in its order. An empty body holds none.
  ///
  /// - Parameter receivedAt: nanoseconds since the Unix epoch.
  public static func decode(_ body: [UInt8], receivedAt: Int64) throws(ZipkinDecodingError) -> [TraceSpan] {
    guard !body.isEmpty else { return [] }
    let records = try parse(body)
    var spans: [TraceSpan] = []
    spans.reserveCapacity(records.count)
    var homeless: [Int] = []
    for (index, record) in records.enumerated() {
      let translated = try ZipkinTranslation(record, index: index).span()
      if translated.start == nil { homeless.append(index) }
      spans.append(translated.span)
    }
    if !homeless.isEmpty {
      try settle(homeless, in: &spans, receivedAt: receivedAt)
    }
    return spans
  }

  private static func parse(_ body: [UInt8]) throws(ZipkinDecodingError) -> [ZipkinSpanRecord] {
    do {
      try JSONGrammar.check(body)
    } catch {
      throw .malformedBody(
        reason: "the body \(error.verdict) at line \(error.line), column \(error.column): "
          + "send an array of Zipkin v2 spans")
    }
    do {
      return try JSONDecoder().decode([ZipkinSpanRecord].self, from: Data(body))
    } catch let error as DecodingError {
      throw ZipkinDecodingError(error)
    } catch {
      throw .malformedBody(reason: Self.notJSON)
    }
  }

  static let notJSON = "the body is not JSON: send an array of Zipkin v2 spans"

  /// Gives the spans at `indices`, which say no time, a start.
  private static func settle(
    _ indices: [Int], in spans: inout [TraceSpan], receivedAt: Int64
  ) throws(ZipkinDecodingError) {
    if let index = SpanPlacement.settle(indices, in: &spans, receivedAt: receivedAt) {
      throw .invalidSpan(index: index, field: "duration", reason: ZipkinTranslation.tooLate)
    }
  }
}
