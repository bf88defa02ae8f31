internal import Concurrency

/// One caller's place in a bulkhead's queue. It is settled once; whoever comes second learns that he was too late.
final class BulkheadTurn: Sendable {
  enum Outcome: Sendable { case permitted, refused, cancelled }

  private struct State: Sendable {
    var outcome: Outcome?
    var continuation: CheckedContinuation<Outcome, Never>?
  }

  private let state = Locked(State())

  /// False when it was settled before.
  @discardableResult
  func settle(_ outcome: Outcome) -> Bool {
    let (isFirst, continuation) = state.withLock { state in
      guard state.outcome == nil else { return (false, CheckedContinuation<Outcome, Never>?.none) }
      state.outcome = outcome
      defer { state.continuation = nil }
      return (true, state.continuation)
    }
    continuation?.resume(returning: outcome)
    return isFirst
  }

  func outcome() async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state in
          if state.outcome == nil { state.continuation = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      settle(.cancelled)
    }
  }
}
