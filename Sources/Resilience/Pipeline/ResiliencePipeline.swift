// Resilience keeps a caller standing when what it calls does not: circuit breaker, retry, rate limiter, time limiter
// and bulkhead, with the rules and defaults of resilience4j, each usable alone, and `ResiliencePipeline`, which puts
// them round one call.
//
// It never reads a clock (time is handed in, and sleeping is done on the caller's `Clock`), never starts a task of
// its own outside of the call's, and never leaves the caller's executor.

internal import Concurrency

/// The guards round one kind of call, in resilience4j's order:
/// Retry(CircuitBreaker(RateLimiter(TimeLimiter(Bulkhead(call))))). Each one is optional.
///
/// So every attempt counts for the circuit breaker, and what the guards within refuse or cut off are failures to it
/// like any other, unless `classify` says otherwise. A cancelled task is no result at all: it is not retried, and its
/// permission is given back.
public struct ResiliencePipeline: Sendable {
  public let name: String
  public var retry: Retry?
  public var circuitBreaker: CircuitBreaker?
  public var rateLimiter: RateLimiter?
  public var timeLimiter: TimeLimiter?
  public var bulkhead: Bulkhead?
  /// How the circuit breaker takes an error; cancellation is not asked about.
  public var classify: @Sendable (any Error) -> CircuitBreakerOutcome
  /// The time in nanoseconds since the Unix epoch.
  public var now: @Sendable () -> Int64

  public init(
    name: String, retry: Retry? = nil, circuitBreaker: CircuitBreaker? = nil, rateLimiter: RateLimiter? = nil,
    timeLimiter: TimeLimiter? = nil, bulkhead: Bulkhead? = nil, now: @escaping @Sendable () -> Int64,
    classify: @escaping @Sendable (any Error) -> CircuitBreakerOutcome = { _ in .recorded }
  ) {
    self.name = name
    self.retry = retry
    self.circuitBreaker = circuitBreaker
    self.rateLimiter = rateLimiter
    self.timeLimiter = timeLimiter
    self.bulkhead = bulkhead
    self.now = now
    self.classify = classify
  }

  /// Makes the call under all guards.
  ///
  /// - Parameters:
  ///   - clock: what back-offs, waits and the time limit sleep on.
  ///   - tag: stands with the call in the circuit breaker's window.
  ///   - onStep: told of each step as it happens, in the caller's isolation.
  ///   - call: given the number of the attempt, from 1. With a time limiter it runs in a child task.
  /// - Throws: what the last attempt threw; `CallNotPermitted`, `RequestNotPermitted`, `BulkheadFull` or
  ///   `TimeLimitExceeded` from the guards; `CancellationError`.
  public func execute<Value: Sendable, C: Clock>(
    clock: C, tag: CallTag? = nil, onStep: (ResilienceStep) -> Void = { _ in },
    _ call: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    guard let retry else { return try await attempt(1, clock: clock, tag: tag, onStep: onStep, call) }
    return try await retry.execute(clock: clock) { attempt, wait, _ in
      onStep(.backingOff(attempt: attempt, for: wait))
    } _: { attempt in
      try await self.attempt(attempt, clock: clock, tag: tag, onStep: onStep, call)
    }
  }

  private func attempt<Value: Sendable, C: Clock>(
    _ attempt: Int, clock: C, tag: CallTag?, onStep: (ResilienceStep) -> Void,
    _ call: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    onStep(.attempting(attempt: attempt))
    do {
      let value = try await throughBreaker(attempt, clock: clock, tag: tag, onStep: onStep, call)
      onStep(.succeeded(attempt: attempt))
      return value
    } catch {
      onStep(.failed(attempt: attempt, error: error))
      throw error
    }
  }

  private func throughBreaker<Value: Sendable, C: Clock>(
    _ attempt: Int, clock: C, tag: CallTag?, onStep: (ResilienceStep) -> Void,
    _ call: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    guard let circuitBreaker else { return try await limited(attempt, clock: clock, onStep: onStep, call) }
    do {
      try circuitBreaker.acquire(tag: tag, now: now())
    } catch {
      onStep(.refused(attempt: attempt, by: .circuitBreaker, error: error))
      throw error
    }
    return try await circuitBreaker.observe(now: now, tag: tag, classify: classify) {
      try await self.limited(attempt, clock: clock, onStep: onStep, call)
    }
  }

  private func limited<Value: Sendable, C: Clock>(
    _ attempt: Int, clock: C, onStep: (ResilienceStep) -> Void,
    _ call: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    if let rateLimiter {
      do {
        try await rateLimiter.acquire(clock: clock, now: now())
      } catch let error as RequestNotPermitted {
        onStep(.refused(attempt: attempt, by: .rateLimiter, error: error))
        throw error
      }
    }
    guard let bulkhead else {
      return try await timed(attempt, clock: clock, onStep: onStep) { try await call(attempt) }
    }
    let refusal = Locked<BulkheadFull?>(nil)
    do {
      return try await timed(attempt, clock: clock, onStep: onStep) {
        do throws(any Error) { try await bulkhead.acquire(clock: clock) } catch {
          refusal.withLock { $0 = error as? BulkheadFull }
          throw error
        }
        defer { bulkhead.release() }
        return try await call(attempt)
      }
    } catch {
      // The error alone does not say whether our bulkhead threw it, or one behind the call.
      if let refusal = refusal.withLock({ $0 }) {
        onStep(.refused(attempt: attempt, by: .bulkhead, error: refusal))
      }
      throw error
    }
  }

  private func timed<Value: Sendable, C: Clock>(
    _ attempt: Int, clock: C, onStep: (ResilienceStep) -> Void, _ call: @escaping @Sendable () async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    guard let timeLimiter else { return try await call() }
    if let result = await timeLimiter.result(clock: clock, call) { return try result.get() }
    let error = TimeLimitExceeded(name: timeLimiter.name, limit: timeLimiter.settings.timeoutDuration)
    onStep(.cutOff(attempt: attempt, error: error))
    throw error
  }

  /// What every guard has to show.
  public func snapshot(now: Int64) -> ResilienceSnapshot {
    ResilienceSnapshot(
      name: name, retry: retry?.snapshot(), circuitBreaker: circuitBreaker?.snapshot(now: now),
      rateLimiter: rateLimiter?.snapshot(now: now), timeLimiter: timeLimiter?.snapshot(),
      bulkhead: bulkhead?.snapshot())
  }
}
