/// What one call adds to figures.
struct RedSample: Sendable {
  /// The second in which it ended.
  var second: Int64
  /// 0 for more about a call that was counted already.
  var calls: Int
  var errors: Int
  /// Nanoseconds.
  var duration: Int64?
}

/// What calls that ended in one second add to figures together.
struct RedSum: Sendable {
  var second: Int64
  var calls = 0
  var errors = 0
  /// In microseconds, of those that said how long they took.
  var durations: [UInt32] = []

  mutating func add(_ sample: RedSample) {
    calls += sample.calls
    errors += sample.errors
    if let duration = sample.duration { durations.append(LatencySlot.microseconds(duration)) }
  }

  /// Begins anew, with the room that there is.
  mutating func clear(second: Int64) {
    self.second = second
    calls = 0
    errors = 0
    durations.removeAll(keepingCapacity: true)
  }
}

/// The figures of one service, operation, or of all transactions.
struct RedSeries: Sendable {
  private var seconds = SecondRing(seconds: RedHistory.seconds + Int(ArrivalDelay.longest))
  private var tenSecondRing = LatencyRing(windowSeconds: 10, slotSeconds: 2)
  private var minuteRing = LatencyRing(windowSeconds: 60, slotSeconds: 10)
  private var quarterHourRing = LatencyRing(windowSeconds: 900, slotSeconds: 150, spare: 1)
  private(set) var totalCalls = 0
  private(set) var totalErrors = 0

  var bytes: Int {
    seconds.bytes + MemoryLayout<Self>.stride + tenSecondRing.bytes + minuteRing.bytes + quarterHourRing.bytes
  }

  private func ring(_ window: RedWindow) -> LatencyRing {
    switch window {
    case .tenSeconds: tenSecondRing
    case .minute: minuteRing
    case .quarterHour: quarterHourRing
    }
  }

  mutating func record(_ sum: RedSum) {
    totalCalls += sum.calls
    totalErrors += sum.errors
    seconds.record(second: sum.second, calls: UInt32(sum.calls), errors: UInt32(sum.errors))
    tenSecondRing.record(sum)
    minuteRing.record(sum)
    quarterHourRing.record(sum)
  }

  mutating func sweep(second: Int64) {
    tenSecondRing.sweep(second: second)
    minuteRing.sweep(second: second)
    quarterHourRing.sweep(second: second)
  }

  /// The calls of the last minute, and how many of them failed.
  func minute(now: Int64) -> (calls: Int, errors: Int) { seconds.sum(second: Self.second(of: now), window: 60) }

  /// The calls of a window, and how many of them failed.
  func calls(window: RedWindow, now: Int64) -> (calls: Int, errors: Int) {
    let second = Self.second(of: now)
    guard window == .quarterHour else { return seconds.sum(second: second, window: window.seconds) }
    let sum = quarterHourRing.calls(second: second)
    // The slot of that second may have later ones already.
    let later = Int(min(quarterHourRing.lastSecond(second: second) - second, ArrivalDelay.longest))
    let rest = seconds.sum(second: second + Int64(later), window: later)
    return (sum.calls - rest.calls, sum.errors - rest.errors)
  }

  /// How long the calls of a window took at most, but for `100 - percentile` percent of them, in nanoseconds; nil when
  /// there were none. `percentile` is above 0 and below 100.
  func duration(percentile: Double, window: RedWindow, now: Int64) -> Int64? {
    var durations = LatencySum()
    ring(window).sum(second: Self.second(of: now), into: &durations)
    return durations.percentiles([percentile])[0]
  }

  func history(now: Int64) -> RedHistory { seconds.history(RedHistory.seconds, second: Self.second(of: now)) }

  /// `since`: when the store began to receive; a younger window is as long as that is ago.
  func figures(window: RedWindow, now: Int64, since: Int64) -> RedFigures {
    let second = Self.second(of: now)
    var durations = LatencySum()
    ring(window).sum(second: second, into: &durations)
    let sum = calls(window: window, now: now)
    let begin =
      window == .quarterHour
      ? ring(window).firstSecond(second: second) : second - Int64(window.seconds) + 1
    let percentiles = durations.percentiles([50, 95, 99])
    return RedFigures(
      window: window, calls: sum.calls, errors: sum.errors,
      rate: Self.rate(sum.calls, begin: begin, now: now, since: since),
      p50: percentiles[0], p95: percentiles[1], p99: percentiles[2], totalCalls: totalCalls, totalErrors: totalErrors)
  }

  static func second(of time: Int64) -> Int64 {
    let second = time / 1_000_000_000
    return time < 0 && second * 1_000_000_000 != time ? second - 1 : second
  }

  /// Calls a second since second `begin`: the last second has only begun, and the store may be younger than that.
  static func rate(_ calls: Int, begin: Int64, now: Int64, since: Int64) -> Double {
    let length = now &- max(begin &* 1_000_000_000, min(since, now &- 1_000_000_000))
    return Double(calls) * 1_000_000_000 / Double(max(length, 1_000_000_000))
  }
}
