/// The rates on which a breaker decided, and the limits they met.
public struct CircuitBreakerRates: Hashable, Sendable, Codable {
  /// Percentages.
  public let failureRate: Float
  public let slowCallRate: Float
  public let failureRateThreshold: Float
  public let slowCallRateThreshold: Float
  /// The calls they were taken from.
  public let totals: CircuitBreakerTotals

  public var isFailureRateExceeded: Bool { failureRate >= failureRateThreshold }
  public var isSlowCallRateExceeded: Bool { slowCallRate >= slowCallRateThreshold }
  var isExceeded: Bool { isFailureRateExceeded || isSlowCallRateExceeded }
}

/// Why a breaker went from one state to another.
public enum CircuitBreakerReason: Hashable, Sendable, Codable {
  case thresholdsExceeded(CircuitBreakerRates)
  case trialFailed(CircuitBreakerRates)
  case trialPassed(CircuitBreakerRates)
  /// OPEN's wait is over and a call asked for permission.
  case callAfterWait
  /// OPEN's wait is over and the automatic transition is on.
  case waitEnded
  /// HALF_OPEN waited for its trial calls in vain.
  case trialTimeEnded
  case forcedByHand
  /// Opened by hand for so many nanoseconds.
  case openedByHand(nanoseconds: Int64)
  case resetByHand

  /// One phrase for a person, for example `failure rate 60 % (limit 50 %), 10 calls`.
  public var sentence: String {
    switch self {
    case .thresholdsExceeded(let rates): Self.exceeded(rates)
    case .trialFailed(let rates): Self.failed(rates)
    case .trialPassed(let rates): Self.passed(rates)
    case .callAfterWait: "a call after the wait"
    case .waitEnded: "the wait ended"
    case .trialTimeEnded: "the trial calls did not end in time"
    case .forcedByHand: "forced by hand"
    case .openedByHand(let nanoseconds): "opened by hand for \(Self.seconds(nanoseconds)) s"
    case .resetByHand: "reset by hand"
    }
  }

  private static func exceeded(_ rates: CircuitBreakerRates) -> String {
    var parts: [String] = []
    if rates.isFailureRateExceeded {
      parts.append("failure rate \(percent(rates.failureRate)) (limit \(percent(rates.failureRateThreshold)))")
    }
    if rates.isSlowCallRateExceeded {
      parts.append("slow-call rate \(percent(rates.slowCallRate)) (limit \(percent(rates.slowCallRateThreshold)))")
    }
    return parts.joined(separator: " and ") + ", \(calls(rates.totals.calls))"
  }

  private static func failed(_ rates: CircuitBreakerRates) -> String {
    let trials = "of \(rates.totals.calls) \(rates.totals.calls == 1 ? "trial" : "trials")"
    switch (rates.isFailureRateExceeded, rates.isSlowCallRateExceeded) {
    case (true, true): return "\(rates.totals.failed) \(trials) failed and \(rates.totals.slow) were slow"
    case (true, false): return "\(rates.totals.failed) \(trials) failed"
    default: return "\(rates.totals.slow) \(trials) were slow"
    }
  }

  private static func passed(_ rates: CircuitBreakerRates) -> String {
    let totals = rates.totals
    guard totals.failed > 0 || totals.slow > 0 else {
      return totals.calls == 1 ? "the trial passed" : "all \(totals.calls) trials passed"
    }
    let bad = [(totals.failed, "failed"), (totals.slow, totals.slow == 1 ? "was slow" : "were slow")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " and ")
    return "of \(totals.calls) trials only \(bad)"
  }

  private static func calls(_ count: Int) -> String { count == 1 ? "1 call" : "\(count) calls" }

  /// With one decimal where it is not whole: `60 %`, `66.7 %`.
  private static func percent(_ rate: Float) -> String {
    let tenths = Int((rate * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let milliseconds = nanoseconds / .nanosecondsPerMillisecond
    guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000)" }
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return "\(milliseconds / 1000).\(fraction)"
  }
}

/// One change of state. A state that became itself is none.
public struct CircuitBreakerTransition: Hashable, Sendable, Codable {
  /// Nanoseconds since the Unix epoch.
  public let time: Int64
  public let from: CircuitBreakerState
  public let to: CircuitBreakerState
  public let reason: CircuitBreakerReason
  /// The tag of the call that brought it about, if it was a call and had one.
  public let tag: CallTag?
}
