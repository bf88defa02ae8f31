/// The settings of a retry, with resilience4j's defaults.
public struct RetrySettings: Hashable, Sendable, Codable {
  /// Attempts in all, the first one too: at least 1.
  public var maxAttempts = 3
  /// The back-off between two attempts; 0 or more.
  public var waitInterval: WaitInterval = .fixed(.milliseconds(500))
  /// Spreads each back-off evenly over ± this share of it: 0 (off) up to, but not including, 1.
  public var randomizationFactor: Double = 0

  /// The defaults; change what differs.
  public init() {}

  /// Throws the first setting that cannot be used.
  public func validate() throws(InvalidSetting) {
    let check = SettingCheck(owner: "retry")
    try check.require(maxAttempts >= 1, "maxAttempts", maxAttempts, "at least 1")
    try waitInterval.check(check, "waitInterval", minimum: .zero)
    try check.require(
      randomizationFactor >= 0 && randomizationFactor < 1,
      "randomizationFactor", randomizationFactor, "at least 0 and below 1")
  }

  /// The back-off in nanoseconds after `attempts` attempts, spread or not at most `WaitInterval.longest`.
  ///
  /// - Parameter random: gives numbers from 0 up to, but not including, 1; asked only when there is jitter.
  func backOff(afterAttempts attempts: Int, random: () -> Double) -> Int64 {
    let interval = waitInterval.nanoseconds(afterAttempts: attempts)
    guard randomizationFactor > 0 else { return interval }
    let spread = Double(interval) * randomizationFactor
    let shifted = Double(interval) - spread + random() * 2 * spread
    let longest = WaitInterval.longest.wholeNanoseconds
    return shifted < Double(longest) ? Int64(shifted) : longest
  }
}

/// What a retry has done since it was made.
public struct RetrySnapshot: Hashable, Sendable, Codable {
  public let name: String
  public let settings: RetrySettings
  /// Calls that succeeded at the first attempt.
  public internal(set) var succeededAtOnce = 0
  /// Calls that succeeded at a later attempt.
  public internal(set) var succeededAfterRetry = 0
  /// Calls that failed at every attempt there may be.
  public internal(set) var gaveUp = 0
  /// Calls that failed with an error which is not retried, at any attempt.
  public internal(set) var failedForGood = 0
  /// Calls whose task was cancelled.
  public internal(set) var cancelled = 0
  /// Attempts in all.
  public internal(set) var attempts = 0
  /// Calls that sleep until their next attempt.
  public internal(set) var backingOff = 0
}
