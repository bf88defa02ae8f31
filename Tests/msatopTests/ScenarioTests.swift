import Foundation
import TestSupport
import Testing

/// `--scenario` and `--resilience` as the built program takes them.
@Suite struct ScenarioTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let head = "name: mine\ntitle: Mine\nteaches: t\nrate: 20\nduration: 5s\nsteps: []\n"

  @Test func aFalseExpectationExitsWithOneAndIsNamed() async throws {
    let path = try directory.file(
      "mine.yaml", Self.head + "expect: [{always: health gateway = DOWN}, {finally: stuck = 0}]\n")
    let outcome = try await Program.run("simulate", "--scenario", path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("✗ always: health gateway = DOWN   (at 500ms: "), "\(outcome.output)")
    #expect(outcome.output.contains("✓ finally: stuck = 0"))
  }

  @Test func theReportAsJSONHasTheExpectations() async throws {
    let path = try directory.file("mine.yaml", Self.head + "expect: [{always: lag < 100000}]\n")
    let outcome = try await Program.run("simulate", "--scenario", path, "--json")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let scenario = try #require(object?["scenario"] as? [String: Any])
    let expectation = try #require((scenario["expectations"] as? [[String: Any]])?.first)
    #expect(expectation["state"] as? String == "held")
    #expect(object?["rate"] as? Double == 20)
  }

  @Test(arguments: [["--scenario"], ["simulate", "--scenario", "list"], ["simulate", "--scenario", "--seed", "3"]])
  func aloneItListsWhatThereIs(arguments: [String]) async throws {
    let outcome = try await Program.command(Program.path, arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("breaker-opens-and-heals"))
    #expect(outcome.output.contains("A circuit breaker is a fuse"))
  }

  @Test func mistakesInAFileAreAllNamed() async throws {
    let path = try directory.file(
      "bad.yaml", Self.head.replacing("rate: 20", with: "rate: many") + "expect: [{always: lagg < 1}]\n")
    let outcome = try await Program.run("simulate", "--scenario", path)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.contains("bad.yaml:4:7: rate is \"many\""), "\(outcome.error)")
    #expect(outcome.error.contains("bad.yaml:7:19: there is no figure \"lagg\""), "\(outcome.error)")
    let unknown = try await Program.run("simulate", "--scenario", "retry-strom")
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("do you mean retry-storm?"))
  }

  @Test func aRateBesideAScenarioIsRefused() async throws {
    let outcome = try await Program.run("simulate", "--scenario", "retry-storm", "--rate", "5")
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("--rate does not go with --scenario"))
  }

  @Test func guardsComeFromAnApplicationsFile() async throws {
    let path = try directory.file(
      "application.yml",
      """
      resilience4j.retry.instances.payment-gateway:
        max-attempts: ${ATTEMPTS:2}
        retry-exceptions: [java.io.IOException]
      resilience4j.bulkhead.instances: {paymnet-gateway: {max-concurrent-calls: 3}}
      """)
    let outcome = try await Program.run("simulate", "--duration", "3s", "--resilience", path)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error.contains("application.yml:2:17: ${ATTEMPTS} is taken as its default"), "\(outcome.error)")
    #expect(outcome.error.contains("application.yml:3:3: retry-exceptions is passed over"), "\(outcome.error)")
    #expect(
      outcome.error.contains(
        "application.yml:4:35: instance \"paymnet-gateway\" guards no call of the shop; do you mean"),
      "\(outcome.error)")
    let session = try await TerminalSession("--resilience \(path)")
    #expect(try await session.shows("3 warnings, L shows them: "))
    // What the shop has logged meanwhile may stand before them.
    try await session.press("L", "/")
    try await session.type("svc=settings")
    try await session.press("Enter")
    #expect(try await session.shows("WARN   settings"))
    try await session.press("q")
    #expect(try await session.shows("left with 0"))
    #expect(try await session.screen.contains("warning: \(path):3:3: retry-exceptions is passed over"))
    await session.end()
    let bad = try directory.file("application.yml", "resilience4j.retry.instances.payment-gateway.max-attempts: none\n")
    let refused = try await Program.run("simulate", "--duration", "3s", "--resilience", bad)
    #expect(refused.status == 64)
    #expect(refused.output.isEmpty)
    #expect(
      refused.error.contains("application.yml:1:60: max-attempts is \"none\"")
        || refused.error.contains("maxAttempts is \"none\"; it must be a whole number"), "\(refused.error)")
  }
}
