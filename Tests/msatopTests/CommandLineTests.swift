import Testing

/// What is wrong on the command line is said in one line, with what would be right, and nothing is started.
@Suite struct CommandLineTests {
  @Test(arguments: [
    (["--colour"], "--colour"),
    (["--theme", "solarized"], "there are dark, light, nord"),
    (["--fault", "nobody:crash"], "there are gateway, order, inventory, payment, customer"),
    (["--fault", "payments:crash"], "do you mean payment?"),
    (["--fault", "payment:latncy=2s"], "do you mean latency=2s?"),
    (["--mistake", "dual-wirte"], "do you mean dual-write?"),
    (["--order-store", "log-minning"], "do you mean log-mining?"),
    (["--journeys", "browze=2"], "do you mean browse?"),
    (["--strangler", "ordr=50"], "do you mean order?"),
    (["--fault", "payment:db-down"], "keeps no database"),
    (["--fault", "payment:sleepy"], "there are latency=2s"),
    (["--rate", "many"], "0 to 10000"),
    (["--strangler", "cart=3"], "there are review, catalog, order"),
    (["simulate", "--strangler", "review=101"], "0 to 100 percent"),
    (["--speed", "1000"], "0.1 to 100"),
    (["--start-at", "30"], "30s"),
    (["--zipkin", "99999"], "99999"), (["--otlp-http", "localhost:x"], "not a port from 0 to 65535"),
    (["simulate", "--duration", "an hour"], "30s, 10m, 1h"),
    (["simulate", "--transaction", "first"], "last-failed"),
    (["bench", "bus", "--rounds", "-1"], "1 to 1000"),
    (["--topology", "one"], "there are separate, shared-db"),
    (["--max-connections", "20"], "say --topology shared-db"), (["--split-reads"], "say --topology shared-db"),
    (["--topology", "shared-db", "--max-connections", "0"], "1 to 1000"),
    (["--fault", "db:shared:max-connections=20"], "say --topology shared-db"),
    (["simulate", "--chaos", "--fault", "db:shared:max-connections=20"], "say --topology shared-db"),
    (["simulate", "--seeds", "1..2", "--order-store", "events", "--mistake", "dual-write"], "--order-store outbox"),
    (["simulate", "--chaos", "--resilience", "application.yml"], "leave out --chaos"),
    (["import"], "<file>"), (["import", "-", "-"], "give - once"),
    (["--seed", "x"], "whole number"), (["--rate", "-5"], "0 to 10000"),
    (["explode"], "unknown command \"explode\"; there are demo, attach, import, simulate, log, bench"),
    (["simulte", "--duration", "5s"], "unknown command \"simulte\"; do you mean simulate?"),
    (["--fault", "payment-gateway:outage@5s"], "@5s is for simulate's --fault; here a fault begins at once"),
  ])
  func aMistakeIsOneLine(arguments: [String], expected: String) async throws {
    let outcome = try await Program.command(Program.path, arguments)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.contains(expected), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }

  #if !GRPC
    @Test func whatIsNotBuiltInIsRefused() async throws {
      let outcome = try await Program.command(Program.path, ["--otlp-grpc", "4317"])
      #expect(outcome.status == 64 && outcome.output.isEmpty)
      #expect(outcome.error.contains("swift build --traits GRPC"), "\(outcome.error)")
    }
  #endif

  @Test func withoutATerminalNothingStarts() async throws {
    let outcome = try await Program.run("demo")
    #expect(outcome.status == 1)
    #expect(outcome.error.split(separator: "\n").count == 1 && outcome.error.contains("terminal"), "\(outcome.error)")
  }

  @Test func helpShowsExamplesAndTheVersionIsAVersion() async throws {
    let help = try await Program.run("--help")
    #expect(help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("simulate"))
    let version = try await Program.run("--version")
    #expect(version.status == 0 && version.output.split(separator: ".").count == 3)
  }
}
