// Platform: what every service of an MSA leans on: registry, balancing, gateway, tokens, configuration, supervision,
// deployment, connections, cache. It knows no shop, it never waits, calls or reads a clock: time and randomness are
// handed in, and what has to be done comes out as a value for the caller to carry out.

/// A number in 0 ..< `bound`, where `bound` is 1 or more: the only randomness there is here.
public typealias RandomDraw = (_ bound: Int) -> Int

extension Int64 {
  static let nanosecondsPerMillisecond: Int64 = 1_000_000
  static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// The sum, or the nearest number that fits.
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func saturatingMultiply(_ other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
