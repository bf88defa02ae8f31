internal import Concurrency
internal import OrderedCollections
internal import TraceModel

/// How many local transactions were committed for each transaction until it was decided: one where everything is in one
/// database, several where each service has its own. The newest are kept, a bounded number. Safe from any thread.
final class CommitBook: Sendable {
  private let counts = Locked(OrderedDictionary<GTXID, Int>())
  private static let kept = 20_000

  func committed(_ id: GTXID) {
    counts.withLock { counts in
      counts[id, default: 0] += 1
      // In one go, since taking from the front moves all the others.
      if counts.count > Self.kept + Self.kept / 4 { counts.removeFirst(counts.count - Self.kept) }
    }
  }

  /// 0 for one that is forgotten.
  func count(_ id: GTXID) -> Int { counts.withLock { $0[id] ?? 0 } }
}
