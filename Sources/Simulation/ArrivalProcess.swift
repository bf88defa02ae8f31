/// Open-loop load: customers come as a Poisson process whose rate follows a daily wave and has bursts. They come
/// whether the system keeps up or not.
public struct ArrivalProcess: Sendable {
  /// Arrivals a second, averaged over a day without bursts.
  public var rate: Double
  /// How far the wave goes above and below the average, 0…1.
  public var wave: Double
  /// A burst multiplies the rate.
  public var burstFactor: Double

  /// Nanoseconds: a rate close to 0 has pauses that no 64 bits hold.
  private static let never = 10 * 365 * 86_400e9

  private var arrivals: RandomStream
  private var bursts: RandomStream
  /// Nanoseconds since the start.
  private var burst: (start: Int64, end: Int64)

  public init(rate: Double, wave: Double = 0.2, burstFactor: Double = 1.6, seed: UInt64) {
    self.rate = rate
    self.wave = wave
    self.burstFactor = burstFactor
    arrivals = RandomStream(seed: seed, "load/arrivals")
    bursts = RandomStream(seed: seed, "load/bursts")
    burst = (0, 0)
    burst = nextBurst(after: 0)
  }

  /// When the next customer comes, after `elapsed`; both in nanoseconds since the start. Nil at a rate of 0, and when
  /// nobody comes within ten years.
  ///
  /// By thinning (Lewis and Shedler, 1979): candidates at the highest rate, each kept with its own rate's share of it.
  public mutating func next(after elapsed: Int64) -> Int64? {
    guard rate > 0 else { return nil }
    let highest = rate * (1 + wave) * burstFactor
    var moment = elapsed
    while true {
      let pause = arrivals.exponential(mean: 1e9 / highest)
      guard pause < Self.never, moment - elapsed < Int64(Self.never) else { return nil }
      moment += max(1, Int64(pause))
      if arrivals.unit() * highest < intensity(at: moment) { return moment }
    }
  }

  /// Arrivals a second at a moment.
  private mutating func intensity(at moment: Int64) -> Double {
    while moment >= burst.end { burst = nextBurst(after: burst.end) }
    let factor = moment >= burst.start ? burstFactor : 1
    return rate * (1 + wave * Self.dailyWave(at: moment)) * factor
  }

  /// About one burst a minute and a half, of some seconds.
  private mutating func nextBurst(after moment: Int64) -> (start: Int64, end: Int64) {
    let start = moment + Int64(30e9 + bursts.exponential(mean: 60e9))
    return (start, start + Int64(2e9 + bursts.exponential(mean: 4e9)))
  }

  /// −1…1 over 24 h, 0 at the start: two parabolas in place of a sine, which libm would not compute the same everywhere.
  static func dailyWave(at moment: Int64) -> Double {
    let day = 86_400_000_000_000 as Int64
    let phase = Double(moment % day) / Double(day)
    let half = phase < 0.5 ? phase * 2 : (phase - 0.5) * 2
    let arch = 4 * half * (1 - half)
    return phase < 0.5 ? arch : -arch
  }
}
