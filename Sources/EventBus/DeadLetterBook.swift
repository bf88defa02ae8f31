internal import Concurrency

/// What became of a dead letter.
public enum DeadLetterState: String, Sendable, Hashable, Codable, CaseIterable {
  /// It waits for somebody.
  case open
  /// It was put back into its topic.
  case retried
  /// Somebody decided that it is not worth it.
  case discarded
}

/// Which dead letters are settled. The letters themselves stay where they are, as all records do.
final class DeadLetterBook: Sendable {
  /// By the place of the letter in its dead-letter topic; for looking up only.
  private let settled = Locked<[TopicPartition: [Int64: DeadLetterState]]>([:])

  func state(_ partition: TopicPartition, offset: Int64) -> DeadLetterState {
    settled.withLock { $0[partition]?[offset] ?? .open }
  }

  /// False when it was settled before: of two who try at once, one does it.
  func settle(_ partition: TopicPartition, offset: Int64, as state: DeadLetterState) -> Bool {
    settled.withLock { settled in
      guard settled[partition]?[offset] == nil else { return false }
      settled[partition, default: [:]][offset] = state
      return true
    }
  }

  /// It is open again: what was to be done with it could not be done.
  func reopen(_ partition: TopicPartition, offset: Int64) {
    settled.withLock { $0[partition]?[offset] = nil }
  }

  /// How many that are still in the log are settled; those that retention has removed are forgotten.
  func count(_ partition: TopicPartition, from start: Int64) -> Int64 {
    settled.withLock { settled in
      guard let all = settled[partition] else { return 0 }
      let kept = all.filter { $0.key >= start }
      if kept.count < all.count { settled[partition] = kept }
      return Int64(kept.count)
    }
  }
}
