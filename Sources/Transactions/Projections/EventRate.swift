/// Events a second over the last ten or so seconds, from counts that come with their times.
struct EventRate: Sendable, Hashable {
  private struct Sample: Hashable {
    var time: Int64
    var events: Int
  }

  private static let second: Int64 = 1_000_000_000
  private static let window = 10 * second
  /// Oldest first; one for each second in which something was noted.
  private var samples: [Sample] = []

  mutating func note(events: Int, now: Int64) {
    if let last = samples.last, now - last.time < Self.second, now >= last.time {
      samples[samples.count - 1].events += events
    } else {
      samples.append(Sample(time: now, events: events))
    }
    samples.removeAll { $0.time > now || now - $0.time > Self.window }
  }

  /// Nil until it was noted over a second at least.
  func perSecond(now: Int64) -> Double? {
    let recent = samples.filter { $0.time <= now && now - $0.time <= Self.window }
    guard let first = recent.first, now - first.time >= Self.second else { return nil }
    return Double(recent.reduce(0) { $0 + $1.events }) / (Double(now - first.time) / Double(Self.second))
  }
}
