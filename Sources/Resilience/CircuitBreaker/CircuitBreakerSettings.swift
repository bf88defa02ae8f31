/// The settings of a circuit breaker, with resilience4j's names and defaults.
public struct CircuitBreakerSettings: Hashable, Sendable, Codable {
  /// What the sliding window holds.
  public enum WindowType: String, Hashable, Sendable, Codable, CaseIterable {
    /// The last `slidingWindowSize` calls.
    case countBased = "COUNT_BASED"
    /// The calls of the last `slidingWindowSize` seconds, in buckets of whole seconds of the Unix epoch.
    case timeBased = "TIME_BASED"
  }

  /// Percentage of failed calls at and above which the breaker opens: above 0, at most 100.
  public var failureRateThreshold: Float = 50
  /// Percentage of slow calls at and above which the breaker opens: above 0, at most 100.
  public var slowCallRateThreshold: Float = 100
  /// A call is slow when it takes longer than this; at least 1 ns.
  public var slowCallDurationThreshold: Duration = .seconds(60)
  public var slidingWindowType: WindowType = .countBased
  /// Calls (COUNT_BASED): 1 to 1,000,000; or seconds (TIME_BASED): 1 to ``longestWindow``.
  public var slidingWindowSize = 100
  /// Calls that must be recorded before a rate is known; at least 1. COUNT_BASED caps it at the window's size.
  public var minimumNumberOfCalls = 100
  /// How many trial calls HALF_OPEN permits: 1 to 1,000,000.
  public var permittedNumberOfCallsInHalfOpenState = 10
  /// How long OPEN refuses; at least 1 ms.
  public var waitIntervalInOpenState: WaitInterval = .fixed(.seconds(60))
  /// How long HALF_OPEN waits for its trial calls; 0 is for ever, otherwise at least 1 ms.
  public var maxWaitDurationInHalfOpenState: Duration = .zero
  /// What HALF_OPEN becomes after that wait: OPEN or CLOSED.
  public var transitionToStateAfterWaitDuration: CircuitBreakerState = .open
  /// Whether OPEN becomes HALF_OPEN by a timer, exactly at the end of the wait, instead of by a call after it.
  public var automaticTransitionFromOpenToHalfOpenEnabled = false
  public var initialState: CircuitBreakerState = .closed

  /// A day: something is kept for each second of a TIME_BASED window, from the start.
  public static let longestWindow = 86_400

  /// The defaults; change what differs.
  public init() {}

  /// Throws the first setting that cannot be used.
  public func validate() throws(InvalidSetting) {
    let check = SettingCheck(owner: "circuit breaker")
    let percentage = "above 0 and at most 100"
    try check.require(
      failureRateThreshold > 0 && failureRateThreshold <= 100,
      "failureRateThreshold", failureRateThreshold, percentage)
    try check.require(
      slowCallRateThreshold > 0 && slowCallRateThreshold <= 100,
      "slowCallRateThreshold", slowCallRateThreshold, percentage)
    try check.require(
      slowCallDurationThreshold >= .nanoseconds(1),
      "slowCallDurationThreshold", slowCallDurationThreshold, "at least 1 ns")
    try check.require(
      (1...1_000_000).contains(slidingWindowSize), "slidingWindowSize", slidingWindowSize, "1 to 1000000")
    try check.require(
      slidingWindowType == .countBased || slidingWindowSize <= Self.longestWindow, "slidingWindowSize",
      slidingWindowSize, "1 to \(Self.longestWindow) seconds where slidingWindowType is TIME_BASED")
    try check.require(minimumNumberOfCalls >= 1, "minimumNumberOfCalls", minimumNumberOfCalls, "at least 1")
    try check.require(
      (1...1_000_000).contains(permittedNumberOfCallsInHalfOpenState),
      "permittedNumberOfCallsInHalfOpenState", permittedNumberOfCallsInHalfOpenState, "1 to 1000000")
    try waitIntervalInOpenState.check(check, "waitIntervalInOpenState", minimum: .milliseconds(1))
    try check.require(
      maxWaitDurationInHalfOpenState == .zero || maxWaitDurationInHalfOpenState >= .milliseconds(1),
      "maxWaitDurationInHalfOpenState", maxWaitDurationInHalfOpenState, "0, which is for ever, or at least 1 ms")
    try check.require(
      transitionToStateAfterWaitDuration == .open || transitionToStateAfterWaitDuration == .closed,
      "transitionToStateAfterWaitDuration", transitionToStateAfterWaitDuration.rawValue, "OPEN or CLOSED")
  }
}
