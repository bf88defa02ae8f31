internal import Simulation
internal import Transactions

extension World {
  /// The moment from which on somebody may still ask for what stands in a database or in the company's books: the start
  /// of the oldest open transaction, the oldest record unread or held by a join, the oldest event that waits for its relay. Now when
  /// all is done.
  ///
  /// Databases and audits forget nothing that is less than their own time older than this.
  ///
  /// It is looked for once a second at most: what could be forgotten then may be forgotten now.
  func horizon() -> Int64 {
    if let known = knownHorizon, time.now - known.found < 1_000_000_000 { return known.time }
    let oldest = findHorizon()
    knownHorizon = (oldest, time.now)
    return oldest
  }

  private func findHorizon() -> Int64 {
    // What a clock stamps that is ahead bears a time that is later than when it was put there.
    var oldest = min(time.now, (oldestUnreadRecord() ?? .max) - faults.widestSkew)
    if let unmined = oldestUnmined { oldest = min(oldest, unmined) }
    if let held = joins.oldest { oldest = min(oldest, held) }
    if let start = transactions.oldestStart { oldest = min(oldest, start) }
    for disk in services.filter({ $0.plan.store?.publishes == true }).compactMap({ disk(of: $0.name) }) {
      if let created = (try? disk.waiting())?.oldest {
        oldest = min(oldest, created - faults.widestSkew)
      }
    }
    return oldest
  }
}
