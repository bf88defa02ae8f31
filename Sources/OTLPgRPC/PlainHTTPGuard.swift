#if GRPC
  internal import Concurrency
  internal import Connectors
  internal import NIOCore

  /// Tells a sender of OTLP over HTTP that it has taken the wrong port: HTTP/2 would answer it with frames that it cannot
  /// read.
  ///
  /// Until the first bytes of a connection say what it speaks nothing is sent on it: gRPC would greet at once. After that the
  /// guard goes.
  final class PlainHTTPGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let sentence = "this port speaks gRPC: OTLP over HTTP has a port of its own, 4318 unless told otherwise"

    private let counter: Locked<ReceiverCounts>
    private let lingerTime: TimeAmount
    private var begun = ByteBuffer()
    private var held: [(data: NIOAny, promise: EventLoopPromise<Void>?)] = []
    private var state = State.waiting

    private enum State {
      /// It is not known yet what is spoken.
      case waiting
      case refused
      /// What is written from now on goes out, while the guard is on its way out of the pipeline.
      case through
    }

    init(counter: Locked<ReceiverCounts>, lingerTime: TimeAmount) {
      self.counter = counter
      self.lingerTime = lingerTime
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch state {
      case .waiting: break
      case .refused: return
      case .through: return context.fireChannelRead(data)
      }
      begun.writeImmutableBuffer(unwrapInboundIn(data))
      switch Self.isPlainHTTP(begun.readableBytesView) {
      case nil: return
      case true?: refuse(context)
      case false?: letThrough(context)
      }
    }

    /// Whether these are the first bytes of HTTP/1; nil while there are too few of them. HTTP/2 begins with `PRI *`, which
    /// is no method of HTTP/1 (RFC 9113, 3.4); what is no method at all, such as TLS, is left to who speaks HTTP/2.
    static func isPlainHTTP(_ bytes: ByteBufferView) -> Bool? {
      let methods = ["POST ", "GET ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH "].map { Array($0.utf8) }
      if methods.contains(where: { bytes.starts(with: $0) }) { return true }
      return methods.contains { $0.starts(with: bytes) } ? nil : false
    }

    private func letThrough(_ context: ChannelHandlerContext) {
      state = .through
      for (data, promise) in held { context.write(data, promise: promise) }
      held = []
      context.flush()
      context.fireChannelRead(wrapInboundOut(begun))
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
      state = .refused
      counter.withLock { $0.reject(for: .malformedBody) }
      let body = Self.sentence + "\n"
      let answer = """
        HTTP/1.1 400 Bad Request\r
        connection: close\r
        content-type: text/plain; charset=utf-8\r
        content-length: \(body.utf8.count)\r
        \r
        \(body)
        """
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
      // Closing at once would make the system drop the answer.
      context.eventLoop.scheduleTask(in: lingerTime) { [channel = context.channel] in channel.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      switch state {
      case .waiting: held.append((data, promise))
      case .refused: promise?.fail(ChannelError.outputClosed)
      case .through: context.write(data, promise: promise)
      }
    }

    /// What is held has not been written yet.
    func flush(context: ChannelHandlerContext) {
      if state == .through { context.flush() }
    }

    func channelInactive(context: ChannelHandlerContext) {
      letGo()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { letGo() }

    private func letGo() {
      for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
      held = []
    }
  }
#endif
