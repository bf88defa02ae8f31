#if GRPC
  internal import Concurrency
  internal import Connectors
  internal import GRPCCore
  internal import GRPCNIOTransportHTTP2Posix
  internal import OTLPMessages
  internal import SwiftProtobuf

  /// The three services of OTLP, each with one method.
  ///
  /// Requests are decoded one at a time, as over HTTP: however many senders there are, one thread at most is
  /// busy with them.
  actor OTLPgRPCCalls {
    private let intake: OTLPIntake
    private let waiting: WaitingBytes
    private let counter: Locked<ReceiverCounts>

    static let overloaded = "too many requests wait to be read: send them again later"

    /// - Parameter waiting: shared with the guards of the calls, which count what comes until it is whole.
    init(intake: OTLPIntake, waiting: WaitingBytes, counter: Locked<ReceiverCounts>) {
      self.intake = intake
      self.waiting = waiting
      self.counter = counter
    }

    nonisolated func router() -> RPCRouter<HTTP2ServerTransport.Posix> {
      var router = RPCRouter<HTTP2ServerTransport.Posix>()
      register("trace", "Trace", in: &router) { (intake, body) throws(OTLPFault) in
        try intake.takeTraces(body)
      }
      register("metrics", "Metrics", in: &router) { (intake, body) throws(OTLPFault) in
        try intake.take(try OTLPProtobuf.read(body) as OTLP.MetricsRequest)
      }
      register("logs", "Logs", in: &router) { (intake, body) throws(OTLPFault) in
        try intake.take(try OTLPProtobuf.read(body) as OTLP.LogsRequest)
      }
      return router
    }

    private nonisolated func register<Response: Message>(
      _ package: String, _ name: String, in router: inout RPCRouter<HTTP2ServerTransport.Posix>,
      take: @escaping @Sendable (OTLPIntake, [UInt8]) throws(OTLPFault) -> Response
    ) {
      router.registerHandler(
        forMethod: MethodDescriptor(
          fullyQualifiedService: "opentelemetry.proto.collector.\(package).v1.\(name)Service",
          method: "Export"),
        deserializer: PlainBytes(), serializer: MessageBytes<Response>()
      ) { [self] request, _ in
        let body = try await ServerRequest(stream: request).message
        return StreamingServerResponse(
          single: ServerResponse(message: try await self.answer(body, take)))
      }
    }

    private nonisolated func answer<Response: Message>(
      _ body: [UInt8], _ take: @Sendable (OTLPIntake, [UInt8]) throws(OTLPFault) -> Response
    ) async throws -> Response {
      guard waiting.reserve(body.count) else {
        counter.withLock { $0.reject(for: .overloaded) }
        throw RPCError(code: .unavailable, message: Self.overloaded)
      }
      defer { waiting.release(body.count) }
      return try await inTurn(body, take)
    }

    private func inTurn<Response: Message>(
      _ body: [UInt8], _ take: @Sendable (OTLPIntake, [UInt8]) throws(OTLPFault) -> Response
    ) throws -> Response {
      do throws(OTLPFault) {
        return try counter.timing { () throws(OTLPFault) in try take(intake, body) }
      } catch {
        let reason: RejectionReason = error.isTooLarge ? .tooLarge : error.isMalformed ? .malformedBody : .invalidSpan
        counter.withLock { $0.reject(for: reason) }
        throw RPCError(code: error.isTooLarge ? .resourceExhausted : .invalidArgument, message: error.description)
      }
    }
  }

  /// A request as it came: whoever knows its type reads it, and says what is wrong with it.
  private struct PlainBytes: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> [UInt8] {
      bytes.withUnsafeBytes { [UInt8]($0) }
    }
  }

  private struct MessageBytes<Response: Message>: MessageSerializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: Response) throws -> Bytes {
      Bytes(try message.serializedBytes() as [UInt8])
    }
  }
#endif
