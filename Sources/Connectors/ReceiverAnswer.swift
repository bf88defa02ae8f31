internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// What a receiver says to one request.
struct ReceiverAnswer: Sendable, Equatable {
  var status: HTTPResponse.Status
  /// One sentence; empty when there is nothing to say.
  var text = ""
  var headers: HTTPFields = [:]
  /// Set when the request was turned away.
  var rejection: RejectionReason?
  /// True when the request's body was not read to its end, so that the connection has to go.
  var leavesBodyUnread = false

  static func rejected(
    _ status: HTTPResponse.Status, _ rejection: RejectionReason, _ text: String, headers: HTTPFields = [:]
  ) -> ReceiverAnswer {
    ReceiverAnswer(status: status, text: text, headers: headers, rejection: rejection)
  }

  /// The same, to a request whose body nobody will read.
  func beforeBody() -> ReceiverAnswer {
    var answer = self
    answer.leavesBodyUnread = true
    return answer
  }

  /// The head, and the text as the body.
  var response: Response {
    var headers = headers
    if leavesBodyUnread { headers[.connection] = "close" }
    guard !text.isEmpty else { return Response(status: status, headers: headers) }
    headers[.contentType] = "text/plain; charset=utf-8"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
  }
}
