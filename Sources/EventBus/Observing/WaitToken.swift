internal import Concurrency

/// A wait for records or for a change of the group. It ends once: by waking, or by `cancel`.
/// Cancel a token that is no longer wanted; dropping it does not end the wait.
public final class WaitToken: Sendable {
  private struct State {
    var wake: (@Sendable () -> Void)?
    var sources: [any WaitSource] = []
  }

  private let state: Locked<State>

  init(_ wake: @escaping @Sendable () -> Void) {
    state = Locked(State(wake: wake))
  }

  /// Ends the wait without waking. Does nothing when it has ended already.
  public func cancel() {
    _ = end()
  }

  /// True after the token woke its waiter or was cancelled.
  public var isSpent: Bool { state.withLock { $0.wake == nil } }

  func fire() {
    end()?()
  }

  /// Called once all places that may fire the token know it: they are told to forget it when it ends.
  func attach(_ sources: [any WaitSource]) {
    let isSpent = state.withLock { state in
      if state.wake == nil { return true }
      state.sources = sources
      return false
    }
    if isSpent { for source in sources { source.forget(self) } }
  }

  private func end() -> (@Sendable () -> Void)? {
    let (wake, sources) = state.withLock { state in
      let ended = (state.wake, state.sources)
      state = State(wake: nil)
      return ended
    }
    for source in sources { source.forget(self) }
    return wake
  }
}

/// What holds tokens until it has something to tell.
protocol WaitSource: AnyObject, Sendable {
  func forget(_ token: WaitToken)
}
