public import TraceModel

extension MetricDistribution {
  /// The value below which `percentile` percent of the measurements lie, from 0 to 100; nil when there is none, or no bucket.
  ///
  /// Exact to the width of a bucket, in which measurements count as spread evenly; never below the minimum or above the
  /// maximum, where the source says them. What lies over the last finite bound counts as lying on it.
  public func percentile(_ percentile: Double) -> Double? {
    let stretches = finite(stretches()).filter { $0.count > 0 }
    let total = stretches.reduce(0.0) { $0 + Double($1.count) }
    guard let first = stretches.first, let last = stretches.last, total > 0 else { return nil }
    let rank = min(max(percentile, 0), 100) / 100 * total
    var passed = 0.0
    for stretch in stretches {
      let count = Double(stretch.count)
      if passed + count >= rank {
        let share = max(0, rank - passed) / count
        let width = stretch.to - stretch.from
        return cut(width.isFinite ? stretch.from + width * share : stretch.from * (1 - share) + stretch.to * share)
      }
      passed += count
    }
    return cut(rank <= 0 ? first.from : last.to)
  }

  private func cut(_ value: Double) -> Double {
    var value = value
    if let minimum, minimum.isFinite, value < minimum { value = minimum }
    if let maximum, maximum.isFinite, value > maximum { value = maximum }
    return value
  }

  /// Measurements between two values.
  private struct Stretch {
    var from: Double
    var to: Double
    var count: UInt64
  }

  /// The same stretches between finite values: one that is open at an end lies on its other, and one that has none at all
  /// on the end of the one before it.
  private func finite(_ stretches: [Stretch]) -> [Stretch] {
    var end: Double?
    return stretches.compactMap { stretch in
      guard let from = [stretch.from, stretch.to, end ?? .nan].first(where: \.isFinite) else { return nil }
      let to = stretch.to.isFinite ? stretch.to : from
      end = to
      return Stretch(from: from, to: to, count: stretch.count)
    }
  }

  /// From the smallest values to the largest.
  private func stretches() -> [Stretch] {
    switch buckets {
    case .explicit(let bounds, let counts):
      guard counts.count == bounds.count + 1, !bounds.isEmpty else {
        guard counts.count == 1, let minimum, let maximum else { return [] }
        return [Stretch(from: minimum, to: maximum, count: counts[0])]
      }
      return counts.indices.map { place in
        // The first bucket is open below: durations and sizes begin at 0.
        let low = place > 0 ? bounds[place - 1] : minimum ?? min(0, bounds[0])
        let high = place < bounds.count ? bounds[place] : max(low, maximum ?? low)
        return Stretch(from: low, to: high, count: counts[place])
      }
    case .exponential(let scale, let zero, let zeroThreshold, let positive, let negative):
      func bound(_ run: Run, _ place: Int) -> Double { Self.power(Int64(run.offset) + Int64(place), scale: scale) }
      let below = negative.counts.indices.reversed().map { place in
        Stretch(from: -bound(negative, place + 1), to: -bound(negative, place), count: negative.counts[place])
      }
      let above = positive.counts.indices.map { place in
        Stretch(from: bound(positive, place), to: bound(positive, place + 1), count: positive.counts[place])
      }
      return below + [Stretch(from: -zeroThreshold, to: zeroThreshold, count: zero)] + above
    }
  }

  /// (2^(2^−scale))^index, by square roots, which are the same on every machine.
  static func power(_ index: Int64, scale: Int32) -> Double {
    guard scale > 0 else {
      let shift = min(Int64(62), -Int64(scale))
      let (exponent, overflow) = index.multipliedReportingOverflow(by: Int64(1) << shift)
      return overflow ? (index < 0 ? 0 : .infinity) : whole(exponent)
    }
    let scale = Int64(min(scale, 62))
    // The floor of index / 2^scale is the whole exponent; each bit of the rest is a root of 2.
    var value = whole(index >> scale)
    var root = 2.0
    for bit in (0..<scale).reversed() {
      root = root.squareRoot()
      if index >> bit & 1 == 1 { value *= root }
    }
    return value
  }

  private static func whole(_ exponent: Int64) -> Double {
    if exponent > 1_023 { return .infinity }
    if exponent < -1_074 { return 0 }
    return Double(sign: .plus, exponent: Int(exponent), significand: 1)
  }
}
