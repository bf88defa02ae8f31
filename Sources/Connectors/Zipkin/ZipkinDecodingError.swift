/// Why a body holds no spans of Zipkin v2. One bad span spoils the whole body.
public enum ZipkinDecodingError: Error, Equatable, Sendable {
  /// The body is not JSON, or not an array; the reason says which.
  case malformedBody(reason: String)
  /// The span at `index`, counted from 0, breaks a rule. `field` is a path such as `tags.error`; empty for the span
  /// itself.
  case invalidSpan(index: Int, field: String, reason: String)
}

extension ZipkinDecodingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedBody(let reason): reason
    case .invalidSpan(let index, "", let reason): "span \(index) \(reason)"
    case .invalidSpan(let index, let field, let reason): "span \(index): \(field) \(reason)"
    }
  }
}
