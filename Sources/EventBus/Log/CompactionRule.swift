/// What compaction asks of a closed segment, in memory or on disk.
protocol CompactableSegment {
  var bytes: Int { get }
  var isCompacted: Bool { get }
  var tombstonesGoAt: Int64? { get }
}

extension Segment: CompactableSegment {}
extension DiskSegment: CompactableSegment {}

/// When compaction is done.
enum CompactionRule {
  /// At least half of what it could look at is new, or a tombstone is due.
  static func isWorthIt(_ closed: [some CompactableSegment], now: Int64) -> Bool {
    var (all, new) = (0, 0)
    for segment in closed {
      if let due = segment.tombstonesGoAt, due <= now { return true }
      all += segment.bytes
      if !segment.isCompacted { new += segment.bytes }
    }
    return new > 0 && new >= all - new
  }
}
