extension Duration {
  /// Whole nanoseconds, cut off towards zero; what does not fit becomes the nearest `Int64`.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    return scaled.saturatingAdd(attoseconds / 1_000_000_000)
  }
}

extension Int64 {
  static let nanosecondsPerMillisecond: Int64 = 1_000_000
  static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// The sum, or the nearest number that fits: a wait of "for ever" must not wrap round into the past.
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func saturatingMultiply(_ other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
