/// How long to wait before the next try, as a function of how many tries there were: the interval functions of
/// resilience4j.
public enum WaitInterval: Hashable, Sendable, Codable {
  /// The same wait after every attempt.
  case fixed(Duration)

  /// `initial` after the first attempt, and `multiplier` times as long after each further one, up to `maximum`.
  ///
  /// As in resilience4j each step is cut off to whole milliseconds: 5 s, 7.5 s, 11.25 s, 16.875 s, 25.312 s.
  case exponential(initial: Duration, multiplier: Double = 1.5, maximum: Duration? = nil)

  /// No wait is longer: a hundred years. Two of these after each other, from today on, still end at a time that fits in
  /// nanoseconds since the Unix epoch.
  public static let longest: Duration = .seconds(36_500 * 86_400)

  /// The wait in nanoseconds after `attempts` attempts, which is never more than ``longest``.
  ///
  /// - Parameter attempts: how many attempts there have been, from 1.
  public func nanoseconds(afterAttempts attempts: Int) -> Int64 {
    precondition(attempts >= 1, "a wait interval is asked for after the first attempt at the earliest")
    let longest = Self.longest.wholeNanoseconds
    switch self {
    case .fixed(let duration):
      return min(duration.wholeNanoseconds, longest)
    case .exponential(let initial, let multiplier, let maximum):
      let limit = min(maximum?.wholeNanoseconds ?? longest, longest) / .nanosecondsPerMillisecond
      var milliseconds = min(initial.wholeNanoseconds / .nanosecondsPerMillisecond, limit)
      for _ in 1..<attempts {
        let longer = Double(milliseconds) * multiplier
        // This way round, because the product may be infinite.
        let next = longer < Double(limit) ? Int64(longer) : limit
        // From here on every further step gives the same: attempts may be in the millions, the steps are not.
        if next == milliseconds { break }
        milliseconds = next
      }
      return milliseconds.saturatingMultiply(.nanosecondsPerMillisecond)
    }
  }

  func check(_ check: SettingCheck, _ setting: String, minimum: Duration) throws(InvalidSetting) {
    switch self {
    case .fixed(let duration):
      try check.require(duration >= minimum, setting, duration, "at least \(minimum)")
    case .exponential(let initial, let multiplier, let maximum):
      try check.require(initial >= .milliseconds(1), setting, "exponential from \(initial)", "from at least 1 ms")
      try check.require(
        multiplier >= 1 && multiplier.isFinite, setting, "exponential by \(multiplier)", "exponential by at least 1")
      if let maximum {
        try check.require(
          maximum >= initial, setting, "exponential up to \(maximum)", "up to at least the first wait, \(initial)")
      }
    }
  }
}
