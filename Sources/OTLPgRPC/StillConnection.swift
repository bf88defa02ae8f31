#if GRPC
  internal import NIOCore

  /// Closes a connection from which nothing came for as long as it may stand still: half of one that was cut off in the
  /// middle is told by nobody. A sender that is there answers pings, and stays.
  final class StillConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case IdleStateHandler.IdleStateEvent.read = event {
        context.close(promise: nil)
      } else {
        context.fireUserInboundEventTriggered(event)
      }
    }

    /// Puts one before all else on a connection.
    static func watch(_ channel: any Channel, idleTime: Duration) -> EventLoopFuture<Void> {
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandlers(
          IdleStateHandler(readTimeout: TimeAmount(idleTime)), StillConnection(), position: .first)
      }
    }
  }
#endif
