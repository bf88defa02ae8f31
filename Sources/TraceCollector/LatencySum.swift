internal import Histogram

/// How long the calls of several slots took. A few durations are sorted as they are, which says what a histogram of them
/// says and looks at a hundred numbers instead of thousands.
struct LatencySum {
  /// Microseconds.
  private var values: [UInt32] = []
  private var counts: LatencySlot.Counts?

  mutating func add(_ values: [UInt32]) {
    if counts == nil {
      self.values += values
    } else {
      for value in values { counts?.record(UInt64(value)) }
    }
  }

  mutating func add(_ counts: LatencySlot.Counts) {
    if self.counts == nil {
      self.counts = LatencySlot.empty
      let earlier = values
      values = []
      add(earlier)
    }
    self.counts?.add(counts)
  }

  /// Nanoseconds, nil where there is no duration; each above 0 and below 100.
  func percentiles(_ wanted: [Double]) -> [Int64?] {
    if let counts {
      return wanted.map { counts.totalCount > 0 ? Int64(counts.valueAtPercentile($0)) * 1_000 : nil }
    }
    let sorted = values.sorted()
    guard let longest = sorted.last else { return wanted.map { _ in nil } }
    return wanted.map { percentile in
      // As the histogram rounds: the rank up, and the value to the end of its class.
      let rank = Int((percentile.nextDown * Double(sorted.count) / 100).rounded(.up))
      let value = UInt64(sorted[min(max(rank, 1), sorted.count) - 1])
      return Int64(min(LatencySlot.empty.highestEquivalentForValue(value), UInt64(longest))) * 1_000
    }
  }
}
