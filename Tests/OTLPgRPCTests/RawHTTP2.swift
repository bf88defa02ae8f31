#if GRPC
  import Concurrency
  import NIOCore
  import NIOHPACK
  import NIOPosix

  /// Speaks HTTP/2 to 127.0.0.1 frame by frame, so that tests can do what no proper client would.
  final class RawHTTP2 {
    struct Frame {
      var type: UInt8
      var flags: UInt8
      var stream: UInt32
      var payload: ByteBuffer

      static let data: UInt8 = 0
      static let headers: UInt8 = 1
      static let reset: UInt8 = 3
      static let settings: UInt8 = 4
      static let ping: UInt8 = 6
      static let endsHeaders: UInt8 = 4
      static let endsStream: UInt8 = 1
      static let acknowledges: UInt8 = 1

      var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(UInt8(payload.readableBytes >> 16))
        bytes.writeInteger(UInt16(payload.readableBytes & 0xFFFF))
        bytes.writeInteger(type)
        bytes.writeInteger(flags)
        bytes.writeInteger(stream)
        bytes.writeImmutableBuffer(payload)
        return bytes
      }

      var asksForPing: Bool { type == Self.ping && flags & Self.acknowledges == 0 }
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// An empty SETTINGS frame.
    static let settings = Frame(type: Frame.settings, flags: 0, stream: 0, payload: ByteBuffer())

    private var parts: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    /// Has come, and nobody has taken it.
    private var unread = ByteBuffer()

    /// The other side did not end the connection in time.
    struct GaveUp: Error {}

    private init(
      _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
      parts = inbound.makeAsyncIterator()
      self.outbound = outbound
    }

    /// A connection that ends itself after twenty seconds, which is then an error, whatever the other side does.
    static func run<Result: Sendable>(
      port: Int, _ body: (RawHTTP2) async throws -> Result
    ) async throws -> Result {
      let gaveUp = Locked(false)
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            channel.eventLoop.scheduleTask(in: .seconds(20)) {
              gaveUp.withLock { $0 = true }
              channel.close(promise: nil)
            }
            return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
              wrappingChannelSynchronously: channel)
          }
        }
      let result = try await channel.executeThenClose { inbound, outbound in
        try await body(RawHTTP2(inbound, outbound))
      }
      guard !gaveUp.withLock({ $0 }) else { throw GaveUp() }
      return result
    }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// The preface, and an empty SETTINGS frame (RFC 9113, 3.4).
    func greet() async throws {
      try await send(Self.preface)
      try await send(Self.settings)
    }

    func send(_ frame: Frame) async throws { try await outbound.write(frame.bytes) }

    /// The head of a call of the traces' service, or, where it `isWhole`, all of it.
    func call(on stream: UInt32 = 1, isWhole: Bool = false) async throws {
      var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
      var payload = ByteBuffer()
      try encoder.encode(
        headers: [
          ":method": "POST", ":scheme": "http",
          ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
          ":authority": "localhost", "content-type": "application/grpc", "te": "trailers",
        ], to: &payload)
      let flags = Frame.endsHeaders | (isWhole ? Frame.endsStream : 0)
      try await send(Frame(type: Frame.headers, flags: flags, stream: stream, payload: payload))
    }

    /// All that comes up to the end of the connection.
    func text() async throws -> String {
      do {
        while try await more() {}
      } catch is IOError {
        // Closed with something of ours unread.
      }
      return String(buffer: unread)
    }

    /// What comes up to the end of the connection, or until `take` says that it is enough.
    ///
    /// - Returns: false when the connection ended before that.
    func frames(
      answersPings: Bool = true, until take: (Frame) throws -> Bool
    ) async throws -> Bool {
      do {
        repeat {
          while let frame = Self.frame(&unread) {
            if frame.asksForPing, answersPings {
              try await send(Frame(type: Frame.ping, flags: Frame.acknowledges, stream: 0, payload: frame.payload))
            }
            if try take(frame) { return true }
          }
        } while try await more()
      } catch is IOError {
        // Closed with something of ours unread.
      } catch ChannelError.ioOnClosedChannel {
        // Closed while a ping was being answered.
      }
      return false
    }

    /// False when nothing more comes.
    private func more() async throws -> Bool {
      guard let part = try await parts.next(isolation: #isolation) else { return false }
      unread.writeImmutableBuffer(part)
      return true
    }

    static func frame(_ bytes: inout ByteBuffer) -> Frame? {
      var rest = bytes
      guard let high = rest.readInteger(as: UInt8.self), let low = rest.readInteger(as: UInt16.self),
        let type = rest.readInteger(as: UInt8.self), let flags = rest.readInteger(as: UInt8.self),
        let stream = rest.readInteger(as: UInt32.self),
        let payload = rest.readSlice(length: Int(high) << 16 | Int(low))
      else { return nil }
      bytes = rest
      return Frame(type: type, flags: flags, stream: stream, payload: payload)
    }
  }
#endif
