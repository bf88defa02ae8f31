extension DiskLog {
  /// As of the log in memory: the oldest segments that are too old or too many go, the active one only when all its
  /// records are too old.
  mutating func applyRetention(_ settings: TopicSettings, now: Int64) throws(BusError) -> RemovedRecords {
    try requireWorking()
    if let age = settings.retentionAge, active.largestTimestamp < now.addingSaturated(-age) { try rollIfNeeded() }
    var held = bytes
    var count = 0
    for segment in closed {
      let isOld = settings.retentionAge.map { segment.largestTimestamp < now.addingSaturated(-$0) } ?? false
      let isTooMuch = settings.retentionBytes.map { held - segment.bytes >= $0 } ?? false
      guard isOld || isTooMuch else { break }
      held -= segment.bytes
      count += 1
    }
    return try removeFirst(count)
  }

  /// Makes `offset` the first that can be read. What is before it in the same segment goes with the segment.
  mutating func deleteRecords(before offset: Int64) throws(BusError) -> RemovedRecords {
    precondition(offset <= endOffset, "records are deleted up to the end of the log at most")
    try requireWorking()
    guard offset > startOffset else { return RemovedRecords() }
    try writeOut()
    if offset == endOffset { try rollIfNeeded() }
    try StartFile.write(offset, in: directory)
    startOffset = offset
    return try removeFirst(closed.prefix { $0.endOffset <= offset }.count)
  }

  private mutating func removeFirst(_ count: Int) throws(BusError) -> RemovedRecords {
    var removed = RemovedRecords()
    guard count > 0 else { return removed }
    let known = try store.producers(atEndOf: closed[count - 1])
    if !known.isEmpty { try ProducersFile.write(known, in: directory) }
    // The names of the files that stay tell the next process where the log ends, and nothing else may do so: they are on
    // the disk before the others go.
    if count == closed.count, writtenLength == 0 { _ = try activeFile() }
    try Directory.synchronize(directory)
    for segment in closed.prefix(count) {
      try remove(segment)
      folderHasChanged = true
      removed.records += segment.records
      removed.bytes += segment.bytes
      removed.segments += 1
      closed.removeFirst()
      startOffset = max(startOffset, closed.first?.baseOffset ?? active.baseOffset)
    }
    return removed
  }
}
