internal import FoundationEssentials
internal import OTLPMessages

/// Reads the JSON of OTLP into its messages.
///
/// It differs from protobuf's own: ids are hexadecimal digits in any case, and keys that nobody knows are passed over. Enums
/// are numbers or their names, 64-bit numbers are numbers or texts.
struct OTLPJSONReader {
  var json: JSONReader

  static func traces(_ body: [UInt8]) throws(OTLPFault) -> OTLP.TracesRequest {
    try read(body) { (reader) throws(JSONFault) in try reader.tracesRequest() }
  }

  static func logs(_ body: [UInt8]) throws(OTLPFault) -> OTLP.LogsRequest {
    try read(body) { (reader) throws(JSONFault) in try reader.logsRequest() }
  }

  static func metrics(_ body: [UInt8]) throws(OTLPFault) -> OTLP.MetricsRequest {
    try read(body) { (reader) throws(JSONFault) in try reader.metricsRequest() }
  }

  private static func read<Request>(
    _ body: [UInt8], _ message: (inout OTLPJSONReader) throws(JSONFault) -> Request
  ) throws(OTLPFault) -> Request {
    if JSONGrammar.firstInvalidByte(in: body) != nil {
      do { try JSONGrammar.check(body) } catch { throw OTLPFault(error) }
    }
    let result = body.withUnsafeBufferPointer { bytes in
      Result { () throws(JSONFault) in
        var reader = OTLPJSONReader(json: JSONReader(bytes))
        let request = try message(&reader)
        try reader.json.end()
        return request
      }
    }
    switch result {
    case .success(let request): return request
    case .failure(let fault): throw OTLPFault(fault, in: body)
    }
  }

  /// The elements of an array.
  @inline(__always)
  mutating func list<Element>(
    _ element: (inout OTLPJSONReader) throws(JSONFault) -> Element
  ) throws(JSONFault) -> [Element] {
    try json.beginArray()
    var elements: [Element] = []
    while try json.element() { elements.append(try element(&self)) }
    return elements
  }

  /// Bytes as hexadecimal digits, exactly that many of them; or none at all.
  mutating func identifier(digits: Int) throws(JSONFault) -> Data {
    let start = json.place
    let text = try json.text()
    if text.isEmpty { return Data() }
    var text8 = text
    let bytes = text8.withUTF8 { digits == $0.count ? Self.bytes(ofHexadecimal: $0) : nil }
    guard let bytes else {
      throw JSONFault(place: start, reason: "\"\(Excerpt.of(text))\" must be \(digits) hexadecimal digits")
    }
    return bytes
  }

  private static func bytes(ofHexadecimal text: UnsafeBufferPointer<UInt8>) -> Data? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count / 2) { bytes in
      for index in 0..<bytes.count {
        guard let high = digit(text[2 * index]), let low = digit(text[2 * index + 1]) else { return nil }
        bytes.initializeElement(at: index, to: high << 4 | low)
      }
      return Data(buffer: bytes)
    }
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Bytes as base64, with or without padding, in either alphabet.
  mutating func bytes() throws(JSONFault) -> Data {
    let start = json.place
    var text = try json.text()
    if text.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
      text = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    }
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let bytes = Data(base64Encoded: text) else { throw JSONFault(place: start, reason: "must be base64") }
    return bytes
  }
}
