/// Renewals in the last full minute: Eureka's `MeasuredRate`. Minutes begin when the registry does.
struct RenewalRate: Sendable, Hashable {
  private static let minute = 60 * Int64.nanosecondsPerSecond
  private let origin: Int64
  private var index: Int64 = 0
  private var current = 0
  private var last = 0

  init(now: Int64) { origin = now }

  mutating func record(now: Int64) {
    advance(to: now)
    current += 1
  }

  /// 0 until a first minute is full.
  func lastMinute(now: Int64) -> Int {
    var copy = self
    copy.advance(to: now)
    return copy.last
  }

  private mutating func advance(to now: Int64) {
    let reached = max(0, now - origin) / Self.minute
    guard reached > index else { return }
    last = reached == index + 1 ? current : 0
    current = 0
    index = reached
  }
}
