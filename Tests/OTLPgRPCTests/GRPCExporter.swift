#if GRPC
  import Concurrency
  import Connectors
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix
  import OTLPMessages
  import OTLPgRPC
  import SwiftProtobuf
  import TestSupport
  import TraceCollector
  import TraceModel

  /// A receiver on a free port and a client of it, for as long as a test's body runs.
  struct GRPCExporter: Sendable {
    struct Received: Sendable {
      /// One element for each call of a sink.
      var spans: [[TraceSpan]] = []
      var logs: [[LogEntry]] = []
      var metrics: [[MetricPoint]] = []
    }

    let receiver: OTLPgRPCReceiver
    let port: Int
    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let taken: Locked<Received>

    var received: Received { taken.withLock { $0 } }

    static func run(
      settings: ReceiverSettings = ReceiverSettings(), compression: CompressionAlgorithm = .none,
      _ body: @Sendable (GRPCExporter) async throws -> Void
    ) async throws {
      var settings = settings
      settings.graceTime = .milliseconds(200)
      let taken = Locked(Received())
      let sinks = OTLPSinks(
        spans: { batch in taken.withLock { $0.spans.append(batch.spans) } },
        logs: { logs in taken.withLock { $0.logs.append(logs) } },
        metrics: { metrics in taken.withLock { $0.metrics.append(metrics) } })
      let receiver = OTLPgRPCReceiver(
        address: ListenAddress(port: 0), settings: settings, now: { 77 }, sinks: sinks)
      let serving = try await Serving { try await receiver.start(onBound: $0) }
      do {
        let transport = try HTTP2ClientTransport.Posix(
          target: .ipv4(address: "127.0.0.1", port: serving.port), transportSecurity: .plaintext,
          config: .defaults { config in
            config.compression.algorithm = compression
            config.compression.enabledAlgorithms = .all
          })
        try await withGRPCClient(transport: transport) { client in
          try await body(
            GRPCExporter(receiver: receiver, port: serving.port, client: client, taken: taken))
        }
      } catch {
        await receiver.stop()
        throw error
      }
      await receiver.stop()
      try await serving.task.value
    }

    /// Calls `Export` of `opentelemetry.proto.collector.<package>.v1.<name>Service`.
    func export<Response: Message>(_ body: [UInt8], to service: (package: String, name: String))
      async throws -> Response
    {
      let method = MethodDescriptor(
        fullyQualifiedService:
          "opentelemetry.proto.collector.\(service.package).v1.\(service.name)Service",
        method: "Export")
      var options = CallOptions.defaults
      options.timeout = .seconds(20)
      // It connects when it likes, and may have been closed since.
      options.waitForReady = true
      let bytes = try await client.unary(
        request: ClientRequest(message: body), descriptor: method, serializer: Bytes(),
        deserializer: Bytes(),
        options: options
      ) { try $0.message }
      return try Response(serializedBytes: bytes)
    }

    func export(_ request: OTLP.TracesRequest) async throws -> OTLP.TracesResponse {
      try await export(try request.serializedBytes(), to: ("trace", "Trace"))
    }

    private struct Bytes: MessageSerializer, MessageDeserializer {
      func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) -> Bytes { Bytes(message) }
      func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> [UInt8] {
        bytes.withUnsafeBytes { [UInt8]($0) }
      }
    }
  }
#endif
