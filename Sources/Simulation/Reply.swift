/// Nothing came in time. What was asked for may have happened, or may happen yet.
public struct TimedOut: Error, CustomStringConvertible {
  public init() {}
  public var description: String { "no answer in time" }
}

/// A value that arrives once. Whoever waits may stop waiting; an answer that comes later then goes nowhere.
///
/// This is how a caller and a callee of two machines meet: cancelling the wait does not cancel the callee.
///
/// Inlinable, so that a module that waits for its own kind of value has all this compiled for it.
public final class Reply<Value: Sendable>: @unchecked Sendable {
  // Unchecked, as in `VirtualTime`: no access holds on while other code runs.
  @exclusivity(unchecked) @usableFromInline var result: Result<Value, any Error>?
  @exclusivity(unchecked) @usableFromInline var waiter: UnsafeContinuation<Void, Never>?

  @inlinable
  public init() {}

  @inlinable
  public var isResolved: Bool { result != nil }

  /// False when it comes too late, or for the second time.
  @discardableResult @inlinable
  public func resolve(_ result: Result<Value, any Error>) -> Bool {
    guard self.result == nil else { return false }
    self.result = result
    if let waiter {
      self.waiter = nil
      waiter.resume()
    }
    return true
  }

  /// Waits for the answer, for as long as the task is not cancelled.
  @inlinable
  public func value() async throws -> Value {
    try await withTaskCancellationHandler {
      if result == nil { await withUnsafeContinuation { waiter = $0 } }
      guard let result else { preconditionFailure("a reply wakes its waiter when it has a result") }
      return try result.get()
    } onCancel: {
      resolve(.failure(CancellationError()))
    }
  }

  /// Waits at most `limit` nanoseconds.
  /// - Throws: ``TimedOut``; `CancellationError`; what the other side answered.
  @inlinable
  public func value(within limit: Int64, on time: VirtualTime) async throws -> Value {
    let timer = time.after(limit) { self.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    return try await value()
  }
}
