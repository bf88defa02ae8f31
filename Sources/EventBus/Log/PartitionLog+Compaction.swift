extension PartitionLog {
  /// Keeps of each key the newest record of the closed segments, and drops tombstones whose time has come (Kafka's log
  /// cleaner). The active segment is left alone, and no offset changes. It is done once at least half of what it could
  /// look at is new, or a tombstone is due.
  ///
  /// The last record of the log stays in any case, so that whoever reads on from a gap comes to its end.
  mutating func compact(_ settings: TopicSettings, now: Int64) -> RemovedRecords {
    guard CompactionRule.isWorthIt(closed, now: now) else { return RemovedRecords() }
    let newest = newestOffsets()
    var removed = RemovedRecords()
    var compacted: [Segment] = []
    for segment in closed {
      let horizon = segment.tombstonesGoAt ?? now.addingSaturated(settings.deleteRetention)
      let kept = segment.records.filter { record in
        if record.offset == endOffset - 1 { return true }
        guard let key = record.key else { return true }
        return newest[key] == record.offset && (!record.isTombstone || now < horizon)
      }
      removed.records += segment.records.count - kept.count
      removed.bytes += segment.bytes
      guard !kept.isEmpty else { continue }
      let next = Segment(
        compacting: segment, keeping: kept, tombstonesGoAt: kept.contains(where: \.isTombstone) ? horizon : nil)
      removed.bytes -= next.bytes
      // Small ones go together, or there would be more and more of them.
      if let last = compacted.last, last.bytes + next.bytes <= settings.segmentBytes {
        compacted[compacted.count - 1].join(next)
      } else {
        compacted.append(next)
      }
    }
    removed.segments = closed.count - compacted.count
    replaceClosed(with: compacted, removing: removed)
    return removed
  }

  /// Where the newest record of each key stands; for looking up only.
  private func newestOffsets() -> [[UInt8]: Int64] {
    var newest: [[UInt8]: Int64] = [:]
    for segment in closed {
      for record in segment.records { if let key = record.key { newest[key] = record.offset } }
    }
    return newest
  }
}
