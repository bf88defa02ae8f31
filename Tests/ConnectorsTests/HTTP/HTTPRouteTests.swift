import Concurrency
import HTTPTypes
import Testing

@testable import Connectors

@Suite(.timeLimit(.minutes(1))) struct HTTPRouteTests {
  /// A protocol that takes whatever text there is.
  private struct TextRoute: HTTPRoute {
    let path: String
    let subject = "texts"
    let counter: Locked<ReceiverCounts>

    func refusal(ofType type: String?) -> Refusal? {
      MediaType.name(type) == "text/plain" ? nil : Refusal(.unsupportedMediaType, .unsupportedType, "no text")
    }

    func take(_ body: [UInt8], type: String?) throws(Refusal) -> ReceiverAnswer {
      guard body.first != UInt8(ascii: "x") else { throw Refusal(.badRequest, .malformedBody, "x") }
      counter.withLock { $0.accept(spans: body.count) }
      return .text(.ok, "thanks")
    }

    func answer(_ refusal: Refusal, to type: String?) -> ReceiverAnswer {
      .text(refusal.status, "\(path) says: \(refusal.sentence)", headers: refusal.headers)
    }
  }

  private struct Shared: Receiver {
    let server: HTTPReceiver
    let name = "text"
    var address: ListenAddress { server.address }
    var counts: ReceiverCounts { ReceiverCounts() }

    func start(onBound: @escaping @Sendable (Int) -> Void) async throws(ConnectorError) {
      try await server.start(onBound: onBound)
    }

    func stop() async { await server.stop() }
  }

  @Test func protocolsShareAPortAndAreCountedApart() async throws {
    let first = Locked(ReceiverCounts())
    let second = Locked(ReceiverCounts())
    let server = HTTPReceiver(
      address: ListenAddress(port: 0), name: "text", option: "--text", settings: ReceiverSettings(),
      routes: [
        TextRoute(path: "/a", counter: first), TextRoute(path: "/b", counter: second),
        TextRoute(path: "/c", counter: second),
      ])
    try await LoopbackClient.serving(Shared(server: server)) { client async throws in
      let text = ["Content-Type: Text/Plain; charset=utf-8"]
      #expect(try await client.request("POST", "/a", headers: text, body: [1, 2])?.body == "thanks\n")
      #expect(try await client.request("POST", "/b", headers: text, body: [1])?.status == 200)
      #expect(try await client.request("POST", "/c?y=1", headers: text, body: [1])?.status == 200)
      let refused = try await client.request("POST", "/c", headers: text, body: Array("x".utf8))
      #expect(refused?.status == 400 && refused?.body == "/c says: x\n")
      #expect(try await client.request("POST", "/b", headers: [], body: [])?.body == "/b says: no text\n")
      #expect(
        try await client.request("POST", "/d", headers: text)?.body
          == "/a says: there is nothing at /d: POST texts to /a, texts to /b, texts to /c, GET /health\n")
    }
    let (one, other) = (first.withLock { $0 }, second.withLock { $0 })
    #expect(one.spans == 2 && one.accepted == 1 && one.bytes == 2)
    #expect(one.rejected == [.init(reason: .unknownPath, requests: 1)])
    #expect(other.spans == 2 && other.accepted == 2 && other.bytes == 3)
    #expect(
      other.rejected == [.init(reason: .malformedBody, requests: 1), .init(reason: .unsupportedType, requests: 1)])
  }

  @Test(
    arguments: [
      (nil, ""), ("", ""), ("application/json", "application/json"), (" Application/JSON ;q=1", "application/json"),
      ("a b", "a b"), (";", ""),
    ] as [(String?, String)])
  func mediaTypes(type: String?, name: String) {
    #expect(MediaType.name(type) == name)
  }
}
