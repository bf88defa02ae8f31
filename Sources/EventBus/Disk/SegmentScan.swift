/// Looks through a segment that was not sealed before the process ended, batch by batch.
struct SegmentScan {
  /// The segment as far as it is whole.
  var segment: DiskSegment
  /// Bytes behind the last whole batch.
  var tornBytes: Int64 = 0
  /// They are a footer that was not finished, or one that was and is not right: no records.
  var isFooterTorn = false
  var producers: [ProducerState]
  /// Batches of transactions: which, and where in the file.
  var transactions: [(transaction: Int64, header: BatchHeader, position: Int64)] = []

  /// - Parameters:
  ///   - limit: the first offset of the next segment, `Int64.max` when this is the last.
  ///   - allowsGaps: the topic is compacted.
  init(
    _ file: File, _ empty: DiskSegment, limit: Int64, allowsGaps: Bool, producers: [ProducerState]
  ) throws(BusError) {
    segment = empty
    self.producers = producers
    let window = FileWindow(file, written: try file.size(), salt: empty.salt, chunk: 1 << 20)
    var position: Int64 = 0
    scan: while true {
      switch try window.batch(at: position) {
      case .end: break scan
      case .batch(let header, _) where header.baseOffset >= segment.endOffset && header.endOffset <= limit:
        // Compaction leaves gaps; elsewhere something is missing.
        if header.baseOffset > segment.endOffset, !allowsGaps { segment.miss(until: header.baseOffset) }
        add(header, at: position)
        position += Int64(header.bytes)
      case .batch, .broken:
        guard let next = try window.nextBatch(after: position, in: segment.endOffset..<limit) else { break scan }
        segment.add(
          DiskSegment.Damage(
            offsets: segment.endOffset..<next.header.baseOffset, positions: position..<next.position))
        segment.endOffset = next.header.baseOffset
        segment.length = next.position
        position = next.position
      }
    }
    tornBytes = window.end - position
    if tornBytes >= 4 {
      isFooterTorn = try window.bytes(at: position, count: 4).number(UInt32.self, at: 0) == SegmentFooter.mark
    }
  }

  private mutating func add(_ header: BatchHeader, at position: Int64) {
    segment.add(header)
    if header.transaction != 0 { transactions.append((header.transaction, header, position)) }
    guard !header.flags.contains(.void) else { return }
    producers.note(header.producer, count: header.recordCount, offset: header.baseOffset, now: header.appendedAt)
  }
}
