import Foundation
import TestSupport
import Testing

/// `msatop attach`: what it listens for, and what it says of that.
@Suite struct AttachTests {
  private let directory: TemporaryDirectory
  /// `2024-01-01`: long gone, which a receiver must not mind.
  private static let spans =
    #"[{"traceId":"a1","id":"b","kind":"SERVER","name":"get /stock","timestamp":1704067200000000,"#
    + #""duration":900,"localEndpoint":{"serviceName":"stock"}}]"#

  init() throws { directory = try TemporaryDirectory() }

  /// The port that it says it listens at: `listens as zipkin 127.0.0.1:40123`.
  private func port(_ session: TerminalSession, of receiver: String) async throws -> Int {
    #expect(try await session.shows("listens as \(receiver) 127.0.0.1:"))
    let line = try await session.screen.split(separator: "\n").first { $0.contains("listens as \(receiver)") }
    return try #require(line?.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) })
  }

  private func send(_ body: String, to port: Int, _ path: String) async throws -> Program.Outcome {
    try await Program.command(
      "curl",
      [
        "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", body,
        "http://127.0.0.1:\(port)\(path)",
      ])
  }

  @Test func whatCameInIsALineOfJSON() async throws {
    let session = try await TerminalSession(
      "attach --zipkin 0 --otlp-http 0 --headless", columns: 800, environment: "XDG_CONFIG_HOME=\(directory.path)")
    let (zipkin, otlp) = (try await port(session, of: "zipkin"), try await port(session, of: "otlp-http"))
    #expect(try await send(Self.spans, to: zipkin, "/api/v2/spans").output == "202")
    #expect(try await send("{\"resourceSpans\":7}", to: otlp, "/v1/traces").output == "400")
    try await session.press("C-c")
    #expect(try await session.shows("left with 0"))
    let line = try await session.screen.split(separator: "\n").first { $0.contains("\"receivers\"") }
    await session.end()
    let text = try #require(line.map { String($0.drop { $0 != "{" }) })
    let counters = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let store = try #require(counters["store"] as? [String: Any])
    #expect(store["accepted"] as? Int == 1 && store["budget"] as? Int == 256_000_000)
    let receivers = try #require(counters["receivers"] as? [[String: Any]])
    let counts = try receivers.map { try #require($0["counts"] as? [String: Any]) }
    #expect(counts.map { $0["accepted"] as? Int } == [1, 0] && counts.map { $0["requests"] as? Int } == [1, 1])
    let refused = try #require(counts[1]["rejected"] as? [[String: Any]])
    #expect(refused.first?["reason"] as? String == "invalidSpan")
  }

  @Test func theCockpitShowsWhatCameIn() async throws {
    let session = try await TerminalSession("attach --otlp-http 0 --zipkin 0")
    #expect(try await session.shows("attached"))
    try await session.press("9")
    #expect(try await session.shows("zipkin 127.0.0.1:"))
    let line = try await session.screen.split(separator: "\n").first { $0.contains("zipkin 127.0.0.1:") }
    let digits = line?.split(separator: ":").dropFirst().first?.prefix { $0.isNumber }
    let port = try #require(digits.flatMap { Int($0) })
    #expect(try await send(Self.spans, to: port, "/api/v2/spans").output == "202")
    try await session.press("5")
    #expect(try await session.shows("get /stock"))
    try await session.press("q")
    #expect(try await session.shows("left with 0"))
    await session.end()
  }

  /// The command line over the environment over the file.
  @Test func settingsComeFromTheFileAndTheEnvironment() async throws {
    let path = try directory.file("given.yaml", "zipkin: 0\notlp-http: 0\nmemory: 2MB\n")
    let session = try await TerminalSession(
      "attach --config \(path) --headless", columns: 800, environment: "MSATOP_OTLP_HTTP=off")
    _ = try await port(session, of: "zipkin")
    try await session.press("C-c")
    #expect(try await session.shows("left with 0"))
    let screen = try await session.screen
    await session.end()
    #expect(!screen.contains("listens as otlp-http") && screen.contains("\"budget\":2000000"), "\(screen)")
  }

  @Test func pagesThatAreNamedMayReport() async throws {
    let path = try directory.file("pages.yaml", "zipkin: 0\norigin: https://shop.example, http://10.0.0.7:3000\n")
    let session = try await TerminalSession("attach --config \(path) --headless", columns: 200)
    let port = try await port(session, of: "zipkin")
    for (page, code) in [("http://10.0.0.7:3000", "204"), ("https://else.example", "403")] {
      let asked = try await Program.command(
        "curl",
        [
          "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "OPTIONS", "-H", "Origin: \(page)", "-H",
          "Access-Control-Request-Method: POST", "http://127.0.0.1:\(port)/api/v2/spans",
        ])
      #expect(asked.output == code, "\(page)")
    }
    try await session.press("C-c")
    #expect(try await session.shows("left with 0"))
    await session.end()
  }

  @Test func theUsualFileIsFound() async throws {
    _ = try directory.file("msatop/config.yaml", "# nothing but this\nzipkin: 0\n")
    let session = try await TerminalSession(
      "attach --headless", columns: 200, environment: "XDG_CONFIG_HOME=\(directory.path)")
    _ = try await port(session, of: "zipkin")
    try await session.press("C-c")
    #expect(try await session.shows("left with 0"))
    await session.end()
  }

  @Test func mistakesInSettingsAreNamed() async throws {
    let path = try directory.file(
      "bad.yaml", "zipkn: 9411\notlp-http: 99999\nmemory: much\notlp: maybe\norigin: shop\n")
    let outcome = try await Program.run("attach", "--config", path, "--headless")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    let lines = outcome.error.split(separator: "\n").map(String.init)
    #expect(lines.count == 5, "\(outcome.error)")
    for (line, part) in zip(lines, ["1:1: there is no key \"zipkn\"", "2:12:", "3:9:", "4:7:", "5:9:"]) {
      #expect(line.contains("\(path):\(part)"), "\(line)")
    }
    let missing = try await Program.run("attach", "--config", directory.path + "/none.yaml", "--headless")
    #expect(missing.status == 64 && missing.error.contains("none.yaml cannot be read: there is no such file"))
    let mistyped = try await Program.command(
      Program.path, ["attach", "--headless"],
      environment: ["MSATOP_OTLP_HTP": "4318", "XDG_CONFIG_HOME": directory.path])
    #expect(mistyped.status == 64 && mistyped.error.contains("MSATOP_OTLP_HTP says nothing"), "\(mistyped.error)")
    #expect(mistyped.error.contains("MSATOP_OTLP_HTTP"), "\(mistyped.error)")
    let wrong = try await Program.command(
      Program.path, ["attach", "--headless"], environment: ["MSATOP_ZIPKIN": "x"])
    #expect(wrong.status == 64 && wrong.error.contains("the environment's MSATOP_ZIPKIN: "), "\(wrong.error)")
  }

  @Test func itWantsToKnowWhatToListenFor() async throws {
    let outcome = try await Program.command(
      Program.path, ["attach", "--headless"], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(outcome.status == 64 && outcome.error.contains("say what to listen for"), "\(outcome.error)")
    let off = try await Program.command(
      Program.path, ["attach", "--zipkin", "off", "--headless"], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(off.status == 64)
  }
}
