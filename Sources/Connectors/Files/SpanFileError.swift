/// Why a file gives no spans, where, and what would be right.
public struct SpanFileError: Error, Equatable, Sendable {
  /// Counted from 1; nil where it concerns the whole file.
  public var line: Int?
  /// In bytes, counted from 1; nil where the reason says the path.
  public var column: Int?
  public var reason: String

  init(line: Int? = nil, column: Int? = nil, reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }

  static let formats = "it must be OTLP JSON lines, which begin with {, or an array of Zipkin v2 spans, plain or gzip"
  static let oneRequest = "each line must be one whole request of OTLP"
  static let oneArray = "it must be one whole array of Zipkin v2 spans"
}

extension SpanFileError: CustomStringConvertible {
  /// `line 3, column 57: …`; the reason alone where it concerns the whole file.
  public var description: String {
    let place = [line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap(\.self)
    return place.isEmpty ? reason : place.joined(separator: ", ") + ": " + reason
  }
}
