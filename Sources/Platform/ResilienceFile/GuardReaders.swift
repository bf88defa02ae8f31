internal import Resilience
internal import YAMLReading

/// Makes settings from layers of properties, from the furthest base to the instance.
struct GuardReaders {
  let report: YAMLReport

  /// What resilience4j has an `int` for, where nothing is kept for each.
  private static let counts = 1...Int(Int32.max)
  /// Calls of which each is kept, from when it is made.
  private static let calls = 1...1_000_000
  /// More than these follow each other only with a wait between them: while no time goes by, nothing gets better.
  private static let mostAttemptsAtOnce = 1_000

  private func readings(_ layers: [PropertyTree]) -> [PropertyReading] {
    layers.map { PropertyReading(tree: $0, report: report) }
  }

  func circuitBreaker(_ layers: [PropertyTree]) -> CircuitBreakerSettings {
    var settings = CircuitBreakerSettings()
    let percent = "above 0 and at most 100"
    // A Float holds it: what is smaller is 0 there.
    func isPercent(_ number: Double) -> Bool { Float(number) > 0 && number <= 100 }
    for layer in readings(layers) {
      layer.number("failureRateThreshold", percent, where: isPercent).map { settings.failureRateThreshold = Float($0) }
      layer.number("slowCallRateThreshold", percent, where: isPercent).map {
        settings.slowCallRateThreshold = Float($0)
      }
      layer.duration("slowCallDurationThreshold", atLeast: .nanoseconds(1), "at least 1 ns")
        .map { settings.slowCallDurationThreshold = $0 }
      layer.integer("minimumNumberOfCalls", in: Self.counts).map { settings.minimumNumberOfCalls = $0 }
      layer.integer("permittedNumberOfCallsInHalfOpenState", in: Self.calls)
        .map { settings.permittedNumberOfCallsInHalfOpenState = $0 }
      layer.duration(
        "maxWaitDurationInHalfOpenState", atLeast: .milliseconds(1), orZero: true,
        "0, which is for ever, or at least 1 ms"
      )
      .map { settings.maxWaitDurationInHalfOpenState = $0 }
      layer.constant("transitionToStateAfterWaitDuration", [CircuitBreakerState.open, .closed])
        .map { settings.transitionToStateAfterWaitDuration = $0 }
      layer.flag("automaticTransitionFromOpenToHalfOpenEnabled")
        .map { settings.automaticTransitionFromOpenToHalfOpenEnabled = $0 }
      layer.constant("initialState", CircuitBreakerState.allCases).map { settings.initialState = $0 }
    }
    readWindow(layers, into: &settings)
    let wait = backOff(
      layers, wait: "waitDurationInOpenState", limit: "exponentialMaxWaitDurationInOpenState", atLeast: .milliseconds(1)
    )
    if let interval = wait.interval { settings.waitIntervalInOpenState = interval }
    return settings
  }

  /// Type and size of the window, which may stand in different layers.
  private func readWindow(_ layers: [PropertyTree], into settings: inout CircuitBreakerSettings) {
    var size: YAMLValue?
    for (tree, layer) in zip(layers, readings(layers)) {
      layer.constant("slidingWindowType", CircuitBreakerSettings.WindowType.allCases)
        .map { settings.slidingWindowType = $0 }
      guard let number = layer.integer("slidingWindowSize", in: Self.calls) else { continue }
      (settings.slidingWindowSize, size) = (number, tree["slidingWindowSize"]?.value)
    }
    guard settings.slidingWindowType == .timeBased,
      settings.slidingWindowSize > CircuitBreakerSettings.longestWindow
    else { return }
    size?.fail(
      "slidingWindowSize is \(settings.slidingWindowSize); "
        + "of a TIME_BASED window it must be 1 to \(CircuitBreakerSettings.longestWindow) seconds, which is a day")
  }

  func retry(_ layers: [PropertyTree]) -> RetrySettings {
    var settings = RetrySettings()
    for layer in readings(layers) {
      layer.integer("maxAttempts", in: Self.counts).map { settings.maxAttempts = $0 }
    }
    let wait = backOff(layers, wait: "waitDuration", limit: "exponentialMaxWaitDuration", atLeast: .zero)
    if let interval = wait.interval { settings.waitInterval = interval }
    settings.randomizationFactor = wait.randomness
    checkPause(of: settings, layers)
    return settings
  }

