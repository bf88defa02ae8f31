import Connectors
import NIOCore
import Testing

/// What comes to a port of HTTP, and is none, or an old one.
@Suite(.timeLimit(.minutes(1))) struct MalformedRequestTests {
  private static let head = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\n"

  @Test(arguments: [
    (head + "Content-Length: -5\r\n\r\n[]", "the header Content-Length must be one whole number"),
    (head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", "each chunk of the body must begin with its length"),
    (head + "X: \(String(repeating: "x", count: 100_000))\r\n\r\n", "the head of the request is too long"),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "this port speaks HTTP/1.1 and HTTP/1.0: gRPC has a port of its own"),
    ("\u{1}\u{2}\r\n\r\n", "this is not a request of HTTP/1.1"),
  ])
  func whatIsWrongIsTold(text: String, sentence: String) async throws {
    try await RunningReceiver.run { running async throws in
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: text)]))
      #expect(answers.map(\.status) == [400])
      #expect(answers.last?.headers["connection"] == "close")
      #expect(answers.last?.body.hasPrefix(sentence) == true, "\(answers)")
      #expect(running.receiver.counts[.malformedBody] == 1 && running.receiver.counts.rejectedRequests == 1)
      #expect(try await running.client.post("[]")?.status == 202)
    }
  }

  /// The one before is answered, whatever comes behind it.
  @Test func aRequestBeforeItIsAnswered() async throws {
    try await RunningReceiver.run { running async throws in
      let text = Self.head + "Content-Length: 2\r\n\r\n[]" + "\u{1}\u{2}\r\n\r\n"
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: text)]))
      #expect(answers.first?.status == 202)
    }
  }

  /// HTTP/1.0 keeps a connection only where it is asked to; the option is spelled in any case.
  @Test(arguments: [
    ("HTTP/1.0\r\n", 1), ("HTTP/1.0\r\nConnection: keep-alive\r\n", 2), ("HTTP/1.1\r\nConnection: Close\r\n", 1),
    ("HTTP/1.1\r\n", 2),
  ])
  func whoWantsItsConnectionClosed(version: String, answered: Int) async throws {
    try await RunningReceiver.run { running async throws in
      let text = "GET /health \(version)Host: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: text)]))
      #expect(answers.map(\.status) == Array(repeating: 200, count: answered))
      #expect(answers.last?.headers["connection"] == "close")
    }
  }
}
