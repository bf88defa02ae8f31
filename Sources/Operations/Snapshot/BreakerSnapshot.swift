public import TraceModel

public enum BreakerState: String, Sendable, Codable, CaseIterable {
  case closed = "CLOSED"
  case open = "OPEN"
  case halfOpen = "HALF_OPEN"
  case forcedOpen = "FORCED_OPEN"
  case disabled = "DISABLED"
  case metricsOnly = "METRICS_ONLY"
}

/// One circuit breaker: it guards one instance's calls to one service.
public struct BreakerSnapshot: Sendable, Codable {
  /// `payment-1>payment-gateway`
  public var id: String
  public var caller: String
  /// The caller's instance that the breaker lives in: `payment-1`.
  public var instance: String
  public var callee: String
  /// By which an application.yml names it: `searchService`; empty where that is not known.
  public var configuredAs = ""
  public var state = BreakerState.closed
  public var since: Int64 = 0
  /// Per cent; nil while not yet known.
  public var failureRate: Double?
  public var slowRate: Double?
  /// Calls in the window now, and how many it takes before the rates count.
  public var buffered = 0
  public var minimumCalls = 0
  public var failed = 0
  public var slow = 0
  public var rejected: UInt64 = 0
  /// When OPEN: from when a call may be a trial.
  public var trialFrom: Int64?
  /// True when HALF_OPEN waits for results that will never come.
  public var isStuck = false
  public var settings = BreakerSettingsSnapshot()
  /// Newest last.
  public var window: [BreakerCall] = []
  /// The window that opened it last; newest last.
  public var trippedBy: [BreakerCall] = []
  /// The latest trial calls; newest last.
  public var trial: [BreakerCall] = []
  /// Newest first.
  public var transitions: [BreakerTransition] = []
  /// The worst state in each 2 s, oldest first, at most 30.
  public var history: [BreakerState] = []

  public init(id: String, caller: String, instance: String, callee: String) {
    self.id = id
    self.caller = caller
    self.instance = instance
    self.callee = callee
  }

  /// `payment-1 → payment-gateway`
  public var label: String { "\(instance) → \(callee)" }
}

public struct BreakerSettingsSnapshot: Sendable, Equatable, Codable {
  public var isTimeBased = false
  /// Calls, or seconds.
  public var windowSize = 0
  /// Calls that must have been made before CLOSED is judged.
  public var minimumCalls = 0
  /// Per cent.
  public var failureRateThreshold = 0.0
  public var slowRateThreshold = 0.0
  public var slowCallDuration: Int64 = 0
  public var trialCalls = 0
  public var openWait: Int64 = 0

  public init() {}
}

/// One call as a breaker counted it.
public struct BreakerCall: Sendable, Equatable, Codable {
  public var isFailure: Bool
  public var isSlow: Bool
  public var duration: Int64
  public var gtxid: GTXID?

  public init(isFailure: Bool, isSlow: Bool, duration: Int64, gtxid: GTXID?) {
    self.isFailure = isFailure
    self.isSlow = isSlow
    self.duration = duration
    self.gtxid = gtxid
  }
}

public struct BreakerTransition: Sendable, Equatable, Codable {
  public var time: Int64
  /// Nil for the state it started in.
  public var from: BreakerState?
  public var to: BreakerState
  public var reason: String

  public init(time: Int64, from: BreakerState?, to: BreakerState, reason: String) {
    self.time = time
    self.from = from
    self.to = to
    self.reason = reason
  }
}
