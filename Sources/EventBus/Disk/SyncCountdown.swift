internal import Concurrency

/// Tells once, when all parts have arrived: the first failure, if there was one.
final class SyncCountdown: Sendable {
  private struct State {
    var left: Int
    var failure: BusError?
  }

  private let state: Locked<State>
  private let tell: @Sendable (Result<Void, BusError>) -> Void

  init(_ count: Int, _ tell: @escaping @Sendable (Result<Void, BusError>) -> Void) {
    state = Locked(State(left: count))
    self.tell = tell
    if count == 0 { tell(.success(())) }
  }

  func arrive(_ result: Result<Void, BusError>) {
    let outcome = state.withLock { state -> Result<Void, BusError>? in
      if case .failure(let error) = result, state.failure == nil { state.failure = error }
      state.left -= 1
      guard state.left == 0 else { return nil }
      return state.failure.map { .failure($0) } ?? .success(())
    }
    if let outcome { tell(outcome) }
  }
}
