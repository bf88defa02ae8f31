public import TraceModel

/// A file with spans in it: OTLP JSON lines, or one array of Zipkin v2; either of them plain or gzip.
///
/// Which one it is its first bytes say: `{`, `[`, or gzip's 1F 8B. Each line of OTLP is one export request; lines without
/// spans (log records, metrics, empty ones) are passed over. A request that is alone in the file may take many lines.
///
/// A file is read whole or not at all. But a span of OTLP that has no id, or a time that is out of reach, is left out
/// alone, as when it comes over a network.
public struct SpanFile: Sendable, Equatable {
  /// In the file's order.
  public var spans: [TraceSpan] = []
  /// Spans that are left out, and why the first one is.
  public var refused = 0
  public var reason = ""

  /// Bytes of a file after decompression.
  private static let limit = 1 << 31

  /// A span of which nothing tells a time is placed at the end of the newest one before it in the file.
  public static func read(_ bytes: [UInt8]) throws(SpanFileError) -> SpanFile {
    let plain = bytes.starts(with: [0x1F, 0x8B]) ? try inflated(bytes) : bytes
    let file =
      switch firstByte(of: plain) {
      case UInt8(ascii: "{"): try requests(in: plain)
      case UInt8(ascii: "["): try zipkin(plain)
      case nil: throw SpanFileError(reason: "is empty: \(SpanFileError.formats)")
      default: throw SpanFileError(reason: "has no spans in it that can be read: \(SpanFileError.formats)")
      }
    guard !file.spans.isEmpty || file.refused > 0 else {
      throw SpanFileError(reason: "holds no spans: requests of OTLP have them under resourceSpans")
    }
    return file
  }

  private static func inflated(_ bytes: [UInt8]) throws(SpanFileError) -> [UInt8] {
    do {
      return try BodyDecompression.inflate(bytes, limit: limit)
    } catch {
      switch error {
      case .tooLarge: throw SpanFileError(reason: "is over \(limit >> 30) GiB when it is decompressed: split it")
      case .malformed:
        throw SpanFileError(reason: "does not decompress: it must be whole gzip, with nothing else behind it")
      }
    }
  }

  private static func firstByte(of bytes: [UInt8]) -> UInt8? {
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      return scanner.next()
    }
  }
}

// OTLP.
extension SpanFile {
  private static func requests(in bytes: [UInt8]) throws(SpanFileError) -> SpanFile {
    var file = SpanFile()
    var newest: Int64 = 1
    if isOneRequest(bytes) {
      try file.add(bytes, line: nil, newest: &newest)
      return file
    }
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = Array(line)
      if firstByte(of: line) != nil { try file.add(line, line: number, newest: &newest) }
    }
    return file
  }

  /// Whether the first value goes on beyond its line, and is whole and alone.
  private static func isOneRequest(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      _ = scanner.next()
      let start = scanner.place
      guard scanner.skipValue() else { return false }
      let end = scanner.place
      return scanner.next() == nil && bytes[start..<end].contains(UInt8(ascii: "\n"))
    }
  }

  /// - Parameters:
  ///   - line: the number of the line that `body` is; nil when it is the whole file.
  ///   - newest: the end of the newest span so far.
  private mutating func add(_ body: [UInt8], line: Int?, newest: inout Int64) throws(SpanFileError) {
    do {
      try JSONGrammar.check(body)
    } catch {
      throw SpanFileError(
        line: line ?? error.line, column: error.column, reason: "this \(error.verdict): \(SpanFileError.oneRequest)")
    }
    do throws(OTLPFault) {
      let batch = try OTLPSpans.read(try OTLPJSONReader.traces(body), receivedAt: newest)
      for span in batch.elements { newest = max(newest, span.end) }
      spans += batch.elements
      if refused == 0, batch.refused > 0 { reason = (line.map { "line \($0), " } ?? "") + batch.reason }
      refused += batch.refused
    } catch {
      throw SpanFileError(line: line, reason: "\(error)")
    }
  }
}

// Zipkin.
extension SpanFile {
  private static func zipkin(_ body: [UInt8]) throws(SpanFileError) -> SpanFile {
    do {
      try JSONGrammar.check(body)
    } catch {
      throw SpanFileError(
        line: error.line, column: error.column, reason: "this \(error.verdict): \(SpanFileError.oneArray)")
    }
    do throws(ZipkinDecodingError) {
      return SpanFile(spans: try ZipkinDecoder.decode(body, receivedAt: 1))
    } catch {
      guard case .invalidSpan(let index, _, _) = error else { throw SpanFileError(reason: "\(error)") }
      throw SpanFileError(line: line(ofElement: index, in: body), reason: "\(error)")
    }
  }

  /// The line that the element of the array begins on.
  private static func line(ofElement index: Int, in body: [UInt8]) -> Int? {
    let place: Int? = body.withUnsafeBufferPointer { bytes in
      var json = JSONReader(bytes)
      do throws(JSONFault) {
        try json.beginArray()
        for _ in 0..<index {
          guard try json.element() else { return nil }
          try json.skip()
        }
        return try json.element() ? json.place : nil
      } catch {
        return nil
      }
    }
    return place.map { JSONGrammar.fault(in: body, at: $0).line }
  }
}
