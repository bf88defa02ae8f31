import Concurrency
import HTTPTypes
import Testing

@testable import Connectors

/// What a browser is told that asks whether a page may report.
@Suite(.timeLimit(.minutes(1))) struct PageOriginsTests {
  @Test(arguments: [
    "http://localhost", "http://localhost:3000", "https://localhost:8443", "http://127.0.0.1:5173", "http://[::1]:8080",
    "http://shop.localhost:3000", "https://shop.example", "HTTPS://Shop.Example", "http://10.0.0.7:3000",
  ]) func mayReport(_ origin: String) throws {
    #expect(try PageOrigins(parsing: "https://shop.example, http://10.0.0.7:3000").allow(origin))
  }

  @Test(arguments: [
    "https://shop.example:8443", "http://shop.example", "https://evil.example", "https://shop.example.evil.example",
    "https://localhost.evil.example", "http://localhost:3000:1", "http://localhost:70000", "http://localhost:",
    "http://localhost/x", "http://user@localhost", "http://127.0.0.2", "http://[::1", "http://", "localhost", "null",
    "",
    "file://localhost", "http://local\u{0}host",
  ]) func mayNotReport(_ origin: String) throws {
    #expect(try !PageOrigins(parsing: "https://shop.example").allow(origin))
  }

  @Test(arguments: [
    ("", ""), ("shop.example", "shop.example"), ("https://shop.example/", "https://shop.example/"),
    ("https://shop.example,", ""), ("*", "*"),
    ("https://a.example http://b.example", "https://a.example http://b.example"),
  ]) func whatSaysNoPagesIsRefused(_ text: String, wrong: String) {
    #expect(throws: ConnectorError.invalidOrigin(wrong)) { try PageOrigins(parsing: text) }
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
      let span = #"[{"traceId":"000000000000000000000000000000a1","id":"00000000000000a1","timestamp":1}]"#
      let sent = try await client.post(span, headers: ["Content-Type: application/json", page])
      #expect(sent?.status == 202 && sent?.headers["access-control-allow-origin"] == "http://localhost:3000")
      // A page may read what was wrong, too.
      let refused = try await client.post("[", headers: ["Content-Type: application/json", page])
      #expect(refused?.status == 400 && refused?.headers["access-control-allow-origin"] == "http://localhost:3000")
    }
    // Having asked is no report.
    #expect(counts.requests == 2 && spans == 1)
  }

  @Test func aPageOfSomebodyElseIsTurnedAway() async throws {
    let (counts, _) = try await serving { client async throws in
      let asked = try await client.request(
        "OPTIONS", "/api/v2/spans", headers: Self.ask + ["Origin: https://evil.example"])
      #expect(asked?.status == 403 && asked?.headers["access-control-allow-origin"] == nil)
      #expect(asked?.body.contains("pages of https://evil.example may not report here: allow it with --origin") == true)
    }
    #expect(counts.rejected == [.init(reason: .foreignPage, requests: 1)])
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
    settings.pages = try PageOrigins(parsing: "https://shop.example")
    let receiver = OTLPReceiver(
      address: ListenAddress(port: 0), settings: settings, now: { 0 }, sinks: OTLPSinks(spans: { _ in }))
    try await LoopbackClient.serving(receiver) { client async throws in
      let asked = try await client.request(
        "OPTIONS", "/v1/traces",
        headers: Self.ask + ["Origin: https://shop.example", "Access-Control-Request-Private-Network: true"])
      #expect(asked?.status == 204 && asked?.headers["access-control-allow-private-network"] == "true")
    }
  }
}
