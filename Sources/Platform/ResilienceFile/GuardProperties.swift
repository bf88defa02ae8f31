internal import YAMLReading

/// The properties of one kind of guard that Spring Boot knows, and what becomes of each here.
struct GuardProperties {
  /// As the kind stands in the file: `circuitbreaker`.
  let name: String
  /// Those that are read.
  let used: [String]
  /// Those that name classes of Java, or do what nothing here does: they are named in a warning.
  let unsupported: [String]
  /// Those that change nothing but what a JVM keeps or shows.
  let ignored: [String]
  /// Beside `configs` and `instances`.
  let aspectOrder: String

  var known: [String] { used + unsupported + ignored }

  static let all = [circuitBreaker, retry, rateLimiter, timeLimiter, bulkhead]

  static let circuitBreaker = GuardProperties(
    name: "circuitbreaker",
    used: [
      "baseConfig", "failureRateThreshold", "slowCallRateThreshold", "slowCallDurationThreshold", "slidingWindowType",
      "slidingWindowSize", "minimumNumberOfCalls", "permittedNumberOfCallsInHalfOpenState", "waitDurationInOpenState",
      "maxWaitDurationInHalfOpenState", "transitionToStateAfterWaitDuration",
      "automaticTransitionFromOpenToHalfOpenEnabled", "initialState", "enableExponentialBackoff",
      "exponentialBackoffMultiplier", "exponentialMaxWaitDurationInOpenState",
    ],
    unsupported: [
      "recordExceptions", "ignoreExceptions", "recordFailurePredicate", "recordResultPredicate",
      "ignoreExceptionPredicate", "enableRandomizedWait", "randomizedWaitFactor", "allowHealthIndicatorToFail",
      "ringBufferSizeInClosedState", "ringBufferSizeInHalfOpenState",
    ],
    ignored: [
      "registerHealthIndicator", "eventConsumerBufferSize", "writableStackTraceEnabled", "ignoreClassBindingExceptions",
      "slidingWindowSynchronizationStrategy",
    ],
    aspectOrder: "circuitBreakerAspectOrder")

  static let retry = GuardProperties(
    name: "retry",
    used: [
      "baseConfig", "maxAttempts", "waitDuration", "enableExponentialBackoff", "exponentialBackoffMultiplier",
      "exponentialMaxWaitDuration", "enableRandomizedWait", "randomizedWaitFactor",
    ],
    unsupported: [
      "retryExceptions", "ignoreExceptions", "retryExceptionPredicate", "resultPredicate", "intervalBiFunction",
      "consumeResultBeforeRetryAttempt", "failAfterMaxAttempts", "maxRetryAttempts",
    ],
    ignored: ["eventConsumerBufferSize", "ignoreClassBindingExceptions"], aspectOrder: "retryAspectOrder")

  static let rateLimiter = GuardProperties(
    name: "ratelimiter", used: ["baseConfig", "limitForPeriod", "limitRefreshPeriod", "timeoutDuration"],
    unsupported: ["allowHealthIndicatorToFail"],
    ignored: [
      "registerHealthIndicator", "eventConsumerBufferSize", "subscribeForEvents", "writableStackTraceEnabled",
    ],
    aspectOrder: "rateLimiterAspectOrder")

  static let timeLimiter = GuardProperties(
    name: "timelimiter", used: ["baseConfig", "timeoutDuration"], unsupported: [],
    ignored: ["cancelRunningFuture", "eventConsumerBufferSize"], aspectOrder: "timeLimiterAspectOrder")

  static let bulkhead = GuardProperties(
    name: "bulkhead", used: ["baseConfig", "maxConcurrentCalls", "maxWaitDuration"], unsupported: [],
    ignored: ["eventConsumerBufferSize", "writableStackTraceEnabled"], aspectOrder: "bulkheadAspectOrder")

  /// Why an unsupported property is passed over.
  static func obstacle(to property: String) -> String {
    switch property {
    case "allowHealthIndicatorToFail": "an open guard makes a service DEGRADED here, never DOWN"
    case "enableRandomizedWait", "randomizedWaitFactor": "a breaker's wait is not random here"
    case "failAfterMaxAttempts": "the last error is what the caller gets here"
    case "ringBufferSizeInClosedState": "resilience4j 1 had it; say slidingWindowSize"
    case "ringBufferSizeInHalfOpenState": "resilience4j 1 had it; say permittedNumberOfCallsInHalfOpenState"
    case "maxRetryAttempts": "resilience4j 1 had it; say maxAttempts"
    default: "it names classes of Java, and there are none here: every call that fails counts"
    }
  }
}
