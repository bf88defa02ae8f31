import Foundation
import Testing

/// What `simulate` prints, and how it ends.
@Suite struct SimulateTests {
  private func digest(_ outcome: Program.Outcome) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require((object as? [String: Any])?["digest"] as? String)
  }

  /// Two processes: what a process draws by lot for itself, as the order of a dictionary, must not reach the digest.
  @Test func oneSeedIsOneRunInEveryProcess() async throws {
    let faults = [
      "order/1:crash,ttl=5s", "inventory:pool=1", "payment/1:partition,ttl=12s", "broker:broker-down,ttl=4s",
      "topic:inventory:poison=2", "topic:order:duplicate=20%", "payment:lose-before-outbox,share=20%",
      "order/2:skew=+2s", "gateway/1:leak=100MB/s",
    ]
    let arguments =
      ["simulate", "--duration", "20s", "--rate", "15", "--seed", "7", "--json"] + faults.flatMap { ["--fault", $0] }
    async let first = Program.command(Program.path, arguments)
    async let second = Program.command(Program.path, arguments)
    async let other = Program.run("simulate", "--duration", "20s", "--rate", "15", "--seed", "8", "--json")
    let (one, two, three) = try await (first, second, other)
    #expect(one.status == 0 && three.status == 0, "\(one.error)\(three.error)")
    #expect(try digest(one) == digest(two))
    #expect(try digest(one) != digest(three))
  }

  @Test func theFileOfEventsHasTheDigest() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "events-\(UInt64.random(in: 0...UInt64.max))")
    defer { try? FileManager.default.removeItem(at: file) }
    let outcome = try await Program.run("simulate", "--duration", "5s", "--json", "--events", file.path)
    let sum = try await Program.command("sha256sum", [file.path])
    #expect(sum.output.hasPrefix(try digest(outcome)))
  }

  @Test func theTreeOfTheLastFailureIsPrinted() async throws {
    let outcome = try await Program.run(
      "simulate", "--duration", "20s", "--rate", "20", "--sagas", "choreographed", "--transaction", "last-failed",
      "--seed", "2")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("✓ every saga ends"))
    #expect(
      outcome.output.contains("gateway POST /orders") && outcome.output.contains("undoes #2"), "\(outcome.output)")
  }

  @Test func whatWasOrderedAndNeverStruckIsSaid() async throws {
    let outcome = try await Program.run(
      "simulate", "--duration", "4s", "--rate", "5", "--json", "--fault", "payment/1:crash@70s", "--fault",
      "payment/2:crash,ttl=1s@1s", "--crash", "order/1:P2,nth=9000", "--crash", "order:P4@4s", "--crash", "order:P2")
    #expect(outcome.status == 0)
    let warnings = outcome.error.split(separator: "\n")
    #expect(warnings.count == 3, "\(outcome.error)")
    #expect(
      outcome.error.contains(
        "warning: --fault payment/1:crash never struck: it was to begin at 70s, and the load ended at 4s"),
      "\(outcome.error)")
    #expect(outcome.error.contains("warning: --crash order:P4 never struck: it was to begin at 4s"), "\(outcome.error)")
    #expect(
      outcome.error.contains("warning: --crash order/1:P2,nth=9000 never struck: P2 was passed "), "\(outcome.error)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let unstruck = try #require(object?["neverStruck"] as? [[String: Any]])
    #expect(unstruck.map { $0["spec"] as? String } == ["payment/1:crash", "order:P4", "order/1:P2,nth=9000"])
  }

  @Test func aFileThatCannotBeWrittenIsNamed() async throws {
    let outcome = try await Program.run("simulate", "--duration", "1s", "--events", "/nowhere/events")
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("/nowhere/events cannot be written"))
  }
}
