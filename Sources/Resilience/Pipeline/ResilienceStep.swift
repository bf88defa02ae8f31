/// The guards, from the outermost to the innermost.
public enum ResilienceGuard: String, Hashable, Sendable, Codable, CaseIterable {
  case retry, circuitBreaker, rateLimiter, timeLimiter, bulkhead
}

/// What a pipeline tells about the course of one call, as it happens.
public enum ResilienceStep: Sendable {
  /// An attempt begins; the first one is 1.
  case attempting(attempt: Int)
  /// A guard refused the attempt: the call was not executed. `failed` follows.
  case refused(attempt: Int, by: ResilienceGuard, error: any Error)
  /// The time limiter cut the attempt off: the call's outcome is unknown. `failed` follows.
  case cutOff(attempt: Int, error: TimeLimitExceeded)
  case succeeded(attempt: Int)
  case failed(attempt: Int, error: any Error)
  /// The attempt failed, and after so long there will be another one.
  case backingOff(attempt: Int, for: Duration)
}

/// What all the guards of a pipeline have to show.
public struct ResilienceSnapshot: Hashable, Sendable, Codable {
  public let name: String
  public let retry: RetrySnapshot?
  public let circuitBreaker: CircuitBreakerSnapshot?
  public let rateLimiter: RateLimiterSnapshot?
  public let timeLimiter: TimeLimiterSnapshot?
  public let bulkhead: BulkheadSnapshot?
}
