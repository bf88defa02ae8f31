#if GRPC
  import NIOCore
  import NIOPosix

  /// A client that greets, and answers pings for a while, all on its event loop: other tests that keep every thread busy
  /// do not make it late.
  final class PingAnswerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answered: Int
    private let done: EventLoopPromise<Int>
    private var unread = ByteBuffer()
    private var pings = 0

    private init(answering: Int, done: EventLoopPromise<Int>) {
      answered = answering
      self.done = done
    }

    /// The pings that came until the other side ended the connection, of which so many were answered.
    static func pings(port: Int, answering: Int) async throws -> Int {
      let loop = MultiThreadedEventLoopGroup.singleton.next()
      let done = loop.makePromise(of: Int.self)
      let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(PingAnswerer(answering: answering, done: done))
        }
      }
      bootstrap.connect(host: "127.0.0.1", port: port).whenFailure { done.fail($0) }
      return try await done.futureResult.get()
    }

    func channelActive(context: ChannelHandlerContext) {
      var greeting = ByteBuffer(bytes: RawHTTP2.preface)
      greeting.writeImmutableBuffer(RawHTTP2.settings.bytes)
      context.writeAndFlush(wrapOutboundOut(greeting), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      unread.writeImmutableBuffer(unwrapInboundIn(data))
      while let frame = RawHTTP2.frame(&unread) {
        guard frame.asksForPing else { continue }
        pings += 1
        guard pings <= answered else { continue }
        var answer = frame
        answer.flags = RawHTTP2.Frame.acknowledges
        context.writeAndFlush(wrapOutboundOut(answer.bytes), promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) { done.succeed(pings) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
#endif
