#if GRPC
  import Connectors
  import Foundation
  import GRPCCore
  import NIOCore
  import NIOPosix
  import OTLPMessages
  import OTLPgRPC
  import SwiftProtobuf
  import Testing
  import TraceModel

  @Suite(.timeLimit(.minutes(1))) struct OTLPgRPCReceiverTests {
    private func request(_ ids: [UInt8], name: String = "op") -> OTLP.TracesRequest {
      .with {
        $0.resourceSpans = [
          .with {
            $0.scopeSpans = [
              .with {
                $0.spans = ids.map { id in
                  .with {
                    $0.traceID = Data(repeating: 1, count: 16)
                    $0.spanID = Data([0, 0, 0, 0, 0, 0, 0, id])
                    $0.name = name
                    $0.startTimeUnixNano = 5
                    $0.endTimeUnixNano = 9
                  }
                }
              }
            ]
          }
        ]
      }
    }

    private func failure(_ call: () async throws -> Void) async -> RPCError? {
      do {
        try await call()
        return nil
      } catch {
        return error as? RPCError
      }
    }

    @Test func allThreeServicesTakeWhatComes() async throws {
      try await GRPCExporter.run { exporter async throws in
        let traces = try await exporter.export(request([1, 2]))
        #expect(traces == OTLP.TracesResponse())
        let logs = OTLP.LogsRequest.with {
          $0.resourceLogs = [
            .with { $0.scopeLogs = [.with { $0.logRecords = [OTLP.LogRecord()] }] }
          ]
        }
        let logsAnswer: OTLP.LogsResponse = try await exporter.export(
          try logs.serializedBytes(), to: ("logs", "Logs"))
        #expect(logsAnswer == OTLP.LogsResponse())
        let metric = OTLP.Metric.with {
          $0.name = "m"
          $0.gauge.dataPoints = [.with { $0.asInt = 3 }]
        }
        let metrics = OTLP.MetricsRequest.with {
          $0.resourceMetrics = [.with { $0.scopeMetrics = [.with { $0.metrics = [metric] }] }]
        }
        let metricsAnswer: OTLP.MetricsResponse = try await exporter.export(
          try metrics.serializedBytes(), to: ("metrics", "Metrics"))
        #expect(metricsAnswer == OTLP.MetricsResponse())
        #expect(exporter.received.spans.map { $0.map(\.id.value) } == [[1, 2]])
        #expect(exporter.received.logs.map(\.count) == [1])
        #expect(exporter.received.metrics.map { $0.map(\.value) } == [[.gauge(.integer(3))]])
        let counts = exporter.receiver.counts
        #expect(counts.requests == 3 && counts.accepted == 3 && counts.rejected == [])
        #expect(counts.spans == 2 && counts.logs == 1 && counts.metrics == 1 && counts.elements == 4)
        let bytes =
          try request([1, 2]).serializedData().count + logs.serializedData().count + metrics.serializedData().count
        #expect(counts.bytes == UInt64(bytes) && counts.ingestNanoseconds > 0)
      }
    }

    @Test func anEmptyRequestIsASuccess() async throws {
      try await GRPCExporter.run { exporter async throws in
        #expect(try await exporter.export(OTLP.TracesRequest()) == OTLP.TracesResponse())
        #expect(exporter.received.spans.isEmpty && exporter.receiver.counts.accepted == 1)
      }
    }

    @Test(arguments: [CompressionAlgorithm.gzip, .deflate])
    func compressed(algorithm: CompressionAlgorithm) async throws {
      try await GRPCExporter.run(compression: algorithm) { exporter async throws in
        let name = String(repeating: "a", count: 100_000)
        #expect(try await exporter.export(request([1], name: name)) == OTLP.TracesResponse())
        #expect(exporter.received.spans.first?.first?.operation == name)
      }
    }

    @Test func whatIsLeftOutIsToldWithTheRest() async throws {
      try await GRPCExporter.run { exporter async throws in
        let response = try await exporter.export(request([1, 0]))
        #expect(response.partialSuccess.rejectedSpans == 1)
        #expect(
          response.partialSuccess.errorMessage
            == "resourceSpans[0].scopeSpans[0].spans[1].spanId: is missing, or all 0")
        #expect(exporter.received.spans.map(\.count) == [1])
        #expect(exporter.receiver.counts.leftOut == 1)
      }
    }

    @Test func whatCannotBeReadIsAnInvalidArgument() async throws {
      try await GRPCExporter.run { exporter async throws in
        let garbage = await failure {
          let _: OTLP.TracesResponse = try await exporter.export([0xFF], to: ("trace", "Trace"))
        }
        #expect(garbage?.code == .invalidArgument)
        #expect(garbage?.message == "the body is not the protobuf of an ExportTraceServiceRequest")
        var short = request([1, 2])
        short.resourceSpans[0].scopeSpans[0].spans[1].traceID = Data([1])
        let wrong = short
        let fault = await failure { _ = try await exporter.export(wrong) }
        #expect(fault?.code == .invalidArgument)
        #expect(
          fault?.message
            == "resourceSpans[0].scopeSpans[0].spans[1].traceId: must be 16 bytes, not 1")
        #expect(exporter.received.spans.isEmpty)
        #expect(
          exporter.receiver.counts[.malformedBody] == 1
            && exporter.receiver.counts[.invalidSpan] == 1)
      }
    }

    @Test func overloadIsUnavailable() async throws {
      var settings = ReceiverSettings()
      settings.waitingLimit = 100
      try await GRPCExporter.run(settings: settings) { exporter async throws in
        let large = request([1], name: String(repeating: "a", count: 100))
        let refused = await failure { _ = try await exporter.export(large) }
        #expect(refused?.code == .unavailable)
        #expect(refused?.message == "too many requests wait to be read: send them again later")
        #expect(exporter.receiver.counts[.overloaded] == 1 && exporter.received.spans.isEmpty)
        // What was held for it is free again.
        for _ in 0..<3 { _ = try await exporter.export(request([1])) }
        #expect(exporter.received.spans.count == 3)
      }
    }

    /// A body counts as what it is when it is decompressed, too.
    @Test func overloadOfWhatIsCompressedIsUnavailable() async throws {
      var settings = ReceiverSettings()
      settings.waitingLimit = 10_000
      try await GRPCExporter.run(settings: settings, compression: .gzip) { exporter async throws in
        let large = request([1], name: String(repeating: "a", count: 100_000))
        let refused = await failure { _ = try await exporter.export(large) }
        #expect(refused?.code == .unavailable)
        #expect(exporter.receiver.counts[.overloaded] == 1 && exporter.received.spans.isEmpty)
        for _ in 0..<3 { _ = try await exporter.export(request([1])) }
        #expect(exporter.received.spans.count == 3)
      }
    }

    @Test func whatIsTooLargeIsRefusedBeforeAndAfterDecompression() async throws {
      var settings = ReceiverSettings()
      settings.bodyLimit = 1000
      for (compression, code, reason) in [
        (CompressionAlgorithm.none, RPCError.Code.resourceExhausted, RejectionReason.tooLarge),
        // Of what does not decompress gRPC does not say why.
        (.gzip, .invalidArgument, .malformedCompression),
      ] {
        try await GRPCExporter.run(settings: settings, compression: compression) {
          exporter async throws in
          let large = request([1], name: String(repeating: "a", count: 1000))
          let refused = await failure { _ = try await exporter.export(large) }
          #expect(refused?.code == code)
          #expect(refused?.message.contains("over 1000 bytes") == true)
          #expect(exporter.received.spans.isEmpty)
          #expect(exporter.receiver.counts[reason] == 1 && exporter.receiver.counts.rejectedRequests == 1)
          _ = try await exporter.export(request([2]))
          #expect(exporter.received.spans.map { $0.map(\.id.value) } == [[2]])
        }
      }
    }

    @Test func moreMessagesThanAreMadeOfOneRequestAreRefused() async throws {
      try await GRPCExporter.run { exporter async throws in
        var many = request([1])
        many.resourceSpans[0].scopeSpans[0].spans[0].events = Array(repeating: .init(), count: 1_000_000)
        let refused = await failure { _ = try await exporter.export(many) }
        #expect(refused?.code == .resourceExhausted)
        #expect(refused?.message.contains("more than 1000000 messages") == true, "\(refused?.message ?? "")")
        #expect(exporter.received.spans.isEmpty && exporter.receiver.counts[.tooLarge] == 1)
      }
    }

    @Test func anotherMethodIsUnimplemented() async throws {
      try await GRPCExporter.run { exporter async throws in
        let refused = await failure {
          let _: OTLP.TracesResponse = try await exporter.export([], to: ("profiles", "Profiles"))
        }
        #expect(refused?.code == .unimplemented)
        #expect(exporter.receiver.counts[.unknownPath] == 1)
      }
    }

    /// HTTP/2's own windows are 64 KiB, which hold a sender up after every batch.
    @Test func aSenderMayHaveMuchUnderWay() async throws {
      try await GRPCExporter.run { exporter async throws in
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(host: "127.0.0.1", port: exporter.port) { channel in
            channel.eventLoop.makeCompletedFuture {
              channel.eventLoop.scheduleTask(in: .seconds(10)) { channel.close(promise: nil) }
              return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                wrappingChannelSynchronously: channel)
            }
          }
        let settings = try await channel.executeThenClose { inbound, outbound in
          // The preface, and an empty SETTINGS frame (RFC 9113, 3.4).
          var hello = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
          hello.writeBytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
          try await outbound.write(hello)
          var all = ByteBuffer()
          for try await part in inbound {
            all.writeImmutableBuffer(part)
            if let settings = Self.settings(in: all) { return settings }
          }
          return [:]
        }
        #expect(settings[4] == UInt32(8 * 1_048_576), "SETTINGS_INITIAL_WINDOW_SIZE")
        #expect(settings[5] == UInt32(1_048_576), "SETTINGS_MAX_FRAME_SIZE")
      }
    }

    /// What the SETTINGS frame says that `buffer` begins with; nil while it is not whole.
    private static func settings(in buffer: ByteBuffer) -> [UInt16: UInt32]? {
      var buffer = buffer
      guard let high = buffer.readInteger(as: UInt8.self),
        let low = buffer.readInteger(as: UInt16.self),
        buffer.readInteger(as: UInt8.self) == 4, buffer.readBytes(length: 5) != nil,
        var body = buffer.readSlice(length: Int(high) << 16 | Int(low))
      else { return nil }
      var settings: [UInt16: UInt32] = [:]
      while let key = body.readInteger(as: UInt16.self),
        let value = body.readInteger(as: UInt32.self)
      {
        settings[key] = value
      }
      return settings
    }
  }
#endif
