#if GRPC
  import Connectors
  import Foundation
  import GRPCCore
  import NIOCore
  import NIOHPACK
  import OTLPMessages
  import SwiftProtobuf
  import Testing
  import TestSupport

  @testable import OTLPgRPC

  /// Senders that stand still, break off, or send what is no gRPC. Each test waits for what becomes of them.
  @Suite(.timeLimit(.minutes(3))) struct OTLPgRPCBadConnectionTests {
    private func settings(_ change: (inout ReceiverSettings) -> Void) -> ReceiverSettings {
      var settings = ReceiverSettings()
      // So long may a busy machine let a test wait that is about to send something.
      settings.idleTime = .seconds(2)
      change(&settings)
      return settings
    }

    /// A receiver that still takes what others send.
    private func expectService(_ exporter: GRPCExporter) async throws {
      #expect(try await exporter.export(OTLP.TracesRequest()) == OTLP.TracesResponse())
    }

    @Test func whoSaysNothingIsCutOff() async throws {
      try await GRPCExporter.run(settings: settings { _ in }) { exporter async throws in
        let isOpen = try await RawHTTP2.run(port: exporter.port) { connection in
          try await connection.frames(answersPings: false) { _ in false }
        }
        #expect(!isOpen)
        try await expectService(exporter)
      }
    }

    /// The most common mistake: an exporter over HTTP that was given gRPC's port.
    @Test(arguments: ["POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "GET / HTTP/1.0\r\n\r\n"])
    func whoSpeaksHTTPIsToldItsPort(request: String) async throws {
      try await GRPCExporter.run(settings: settings { $0.lingerTime = .milliseconds(100) }) { exporter async throws in
        let answer = try await RawHTTP2.run(port: exporter.port) { connection in
          // However the bytes are cut.
          try await connection.send(Array(request.utf8.prefix(2)))
          try await connection.send(Array(request.utf8.dropFirst(2)))
          return try await connection.text()
        }
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n"), "\(answer)")
        #expect(answer.hasSuffix("\r\n\r\n\(PlainHTTPGuard.sentence)\n"), "\(answer)")
        #expect(exporter.receiver.counts[.malformedBody] == 1)
        try await expectService(exporter)
      }
    }

    /// A sender without anything to send is left alone while it is there.
    @Test func whoAnswersPingsStaysUntilItDoesNot() async throws {
      // Long enough for an answer from a busy machine.
      try await GRPCExporter.run(settings: settings { $0.idleTime = .seconds(4) }) { exporter async throws in
        // Together longer than a connection may stand still.
        let pings = try await PingAnswerer.pings(port: exporter.port, answering: 5)
        #expect(pings > 5)
        try await expectService(exporter)
      }
    }

    @Test func aCallThatStandsStillIsAnsweredAndEnded() async throws {
      try await GRPCExporter.run(settings: settings { _ in }) { exporter async throws in
        let status = try await status(of: [0, 0, 0, 0, 100, 1, 2, 3], at: exporter.port)
        #expect(status == "4 nothing more of the message came for too long")
        #expect(exporter.receiver.counts[.interrupted] == 1 && exporter.receiver.counts.bytes == 3)
        try await expectService(exporter)
      }
    }

    /// What comes back to a call on stream 1 that begins with `bytes`, and never ends. The stream is reset without an error:
    /// with one, many clients would tell their users that instead of the status.
    private func status(of bytes: [UInt8], at port: Int) async throws -> String? {
      try await RawHTTP2.run(port: port) { connection in
        try await connection.greet()
        try await connection.call()
        try await connection.send(
          RawHTTP2.Frame(
            type: RawHTTP2.Frame.data, flags: 0, stream: 1, payload: ByteBuffer(bytes: bytes)))
        var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
        var status: String?
        var code: UInt32?
        let wasReset = try await connection.frames { frame in
          if frame.type == RawHTTP2.Frame.reset {
            #expect(status != nil, "the status comes first")
            code = frame.payload.getInteger(at: frame.payload.readerIndex)
          }
          if frame.type == RawHTTP2.Frame.headers {
            var payload = frame.payload
            let headers = try decoder.decodeHeaders(from: &payload)
            status = (headers.first(name: "grpc-status") ?? "") + " " + (headers.first(name: "grpc-message") ?? "")
          }
          return frame.type == RawHTTP2.Frame.reset
        }
        #expect(wasReset && code == 0)
        return status
      }
    }

    /// It is refused by the length that it announces, before any of it is held.
    @Test func aMessageOverTheLimitIsRefusedByItsLength() async throws {
      try await GRPCExporter.run(settings: ReceiverSettings()) { exporter async throws in
        let status = try await status(of: [0, 4, 0, 0, 1], at: exporter.port)
        #expect(status == "8 the message is over 64 MiB: send less at a time")
        #expect(exporter.receiver.counts[.tooLarge] == 1 && exporter.receiver.counts.rejectedRequests == 1)
        try await expectService(exporter)
      }
    }

    /// The limit itself is none: the message is waited for.
    @Test func aMessageAtTheLimitIsNotRefusedByItsLength() async throws {
      try await GRPCExporter.run(settings: settings { $0.bodyLimit = 1000 }) { exporter async throws in
        let status = try await status(of: [0, 0, 0, 3, 232], at: exporter.port)
        #expect(status == "4 nothing more of the message came for too long")
      }
    }

    /// A sender may not keep a call open by a byte now and then.
    @Test func aCallThatTakesTooLongIsAnsweredAndEnded() async throws {
      let slow = settings {
        $0.idleTime = .seconds(15)
        $0.arrivalTime = .milliseconds(150)
      }
      try await GRPCExporter.run(settings: slow) { exporter async throws in
        let status = try await status(of: [0, 0, 0, 0, 100, 1, 2, 3], at: exporter.port)
        #expect(status == "4 the message took too long to come")
        #expect(exporter.receiver.counts[.interrupted] == 1)
        try await expectService(exporter)
      }
    }

    @Test func aSecondMessageOfACallIsRefused() async throws {
      try await GRPCExporter.run { exporter async throws in
        let status = try await status(of: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], at: exporter.port)
        #expect(status == "12 a call has one message: send each in a call of its own")
        #expect(exporter.receiver.counts[.malformedBody] == 1 && exporter.receiver.counts.rejectedRequests == 1)
        try await expectService(exporter)
      }
    }

    /// What has come of calls that are not whole is counted over all of them, and is free again when they are gone.
    @Test func unfinishedCallsTogetherHaveABound() async throws {
      let bounded = settings {
        $0.idleTime = .seconds(15)
        $0.waitingLimit = 1_000
      }
      try await GRPCExporter.run(settings: bounded) { exporter async throws in
        let refused = try await RawHTTP2.run(port: exporter.port) { connection in
          try await connection.greet()
          // Each announces 64 MiB.
          let part = ByteBuffer(bytes: [0, 4, 0, 0, 0] + [UInt8](repeating: 7, count: 395))
          for stream in [1, 3, 5] as [UInt32] {
            try await connection.call(on: stream)
            try await connection.send(
              RawHTTP2.Frame(type: RawHTTP2.Frame.data, flags: 0, stream: stream, payload: part))
          }
          var refused: [UInt32: String] = [:]
          var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
          _ = try await connection.frames { frame in
            if frame.type == RawHTTP2.Frame.headers {
              var payload = frame.payload
              let headers = try decoder.decodeHeaders(from: &payload)
              refused[frame.stream] = headers.first(name: "grpc-status")
            }
            return frame.type == RawHTTP2.Frame.reset
          }
          return refused
        }
        #expect(refused == [5: "14"])
        #expect(exporter.receiver.counts[.overloaded] == 1)
        while exporter.receiver.counts[.interrupted] < 2 { await Task.yield() }
        // Of the bound nothing is held any more.
        let span = OTLP.Span.with {
          $0.traceID = Data(repeating: 1, count: 16)
          $0.spanID = Data(repeating: 2, count: 8)
          $0.name = String(repeating: "a", count: 900)
          $0.startTimeUnixNano = 5
          $0.endTimeUnixNano = 9
        }
        let large = OTLP.TracesRequest.with {
          $0.resourceSpans = [.with { $0.scopeSpans = [.with { $0.spans = [span] }] }]
        }
        #expect(try await exporter.export(large) == OTLP.TracesResponse())
        try await expectService(exporter)
      }
    }

    @Test func aCallThatBreaksOffIsCounted() async throws {
      try await GRPCExporter.run { exporter async throws in
        try await RawHTTP2.run(port: exporter.port) { connection in
          try await connection.greet()
          try await connection.call()
          // The answer to a ping tells that the call was seen.
          try await connection.send(
            RawHTTP2.Frame(
              type: RawHTTP2.Frame.ping, flags: 0, stream: 0, payload: ByteBuffer(repeating: 7, count: 8)))
          _ = try await connection.frames { $0.type == RawHTTP2.Frame.ping }
        }
        while exporter.receiver.counts[.interrupted] == 0 { await Task.yield() }
        #expect(exporter.receiver.counts.rejectedRequests == 1)
        try await expectService(exporter)
      }
    }

    /// A call that ends without a message, or in the middle of one, is answered and counted.
    @Test(arguments: [[], [0, 0, 0], [0, 0, 0, 0, 9, 1]] as [[UInt8]])
    func aCallWithoutAWholeMessageIsCounted(bytes: [UInt8]) async throws {
      try await GRPCExporter.run { exporter async throws in
        try await RawHTTP2.run(port: exporter.port) { connection in
          try await connection.greet()
          try await connection.call(isWhole: bytes.isEmpty)
          if !bytes.isEmpty {
            try await connection.send(
              RawHTTP2.Frame(
                type: RawHTTP2.Frame.data, flags: RawHTTP2.Frame.endsStream, stream: 1,
                payload: ByteBuffer(bytes: bytes)))
          }
          let isAnswered = try await connection.frames { $0.type == RawHTTP2.Frame.headers && $0.stream == 1 }
          #expect(isAnswered)
        }
        #expect(exporter.receiver.counts.rejectedRequests == 1)
        #expect(exporter.receiver.counts.accepted == 0)
        try await expectService(exporter)
      }
    }

    /// Who has sent nothing for longest makes room for somebody else, and one that makes calls is not put out by it.
    @Test func tooManyConnectionsKeepNobodyOut() async throws {
      try await GRPCExporter.run(settings: settings { ($0.connectionLimit, $0.idleTime) = (2, .seconds(20)) }) {
        exporter async throws in
        func isTaken(_ connection: RawHTTP2) async throws -> Bool {
          try await connection.greet()
          return try await connection.frames { $0.type == RawHTTP2.Frame.settings }
        }
        func stays(_ connection: RawHTTP2) async throws -> Bool { try await connection.frames { _ in false } }
        try await RawHTTP2.run(port: exporter.port) { caller in
          #expect(try await isTaken(caller))
          try await caller.call(isWhole: true)
          #expect(try await caller.frames { $0.type == RawHTTP2.Frame.headers && $0.stream == 1 }, "it is answered")
          try await RawHTTP2.run(port: exporter.port) { silent in
            #expect(try await isTaken(silent))
            try await RawHTTP2.run(port: exporter.port) { another in
              #expect(try await isTaken(another))
              #expect(try await !stays(silent))
              // Room for this one is made by the one that came after the caller.
              try await expectService(exporter)
              #expect(try await !stays(another))
            }
          }
          try await caller.call(on: 3, isWhole: true)
          #expect(try await caller.frames { $0.type == RawHTTP2.Frame.headers && $0.stream == 3 })
        }
        #expect(exporter.receiver.counts[.overloaded] == 0)
        try await expectService(exporter)
      }
    }

    @Test(arguments: 0..<8)
    func bytesOfAnyKindEndTheConnection(seed: UInt64) async throws {
      try await GRPCExporter.run(settings: settings { _ in }) { exporter async throws in
        let isOpen = try await RawHTTP2.run(port: exporter.port) { connection in
          // Half of them get past the preface.
          if seed % 2 == 0 { try await connection.greet() }
          var random = SeededGenerator(seed: seed)
          let bytes = (0..<2_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
          // It may be gone before all is sent.
          try? await connection.send(bytes)
          return try await connection.frames(answersPings: false) { _ in false }
        }
        #expect(!isOpen, "seed \(seed)")
        try await expectService(exporter)
        #expect(exporter.received.spans.isEmpty)
      }
    }
  }
#endif
