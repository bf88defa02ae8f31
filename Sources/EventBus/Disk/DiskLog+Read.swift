/// A place in one segment, and what is needed to read from there without the partition's lock.
struct ReadPlan: Sendable {
  let segment: DiskSegment
  /// Where a batch begins that holds the offset or comes before it.
  let position: Int64
  /// No record at `position` has a smaller offset.
  let offset: Int64
  /// Bytes in the file; `unwritten` follows.
  let written: Int64
  let unwritten: [UInt8]
}

extension DiskLog {
  /// Where to read from `offset` on; nil at the end of the log.
  func plan(from offset: Int64) -> ReadPlan? {
    guard offset < endOffset else { return nil }
    let index = closedIndex(of: offset)
    let segment = index < closed.count ? closed[index] : active
    let isActive = index == closed.count
    let entry = segment.index.entry(atOrBefore: offset)
    return ReadPlan(
      segment: segment, position: entry?.position ?? 0, offset: entry?.offset ?? segment.baseOffset,
      written: isActive ? writtenLength : segment.length, unwritten: isActive ? unwritten : [])
  }

  /// As `plan`, for the first segment that may hold a record not older than `timestamp`, from the start offset on.
  func plan(notBefore timestamp: Int64, after offset: Int64) -> ReadPlan? {
    let segments = closed + [active]
    guard let index = segments.firstIndex(where: { $0.endOffset > offset && $0.largestTimestamp >= timestamp }) else {
      return nil
    }
    let segment = segments[index]
    let isActive = index == closed.count
    let entry = segment.index.entry(allBeforeOlderThan: timestamp)
    return ReadPlan(
      segment: segment, position: entry?.position ?? 0, offset: entry?.offset ?? segment.baseOffset,
      written: isActive ? writtenLength : segment.length, unwritten: isActive ? unwritten : [])
  }

  mutating func noteDamage(_ damage: DiskSegment.Damage, in segment: UInt64) {
    if active.id == segment { return active.add(damage) }
    guard let index = closed.firstIndex(where: { $0.id == segment }) else { return }
    closed[index].add(damage)
  }
}

/// Reads records of one segment.
struct SegmentReader {
  let plan: ReadPlan
  private let window: FileWindow

  init(_ plan: ReadPlan, files: FileCache, chunk: Int = 128 << 10) throws(BusError) {
    self.plan = plan
    let file = plan.written > 0 ? try files.file(of: plan.segment, .update) : nil
    window = FileWindow(file, written: plan.written, unwritten: plan.unwritten, chunk: chunk)
  }

  enum Outcome {
    /// The segment has no more, or `take` said that it is enough.
    case done
    /// The records before it were handed over. `isKnown`: it is in the plan's segment.
    case damaged(DiskSegment.Damage, isKnown: Bool)
  }

  /// Hands over the records from `offset` on, until `take` returns false or offsets are damaged.
  func records(from offset: Int64, _ take: (EventRecord) -> Bool) throws(BusError) -> Outcome {
    var position = plan.position
    var expected = plan.offset
    var wantsMore = true
    while wantsMore, position < window.end {
      if let damage = plan.segment.damage.first(where: { $0.positions.contains(position) }) {
        if damage.offsets.upperBound > offset, !damage.offsets.isEmpty { return .damaged(damage, isKnown: true) }
        (position, expected) = (damage.positions.upperBound, damage.offsets.upperBound)
        continue
      }
      // What lies before the offset is passed over by its header. Should that be wrong, the next batch is not found.
      if let header = try window.header(at: position), header.endOffset <= offset, header.baseOffset >= expected,
        position + Int64(header.bytes) < window.end
      {
        (position, expected) = (position + Int64(header.bytes), header.endOffset)
        continue
      }
      guard case .batch(let header, let raw) = try window.batch(at: position), header.baseOffset >= expected else {
        return .damaged(try damage(at: position, expected: expected), isKnown: false)
      }
      let isSound = BatchDecoder.records(of: raw, header, from: offset) { record in
        wantsMore = take(record)
        return wantsMore
      }
      guard isSound else { return .damaged(try damage(at: position, expected: expected), isKnown: false) }
      (position, expected) = (position + Int64(header.bytes), header.endOffset)
    }
    return .done
  }

  /// How far the damage goes that begins at `position`: up to the next whole batch, or the segment's end.
  private func damage(at position: Int64, expected: Int64) throws(BusError) -> DiskSegment.Damage {
    let next = try window.nextBatch(after: position, in: expected..<max(expected, plan.segment.endOffset))
    let end = next?.header.baseOffset ?? plan.segment.endOffset
    return DiskSegment.Damage(
      offsets: expected..<max(expected, end), positions: position..<(next?.position ?? window.end))
  }
}
