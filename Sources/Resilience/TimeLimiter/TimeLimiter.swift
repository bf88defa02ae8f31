internal import Concurrency

/// The settings of a time limiter, with resilience4j's default.
public struct TimeLimiterSettings: Hashable, Sendable, Codable {
  /// How long a call may take; above 0.
  public var timeoutDuration: Duration

  public init(timeoutDuration: Duration = .seconds(1)) {
    self.timeoutDuration = timeoutDuration
  }

  /// Throws the first setting that cannot be used.
  public func validate() throws(InvalidSetting) {
    try SettingCheck(owner: "time limiter").require(
      timeoutDuration > .zero, "timeoutDuration", timeoutDuration, "above 0")
  }
}

/// The call took too long and was cut off. What it did on the other side is unknown.
public struct TimeLimitExceeded: Error, Hashable, Sendable, CustomStringConvertible {
  /// The time limiter's name.
  public let name: String
  public let limit: Duration

  public init(name: String, limit: Duration) {
    self.name = name
    self.limit = limit
  }

  public var description: String {
    "time limiter \(name) cut the call off after \(limit); its outcome is unknown"
  }
}

/// What a time limiter has done since it was made.
public struct TimeLimiterSnapshot: Hashable, Sendable, Codable {
  public let name: String
  public let settings: TimeLimiterSettings
  /// Calls that ended within the limit, well or badly.
  public internal(set) var passed = 0
  /// Calls that were cut off.
  public internal(set) var cutOff = 0
  /// Calls that run now.
  public internal(set) var running = 0
}

/// Cuts a call off that takes too long. Safe from any thread; it may be shared by any number of calls.
///
/// The call runs in a child task. When its time is up the child is cancelled and then waited for: a call must answer
/// to cancellation, or it goes on for as long as it likes.
public final class TimeLimiter: Sendable {
  public let name: String
  public let settings: TimeLimiterSettings
  private let counters: Locked<TimeLimiterSnapshot>

  private enum Finish<Value: Sendable>: Sendable {
    case call(Result<Value, any Error>)
    case timeUp
    case timerCancelled
  }

  /// - Throws: `InvalidSetting` for the first setting that cannot be used.
  public init(name: String, settings: TimeLimiterSettings = TimeLimiterSettings()) throws(InvalidSetting) {
    try settings.validate()
    self.name = name
    self.settings = settings
    counters = Locked(TimeLimiterSnapshot(name: name, settings: settings))
  }

  /// What `call` gives or throws, or `TimeLimitExceeded`.
  public func execute<Value: Sendable, C: Clock>(
    clock: C, _ call: @escaping @Sendable () async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    guard let result = await result(clock: clock, call) else {
      throw TimeLimitExceeded(name: name, limit: settings.timeoutDuration)
    }
    return try result.get()
  }

  /// What came of the call, or nil when it was cut off.
  func result<Value: Sendable, C: Clock>(
    clock: C, _ call: @escaping @Sendable () async throws -> Value
  ) async -> Result<Value, any Error>? where C.Duration == Duration {
    let limit = settings.timeoutDuration
    counters.withLock { $0.running += 1 }
    let result: Result<Value, any Error>? = await withTaskGroup(of: Finish<Value>.self) { group in
      group.addTask {
        do { return .call(.success(try await call())) } catch { return .call(.failure(error)) }
      }
      group.addTask {
        do { try await clock.sleep(for: limit) } catch { return .timerCancelled }
        return .timeUp
      }
      defer { group.cancelAll() }
      while let finish = await group.next() {
        switch finish {
        case .call(let result): return result
        case .timeUp: return nil
        // Our own task was cancelled, and so was the call: it will say what came of it.
        case .timerCancelled: continue
        }
      }
      preconditionFailure("a call in a time limiter always ends")
    }
    counters.withLock {
      $0.running -= 1
      if result == nil { $0.cutOff += 1 } else { $0.passed += 1 }
    }
    return result
  }

  public func snapshot() -> TimeLimiterSnapshot { counters.withLock { $0 } }
}
