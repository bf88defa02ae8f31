/// What a sliding window held at one moment.
public struct CircuitBreakerWindow: Hashable, Sendable, Codable {
  /// One second of a TIME_BASED window in which there were calls.
  public struct Second: Hashable, Sendable, Codable {
    /// Whole seconds since the Unix epoch.
    public let second: Int64
    public let totals: CircuitBreakerTotals
  }

  public let type: CircuitBreakerSettings.WindowType
  /// How many calls (COUNT_BASED) or seconds (TIME_BASED) it can hold; 0 where nothing is recorded.
  public let size: Int
  /// How many calls must be recorded before a rate is known.
  public let minimumCalls: Int
  public let totals: CircuitBreakerTotals
  /// COUNT_BASED: the calls, newest last. Otherwise empty.
  public let calls: [CircuitBreakerCall]
  /// TIME_BASED: the seconds that have calls, newest last. Otherwise empty.
  public let seconds: [Second]
}
