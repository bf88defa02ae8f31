internal import TraceModel

/// What a call weighs on the wire: on the span with which a transaction begins, so that whoever comes in can be counted
/// by what is recorded of the calls.
enum WireSize {
  /// Integer: bytes, headers among them.
  static let request = "http.request.size"
  static let response = "http.response.size"
}

extension Request {
  /// As HTTP/1.1 would write it, more or less: the line with what is wanted, headers, body.
  var bytesOnTheWire: Int {
    route.utf8.count + argument.utf8.count + headers.wireBytes + body.wireBytes(orProtobuf: protobuf)
  }
}

extension Response {
  var bytesOnTheWire: Int { headers.wireBytes + body.wireBytes(orProtobuf: protobuf) }
}

extension Payload {
  fileprivate func wireBytes(orProtobuf protobuf: [UInt8]?) -> Int {
    protobuf?.count ?? (fields.isEmpty ? 0 : json.count)
  }
}

extension [Carrier.Header] {
  /// With colon, blank and line end.
  fileprivate var wireBytes: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } }
}
