import Concurrency
import Dispatch

/// Runs what is asynchronous to its end. The main thread waits: commands of this program are not asynchronous, so that
/// the screen stays on the main thread.
func waited<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
  let (result, isDone) = (Locked<Result<Value, any Error>?>(nil), DispatchSemaphore(value: 0))
  Task.detached {
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    result.withLock { $0 = outcome }
    isDone.signal()
  }
  isDone.wait()
  guard let outcome = result.withLock({ $0 }) else { preconditionFailure("A task ended without a result.") }
  return try outcome.get()
}
