#if GRPC
  internal import Concurrency
  internal import Connectors
  internal import NIOCore
  internal import NIOHPACK
  internal import NIOHTTP2

  /// Stands before gRPC on one stream of HTTP/2, which is one call: turns away what is too long before it is held, and what
  /// stands still or takes too long, and says why. gRPC's own transport closes the stream without a word.
  ///
  /// What has come of a call counts as waiting until it is whole, answered or gone: gRPC holds it all that time. What is
  /// whole is counted by ``OTLPgRPCCalls``, as long as it is when decompressed.
  final class StreamGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private enum State {
      /// The request is not whole yet.
      case receiving
      /// gRPC has it.
      case whole
      /// Whatever the sender still has to say is not listened to.
      case answered
    }

    private let settings: ReceiverSettings
    private let waiting: WaitingBytes
    private let counter: Locked<ReceiverCounts>
    private let connections: OpenConnections
    private var connection: (any Channel)?
    /// Bytes of this call that are counted as waiting.
    private var held = 0
    private let begin = NIODeadline.now()
    private var state = State.receiving {
      didSet {
        guard let connection, (oldValue == .whole) != (state == .whole) else { return }
        if state == .whole { connections.received(on: connection) } else { connections.answered(on: connection) }
      }
    }
    private var messages: MessageLengths
    private var lastRead = NIODeadline.now()
    private var check: Scheduled<Void>?
    /// While gRPC looks at what came.
    private var isHandingOn = false

    /// - Parameters:
    ///   - waiting: shared by all calls of a receiver.
    ///   - connections: the receiver's, of which the call's is one.
    init(
      settings: ReceiverSettings, waiting: WaitingBytes, counter: Locked<ReceiverCounts>, connections: OpenConnections
    ) {
      self.settings = settings
      self.waiting = waiting
      self.counter = counter
      self.connections = connections
      messages = MessageLengths(limit: settings.bodyLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
      connection = context.channel.parent
      watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      check?.cancel()
      state = .answered
      connection = nil
      release()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      lastRead = .now()
      switch unwrapInboundIn(data) {
      case .headers(var head) where head.endStream:
        // gRPC waits on for a message where a call ends with its head: here the end comes by itself.
        head.endStream = false
        context.fireChannelRead(wrapInboundOut(.headers(head)))
        take(.init(data: .byteBuffer(ByteBuffer()), endStream: true), context)
      case .data(let part): take(part, context)
      default: context.fireChannelRead(data)
      }
    }

    private func take(_ part: HTTP2Frame.FramePayload.Data, _ context: ChannelHandlerContext) {
      guard case .byteBuffer(let bytes) = part.data else { return }
      let payload = messages.payload(of: bytes)
      counter.withLock { $0.bytes += UInt64(payload) }
      guard state == .receiving else { return }
      guard !messages.isTooLong else { return refuse(context, .tooLong(limit: settings.bodyLimit)) }
      guard !messages.isOneTooMany else { return refuse(context, .oneTooMany) }
      guard waiting.reserve(bytes.readableBytes) else { return refuse(context, .overloaded) }
      held += bytes.readableBytes
      if part.endStream {
        state = .whole
        release()
      }
      isHandingOn = true
      context.fireChannelRead(wrapInboundOut(.data(part)))
      isHandingOn = false
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if case .headers(let part) = unwrapOutboundIn(data), part.endStream {
        if state != .answered { count(part.headers) }
        state = .answered
        release()
      }
      context.write(data, promise: promise)
    }

    /// gRPC closes a stream right away, and without an answer, when it cannot make a message of what came.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      if isHandingOn, state != .answered {
        refuse(context, .undecodable(limit: settings.bodyLimit))
      }
      context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
      check?.cancel()
      if state == .receiving { counter.withLock { $0.reject(for: .interrupted) } }
      state = .answered
      release()
      context.fireChannelInactive()
    }

    private func release() {
      waiting.release(held)
      held = 0
    }

    /// Of calls that gRPC turns away by itself it knows the head alone, or that no whole message came.
    private func count(_ headers: HPACKHeaders) {
      let reason: RejectionReason? =
        if headers.first(name: ":status") == "415" {
          .unsupportedType
        } else if headers.first(name: "grpc-status") == "12" {
          headers.contains(name: "grpc-accept-encoding") ? .unsupportedEncoding : .unknownPath
        } else if !messages.isWhole, ["3", "13"].contains(headers.first(name: "grpc-status")) {
          // INVALID_ARGUMENT and INTERNAL: not that the receiver ends.
          .malformedBody
        } else {
          nil
        }
      if let reason { counter.withLock { $0.reject(for: reason) } }
    }

    /// Looks again when the stream would have stood still, or taken, for too long.
    private func watch(_ context: ChannelHandlerContext) {
      let end = begin + TimeAmount(settings.arrivalTime)
      let stillStanding = lastRead + TimeAmount(settings.idleTime)
      check = context.eventLoop.assumeIsolated().scheduleTask(deadline: min(end, stillStanding)) {
        guard self.state == .receiving else { return }
        if end <= .now() {
          self.refuse(context, .slow)
        } else if self.lastRead + TimeAmount(self.settings.idleTime) <= .now() {
          self.refuse(context, .stillStanding)
        } else {
          self.watch(context)
        }
      }
    }
  }

  extension StreamGuard {
    private struct Refusal {
      /// The number of gRPC.
      var code: Int
      var reason: RejectionReason
      var sentence: String

      static func tooLong(limit: Int) -> Refusal {
        Refusal(
          code: 8, reason: .tooLarge,
          sentence: "the message is over \(ReceiverSettings.text(bytes: limit)): send less at a time")
      }

      /// Which of the two it is gRPC does not tell.
      static func undecodable(limit: Int) -> Refusal {
        Refusal(
          code: 3, reason: .malformedCompression,
          sentence: "the message does not decompress, or is over \(ReceiverSettings.text(bytes: limit)) when it does")
      }

      static let stillStanding = Refusal(
        code: 4, reason: .interrupted, sentence: "nothing more of the message came for too long")

      static let slow = Refusal(code: 4, reason: .interrupted, sentence: "the message took too long to come")

      static let oneTooMany = Refusal(
        code: 12, reason: .malformedBody, sentence: "a call has one message: send each in a call of its own")

      static let overloaded = Refusal(code: 14, reason: .overloaded, sentence: OTLPgRPCCalls.overloaded)
    }

    /// Answers with nothing but a status, and ends the stream: the sender has no reason to go on.
    private func refuse(_ context: ChannelHandlerContext, _ refusal: Refusal) {
      state = .answered
      release()
      counter.withLock { $0.reject(for: refusal.reason) }
      let headers: HPACKHeaders = [
        ":status": "200", "content-type": "application/grpc", "grpc-status": "\(refusal.code)",
        "grpc-message": refusal.sentence,
      ]
      let answer = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true))
      context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
      // Without an error (RFC 9113, 8.1): with any other code senders take that for the answer, and most of those for a
      // reason to send it all again.
      if context.channel.isActive { context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil) }
    }
  }

  /// Follows the lengths that gRPC writes before each message: a byte that says whether it is compressed, then four of its
  /// length, the highest first.
  struct MessageLengths {
    private let limit: Int
    private var head: [UInt8] = []
    /// Bytes of the message at hand that have not come yet.
    private var left = 0
    private var hasBegun = false
    private(set) var isTooLong = false
    /// A message follows the first one: a call of OTLP has one.
    private(set) var isOneTooMany = false
    /// The message has come.
    var isWhole: Bool { hasBegun && left == 0 }

    init(limit: Int) {
      self.limit = limit
    }

    /// How many of the bytes that come next are those of messages; it stops at one that is too long, or one
    /// too many.
    mutating func payload(of bytes: ByteBuffer) -> Int {
      var bytes = bytes
      var payload = 0
      while bytes.readableBytes > 0, !isTooLong, !isOneTooMany {
        if left > 0 {
          let part = min(left, bytes.readableBytes)
          bytes.moveReaderIndex(forwardBy: part)
          left -= part
          payload += part
        } else if hasBegun {
          isOneTooMany = true
        } else if let byte = bytes.readInteger(as: UInt8.self) {
          head.append(byte)
          if head.count == 5 { begin() }
        }
      }
      return payload
    }

    private mutating func begin() {
      left = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
      isTooLong = left > limit
      hasBegun = true
      head.removeAll(keepingCapacity: true)
    }
  }
#endif
