import Operations

/// How bad the last quarter of an hour was, second by second, and what happened in it: what one goes through when time
/// stands still. Gathered from the states as they come in.
struct Timeline: Sendable {
  struct Sample: Sendable, Hashable {
    /// Nanoseconds since the Unix epoch.
    var time: Int64
    /// The worst signal: 0 is well, 1 is bad.
    var badness: Double
  }

  static let second: Int64 = 1_000_000_000
  /// 15 minutes.
  static let limit = 900

  /// Oldest first, a second apart or more.
  private(set) var samples: [Sample] = []
  /// Newest first.
  private(set) var events: [OperationalEvent] = []
  /// When the first state came in: no state is kept of what was before it, of which only its series tell.
  private var begin: Int64 = 0

  /// The oldest moment of which a state is kept.
  var keptSince: Int64 {
    guard let newest = samples.last?.time else { return begin }
    return max(begin, newest - min(newest, Int64(Self.limit) * Self.second))
  }

  mutating func add(_ snapshot: SystemSnapshot) {
    events = snapshot.events
    if let last = samples.last, snapshot.time < last.time { samples = [] }
    if samples.isEmpty {
      begin = snapshot.time
      recall(snapshot)
    }
    if let last = samples.last, Self.distance(from: last.time, to: snapshot.time) < Self.second { return }
    samples.append(Sample(time: snapshot.time, badness: Self.badness(snapshot)))
    if samples.count > Self.limit { samples.removeFirst(samples.count - Self.limit) }
  }

  /// From one moment to another, as far as a number holds it.
  static func distance(from start: Int64, to end: Int64) -> Int64 {
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    return overflow ? (end < start ? .min : .max) : distance
  }

  /// The seconds before the first state, as far as its series tell.
  private mutating func recall(_ snapshot: SystemSnapshot) {
    let (errors, latency) = (snapshot.traffic.errorSeries, snapshot.traffic.p99Series)
    let count = min(60, max(errors.count, latency.count)) - 1
    guard count > 0, snapshot.time > Int64(count) * Self.second else { return }
    for age in stride(from: count, to: 0, by: -1) {
      let error = errors.count > age ? Double(errors[errors.count - 1 - age]) : 0
      let p99 = latency.count > age ? Double(latency[latency.count - 1 - age]) : 0
      samples.append(
        Sample(time: snapshot.time - Int64(age) * Self.second, badness: Self.badness(errors: error, milliseconds: p99)))
    }
  }

  /// By the limits that colour the figures: from `warning` 0.5, from `bad` 1.
  private static func badness(errors: Double, milliseconds: Double) -> Double {
    func part(_ value: Double, _ warning: Double, _ bad: Double) -> Double {
      if !(value > 0) { return 0 }
      return value < warning ? value / warning / 2 : min(1, 0.5 + (value - warning) / (bad - warning) / 2)
    }
    return max(part(errors, 0.01, 0.05), part(milliseconds, 100, 1000))
  }

  private static func badness(_ snapshot: SystemSnapshot) -> Double {
    let traffic = snapshot.traffic
    var worst = badness(errors: traffic.errorShare, milliseconds: Double(traffic.p99 ?? 0) / 1e6)
    if snapshot.breakers.contains(where: { $0.state == .open }) { worst = max(worst, 0.8) }
    if snapshot.isBusDown { return 1 }
    switch snapshot.topics.compactMap(\.verdict).max() ?? .ok {
    case .ok: break
    case .warn: worst = max(worst, 0.6)
    case .rewind, .stall, .stop: worst = 1
    }
    return worst
  }
}
