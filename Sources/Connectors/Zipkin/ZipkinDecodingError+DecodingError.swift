extension ZipkinDecodingError {
  /// The sentence for what the JSON decoder found: which span, which field, and what belongs there.
  init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(path: context.codingPath + [key], verdict: "is missing: it must be ")
    case .valueNotFound(_, let context):
      self.init(path: context.codingPath, verdict: "is null: it must be ")
    case .typeMismatch(_, let context):
      self.init(path: context.codingPath, verdict: "must be ")
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      self = .malformedBody(reason: ZipkinDecoder.notJSON)
    case .dataCorrupted(let context):
      self.init(path: context.codingPath, verdict: "must be ")
    @unknown default:
      self = .malformedBody(reason: ZipkinDecoder.notJSON)
    }
  }

  private init(path: [any CodingKey], verdict: String) {
    guard let index = path.first?.intValue else {
      self = .malformedBody(reason: "the body is not an array: send an array of Zipkin v2 spans")
      return
    }
    let keys = path.dropFirst()
    guard !keys.isEmpty else {
      self = .invalidSpan(index: index, field: "", reason: verdict + "an object with traceId and id")
      return
    }
    var field = ""
    for key in keys {
      // The decoder gives a number to a key such as "7" too; the text of a place in an array is another.
      if let place = key.intValue, key.stringValue != String(place) {
        field += "[\(place)]"
      } else {
        field += (field.isEmpty ? "" : ".") + Excerpt.of(key.stringValue)
      }
    }
    self = .invalidSpan(index: index, field: field, reason: verdict + Self.expectation(keys))
  }

  /// What belongs at the end of `path`, which starts within a span.
  private static func expectation(_ path: ArraySlice<any CodingKey>) -> String {
    let names = path.filter { $0.intValue == nil }.map(\.stringValue)
    switch (names.first ?? "", path.count) {
    case ("traceId", _): return ZipkinTranslation.traceIdentifier
    case ("id", _), ("parentId", _): return ZipkinTranslation.spanIdentifier
    case ("kind", _): return ZipkinTranslation.kinds
    case ("timestamp", _), ("duration", _): return "a whole number of microseconds"
    case ("shared", _): return "true or false"
    case ("localEndpoint", 1), ("remoteEndpoint", 1): return "an object"
    case ("annotations", 1): return "an array"
    case ("annotations", 2): return "an object with timestamp and value"
    case ("tags", 1): return "an object of texts"
    default: break
    }
    switch names.last {
    case "timestamp" where names.first == "annotations": return "a whole number of microseconds"
    case "port" where names.first != "tags": return ZipkinTranslation.ports
    default: return "text"
    }
  }
}
