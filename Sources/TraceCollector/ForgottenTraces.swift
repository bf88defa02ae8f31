internal import TraceModel

/// The ids of the transactions that were evicted last, so that their late spans do not begin them anew.
struct ForgottenTraces: Sendable {
  private let limit: Int
  private var ring: [UInt64] = []
  private var next = 0
  private var known: Set<UInt64> = []

  init(limit: Int) {
    self.limit = limit
  }

  /// The ring, and the set, which is never more than three quarters full.
  var bytes: Int { Room.charged(ring.count) * 8 + Room.charged(ring.count * 4 / 3) * 9 }

  func contains(_ id: GTXID) -> Bool { !known.isEmpty && known.contains(id.low) }

  mutating func insert(_ id: GTXID) {
    guard known.insert(id.low).inserted else { return }
    if ring.count < limit {
      ring.append(id.low)
      return
    }
    known.remove(ring[next])
    ring[next] = id.low
    next = (next + 1) % limit
  }
}
