internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// What a receiver says to one request.
struct ReceiverAnswer: Sendable, Equatable {
  var status: HTTPResponse.Status
  var body: [UInt8] = []
  /// Empty when there is nothing to say.
  var type = ""
  var headers: HTTPFields = [:]
  /// True when the request's body was not read to its end, so that the connection has to go.
  var leavesBodyUnread = false

  init(_ status: HTTPResponse.Status, _ body: [UInt8] = [], type: String = "", headers: HTTPFields = [:]) {
    self.status = status
    self.body = body
    self.type = type
    self.headers = headers
  }

  /// One sentence, in a line.
  static func text(_ status: HTTPResponse.Status, _ text: String, headers: HTTPFields = [:]) -> ReceiverAnswer {
    ReceiverAnswer(status, Array((text + "\n").utf8), type: "text/plain; charset=utf-8", headers: headers)
  }

  /// As the server writes it.
  ///
  /// - Parameter isHead: true when whoever asks wants no body.
  func response(isHead: Bool) -> Response {
    var headers = headers
    if leavesBodyUnread { headers[.connection] = "close" }
    if !type.isEmpty { headers[.contentType] = type }
    guard !body.isEmpty else { return Response(status: status, headers: headers) }
    guard !isHead else {
      headers[.contentLength] = "\(body.count)"
      return Response(status: status, headers: headers)
    }
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
