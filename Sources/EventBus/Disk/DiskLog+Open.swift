extension DiskLog {
  /// Opens a partition as the last process left it, however that ended.
  /// - Throws: `storage`, `unreadable`. What is torn or damaged is no error: it goes into `report`.
  init(
    opening name: TopicPartition, directory: String, store: DiskStore, settings: TopicSettings,
    report: inout RecoveryReport, transactions: inout [OpenTransactionBatch]
  ) throws(BusError) {
    self.init(name, directory: directory, store: store)
    guard Directory.exists(directory) else { return }
    producers = try ProducersFile.read(in: directory)
    let bases = try Self.segmentBases(in: directory)
    for (index, base) in bases.enumerated() {
      let limit = index + 1 < bases.count ? bases[index + 1] : .max
      try take(base, limit: limit, allowsGaps: settings.cleanup != .delete, &report, &transactions)
    }
    startOffset = closed.first?.baseOffset ?? 0
    try takeUpWriting(report: &report)
    let wanted = try StartFile.read(in: directory) ?? 0
    if wanted > endOffset {
      // All of it was deleted, and some of that had not reached the disk.
      for segment in closed + [active] { try remove(segment) }
      closed = []
      active = store.makeSegment(in: directory, at: wanted)
      writtenLength = 0
    }
    startOffset = max(startOffset, wanted)
    writtenEnd = endOffset
    // Nobody knows what of it the disk has, until it is synced.
    syncedEnd = startOffset
    folderHasChanged = true
    report.records += Int64(recordCount)
  }

  /// The first offsets of the segments in a folder, ascending. Files that compaction had not finished go.
  private static func segmentBases(in directory: String) throws(BusError) -> [Int64] {
    var bases: [Int64] = []
    for name in try Directory.names(in: directory) {
      if name.hasSuffix(".new") { try Directory.remove(directory + "/" + name) }
      guard name.hasSuffix(".log") else { continue }
      guard name.count == 24, let base = Int64(name.dropLast(4)), base >= 0 else {
        throw .unreadable(path: directory + "/" + name, reason: "a segment is named by its first offset in 20 digits")
      }
      bases.append(base)
    }
    return bases.sorted()
  }

  /// Adds a segment to the closed ones.
  private mutating func take(
    _ base: Int64, limit: Int64, allowsGaps: Bool, _ report: inout RecoveryReport,
    _ transactions: inout [OpenTransactionBatch]
  ) throws(BusError) {
    let empty = store.makeSegment(in: directory, at: base)
    if let last = closed.last, last.endOffset > base {
      // Compaction joined it with the one before, and could not remove it any more.
      let footer = try SegmentFooter.read(store.files.file(of: empty, .update), of: empty)
      guard last.isCompacted, let footer, footer.segment.endOffset <= last.endOffset else {
        throw .unreadable(path: empty.path, reason: "it begins before the end of the segment before it")
      }
      return try remove(empty)
    }
    if let last = closed.indices.last, closed[last].endOffset < base {
      closed[last].miss(until: base)
      note(closed[last].damage.last, &report)
    }
    let file = try store.files.file(of: empty, .update)
    report.bytes += try file.size()
    if let (sealed, known) = try SegmentFooter.read(file, of: empty) {
      closed.append(sealed)
      producers = known
      for damage in sealed.damage { note(damage, &report) }
      return
    }
    let scan = try SegmentScan(file, empty, limit: limit, allowsGaps: allowsGaps, producers: producers)
    report.scannedBytes += scan.segment.length + scan.tornBytes
    if scan.tornBytes > 0 {
      try file.truncate(to: scan.segment.length)
      // In a segment that others follow, what is lost is reported by its offsets.
      if !scan.isFooterTorn, limit == .max {
        report.cuts.append(.init(partition: name, endOffset: scan.segment.endOffset, bytes: scan.tornBytes))
      }
    }
    for damage in scan.segment.damage { note(damage, &report) }
    for found in scan.transactions {
      transactions.append(
        OpenTransactionBatch(
          partition: name, transaction: found.transaction, header: found.header, path: empty.path,
          position: found.position))
    }
    producers = scan.producers
    closed.append(scan.segment)
    closed[closed.count - 1].producers = producers
  }

  private func note(_ damage: DiskSegment.Damage?, _ report: inout RecoveryReport) {
    guard let damage else { return }
    report.damaged.append(
      .init(
        partition: name, offsets: damage.offsets, bytes: Int64(damage.positions.count)))
  }

  /// The last segment is the active one, unless it is sealed.
  private mutating func takeUpWriting(report: inout RecoveryReport) throws(BusError) {
    guard let last = closed.last else { return }
    if last.isSealed {
      active = store.makeSegment(in: directory, at: last.endOffset)
    } else {
      active = closed.removeLast()
      active.producers = []
      writtenLength = active.length
    }
  }
}

/// A batch of a transaction, found while looking through a segment.
struct OpenTransactionBatch: Sendable {
  let partition: TopicPartition
  let transaction: Int64
  let header: BatchHeader
  let path: String
  let position: Int64
}
