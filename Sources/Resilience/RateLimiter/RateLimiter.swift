internal import Concurrency

/// Lets so many calls through in each period: resilience4j's `AtomicRateLimiter`. Safe from any thread.
///
/// Time is cut into periods that begin when the limiter is made. At the start of each one so many permits are there
/// again as the limit says, less those reserved by calls that already wait; permits that were not used are lost. A
/// call that would have to wait longer than the time-out is refused at once, and takes nothing. Times are handed in
/// as nanoseconds since the Unix epoch.
public final class RateLimiter: Sendable {
  public let name: String
  public let settings: RateLimiterSettings
  private let origin: Int64
  private let state: Locked<State>

  private struct State: Sendable {
    var period: Int64 = 0
    /// Below 0, so many of coming periods are reserved.
    var permits: Int
    var waiting = 0
    var permitted = 0
    var refused = 0
  }

  /// - Throws: `InvalidSetting` for the first setting that cannot be used.
  public init(
    name: String, settings: RateLimiterSettings = RateLimiterSettings(), now: Int64
  ) throws(InvalidSetting) {
    try settings.validate()
    self.name = name
    self.settings = settings
    origin = now
    state = Locked(State(permits: settings.limitForPeriod))
  }

  /// What `call` gives or throws; `RequestNotPermitted` when no permit comes in time, `CancellationError` when the
  /// task is cancelled before it comes.
  public func execute<Value, C: Clock>(
    clock: C, now: Int64, permits: Int = 1, _ call: () async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    try await acquire(clock: clock, now: now, permits: permits)
    return try await call()
  }

  /// Waits for permits as the settings say. Cancelled while it waits it gives them back.
  public func acquire<C: Clock>(
    clock: C, now: Int64, permits: Int = 1
  ) async throws where C.Duration == Duration {
    switch reserve(permits, now: now) {
    case .permitted: return
    case .refused: throw RequestNotPermitted(name: name)
    case .permittedAfter(let nanoseconds):
      state.withLock { $0.waiting += 1 }
      defer { state.withLock { $0.waiting -= 1 } }
      do {
        try await clock.sleep(for: .nanoseconds(nanoseconds))
      } catch {
        state.withLock { state in
          state.permits = min(state.permits + permits, settings.limitForPeriod)
          state.permitted -= 1
        }
        throw error
      }
    }
  }

  /// Takes permits, possibly of a coming period; then the caller must wait as told.
  ///
  /// - Parameter permits: 1 to 1,000,000; more than the limit of one period take several.
  public func reserve(_ permits: Int = 1, now: Int64) -> RateLimitDecision {
    precondition((1...1_000_000).contains(permits), "a request is for 1 to 1,000,000 permits")
    let timeout = settings.timeoutDuration.wholeNanoseconds
    return state.withLock { state in
      refresh(&state, now: now)
      let wait = nanosecondsToWait(for: permits, in: state, now: now)
      guard wait <= timeout else {
        state.refused += 1
        return .refused
      }
      state.permits -= permits
      state.permitted += 1
      return wait == 0 ? .permitted : .permittedAfter(nanoseconds: wait)
    }
  }

  /// Changes nothing.
  public func snapshot(now: Int64) -> RateLimiterSnapshot {
    var state = state.withLock { $0 }
    refresh(&state, now: now)
    return RateLimiterSnapshot(
      name: name, settings: settings, available: state.permits, waiting: state.waiting,
      permitted: state.permitted, refused: state.refused)
  }

  private var period: Int64 { settings.limitRefreshPeriod.wholeNanoseconds }

  /// A time from before the last one belongs to the last one's period.
  private func refresh(_ state: inout State, now: Int64) {
    let current = max(0, now - origin) / period
    guard current > state.period else { return }
    let refreshed = (current - state.period).saturatingMultiply(Int64(settings.limitForPeriod))
    state.permits = Int(min(Int64(state.permits).saturatingAdd(refreshed), Int64(settings.limitForPeriod)))
    state.period = current
  }

  private func nanosecondsToWait(for permits: Int, in state: State, now: Int64) -> Int64 {
    guard state.permits < permits else { return 0 }
    let limit = settings.limitForPeriod
    let elapsed = max(max(0, now - origin), state.period * period)
    let toNextPeriod = (state.period + 1).saturatingMultiply(period).saturatingAdd(-elapsed)
    let missingThen = permits - (state.permits + limit)
    let furtherPeriods = missingThen > 0 ? (missingThen + limit - 1) / limit : 0
    return Int64(furtherPeriods).saturatingMultiply(period).saturatingAdd(toNextPeriod)
  }
}
