import Shop

/// How fast the simulated shop runs when nothing holds it back.
struct SimulationBenchmarks {
  let rounds: Int
  /// Virtual seconds under load of each round.
  private static let seconds: Int64 = 60
  private static let rate = 100.0
  private static let seeds: ClosedRange<UInt64> = 1...20

  func run(withHour: Bool) -> [BenchResult] {
    var results = [
      throughput("whole shop", .ordinary, note: "one core; SQLite in memory; the ordinary mix at 100 tx/s for 60 s"),
      throughput("orders alone", .ordersOnly, note: "the same with choreographed orders and nothing else"),
      sweep(),
    ]
    if withHour { results.append(hour()) }
    return results
  }

  private func throughput(_ name: String, _ mix: LoadMix, note: String) -> BenchResult {
    let values = (0..<rounds).map { round in
      let report = Self.report(seed: UInt64(round + 1), rate: Self.rate, mix: mix, seconds: Self.seconds)
      return Double(report.spans) / report.wallSeconds
    }
    return BenchResult(name, unit: "spans/s", of: values, note: note)
  }

  private func sweep() -> BenchResult {
    let values = (0..<rounds).map { _ in
      let report = ChaosSweep(seeds: Self.seeds, duration: Self.seconds * 1_000_000_000, rate: 20).run()
      return Double(Self.seeds.count) / report.wallSeconds * 60
    }
    return BenchResult(
      "seeds with chaos", unit: "seeds/min", of: values,
      note: "two threads; 60 s at 20 tx/s each; invariants judged, digests taken")
  }

  private func hour() -> BenchResult {
    let report = Self.report(seed: 1, rate: 50, mix: .ordinary, seconds: 3_600)
    return BenchResult("one virtual hour", unit: "s", of: [report.wallSeconds], note: "50 tx/s, once")
  }

  private static func report(seed: UInt64, rate: Double, mix: LoadMix, seconds: Int64) -> SimulationReport {
    var settings = ShopSettings(seed: seed, rate: rate)
    settings.mix = mix
    return SimulationRun(settings, duration: seconds * 1_000_000_000).run()
  }
}
