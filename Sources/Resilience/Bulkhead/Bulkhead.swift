internal import Concurrency

/// Lets so many calls run at once and no more; the others wait their turn for a while. Safe from any thread.
///
/// Who waited longest goes first, and a place that becomes free is handed to him directly, so that nobody can slip in
/// between.
public final class Bulkhead: Sendable {
  public let name: String
  public let settings: BulkheadSettings
  private let state = Locked(State())

  private struct State: Sendable {
    var used = 0
    var queue: [BulkheadTurn] = []
    var permitted = 0
    var refused = 0

    /// A place, or a turn in the queue for it if there shall be one.
    mutating func take(of limit: Int, queueing: Bool) -> (isPermitted: Bool, turn: BulkheadTurn?) {
      if used < limit {
        used += 1
        permitted += 1
        return (true, nil)
      }
      guard queueing else {
        refused += 1
        return (false, nil)
      }
      let turn = BulkheadTurn()
      queue.append(turn)
      return (false, turn)
    }
  }

  /// - Throws: `InvalidSetting` for the first setting that cannot be used.
  public init(name: String, settings: BulkheadSettings = BulkheadSettings()) throws(InvalidSetting) {
    try settings.validate()
    self.name = name
    self.settings = settings
  }

  /// What `call` gives or throws; `BulkheadFull` when there was no place in time, `CancellationError` when the task
  /// was cancelled before there was one.
  public func execute<Value, C: Clock>(
    clock: C, _ call: () async throws -> Value
  ) async throws -> Value where C.Duration == Duration {
    try await acquire(clock: clock)
    defer { release() }
    return try await call()
  }

  /// Takes a place if there is one now. It must be given back by `release`.
  public func tryAcquire() -> Bool {
    state.withLock { $0.take(of: settings.maxConcurrentCalls, queueing: false).isPermitted }
  }

  /// Waits for a place as the settings say. It must be given back by `release`.
  public func acquire<C: Clock>(clock: C) async throws where C.Duration == Duration {
    let limit = settings.maxWaitDuration
    let (isPermitted, turn) = state.withLock {
      $0.take(of: settings.maxConcurrentCalls, queueing: limit > .zero)
    }
    if isPermitted { return }
    guard let turn else { throw BulkheadFull(name: name, limit: settings.maxConcurrentCalls) }
    let outcome = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        do { try await clock.sleep(for: limit) } catch { return }
        turn.settle(.refused)
      }
      defer { group.cancelAll() }
      return await turn.outcome()
    }
    guard outcome != .permitted else { return }
    state.withLock { state in
      state.queue.removeAll { $0 === turn }
      if outcome == .refused { state.refused += 1 }
    }
    guard outcome == .refused else { throw CancellationError() }
    throw BulkheadFull(name: name, limit: settings.maxConcurrentCalls)
  }

  /// Gives a place back, to the one who has waited longest.
  public func release() {
    while true {
      let next = state.withLock { state -> BulkheadTurn? in
        precondition(state.used > 0, "a bulkhead's place is released once for each time it was acquired")
        guard state.queue.isEmpty else { return state.queue.removeFirst() }
        state.used -= 1
        return nil
      }
      guard let next else { return }
      // The place stays taken in between. Who has just given up waiting does not get it; the next one does.
      if next.settle(.permitted) {
        state.withLock { $0.permitted += 1 }
        return
      }
    }
  }

  public func snapshot() -> BulkheadSnapshot {
    state.withLock { state in
      BulkheadSnapshot(
        name: name, settings: settings, used: state.used, waiting: state.queue.count,
        permitted: state.permitted, refused: state.refused)
    }
  }
}
