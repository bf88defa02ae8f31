import Foundation
import Testing

/// Many seeds at once, as the command line has them.
@Suite struct SweepTests {
  private func object(_ outcome: Program.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func aSweepIsTheSameInEveryProcess() async throws {
    let arguments = ["simulate", "--seeds", "1..4", "--duration", "8s", "--rate", "10", "--chaos", "--json"]
    async let first = Program.command(Program.path, arguments)
    async let second = Program.command(Program.path, arguments)
    let (one, two) = try await (object(first), object(second))
    #expect(one["done"] as? Int == 4)
    #expect((one["digest"] as? String)?.count == 64 && one["digest"] as? String == two["digest"] as? String)
    #expect(try await first.error.isEmpty, "no progress where nobody looks")
  }

  @Test func aFailureIsReplayedByWhatItPrints() async throws {
    let sweep = try await Program.run(
      "simulate", "--seeds", "1..2", "--duration", "8s", "--rate", "10", "--chaos", "--mistake", "dual-write", "--json")
    #expect(sweep.status == 1)
    let failures = try #require(object(sweep)["failures"] as? [[String: Any]])
    let failure = try #require(failures.first)
    for name in ["replay", "prefix", "shortest"] {
      let command = try #require(failure[name] as? String)
      #expect(command.hasPrefix("msatop simulate --seed "))
      let again = try await Program.command(
        "/bin/sh", ["-c", "exec \"$0\" \(command.dropFirst("msatop ".count)) --json", Program.path])
      #expect(again.status == 1, "\(name): \(command)")
      #expect(again.output.contains("\"holds\" : false"), "\(name): \(command)")
    }
  }

  /// Seeds that prove nothing are no success: in a second hardly anybody comes.
  @Test func whatNeverHappenedIsAnExitStatus() async throws {
    let arguments = ["simulate", "--seeds", "1..2", "--duration", "1s", "--rate", "0.001"]
    let outcome = try await Program.command(Program.path, arguments)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("✗ never happened, so nothing is proved about it: transactions"))
    #expect(outcome.output.contains("✓ every invariant holds in 2 runs"))
    let sweep = try await object(Program.command(Program.path, arguments + ["--json"]))
    #expect(sweep["missing"] as? [String] == ["transactions"] && sweep["succeeded"] as? Bool == false)
  }

  @Test func aCrashAtAPointIsTypedAndCounted() async throws {
    let outcome = try await Program.run(
      "simulate", "--duration", "10s", "--rate", "10", "--crash", "order:P4,nth=2@3s", "--fault",
      "payment/1:crash,ttl=1s@5s")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("crashes at P4"), "\(outcome.output)")
  }

  @Test(arguments: [
    (["--seeds", "9..1"], "1..1000"), (["--seeds", "1..3", "--seed", "2"], "--seed belongs to one run"),
    (["--seeds", "1..3", "--events", "x"], "--events belongs to one run"),
    (["--mistake", "typo"], "dual-write, no-idempotency, no-breaker"),
    (["--order-store", "file"], "outbox, log-mining, events"),
    (["--order-store", "events", "--mistake", "dual-write"], "say --order-store outbox"),
    (["--crash", "order:P17"], "order does not pass P17; orchestrator do"),
    (["--fault", "payment:crash@soon"], "30s, 10m, 1h"),
  ])
  func aMistakeOnTheCommandLineIsOneLine(arguments: [String], expected: String) async throws {
    let outcome = try await Program.command(Program.path, ["simulate"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(expected), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }
}
