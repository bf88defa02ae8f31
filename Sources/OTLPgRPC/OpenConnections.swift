#if GRPC
  internal import Concurrency
  internal import NIOCore

  /// Counts the connections that are open, up to a limit. Safe from any thread.
  final class OpenConnections: Sendable {
    private let limit: Int
    private let count = Locked(0)

    init(limit: Int) {
      self.limit = limit
    }

    /// Counts `channel` until it is closed. False, and it is not counted, where it would be one too many.
    func open(_ channel: any Channel) -> Bool {
      let isOneOfThem = count.withLock { count in
        guard count < limit else { return false }
        count += 1
        return true
      }
      guard isOneOfThem else { return false }
      channel.closeFuture.whenComplete { [count] _ in count.withLock { $0 -= 1 } }
      return true
    }
  }
#endif
