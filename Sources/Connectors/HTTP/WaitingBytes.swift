internal import Concurrency

/// Counts the bytes of all bodies that have come and are not yet taken, up to a bound. Safe from any thread.
package final class WaitingBytes: Sendable {
  private let bound: Int
  private let waiting = Locked(0)

  package init(bound: Int) {
    self.bound = bound
  }

  /// False, and nothing is counted, where it would be more than the bound.
  package func reserve(_ count: Int) -> Bool {
    waiting.withLock { waiting in
      guard count <= bound - waiting else { return false }
      waiting += count
      return true
    }
  }

  /// - Parameter count: bytes that were reserved before.
  package func release(_ count: Int) {
    waiting.withLock { $0 -= count }
  }
}
