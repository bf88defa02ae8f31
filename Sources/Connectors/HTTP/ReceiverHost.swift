internal import Concurrency
internal import Dispatch

/// Runs a receiver for a program that is not asynchronous: ``start()`` and ``stop()`` block the calling thread.
///
/// Call it from the main thread or a thread of your own, never from a task: a task that blocks takes a thread away from
/// the receiver.
public final class ReceiverHost: Sendable {
  private let receiver: any Receiver

  public init(_ receiver: any Receiver) {
    self.receiver = receiver
  }

  /// The protocol it speaks, as the screen says it: `zipkin`.
  public var name: String { receiver.name }

  public var address: ListenAddress { receiver.address }

  /// What came in so far. From any thread.
  public var counts: ReceiverCounts { receiver.counts }

  /// Returns the port once connections are accepted.
  ///
  /// - Throws: why the receiver cannot listen; nothing runs then.
  public func start() throws(ConnectorError) -> Int {
    let outcome = Locked<Result<Int, ConnectorError>?>(nil)
    let settled = DispatchSemaphore(value: 0)
    let receiver = receiver
    let settle: @Sendable (Result<Int, ConnectorError>) -> Void = { result in
      outcome.withLock { $0 = result }
      settled.signal()
    }
    Task.detached {
      do throws(ConnectorError) {
        try await receiver.start { port in settle(.success(port)) }
      } catch {
        settle(.failure(error))
      }
    }
    settled.wait()
    guard let result = outcome.withLock({ $0 }) else {
      preconditionFailure("A receiver that settled has an outcome.")
    }
    return try result.get()
  }

  /// Returns once nothing is served any more, at the latest soon after ``ReceiverSettings/graceTime``.
  public func stop() {
    let stopped = DispatchSemaphore(value: 0)
    let receiver = receiver
    Task.detached {
      await receiver.stop()
      stopped.signal()
    }
    stopped.wait()
  }
}
