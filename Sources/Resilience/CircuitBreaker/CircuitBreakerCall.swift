/// 128 bits that mean something to the caller alone, such as the id of the transaction a call belongs to.
public struct CallTag: Hashable, Sendable, Codable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// One call as the sliding window holds it.
public struct CircuitBreakerCall: Hashable, Sendable, Codable {
  public enum Outcome: UInt8, Hashable, Sendable, Codable, CaseIterable {
    case success, failure, slowSuccess, slowFailure

    init(isFailure: Bool, isSlow: Bool) {
      self =
        isFailure
        ? (isSlow ? .slowFailure : .failure)
        : (isSlow ? .slowSuccess : .success)
    }

    public var isFailure: Bool { self == .failure || self == .slowFailure }
    public var isSlow: Bool { self == .slowSuccess || self == .slowFailure }
  }

  /// When its result was recorded, in nanoseconds since the Unix epoch.
  public let time: Int64
  /// How long it took, in nanoseconds.
  public let duration: Int64
  public let outcome: Outcome
  public let tag: CallTag?
}

/// The calls of one whole second of a TIME_BASED window, or of a whole window.
public struct CircuitBreakerTotals: Hashable, Sendable, Codable {
  public internal(set) var calls = 0
  public internal(set) var failed = 0
  /// Slow calls, failed or not.
  public internal(set) var slow = 0
  public internal(set) var slowFailed = 0
  /// The sum of the calls' durations in nanoseconds.
  public internal(set) var duration: Int64 = 0

  public var successful: Int { calls - failed }

  mutating func add(_ outcome: CircuitBreakerCall.Outcome, duration: Int64) {
    calls += 1
    if outcome.isFailure { failed += 1 }
    if outcome.isSlow { slow += 1 }
    if outcome == .slowFailure { slowFailed += 1 }
    // Wrapping, so that what was added can always be taken out again, whatever a caller calls a duration.
    self.duration &+= duration
  }

  mutating func subtract(_ outcome: CircuitBreakerCall.Outcome, duration: Int64) {
    calls -= 1
    if outcome.isFailure { failed -= 1 }
    if outcome.isSlow { slow -= 1 }
    if outcome == .slowFailure { slowFailed -= 1 }
    self.duration &-= duration
  }

  mutating func subtract(_ other: CircuitBreakerTotals) {
    calls -= other.calls
    failed -= other.failed
    slow -= other.slow
    slowFailed -= other.slowFailed
    duration &-= other.duration
  }
}
