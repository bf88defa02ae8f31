internal import Operations
internal import TraceCollector

/// The percentiles of the last ten seconds, noted once a second: what a chart of them is drawn from.
struct LatencyHistory: Sendable {
  /// Milliseconds, one a second, oldest first; 0 where nothing ended.
  private(set) var p50: [Float] = []
  private(set) var p95: [Float] = []
  private(set) var p99: [Float] = []
  private var second: Int64?

  private static let kept = RedHistory.seconds - 1
  private static let nanoseconds: Int64 = 1_000_000_000

  /// Takes down the figures of a moment: once in each second, for those that went by without one what was last.
  mutating func note(_ figures: RedFigures, now: Int64) {
    let current = now / Self.nanoseconds
    let missed = second.map { current.subtractingReportingOverflow($0).partialValue } ?? 1
    if missed < 0 {
      // The clock was set back: what is noted is of a time to come.
      self = LatencyHistory()
      return note(figures, now: now)
    }
    guard missed > 0 else { return }
    second = current
    Self.append(figures.p50, times: missed, to: &p50)
    Self.append(figures.p95, times: missed, to: &p95)
    Self.append(figures.p99, times: missed, to: &p99)
  }

  private static func append(_ duration: Int64?, times: Int64, to series: inout [Float]) {
    let value = Float(duration ?? 0) / 1_000_000
    let last = series.last ?? value
    series.append(contentsOf: repeatElement(last, count: Int(clamping: min(times - 1, Int64(kept)))))
    series.append(value)
    if series.count > kept { series.removeFirst(series.count - kept) }
  }
}
