import Concurrency
import NIOCore
import Testing

@testable import Connectors

/// Which web pages may report, and what a browser is told of it.
@Suite(.timeLimit(.minutes(1))) struct AllowedOriginsTests {
  @Test(arguments: [
    "http://localhost", "http://localhost:3000", "https://localhost:8443", "http://127.0.0.1:5173", "http://[::1]:8080",
    "http://shop.localhost:3000", "https://shop.example", "HTTPS://Shop.Example", "http://10.0.0.7:3000",
    "https://shop.example:443", "https://other.example", "http://[2001:db8::1]:8080",
  ]) func mayReport(_ origin: String) throws {
    let named = "https://shop.example, http://10.0.0.7:3000,https://Other.example:443,http://[2001:db8::1]:8080"
    #expect(try AllowedOrigins(parsing: named).allow(origin))
  }

  @Test(arguments: [
    "https://shop.example:8443", "http://shop.example", "https://evil.example", "https://shop.example.evil.example",
    "https://localhost.evil.example", "http://localhost:3000:1", "http://localhost:70000", "http://localhost:",
    "http://localhost:+80", "http://localhost:080", "http://[localhost]", "http://[::1]x", "http://localhost/x",
    "http://user@localhost", "http://127.0.0.2", "http://[::1", "http://", "localhost", "null",
    "",
    "file://localhost", "http://local\u{0}host",
  ]) func mayNotReport(_ origin: String) throws {
    #expect(try !AllowedOrigins(parsing: "https://shop.example").allow(origin))
  }

  @Test(arguments: [
    ("", ""), ("shop.example", "shop.example"), ("https://shop.example/", "https://shop.example/"),
    ("https://shop.example,", ""), ("*", "*"),
    ("https://a.example http://b.example", "https://a.example http://b.example"),
  ]) func whatIsNoOriginIsRefused(_ text: String, wrong: String) {
    #expect(throws: ConnectorError.invalidOrigin(wrong)) { try AllowedOrigins(parsing: text) }
  }

  private func serving(
    _ body: @Sendable (LoopbackClient) async throws -> Void
  ) async throws -> (counts: ReceiverCounts, spans: Int) {
    let spans = Locked(0)
    let receiver = ZipkinReceiver(
      address: ListenAddress(port: 0), now: { 0 }, sink: { taken in spans.withLock { $0 += taken.count } })
    try await LoopbackClient.serving(receiver) { client async throws in try await body(client) }
    return (receiver.counts, spans.withLock { $0 })
  }

  private static let ask = ["Access-Control-Request-Method: POST"]
  private static let span = #"[{"traceId":"000000000000000000000000000000a1","id":"00000000000000a1","timestamp":1}]"#

  @Test func aPageOfThisMachineAsksAndReports() async throws {
    let (counts, spans) = try await serving { client async throws in
      let page = "Origin: http://localhost:3000"
      let asked = try await client.request(
        "OPTIONS", "/api/v2/spans",
        headers: Self.ask + [page, "Access-Control-Request-Headers: content-type,x-team"])
      #expect(asked?.status == 204 && asked?.body == "")
      #expect(asked?.headers["access-control-allow-origin"] == "http://localhost:3000")
      #expect(asked?.headers["access-control-allow-methods"] == "POST")
      #expect(asked?.headers["access-control-allow-headers"] == "content-type,x-team")
      #expect(asked?.headers["vary"] == "Origin")
      #expect(asked?.headers["access-control-allow-private-network"] == nil)
      let sent = try await client.post(Self.span, headers: ["Content-Type: application/json", page])
      #expect(sent?.status == 202 && sent?.headers["access-control-allow-origin"] == "http://localhost:3000")
      // A page may read what was wrong, too.
      let refused = try await client.post("[", headers: ["Content-Type: application/json", page])
      #expect(refused?.status == 400 && refused?.headers["access-control-allow-origin"] == "http://localhost:3000")
    }
    // Having asked is no report.
    #expect(counts.requests == 2 && spans == 1)
  }

  /// Not even what looks like a form, before which browsers do not ask.
  @Test(
    arguments: [
      ("OPTIONS", ask + ["Access-Control-Request-Private-Network: true"]), ("POST", ["Content-Type: application/json"]),
      ("POST", ["Content-Type: application/x-www-form-urlencoded"]), ("POST", []), ("GET", []),
    ], ["https://evil.example", "null"])
  func aPageOfAnotherOriginIsTurnedAway(_ way: (method: String, headers: [String]), origin: String) async throws {
    let (counts, spans) = try await serving { client async throws in
      let body = way.method == "POST" ? Array(Self.span.utf8) : []
      let answer = try await client.request(
        way.method, "/api/v2/spans", headers: way.headers + ["Origin: \(origin)"], body: body)
      #expect(answer?.status == 403)
      #expect(answer?.headers.keys.contains { $0.hasPrefix("access-control") } == false)
      #expect(answer?.body.contains("pages of the origin \(origin) may not report here: name it with --origin") == true)
    }
    #expect(counts.rejected == [.init(reason: .foreignOrigin, requests: 1)] && spans == 0)
  }

  /// Nobody reads it: the connection ends, whatever is still to come.
  @Test(arguments: [("OPTIONS", "/api/v2/spans"), ("GET", "/health")])
  func aBodyThatNobodyWantsEndsTheConnection(method: String, path: String) async throws {
    _ = try await serving { client async throws in
      let head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\n"
      let rest = "Access-Control-Request-Method: POST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
      let answer = try await client.exchange([ByteBuffer(string: head + rest)])
      #expect(answer.lowercased().contains("connection: close"), "\(answer)")
    }
  }

  @Test func whoIsNoPageSeesNothingOfIt() async throws {
    _ = try await serving { client async throws in
      // Neither asks for a page.
      let plain = try await client.request("OPTIONS", "/api/v2/spans", headers: [])
      #expect(plain?.status == 405 && plain?.headers["vary"] == nil)
      let elsewhere = try await client.request(
        "OPTIONS", "/other", headers: Self.ask + ["Origin: http://localhost:3000"])
      #expect(elsewhere?.status == 404)
      let sent = try await client.post("[]", headers: ["Content-Type: application/json"])
      #expect(sent?.status == 202 && sent?.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test func aPageFromOutsideThatIsNamedMayTalkToThisMachine() async throws {
    var settings = ReceiverSettings()
    settings.allowedOrigins = try AllowedOrigins(parsing: "https://shop.example")
    let receiver = OTLPReceiver(
      address: ListenAddress(port: 0), settings: settings, now: { 0 }, sinks: OTLPSinks(spans: { _ in }))
    try await LoopbackClient.serving(receiver) { client async throws in
      let asked = try await client.request(
        "OPTIONS", "/v1/traces",
        headers: Self.ask + ["Origin: https://shop.example", "Access-Control-Request-Private-Network: true"])
      #expect(asked?.status == 204 && asked?.headers["access-control-allow-private-network"] == "true")
      let other = try await client.request(
        "POST", "/v1/traces", headers: ["Content-Type: application/json", "Origin: https://evil.example"],
        body: Array("{}".utf8))
      #expect(other?.status == 403 && other?.body.contains(#""code":7"#) == true)
    }
  }
}
