/// Something a circuit breaker tells its observers.
public struct CircuitBreakerEvent: Hashable, Sendable, Codable {
  /// The raw values are resilience4j's names.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case success = "SUCCESS"
    case error = "ERROR"
    case ignoredError = "IGNORED_ERROR"
    case notPermitted = "NOT_PERMITTED"
    case failureRateExceeded = "FAILURE_RATE_EXCEEDED"
    case slowCallRateExceeded = "SLOW_CALL_RATE_EXCEEDED"
    case stateTransition = "STATE_TRANSITION"
    case reset = "RESET"
  }

  public let kind: Kind
  /// Nanoseconds since the Unix epoch.
  public let time: Int64
  /// SUCCESS, ERROR, IGNORED_ERROR: how long the call took, in nanoseconds.
  public let elapsed: Int64?
  /// FAILURE_RATE_EXCEEDED, SLOW_CALL_RATE_EXCEEDED: the rate in percent.
  public let rate: Float?
  /// STATE_TRANSITION: the change and its reason.
  public let transition: CircuitBreakerTransition?
  /// The tag of the call that brought it about, if it was a call and had one.
  public let tag: CallTag?

  init(
    _ kind: Kind, time: Int64, elapsed: Int64? = nil, rate: Float? = nil,
    transition: CircuitBreakerTransition? = nil, tag: CallTag? = nil
  ) {
    self.kind = kind
    self.time = time
    self.elapsed = elapsed
    self.rate = rate
    self.transition = transition
    self.tag = tag
  }
}

extension CircuitBreakerEvent {
  /// A set of kinds: what an observer wants to hear. What nobody wants to hear costs nothing.
  public struct Kinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ kind: Kind) {
      switch kind {
      case .success: self = .success
      case .error: self = .error
      case .ignoredError: self = .ignoredError
      case .notPermitted: self = .notPermitted
      case .failureRateExceeded: self = .failureRateExceeded
      case .slowCallRateExceeded: self = .slowCallRateExceeded
      case .stateTransition: self = .stateTransition
      case .reset: self = .reset
      }
    }

    public static let success = Kinds(rawValue: 1 << 0)
    public static let error = Kinds(rawValue: 1 << 1)
    public static let ignoredError = Kinds(rawValue: 1 << 2)
    public static let notPermitted = Kinds(rawValue: 1 << 3)
    public static let failureRateExceeded = Kinds(rawValue: 1 << 4)
    public static let slowCallRateExceeded = Kinds(rawValue: 1 << 5)
    public static let stateTransition = Kinds(rawValue: 1 << 6)
    public static let reset = Kinds(rawValue: 1 << 7)
    public static let all = Kinds(rawValue: .max)
    /// What is rare: no event of a single call.
    public static let changes: Kinds = [.failureRateExceeded, .slowCallRateExceeded, .stateTransition, .reset]
  }
}
