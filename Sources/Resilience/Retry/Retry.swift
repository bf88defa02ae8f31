internal import Concurrency

/// Does a call again when it failed, after a wait. Safe from any thread; it may be shared by any number of calls.
public final class Retry: Sendable {
  public let name: String
  public let settings: RetrySettings
  private let shouldRetry: @Sendable (any Error) -> Bool
  private let random: @Sendable () -> Double
  private let counters: Locked<RetrySnapshot>

  /// - Parameters:
  ///   - shouldRetry: which errors are worth another attempt. Cancellation never is, and is not asked about.
  ///   - random: numbers from 0 up to, but not including, 1, for the jitter. Needed when there is jitter.
  /// - Throws: `InvalidSetting` for the first setting that cannot be used, and for jitter without `random`.
  public init(
    name: String, settings: RetrySettings = RetrySettings(),
    shouldRetry: @escaping @Sendable (any Error) -> Bool = { _ in true }, random: (@Sendable () -> Double)? = nil
  ) throws(InvalidSetting) {
    try settings.validate()
    try SettingCheck(owner: "retry").require(
      settings.randomizationFactor == 0 || random != nil,
      "randomizationFactor", settings.randomizationFactor, "0 when no source of random numbers is given")
    self.name = name
    self.settings = settings
    self.shouldRetry = shouldRetry
    self.random = random ?? { 0 }
    counters = Locked(RetrySnapshot(name: name, settings: settings))
  }

  /// Calls `call` with the number of the attempt, from 1, until it succeeds or there is no further attempt; then it
  /// throws the last error. Cancelled in a back-off it throws `CancellationError`.
  ///
  /// - Parameter onBackOff: told the number of the attempt that failed, how long the back-off that now begins will
  ///   be, and the error.
  public func execute<Value, C: Clock>(
    clock: C, onBackOff: (Int, Duration, any Error) -> Void = { _, _, _ in },
    _ call: (Int) async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    var attempt = 1
    while true {
      counters.withLock { $0.attempts += 1 }
      do {
        let value = try await call(attempt)
        let isFirst = attempt == 1
        counters.withLock { isFirst ? ($0.succeededAtOnce += 1) : ($0.succeededAfterRetry += 1) }
        return value
      } catch {
        guard !error.isCancellation else {
          counters.withLock { $0.cancelled += 1 }
          throw error
        }
        guard shouldRetry(error) else {
          counters.withLock { $0.failedForGood += 1 }
          throw error
        }
        guard attempt < settings.maxAttempts else {
          counters.withLock { $0.gaveUp += 1 }
          throw error
        }
        let wait = Duration.nanoseconds(settings.backOff(afterAttempts: attempt, random: random))
        onBackOff(attempt, wait, error)
        try await backOff(wait, clock: clock)
      }
      attempt += 1
    }
  }

  private func backOff<C: Clock>(_ wait: Duration, clock: C) async throws
  where C.Duration == Duration {
    guard wait > .zero else { return }
    counters.withLock { $0.backingOff += 1 }
    defer { counters.withLock { $0.backingOff -= 1 } }
    do {
      try await clock.sleep(for: wait)
    } catch {
      counters.withLock { $0.cancelled += 1 }
      throw error
    }
  }

  public func snapshot() -> RetrySnapshot { counters.withLock { $0 } }
}

extension Error {
  /// Whether the task was cancelled, as opposed to the call having failed.
  var isCancellation: Bool { self is CancellationError || Task.isCancelled }
}
