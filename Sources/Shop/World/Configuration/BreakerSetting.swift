internal import Operations
internal import Resilience
internal import Simulation

/// What can be changed of a breaker while it works, under the name that resilience4j has for it in a configuration.
enum BreakerSetting: String, CaseIterable {
  case failureRateThreshold = "failure-rate-threshold"
  case slowCallRateThreshold = "slow-call-rate-threshold"
  case slowCallDurationThreshold = "slow-call-duration-threshold"
  case minimumNumberOfCalls = "minimum-number-of-calls"
  case slidingWindowSize = "sliding-window-size"
  case slidingWindowType = "sliding-window-type"
  case permittedNumberOfCallsInHalfOpenState = "permitted-number-of-calls-in-half-open-state"
  case waitDurationInOpenState = "wait-duration-in-open-state"

  private static let separator = ".breaker."
  /// Of calls or seconds. Each breaker keeps as many, and so does each state of the screen's last minutes.
  private static let counts = 1...1_000
  private static let durations: ClosedRange<Duration> = .milliseconds(1) ... .seconds(3600)

  /// `payment>payment-gateway.breaker.sliding-window-size`
  func key(_ caller: String, _ callee: String) -> String { "\(caller)>\(callee)\(Self.separator)\(rawValue)" }

  /// Nil for a key that is about something else.
  init?(key: String) {
    guard let place = key.firstRange(of: Self.separator) else { return nil }
    self.init(rawValue: String(key[place.upperBound...]))
  }

  /// As it is typed; nil where it has no single value: a wait that grows.
  func word(in settings: CircuitBreakerSettings) -> String? {
    switch self {
    case .failureRateThreshold: Self.word(settings.failureRateThreshold)
    case .slowCallRateThreshold: Self.word(settings.slowCallRateThreshold)
    case .slowCallDurationThreshold: FaultNotation.duration(settings.slowCallDurationThreshold.wholeNanoseconds)
    case .minimumNumberOfCalls: "\(settings.minimumNumberOfCalls)"
    case .slidingWindowSize: "\(settings.slidingWindowSize)"
    case .slidingWindowType: settings.slidingWindowType.rawValue
    case .permittedNumberOfCallsInHalfOpenState: "\(settings.permittedNumberOfCallsInHalfOpenState)"
    case .waitDurationInOpenState:
      if case .fixed(let wait) = settings.waitIntervalInOpenState {
        FaultNotation.duration(wait.wholeNanoseconds)
      } else {
        nil
      }
    }
  }

  /// `50`, `66.7`
  private static func word(_ percentage: Float) -> String {
    percentage == percentage.rounded() ? "\(Int(percentage))" : "\(percentage)"
  }

  /// False for what cannot be read; then nothing is set. Whether it may be published, `problem` says.
  func set(_ word: String, in settings: inout CircuitBreakerSettings) -> Bool {
    switch self {
    case .failureRateThreshold: Self.read(Float(word), into: &settings.failureRateThreshold)
    case .slowCallRateThreshold: Self.read(Float(word), into: &settings.slowCallRateThreshold)
    case .slowCallDurationThreshold: Self.read(Self.duration(word), into: &settings.slowCallDurationThreshold)
    case .minimumNumberOfCalls: Self.read(Int(word), into: &settings.minimumNumberOfCalls)
    case .slidingWindowSize: Self.read(Int(word), into: &settings.slidingWindowSize)
    case .slidingWindowType: Self.read(.init(rawValue: word), into: &settings.slidingWindowType)
    case .permittedNumberOfCallsInHalfOpenState:
      Self.read(Int(word), into: &settings.permittedNumberOfCallsInHalfOpenState)
    case .waitDurationInOpenState:
      Self.read(Self.duration(word).map(WaitInterval.fixed), into: &settings.waitIntervalInOpenState)
    }
  }

  private static func read<Value>(_ value: Value?, into setting: inout Value) -> Bool {
    guard let value else { return false }
    setting = value
    return true
  }

  private static func duration(_ word: String) -> Duration? {
    FaultNotation.nanoseconds(word).map { .nanoseconds($0) }
  }

  /// What would be right instead, as the end of a sentence; nil when the value may be published.
  func problem(_ word: String) -> String? {
    var settings = CircuitBreakerSettings()
    guard set(word, in: &settings), isAllowed(settings) else { return requirement }
    return nil
  }

  private func isAllowed(_ settings: CircuitBreakerSettings) -> Bool {
    switch self {
    case .failureRateThreshold: settings.failureRateThreshold > 0 && settings.failureRateThreshold <= 100
    case .slowCallRateThreshold: settings.slowCallRateThreshold > 0 && settings.slowCallRateThreshold <= 100
    case .slowCallDurationThreshold: Self.durations.contains(settings.slowCallDurationThreshold)
    case .minimumNumberOfCalls: Self.counts.contains(settings.minimumNumberOfCalls)
    case .slidingWindowSize: Self.counts.contains(settings.slidingWindowSize)
    case .slidingWindowType: true
    case .permittedNumberOfCallsInHalfOpenState:
      Self.counts.contains(settings.permittedNumberOfCallsInHalfOpenState)
    case .waitDurationInOpenState:
      if case .fixed(let wait) = settings.waitIntervalInOpenState { Self.durations.contains(wait) } else { false }
    }
  }

  private var requirement: String {
    switch self {
    case .failureRateThreshold, .slowCallRateThreshold: "is no percentage above 0 and up to 100; say 50"
    case .slowCallDurationThreshold, .waitDurationInOpenState: "is no duration from 1ms to 1h; say 10s"
    case .minimumNumberOfCalls, .permittedNumberOfCallsInHalfOpenState:
      "is no number of calls from 1 to \(Self.counts.upperBound)"
    case .slidingWindowSize: "is no number of calls or seconds from 1 to \(Self.counts.upperBound)"
    case .slidingWindowType:
      "is no type of window; there are "
        + CircuitBreakerSettings.WindowType.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}

extension ShopConfiguration {
  /// The settings of a breaker: those that are planned, with what is said of them here.
  func breaker(_ caller: String, _ callee: String, planned: CircuitBreakerSettings) -> CircuitBreakerSettings {
    var settings = planned
    for setting in BreakerSetting.allCases {
      guard let word = self[setting.key(caller, callee)] else { continue }
      // What cannot be read was not published.
      _ = setting.set(word, in: &settings)
    }
    return settings
  }
}
