/// The settings of a rate limiter, with resilience4j's defaults.
public struct RateLimiterSettings: Hashable, Sendable, Codable {
  /// Permits for each period: 1 to 2,147,483,647, as many as an `int` of Java holds.
  public var limitForPeriod: Int
  /// How long a period is; at least 1 ns.
  public var limitRefreshPeriod: Duration
  /// How long a call may wait for its permit; 0 refuses it at once.
  public var timeoutDuration: Duration

  public init(
    limitForPeriod: Int = 50, limitRefreshPeriod: Duration = .nanoseconds(500), timeoutDuration: Duration = .seconds(5)
  ) {
    self.limitForPeriod = limitForPeriod
    self.limitRefreshPeriod = limitRefreshPeriod
    self.timeoutDuration = timeoutDuration
  }

  /// Throws the first setting that cannot be used.
  public func validate() throws(InvalidSetting) {
    let check = SettingCheck(owner: "rate limiter")
    try check.require(
      (1...Int(Int32.max)).contains(limitForPeriod), "limitForPeriod", limitForPeriod, "1 to \(Int32.max)")
    try check.require(
      limitRefreshPeriod >= .nanoseconds(1), "limitRefreshPeriod", limitRefreshPeriod, "at least 1 ns")
    try check.require(timeoutDuration >= .zero, "timeoutDuration", timeoutDuration, "0 or more")
  }
}

/// No permit would have come in time: the call was never executed.
public struct RequestNotPermitted: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rate limiter's name.
  public let name: String

  public init(name: String) { self.name = name }

  public var description: String {
    "rate limiter \(name) has no permit within its time-out"
  }
}

/// What a rate limiter says to a request for permits.
public enum RateLimitDecision: Hashable, Sendable {
  case permitted
  /// The permits are reserved; they may be used after so many nanoseconds.
  case permittedAfter(nanoseconds: Int64)
  /// They would come too late, and none were taken.
  case refused
}

/// What a rate limiter does now, and has done since it was made.
public struct RateLimiterSnapshot: Hashable, Sendable, Codable {
  public let name: String
  public let settings: RateLimiterSettings
  /// Permits to be had now; below 0, so many of coming periods are reserved.
  public let available: Int
  /// Calls that wait for their permit.
  public let waiting: Int
  /// Calls that got theirs since the rate limiter was made, those that wait too.
  public let permitted: Int
  /// Calls that got none.
  public let refused: Int
}