  private func checkPause(of settings: RetrySettings, _ layers: [PropertyTree]) {
    guard settings.maxAttempts > Self.mostAttemptsAtOnce, case .fixed(let wait) = settings.waitInterval,
      wait < .milliseconds(1)
    else { return }
    layers.last { $0["waitDuration"]?.value?.kind == .text }?["waitDuration"]?.value?.fail(
      "waitDuration is below 1 ms; with maxAttempts above \(Self.mostAttemptsAtOnce) it must be at least 1 ms")
  }

  func rateLimiter(_ layers: [PropertyTree]) -> RateLimiterSettings {
    var settings = RateLimiterSettings()
    for layer in readings(layers) {
      layer.integer("limitForPeriod", in: Self.counts).map { settings.limitForPeriod = $0 }
      layer.duration("limitRefreshPeriod", atLeast: .nanoseconds(1), "at least 1 ns")
        .map { settings.limitRefreshPeriod = $0 }
      layer.duration("timeoutDuration", atLeast: .zero, "0 or more").map { settings.timeoutDuration = $0 }
    }
    return settings
  }

  func timeLimiter(_ layers: [PropertyTree]) -> TimeLimiterSettings {
    var settings = TimeLimiterSettings()
    for layer in readings(layers) {
      layer.duration("timeoutDuration", atLeast: .nanoseconds(1), "above 0").map { settings.timeoutDuration = $0 }
    }
    return settings
  }

  func bulkhead(_ layers: [PropertyTree]) -> BulkheadSettings {
    var settings = BulkheadSettings()
    for layer in readings(layers) {
      layer.integer("maxConcurrentCalls", in: Self.counts).map { settings.maxConcurrentCalls = $0 }
      layer.duration("maxWaitDuration", atLeast: .zero, "0 or more").map { settings.maxWaitDuration = $0 }
    }
    return settings
  }

  /// How long to wait, and spread over which share of it.
  ///
  /// In resilience4j a layer that gives no wait changes nothing of it: its flags come to bear with the next wait above.
  private func backOff(
    _ layers: [PropertyTree], wait: String, limit: String, atLeast minimum: Duration
  ) -> (interval: WaitInterval?, randomness: Double) {
    var isExponential = false
    var isRandom = false
    var (multiplier, factor) = (1.5, 0.5)
    var maximum: Duration?
    var result: (interval: WaitInterval?, randomness: Double) = (nil, 0)
    for (tree, layer) in zip(layers, readings(layers)) {
      layer.flag("enableExponentialBackoff").map { isExponential = $0 }
      layer.flag("enableRandomizedWait").map { isRandom = $0 }
      layer.number("exponentialBackoffMultiplier", "at least 1", where: { $0 >= 1 && $0.isFinite })
        .map { multiplier = $0 }
      layer.number("randomizedWaitFactor", "at least 0 and below 1", where: { $0 >= 0 && $0 < 1 }).map { factor = $0 }
      layer.duration(limit, atLeast: .milliseconds(1), "at least 1 ms").map { maximum = $0 }
      guard let duration = layer.duration(wait, atLeast: minimum, "at least \(minimum == .zero ? "0" : "1 ms")") else {
        noteFlagsWithoutWait(tree, wait)
        continue
      }
      result.randomness = isRandom ? factor : 0
      guard isExponential else {
        result.interval = .fixed(duration)
        continue
      }
      check(duration, against: maximum, tree, wait, limit)
      result.interval = .exponential(initial: duration, multiplier: multiplier, maximum: maximum)
    }
    return result
  }

  private func noteFlagsWithoutWait(_ tree: PropertyTree, _ wait: String) {
    guard tree[wait] == nil else { return }
    for name in ["enableExponentialBackoff", "enableRandomizedWait"] {
      guard let flag = tree[name] else { continue }
      report.warn("\(flag.name) changes nothing without \(wait) beside it", at: flag.position)
    }
  }

  private func check(
    _ wait: Duration, against maximum: Duration?, _ tree: PropertyTree, _ name: String, _ limit: String
  ) {
    if wait < .milliseconds(1) {
      tree[name]?.value?.fail("\(name) is below 1 ms; an exponential back-off begins with at least 1 ms")
    }
    if let maximum, maximum < wait {
      (tree[limit] ?? tree[name])?.value?.fail(
        "\(limit) is \(maximum), below the first wait of \(wait); it must be at least that")
    }
  }
}
