internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Stands behind HTTP's decoder on one connection: ends a request that takes too long to come, says what is wrong with what
/// is no request, and sees to it that a sender that wants its connection closed finds it closed.
final class RequestGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// What whoever reads the request is told when it did not come whole in time.
  struct TooSlow: Error {}

  private let arrivalTime: TimeAmount
  private let lingerTime: TimeAmount
  private let connections: OpenConnections
  private let refuse: @Sendable (Refusal) -> ReceiverAnswer
  private var deadline: Scheduled<Void>?
  /// Requests that began and are not answered to the end.
  private var unanswered = 0
  /// Of these, those that have come whole.
  private var whole = 0
  /// The connection is of no more use after the answer.
  private var isLast = false
  /// What came was told to be no request. Nothing after it is looked at.
  private var isRefused = false

  /// - Parameter refuse: counts what is turned away, and says how to tell it.
  init(
    settings: ReceiverSettings, connections: OpenConnections, refuse: @escaping @Sendable (Refusal) -> ReceiverAnswer
  ) {
    arrivalTime = TimeAmount(settings.arrivalTime)
    lingerTime = TimeAmount(settings.lingerTime)
    self.connections = connections
    self.refuse = refuse
  }

  func handlerAdded(context: ChannelHandlerContext) { connections.opened(context.channel) }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    switch unwrapInboundIn(data) {
    case .head(var head):
      unanswered += 1
      deadline = context.eventLoop.assumeIsolated().scheduleTask(in: arrivalTime) { context.fireErrorCaught(TooSlow()) }
      // The server knows no versions, and one spelling alone.
      isLast = !head.isKeepAlive
      if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
      context.fireChannelRead(wrapInboundOut(.head(head)))
    case .body: context.fireChannelRead(data)
    case .end:
      deadline?.cancel()
      whole += 1
      connections.received(on: context.channel)
      context.fireChannelRead(data)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where isLast && unanswered == 1 && head.status.code >= 200:
      head.headers.replaceOrAdd(name: "connection", value: "close")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head, .body: context.write(data, promise: promise)
    case .end:
      unanswered -= 1
      // An answer may come before all of its request has.
      if whole > 0 {
        whole -= 1
        connections.answered(on: context.channel)
      }
      context.write(data, promise: promise)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  /// Where a request has begun, whoever reads its body answers.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What comes after that is no request either.
    guard !isRefused else { return }
    guard let error = error as? HTTPParserError, unanswered == 0, error != .invalidEOFState else {
      context.fireErrorCaught(error)
      return
    }
    isRefused = true
    let answer = refuse(Refusal(.badRequest, .malformedBody, error.sentence))
    let headers: HTTPHeaders = [
      "connection": "close", "content-type": answer.type, "content-length": "\(answer.body.count)",
    ]
    let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    // Closing at once would make the system drop the answer.
    context.eventLoop.scheduleTask(in: lingerTime) { [channel = context.channel] in channel.close(promise: nil) }
  }
}

/// HTTP/1 on a connection with a guard.
struct GuardedHTTP1: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  let http: HTTP1Channel
  let makeGuard: @Sendable () -> RequestGuard

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    http.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(makeGuard(), position: .after(decoder))
      return value
    }
  }

  @concurrent
  func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}

extension HTTPParserError {
  /// What is wrong with the request, and what would be right.
  var sentence: String {
    switch self {
    case .invalidContentLength, .unexpectedContentLength:
      "the header Content-Length must be one whole number, and alone: not beside Transfer-Encoding"
    case .invalidChunkSize:
      "each chunk of the body must begin with its length in hexadecimal digits, and end with a line's end"
    case .headerOverflow: "the head of the request is too long: it may take 80 KiB"
    case .invalidVersion, .paused: "this port speaks HTTP/1.1 and HTTP/1.0: gRPC has a port of its own"
    default: "this is not a request of HTTP/1.1: it must begin with a line such as POST /path HTTP/1.1, and headers"
    }
  }
}
