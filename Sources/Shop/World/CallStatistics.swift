internal import Operations
internal import TraceModel

/// What the callers of one service saw of it: the only figures there are for a company whose inside nobody sees.
struct CallStatistics {
  private struct Call {
    var end: Int64
    var duration: Int64
    var isError: Bool
    var isRetry: Bool
  }

  private var calls: [Call] = []
  /// Since the start.
  private(set) var total: UInt64 = 0
  private var now: Int64 = 0
  /// The newest failures, oldest first.
  private(set) var errors: [ServiceErrorLine] = []
  /// Calls in each second: the number of the second, how many, and how many of them failed.
  private var seconds: [(second: Int64, count: Int, errors: Int)] = []
  /// At so many calls those that are too old go, whether anybody asks or not.
  private var limit = CallStatistics.smallest

  private static let window: Int64 = 10_000_000_000
  private static let capacity = 20_000
  private static let smallest = 64

  mutating func add(_ span: TraceSpan, now: Int64) {
    add(
      end: span.end, duration: span.duration ?? 0, isError: span.status == .error, gtxid: span.gtxid,
      message: span.message, isRetry: (span[attribute: AttributeName.attempt]?.integer ?? 1) > 1, now: now)
  }

  /// - Parameter end: by the clock of whoever made the call; `now` is true time.
  mutating func add(
    end: Int64, duration: Int64, isError: Bool, gtxid: GTXID, message: String, isRetry: Bool = false, now: Int64
  ) {
    if calls.count >= limit { makeRoom(now: now) }
    calls.append(Call(end: end, duration: duration, isError: isError, isRetry: isRetry))
    total += 1
    if isError {
      errors.append(ServiceErrorLine(time: end, gtxid: gtxid, message: message))
      if errors.count > 16 { errors.removeFirst(8) }
    }
    let second = end / 1_000_000_000
    if seconds.last?.second != second { seconds.append((second, 0, 0)) }
    seconds[seconds.count - 1].count += 1
    if isError { seconds[seconds.count - 1].errors += 1 }
    if seconds.count > 120 { seconds.removeFirst(60) }
  }

  /// Takes in the latest calls of another, so that percentiles are those of both.
  mutating func join(_ other: CallStatistics) {
    calls += other.calls
    total += other.total
    now = max(now, other.now)
  }

  private mutating func makeRoom(now: Int64) {
    forget(before: now)
    // A clock that is ahead holds back what came after it.
    if calls.count >= Self.capacity { calls.removeFirst(Self.capacity / 2) }
    limit = min(Self.capacity, max(Self.smallest, 2 * calls.count))
  }

  mutating func forget(before now: Int64) {
    self.now = now
    let old = calls.firstIndex { $0.end > now - Self.window } ?? calls.count
    calls.removeFirst(old)
  }

  var count: Int { calls.count }

  /// Calls a second.
  var rate: Double { Double(calls.count) / 10 }

  /// Of those the ones that were made again, a second.
  var retryRate: Double { Double(calls.count { $0.isRetry }) / 10 }

  var errorShare: Double {
    calls.isEmpty ? 0 : Double(calls.reduce(0) { $0 + ($1.isError ? 1 : 0) }) / Double(calls.count)
  }

  /// The calls of the last 60 seconds, with the one that is going on, and how many of them failed.
  var minute: (calls: Int, errors: Int) {
    let first = now / 1_000_000_000 - 59
    return seconds.filter { $0.second >= first }.reduce((0, 0)) { ($0.0 + $1.count, $0.1 + $1.errors) }
  }

  /// Nanoseconds, by the nearest rank; nil when there was no call.
  func percentile(_ share: Double) -> Int64? { Self.percentile(share, of: calls.map(\.duration).sorted()) }

  /// All three, sorted once.
  var percentiles: (p50: Int64?, p95: Int64?, p99: Int64?) {
    let sorted = calls.map(\.duration).sorted()
    return (Self.percentile(0.50, of: sorted), Self.percentile(0.95, of: sorted), Self.percentile(0.99, of: sorted))
  }

  private static func percentile(_ share: Double, of sorted: [Int64]) -> Int64? {
    sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
  }

  /// Calls in each of the last 60 full seconds, oldest first.
  var pulse: [Float] {
    let last = now / 1_000_000_000
    var pulse = [Float](repeating: 0, count: 60)
    for (second, count, _) in seconds where last - second >= 1 && last - second <= 60 {
      pulse[60 - Int(last - second)] = Float(count)
    }
    return pulse
  }
}
