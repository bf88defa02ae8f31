/// The recent calls of a circuit breaker, by count or by whole epoch seconds. Recording costs no allocation once the
/// ring is full.
struct SlidingWindow: Sendable {
  typealias WindowType = CircuitBreakerSettings.WindowType

  let type: WindowType
  /// Calls or seconds. Zero in the states that record nothing.
  let size: Int
  /// Calls that must be recorded before a rate is known.
  private(set) var minimumCalls: Int
  private(set) var totals = CircuitBreakerTotals()
  private var calls: ContiguousArray<CircuitBreakerCall> = []
  private var seconds: ContiguousArray<CircuitBreakerTotals> = []
  /// The newest second of a time window.
  private var newestSecond: Int64 = 0
  /// Where the oldest call stands once the ring is full, or the newest second.
  private var head = 0

  init(type: WindowType, size: Int, minimumCalls: Int, now: Int64) {
    self.type = type
    self.size = size
    self.minimumCalls = Self.attainable(minimumCalls, type, size)
    switch type {
    case .countBased:
      calls.reserveCapacity(min(size, 1024))
    case .timeBased:
      seconds = ContiguousArray(repeating: CircuitBreakerTotals(), count: size)
      newestSecond = Self.second(of: now)
    }
  }

  /// A window of so many calls never holds more.
  private static func attainable(_ minimumCalls: Int, _ type: WindowType, _ size: Int) -> Int {
    type == .countBased ? min(minimumCalls, size) : minimumCalls
  }

  /// Has a rate known from another number of calls on; those that are in it stay.
  mutating func require(minimumCalls: Int) {
    self.minimumCalls = Self.attainable(minimumCalls, type, size)
  }

  /// The window of DISABLED and FORCED_OPEN, and of an OPEN that follows them: it stays empty.
  static func recordingNothing(now: Int64) -> SlidingWindow {
    SlidingWindow(type: .countBased, size: 0, minimumCalls: 0, now: now)
  }

  /// −1 while it is not yet known, else a percentage.
  var failureRate: Float { rate(of: totals.failed) }
  /// −1 while it is not yet known, else a percentage.
  var slowCallRate: Float { rate(of: totals.slow) }

  private func rate(of part: Int) -> Float {
    guard totals.calls > 0, totals.calls >= minimumCalls else { return -1 }
    return Float(part) * 100 / Float(totals.calls)
  }

  mutating func record(_ outcome: CircuitBreakerCall.Outcome, duration: Int64, tag: CallTag?, now: Int64) {
    guard size > 0 else { return }
    switch type {
    case .timeBased:
      advance(to: now)
      seconds[head].add(outcome, duration: duration)
    case .countBased:
      let call = CircuitBreakerCall(time: now, duration: duration, outcome: outcome, tag: tag)
      if calls.count < size {
        calls.append(call)
      } else {
        totals.subtract(calls[head].outcome, duration: calls[head].duration)
        calls[head] = call
        head = head + 1 == size ? 0 : head + 1
      }
    }
    totals.add(outcome, duration: duration)
  }

  /// Lets go of the seconds that `now` has left behind. A time before the newest second changes nothing.
  mutating func advance(to now: Int64) {
    guard type == .timeBased else { return }
    let second = Self.second(of: now)
    guard second > newestSecond else { return }
    for _ in 0..<min(second - newestSecond, Int64(size)) {
      head = head + 1 == size ? 0 : head + 1
      totals.subtract(seconds[head])
      seconds[head] = CircuitBreakerTotals()
    }
    newestSecond = second
  }

  /// The calls or seconds, oldest first.
  func contents() -> CircuitBreakerWindow {
    switch type {
    case .countBased:
      let inOrder = calls.count < size ? Array(calls) : Array(calls[head...] + calls[..<head])
      return CircuitBreakerWindow(
        type: type, size: size, minimumCalls: minimumCalls, totals: totals, calls: inOrder, seconds: [])
    case .timeBased:
      var inOrder: [CircuitBreakerWindow.Second] = []
      for age in stride(from: size - 1, through: 0, by: -1) {
        let totals = seconds[(head - age + size) % size]
        guard totals.calls > 0 else { continue }
        inOrder.append(.init(second: newestSecond - Int64(age), totals: totals))
      }
      return CircuitBreakerWindow(
        type: type, size: size, minimumCalls: minimumCalls, totals: totals, calls: [], seconds: inOrder)
    }
  }

  /// Whole seconds since the Unix epoch; before it, the second that has begun, not the one nearer to zero.
  private static func second(of time: Int64) -> Int64 {
    let (quotient, remainder) = time.quotientAndRemainder(dividingBy: .nanosecondsPerSecond)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
