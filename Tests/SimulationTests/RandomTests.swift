import Testing

@testable import Simulation

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct RandomTests {
  @Test func aStreamDependsOnSeedAndPurposeAlone() {
    var first = RandomStream(seed: 7, "payment-gateway/latency")
    var again = RandomStream(seed: 7, "payment-gateway/latency")
    var other = RandomStream(seed: 7, "order/latency")
    var otherSeed = RandomStream(seed: 8, "payment-gateway/latency")
    let numbers = (0..<4).map { _ in first.next() }
    #expect(numbers == (0..<4).map { _ in again.next() })
    #expect(numbers != (0..<4).map { _ in other.next() })
    #expect(numbers != (0..<4).map { _ in otherSeed.next() })
    // Pinned: a change here changes every run of every seed.
    #expect(numbers.map { String($0, radix: 16) } == Self.pinned)
  }

  private static let pinned = ["9153489f85e5994", "291ccc2a02e51685", "aa57f6f1ce167556", "d200980aff126577"]

  @Test func theLogarithmAgreesWithLibmToFourteenDigits() {
    var random = RandomStream(seed: 1, "test")
    for _ in 0..<10_000 {
      let x = random.unit()
      #expect(abs(naturalLogarithm(x) - log(x)) <= 1e-14 * max(1, abs(log(x))), "x = \(x)")
    }
  }

  @Test func anExponentialHasItsMeanAndATail() {
    var random = RandomStream(seed: 3, "test")
    let values = (0..<100_000).map { _ in random.exponential(mean: 20) }.sorted()
    #expect(abs(values.reduce(0, +) / 100_000 - 20) < 0.5)
    #expect(abs(values[99_000] / 20 - 4.605) < 0.2)
  }

  @Test func arrivalsKeepTheirRate() {
    var process = ArrivalProcess(rate: 50, wave: 0, burstFactor: 1, seed: 5)
    var (moment, count) = (0 as Int64, 0)
    while let next = process.next(after: moment), next < 100_000_000_000 { (moment, count) = (next, count + 1) }
    #expect(abs(count - 5000) < 300)
  }

  @Test func theDailyWaveIsHighByDayAndLowByNight() {
    let hour = 3_600_000_000_000 as Int64
    #expect(ArrivalProcess.dailyWave(at: 0) == 0)
    #expect(ArrivalProcess.dailyWave(at: 6 * hour) == 1)
    #expect(ArrivalProcess.dailyWave(at: 18 * hour) == -1)
    #expect(ArrivalProcess.dailyWave(at: 30 * hour) == 1)
  }

  @Test func aRateOfNothingBringsNobody() {
    var process = ArrivalProcess(rate: 0, seed: 5)
    #expect(process.next(after: 0) == nil)
  }

  /// Pauses that no 64 bits hold.
  @Test(arguments: [1e-12, 1e-300, Double.leastNonzeroMagnitude])
  func aRateOfNextToNothingBringsNobody(rate: Double) {
    var process = ArrivalProcess(rate: rate, seed: 5)
    #expect(process.next(after: 0) == nil)
  }
}
