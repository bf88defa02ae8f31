import Connectors
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReceiverLimitTests {
  private func settings(bodyLimit: Int, waitingLimit: Int = 1_000_000) -> ReceiverSettings {
    var settings = ReceiverSettings()
    settings.bodyLimit = bodyLimit
    settings.waitingLimit = waitingLimit
    return settings
  }

  /// A body of exactly `length` bytes that holds one span.
  private func body(length: Int) -> String {
    let span = "[{\"traceId\":\"1\",\"id\":\"2\"}"
    return span + String(repeating: " ", count: length - span.utf8.count - 1) + "]"
  }

  private func chunked(_ body: String, by size: Int) -> [ByteBuffer] {
    var parts = [
      ByteBuffer(
        string: "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    ]
    var rest = Substring(body)
    while !rest.isEmpty {
      let chunk = rest.prefix(size)
      rest = rest.dropFirst(size)
      parts.append(ByteBuffer(string: "\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n"))
    }
    return parts + [ByteBuffer(string: "0\r\n\r\n")]
  }

  @Test func sixtyFourMebibytesAreTheLimitBeforeABodyIsSent() async throws {
    try await RunningReceiver.run { running async throws in
      let head = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nContent-Length: 67108865\r\n\r\n"
      let answer = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: head)])).last
      #expect(answer?.status == 413)
      #expect(answer?.headers["connection"] == "close")
      #expect(answer?.body == "the body is over 64 MiB: send fewer spans at a time\n")
      #expect(running.receiver.counts[.tooLarge] == 1)
      #expect(running.receiver.counts.bytes == 0)
    }
  }

  @Test func aBodyAtTheLimitIsTakenAndOneByteMoreIsNot() async throws {
    try await RunningReceiver.run(settings: settings(bodyLimit: 1000)) { running async throws in
      #expect(try await running.client.post(body(length: 1000))?.status == 202)
      let over = try await running.client.post(body(length: 1001))
      #expect(over?.status == 413)
      #expect(over?.body == "the body is over 1000 bytes: send fewer spans at a time\n")
      #expect(running.received.count == 1)
    }
  }

  @Test func aStreamedBodyIsCountedAsItComes() async throws {
    try await RunningReceiver.run(settings: settings(bodyLimit: 1000)) { running async throws in
      let taken = LoopbackClient.parse(try await running.client.exchange(chunked(body(length: 1000), by: 300))).last
      #expect(taken?.status == 202)
      let over = LoopbackClient.parse(try await running.client.exchange(chunked(body(length: 1001), by: 300))).last
      #expect(over?.status == 413)
      #expect(running.received.count == 1)
      #expect(running.receiver.counts.bytes >= 2000)
    }
  }

  @Test func theLimitHoldsAfterDecompressionToo() async throws {
    try await RunningReceiver.run(settings: settings(bodyLimit: 1000)) { running async throws in
      let answer = try await running.client.request(
        "POST", "/api/v2/spans", headers: ["Content-Encoding: gzip"], body: GzipFixture.bomb)
      #expect(answer?.status == 413)
      #expect(running.receiver.counts[.tooLarge] == 1)
    }
  }

  @Test func tooMuchAtATimeIsSentBackForLater() async throws {
    try await RunningReceiver.run(settings: settings(bodyLimit: 1000, waitingLimit: 500)) { running async throws in
      let answer = try await running.client.post(body(length: 501))
      #expect(answer?.status == 503)
      #expect(answer?.headers["retry-after"] == "1")
      #expect(answer?.body == "too many spans wait to be read: send them again later\n")
      #expect(running.receiver.counts[.overloaded] == 1)
      // What was held for it is free again.
      for _ in 0..<3 { #expect(try await running.client.post(body(length: 500))?.status == 202) }
    }
  }

  @Test func aSenderThatAsksFirstIsToldToGoOn() async throws {
    try await RunningReceiver.run(settings: settings(bodyLimit: 1000)) { running async throws in
      let head = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
      let whole = head + "Content-Length: 100\r\n\r\n" + body(length: 100)
      let taken = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: whole)]))
      #expect(taken.map(\.status) == [100, 202])
      let tooLong = head + "Content-Length: 1001\r\n\r\n"
      let refused = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: tooLong)]))
      #expect(refused.map(\.status) == [413])
    }
  }

  /// Whether it says nothing, half a head or half a body. It is told by its end alone.
  @Test(arguments: [
    "", "POST /api/v2/spans HT", "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[",
  ])
  func aConnectionThatStandsStillIsCutOff(start: String) async throws {
    var settings = ReceiverSettings()
    settings.idleTime = .milliseconds(100)
    try await RunningReceiver.run(settings: settings) { running async throws in
      // A client of these tests gives up after ten seconds by itself.
      let clock = ContinuousClock()
      let begin = clock.now
      _ = try await running.client.exchange(start.isEmpty ? [] : [ByteBuffer(string: start)])
      #expect(begin.duration(to: clock.now) < .seconds(9))
      #expect(running.received == [] && running.receiver.counts.accepted == 0)
      #expect(try await running.client.post("[]")?.status == 202)
    }
  }

  @Test(arguments: ["Content-Length: 100\r\n\r\n[]", "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n"])
  func aBodyCutShortIsNotTaken(start: String) async throws {
    try await RunningReceiver.run { running async throws in
      let head = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\n\(start)"
      let answers = LoopbackClient.parse(
        try await running.client.exchange([ByteBuffer(string: head)], closesOutput: true))
      #expect(answers.map(\.status) == [400])
      #expect(answers.first?.body == "the connection ended before the whole body had come: send it again\n")
      #expect(running.receiver.counts[.interrupted] == 1 && running.receiver.counts.rejectedRequests == 1)
      let garbage = LoopbackClient.parse(
        try await running.client.exchange([ByteBuffer(string: "\u{1}\u{2}\r\n\r\n")], closesOutput: true))
      #expect(garbage.allSatisfy { $0.status == 400 })
      #expect(running.received == [])
      #expect(running.receiver.counts.accepted == 0)
      #expect(try await running.client.post("[]")?.status == 202)
    }
  }
}
