extension CircuitBreaker {
  /// What `call` gives or throws, its result recorded; `CallNotPermitted` when the breaker refuses it.
  ///
  /// - Parameters:
  ///   - now: the time in nanoseconds since the Unix epoch.
  ///   - tag: stands with the call in the window.
  ///   - classify: how to take an error. It is not asked about cancellation, which is no result: the permission is
  ///     given back.
  public func execute<Value>(
    now: () -> Int64, tag: CallTag? = nil,
    classify: (any Error) -> CircuitBreakerOutcome = { _ in .recorded },
    _ call: () async throws -> Value
  ) async throws -> Value {
    try acquire(tag: tag, now: now())
    return try await observe(now: now, tag: tag, classify: classify, call)
  }

  /// Makes a call that was permitted, and records what came of it.
  func observe<Value>(
    now: () -> Int64, tag: CallTag?, classify: (any Error) -> CircuitBreakerOutcome,
    _ call: () async throws -> Value
  ) async throws -> Value {
    let start = now()
    do {
      let value = try await call()
      let end = now()
      recordSuccess(duration: end - start, tag: tag, now: end)
      return value
    } catch {
      let end = now()
      if error.isCancellation {
        releasePermission(now: end)
      } else {
        recordError(duration: end - start, kind: classify(error), tag: tag, now: end)
      }
      throw error
    }
  }
}
