import Foundation
import TestSupport
import Testing

/// `msatop import`: files in, the counters or the cockpit out.
@Suite struct ImportTests {
  private let directory: TemporaryDirectory
  private static let zipkin =
    #"[{"traceId":"a1","id":"b","kind":"SERVER","name":"get /stock","timestamp":1700000000000000,"#
    + #""duration":900,"localEndpoint":{"serviceName":"stock"}}]"#
  private static let otlp =
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","#
    + #""value":{"stringValue":"order"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","#
    + #""spanId":"eee19b7ec3c1b174","name":"op","kind":2,"startTimeUnixNano":"1700000000500000000"}]}]}]}"#

  init() throws { directory = try TemporaryDirectory() }

  @Test func bothFormatsAreCounted() async throws {
    let files = [
      try directory.file("a.json", Self.zipkin), try directory.file("b.jsonl", Self.otlp + "\n" + Self.otlp + "\n"),
    ]
    let outcome = try await Program.run("import", files[0], files[1], "--headless", "--memory", "1MB")
    #expect(outcome.status == 0 && outcome.error.isEmpty, "\(outcome.error)")
    let line = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let imported = try #require(line["files"] as? [[String: Any]])
    #expect(imported.map { $0["name"] as? String } == files && imported.map { $0["spans"] as? Int } == [1, 2])
    let store = try #require(line["store"] as? [String: Any])
    #expect(store["accepted"] as? Int == 2 && store["duplicates"] as? Int == 1, "\(store)")
  }

  @Test func whatCannotBeReadIsNamed() async throws {
    let good = try directory.file("good.json", Self.zipkin)
    let bad = try directory.file("bad.jsonl", Self.otlp + "\n{\"resourceSpans\":7}\n")
    let wrong = try await Program.run("import", good, bad, "--headless")
    #expect(wrong.status == 1 && wrong.output.isEmpty)
    #expect(wrong.error == "msatop: \(bad): line 2: resourceSpans: must be an array\n", "\(wrong.error)")
    let missing = try await Program.run("import", directory.path + "/none", "--headless")
    #expect(missing.status == 1 && missing.error.contains("/none cannot be read: "), "\(missing.error)")
  }

  @Test func theCockpitShowsThemAndSavesThemAgain() async throws {
    let good = try directory.file("good.json", Self.zipkin)
    let saved = directory.path + "/again.jsonl"
    let session = try await TerminalSession("import - < \(good)")
    #expect(try await session.shows("STILL"))
    try await session.press("5")
    #expect(try await session.shows("get /stock"))
    try await session.type(":save otlp \(saved)")
    try await session.press("Enter")
    #expect(try await session.shows("1 span of 1 transaction saved as"))
    try await session.press("q")
    #expect(try await session.shows("left with 0"))
    await session.end()
    let again = try await Program.run("import", saved, "--headless")
    #expect(again.status == 0 && again.output.contains("\"spans\":1"), "\(again.error)\(again.output)")
  }
}
