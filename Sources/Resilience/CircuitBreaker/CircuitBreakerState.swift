/// The six states of a circuit breaker; the raw values are resilience4j's names.
public enum CircuitBreakerState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Lets every call through and watches the rates.
  case closed = "CLOSED"
  /// Refuses every call until its wait is over.
  case open = "OPEN"
  /// Lets a few trial calls through, which decide between CLOSED and OPEN.
  case halfOpen = "HALF_OPEN"
  /// Refuses every call until it is told otherwise; records and publishes nothing.
  case forcedOpen = "FORCED_OPEN"
  /// Lets every call through; records and publishes nothing.
  case disabled = "DISABLED"
  /// Lets every call through, records and publishes, but never opens.
  case metricsOnly = "METRICS_ONLY"

  /// Whether the transition exists. A transition of a state to itself does, and is silent.
  public func mayBecome(_ target: CircuitBreakerState) -> Bool {
    switch (self, target) {
    case (.closed, .halfOpen), (.metricsOnly, .open), (.metricsOnly, .halfOpen): false
    default: true
    }
  }

  /// Whether calls' events are published here; transitions and resets are published always.
  var publishesCalls: Bool { self != .forcedOpen && self != .disabled }
}

/// A transition that resilience4j's state machine does not have. The breaker stays as it was.
public struct IllegalStateTransition: Error, Hashable, Sendable, CustomStringConvertible {
  public let name: String
  public let from: CircuitBreakerState
  public let to: CircuitBreakerState

  public var description: String {
    let targets = CircuitBreakerState.allCases.filter { $0 != from && from.mayBecome($0) }.map(\.rawValue)
    return "circuit breaker \(name) is \(from.rawValue) and cannot become \(to.rawValue); "
      + "from here it can become \(targets.joined(separator: ", "))"
  }
}

/// The circuit breaker refused the call: it was never executed.
public struct CallNotPermitted: Error, Hashable, Sendable, CustomStringConvertible {
  /// The breaker's name.
  public let name: String
  /// The state in which it refused.
  public let state: CircuitBreakerState

  public init(name: String, state: CircuitBreakerState) {
    self.name = name
    self.state = state
  }

  public var description: String {
    "circuit breaker \(name) is \(state.rawValue) and does not permit the call"
  }
}

/// How a circuit breaker takes an error.
public enum CircuitBreakerOutcome: String, Hashable, Sendable, Codable, CaseIterable {
  /// It counts as a failure.
  case recorded
  /// It counts as nothing, and the call's permission is given back.
  case ignored
  /// It counts as a success: the other side worked, and said no.
  case notRecorded
}
