/// The low halves of the ids of the transactions that were evicted last, so that their late spans do not begin them anew.
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

  func contains(low: UInt64) -> Bool { !known.isEmpty && known.contains(low) }

  mutating func insert(low: UInt64) {
    guard known.insert(low).inserted else { return }
    if ring.count < limit {
      ring.append(low)
      return
    }
    known.remove(ring[next])
    ring[next] = low
    next = (next + 1) % limit
  }
}
