internal import TraceModel

/// What one exchange weighs as JSON and as protobuf, in bytes, and how long it takes to write and read both messages, as
/// ``SerialisationModel`` has it: on the span of the call, so that one sees what is saved.
struct MessageSizes: Sendable, Equatable {
  var requestJSON: Int
  var requestProtobuf: Int
  var responseJSON: Int
  var responseProtobuf: Int

  var json: Int { requestJSON + responseJSON }
  var protobuf: Int { requestProtobuf + responseProtobuf }
  /// Nanoseconds.
  var jsonTime: Int64 { [requestJSON, responseJSON].reduce(0) { $0 + SerialisationModel.json.time(of: $1) } }
  var protobufTime: Int64 {
    [requestProtobuf, responseProtobuf].reduce(0) { $0 + SerialisationModel.protobuf.time(of: $1) }
  }
}

extension MessageSizes {
  private static let requestInJSON = "message.request.json_bytes"
  private static let requestInProtobuf = "message.request.protobuf_bytes"
  private static let responseInJSON = "message.response.json_bytes"
  private static let responseInProtobuf = "message.response.protobuf_bytes"
  /// Integer: nanoseconds to write and read both messages, modelled.
  static let timeInJSON = "message.json_ns"
  static let timeInProtobuf = "message.protobuf_ns"
  /// Text: what it was sent as.
  static let encoding = "message.encoding"
  static let protobuf = "protobuf"
  static let json = "json"

  fileprivate var attributes: [(name: String, value: Int64)] {
    [
      (Self.requestInJSON, Int64(requestJSON)), (Self.requestInProtobuf, Int64(requestProtobuf)),
      (Self.responseInJSON, Int64(responseJSON)), (Self.responseInProtobuf, Int64(responseProtobuf)),
      (Self.timeInJSON, jsonTime), (Self.timeInProtobuf, protobufTime),
    ]
  }

  /// What stands on a span; nil where nothing does.
  init?(_ span: TraceSpan) {
    func count(_ name: String) -> Int? {
      guard case .integer(let number) = span[attribute: name] else { return nil }
      return Int(number)
    }
    guard let requestJSON = count(Self.requestInJSON), let requestProtobuf = count(Self.requestInProtobuf),
      let responseJSON = count(Self.responseInJSON), let responseProtobuf = count(Self.responseInProtobuf)
    else { return nil }
    self.init(
      requestJSON: requestJSON, requestProtobuf: requestProtobuf, responseJSON: responseJSON,
      responseProtobuf: responseProtobuf)
  }
}

extension OpenSpan {
  func set(_ sizes: MessageSizes, sentAs encoding: String) {
    set(MessageSizes.encoding, .text(encoding))
    set(AttributeName.subject, .text("JSON \(sizes.json) B, protobuf \(sizes.protobuf) B"))
    for (name, value) in sizes.attributes { set(name, .integer(value)) }
  }
}
