import Operations
import Testing

@testable import Shop

/// Many short runs, each with faults of its own: whatever breaks, the invariants hold.
@Suite struct SeedTests {
  static let seeds: [UInt64] = Array(1...56)
  private static let reports = Reports()

  @Test(arguments: seeds) func invariantsHold(seed: UInt64) async throws {
    let (report, faults) = try await Self.reports.report(seed)
    let broken = report.invariants.filter { !$0.holds }.map { "\($0.name): \($0.problems.joined(separator: "; "))" }
    #expect(broken == [], "\(faults)")
    let count = report.transactions
    #expect(count.open == 0, "\(faults)")
    #expect(
      count.committed + count.rejected + count.compensated + count.failed + count.stuck == count.started, "\(faults)")
    #expect(count.started > 0, "\(faults)")
  }

  /// What the faults of all seeds can cause they do cause: otherwise the runs above would prove little.
  @Test func everyTrialIsMet() async throws {
    var sums: [(name: String, count: UInt64)] = []
    func add(_ name: String, _ count: UInt64) {
      if let index = sums.firstIndex(where: { $0.name == name }) {
        sums[index].count += count
      } else {
        sums.append((name, count))
      }
    }
    for seed in Self.seeds {
      let trials = try await Self.reports.report(seed).report.trials
      add("duplicates delivered", trials.duplicatesDelivered)
      add("duplicates suppressed", trials.duplicatesSuppressed)
      add("crashes between effect and offset commit", trials.crashesBeforeOffsetCommit)
      add("time-outs with unknown outcome", trials.timeOutsWithUnknownOutcome)
      add("refunds", trials.refunds)
      add("charges asked for again", trials.chargesRepeated)
      add("dead letters", trials.deadLetters)
      for step in ["cancel", "release", "void"] {
        add("compensations: \(step)", trials.compensations.first { $0.step == step }?.count ?? 0)
      }
    }
    for (name, count) in sums { #expect(count > 0, "\(name) never happened in \(Self.seeds.count) seeds") }
  }

  /// Each kind of fault is among them, several times.
  @Test func everyKindOfFaultIsTried() throws {
    let armed = try Self.seeds.flatMap { try RandomFaults(seed: $0).settings.faults.map(\.spec.kind.name) }
    // Mistakes break promises on purpose; the key-value store has seeds of its own; no server is shared here.
    let others: [FaultKind.Name] = [.full, .down, .maxConnections]
    for name in FaultKind.Name.allCases where name.mistake == nil && !others.contains(name) {
      #expect(
        armed.count { $0 == name } > 3, "\(name.rawValue) is hardly among the faults of \(Self.seeds.count) seeds")
    }
  }

  /// Runs each seed once, whoever asks.
  private actor Reports {
    private var runs: [UInt64: Task<(report: SimulationReport, faults: String), any Error>] = [:]

    func report(_ seed: UInt64) async throws -> (report: SimulationReport, faults: String) {
      if let run = runs[seed] { return try await run.value }
      let run = Task.detached { () throws -> (report: SimulationReport, faults: String) in
        let faults = RandomFaults(seed: seed)
        let settings = try faults.settings
        let run = SimulationRun(settings, duration: Int64(faults.seconds) * 1_000_000_000)
        let words = faults.texts.map { "\($0.text)@\($0.at)s" }.joined(separator: " ")
        return (run.run(), "seed \(seed), rate \(faults.rate), \(faults.seconds) s: \(words)")
      }
      runs[seed] = run
      return try await run.value
    }
  }
}
