import Connectors
import NIOCore
import Testing

/// Senders that never stand still, and never come to an end either.
@Suite(.timeLimit(.minutes(1))) struct SlowRequestTests {
  private var settings: ReceiverSettings {
    var settings = ReceiverSettings()
    // Longer than a client of these tests waits.
    settings.idleTime = .seconds(60)
    settings.arrivalTime = .seconds(2)
    return settings
  }

  private static let head = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\n"

  @Test(arguments: [
    head + "Content-Length: 100\r\n\r\n[", head + "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
    // All but the end of what may follow a body.
    head + "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX-Trailer: 1\r\n",
  ])
  func aBodyThatTakesTooLongIsAnsweredAndEnded(start: String) async throws {
    try await RunningReceiver.run(settings: settings) { running async throws in
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: start)]))
      #expect(answers.map(\.status) == [408])
      #expect(answers.last?.headers["connection"] == "close")
      #expect(answers.last?.body == "the body took too long to come: send fewer spans at a time\n")
      #expect(running.receiver.counts[.interrupted] == 1 && running.receiver.counts.rejectedRequests == 1)
      #expect(running.received == [])
      #expect(try await running.client.post("[]")?.status == 202)
    }
  }

  /// Each protocol says it in its own words.
  @Test func soIsAnExportRequest() async throws {
    try await RunningOTLP.run(settings: settings) { running async throws in
      let start = "POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
      let answer = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: start)])).last
      #expect(answer?.status == 408)
      #expect(
        answer?.body == #"{"code":4,"message":"the body took too long to come: send fewer log records at a time"}"#)
    }
  }

  /// Nobody waits for the body of a request that needs none.
  @Test func aBodyThatNobodyReadsEndsTheConnectionToo() async throws {
    try await RunningReceiver.run(settings: settings) { running async throws in
      let begin = ContinuousClock.now
      let start = "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n["
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: start)]))
      #expect(answers.map(\.status) == [200])
      // A client of these tests gives up after ten seconds by itself.
      #expect(ContinuousClock.now - begin < .seconds(9))
    }
  }

  /// A request that never comes whole, on a connection that the server has taken in.
  private func isBegun(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws -> Bool {
    try await outbound.write(ByteBuffer(string: Self.head + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"))
    var answers = inbound.makeAsyncIterator()
    return try await answers.next().map { String(buffer: $0) }?.contains("100") == true
  }

  /// A sender that reports now and then is not put out by those that never come to an end, however new they are.
  @Test func theUnfinishedMakeRoomFirst() async throws {
    var settings = settings
    settings.arrivalTime = .seconds(60)
    settings.connectionLimit = 2
    try await RunningReceiver.run(settings: settings) { running async throws in
      let whole = ByteBuffer(string: Self.head + "Content-Length: 2\r\n\r\n[]")
      try await running.client.connect().executeThenClose { inbound, outbound in
        var answers = inbound.makeAsyncIterator()
        try await outbound.write(whole)
        #expect(try await answers.next().map { String(buffer: $0) }?.contains("202") == true)
        // The first is closed for the second, and that for the request that follows.
        try await running.client.connect().executeThenClose { inbound, outbound in
          let isTakenIn = try await isBegun(inbound, outbound)
          #expect(isTakenIn)
          try await running.client.connect().executeThenClose { inbound, outbound in
            let isTakenIn = try await isBegun(inbound, outbound)
            #expect(isTakenIn)
            #expect(try await running.client.post("[]")?.status == 202)
          }
        }
        try await outbound.write(whole)
        #expect(try await answers.next().map { String(buffer: $0) }?.contains("202") == true)
      }
    }
  }

  /// Whoever has sent nothing whole for longest makes room for somebody else.
  @Test func tooManyConnectionsKeepNobodyOut() async throws {
    var settings = settings
    settings.arrivalTime = .seconds(60)
    settings.connectionLimit = 2
    try await RunningReceiver.run(settings: settings) { running async throws in
      let whole = ByteBuffer(string: Self.head + "Content-Length: 2\r\n\r\n[]")
      try await running.client.connect().executeThenClose { inbound, outbound in
        var first = inbound.makeAsyncIterator()
        try await outbound.write(whole)
        #expect(try await first.next().map { String(buffer: $0) }?.contains("202") == true)
        // It never comes to its end.
        try await outbound.write(ByteBuffer(string: Self.head + "Content-Length: 2\r\n\r\n["))
        try await running.client.connect().executeThenClose { inbound, outbound in
          var second = inbound.makeAsyncIterator()
          try await outbound.write(whole)
          #expect(try await second.next().map { String(buffer: $0) }?.contains("202") == true)
          // A client of these tests gives up after ten seconds by itself.
          let begin = ContinuousClock.now
          #expect(try await running.client.post("[]")?.status == 202)
          while let part = (try? await first.next()) ?? nil { #expect(!String(buffer: part).contains("202")) }
          #expect(ContinuousClock.now - begin < .seconds(9))
          try await outbound.write(whole)
          #expect(try await second.next().map { String(buffer: $0) }?.contains("202") == true)
        }
      }
    }
  }

  /// Time is counted for each request, not for the connection.
  @Test func aConnectionOutlivesItsRequests() async throws {
    try await RunningReceiver.run(settings: settings) { running async throws in
      let whole = ByteBuffer(string: Self.head + "Content-Length: 2\r\n\r\n[]")
      try await running.client.connect().executeThenClose { inbound, outbound in
        var parts = inbound.makeAsyncIterator()
        try await outbound.write(whole)
        #expect(try await parts.next().map { String(buffer: $0) }?.contains("202") == true)
        // Another one begins later, and is cut off.
        let slow = try await running.client.exchange([ByteBuffer(string: Self.head + "Content-Length: 2\r\n\r\n[")])
        #expect(slow.contains("408"))
        try await outbound.write(whole)
        #expect(try await parts.next().map { String(buffer: $0) }?.contains("202") == true)
      }
    }
  }
}
