/// A place in one segment, and what is needed to read from there without the partition's lock.
struct ReadPlan: Sendable {
  let segment: DiskSegment
  /// Where a batch begins that holds the offset or comes before it.
  let position: Int64
  /// No record at `position` has a smaller offset.
  let offset: Int64
  /// Nil when nothing of the segment is written. It is opened along with the plan: later another file may have its name.
  let file: File?
  /// Bytes in the file; `unwritten` follows.
  let written: Int64
  let unwritten: [UInt8]
}

extension DiskLog {
  /// Where to read from `offset` on; nil at the end of the log.
  func plan(from offset: Int64) throws(BusError) -> ReadPlan? {
    guard offset < endOffset else { return nil }
    let index = closedIndex(of: offset)
    let segment = index < closed.count ? closed[index] : active
    return try plan(segment, isActive: index == closed.count, from: segment.index.entry(atOrBefore: offset))
  }

  /// As `plan`, for the first segment that may hold a record not older than `timestamp`, from the start offset on.
  func plan(notBefore timestamp: Int64, after offset: Int64) throws(BusError) -> ReadPlan? {
    let segments = closed + [active]
    guard let index = segments.firstIndex(where: { $0.endOffset > offset && $0.largestTimestamp >= timestamp }) else {
      return nil
    }
    let entry = segments[index].index.entry(allBeforeOlderThan: timestamp)
    return try plan(segments[index], isActive: index == closed.count, from: entry)
  }

  private func plan(
    _ segment: DiskSegment, isActive: Bool, from entry: SegmentIndex.Entry?
  ) throws(BusError) -> ReadPlan {
    let written = isActive ? writtenLength : segment.length
    return ReadPlan(
      segment: segment, position: entry?.position ?? 0, offset: entry?.offset ?? segment.baseOffset,
      file: written > 0 ? try store.files.file(of: segment, .update) : nil, written: written,
      unwritten: isActive ? unwritten : [])
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

  init(_ plan: ReadPlan, chunk: Int = 128 << 10) {
    self.plan = plan
    window = FileWindow(
      plan.file, written: plan.written, unwritten: plan.unwritten, salt: plan.segment.salt, chunk: chunk)
  }

  enum Outcome {
    /// The segment has no more, or `take` said that it is enough.
    case done
    /// The records before it were handed over. `isKnown`: it is in the plan's segment.
    case damaged(DiskSegment.Damage, isKnown: Bool)
  }

  /// Where reading stands in the file, and the smallest offset that may come there.
  private struct Place {
    var position: Int64
    var expected: Int64

    mutating func pass(_ damage: DiskSegment.Damage) {
      position = damage.positions.upperBound
      expected = max(expected, damage.offsets.upperBound)
    }

    mutating func pass(_ header: BatchHeader) {
      position += Int64(header.bytes)
      expected = header.endOffset
    }
  }

  /// Hands over the records from `offset` on, until `take` returns false or offsets are damaged. Damage that costs no
  /// offset from there on is passed over.
  func records(from offset: Int64, _ take: (EventRecord) -> Bool) throws(BusError) -> Outcome {
    var place = Place(position: plan.position, expected: plan.offset)
    var passedOver: Place?
    var wantsMore = true
    while wantsMore, place.position < window.end {
      if let damage = plan.segment.damage.first(where: { $0.positions.contains(place.position) }) {
        if damage.costs(from: offset) { return .damaged(damage, isKnown: true) }
        place.pass(damage)
        continue
      }
      if let header = try headerBefore(offset, at: place) {
        passedOver = place
        place.pass(header)
        continue
      }
      guard case .batch(let header, let raw) = try window.batch(at: place.position), header.baseOffset >= place.expected
      else {
        if let damage = try passDamage(at: &place, from: offset) { return .damaged(damage, isKnown: false) }
        continue
      }
      if header.baseOffset > place.expected {
        let first = max(offset, place.expected)
        if let damage = missing(from: first, before: header.baseOffset) { return .damaged(damage, isKnown: true) }
        // Should the header be wrong that was trusted, its batch holds what is missing here.
        if let suspect = passedOver {
          passedOver = nil
          if case .batch = try window.batch(at: suspect.position) { continue }
          place = suspect
          if let damage = try passDamage(at: &place, from: offset) { return .damaged(damage, isKnown: false) }
          continue
        }
      }
      let isSound = BatchDecoder.records(of: raw, header, from: offset) { record in
        wantsMore = take(record)
        return wantsMore
      }
      if isSound {
        place.pass(header)
      } else if let damage = try passDamage(at: &place, from: offset) {
        return .damaged(damage, isKnown: false)
      }
    }
    guard wantsMore, let damage = missing(from: max(offset, place.expected), before: .max) else { return .done }
    return .damaged(damage, isKnown: true)
  }

  /// The header of a batch that lies before the offset as a whole: it is passed over by that alone. Should its length be
  /// wrong, no batch is found behind it.
  private func headerBefore(_ offset: Int64, at place: Place) throws(BusError) -> BatchHeader? {
    guard let header = try window.header(at: place.position), header.endOffset <= offset,
      header.baseOffset >= place.expected, place.position + Int64(header.bytes) < window.end
    else { return nil }
    return header
  }

  /// The damage that begins at a place, when it costs an offset from `offset` on; else it is passed.
  private func passDamage(at place: inout Place, from offset: Int64) throws(BusError) -> DiskSegment.Damage? {
    let damage = try damage(at: place)
    if damage.costs(from: offset) { return damage }
    place.pass(damage)
    return nil
  }

  /// Offsets that are known to be missing, of those from `offset` on, before a batch or the end of the segment.
  private func missing(from offset: Int64, before next: Int64) -> DiskSegment.Damage? {
    plan.segment.damage.first { $0.costs(from: offset) && $0.offsets.lowerBound < next }
  }

  /// How far the damage goes that begins at a place: up to the next whole batch, or the segment's end.
  private func damage(at place: Place) throws(BusError) -> DiskSegment.Damage {
    let end = max(place.expected, plan.segment.endOffset)
    let next = try window.nextBatch(after: place.position, in: place.expected..<end)
    return DiskSegment.Damage(
      offsets: place.expected..<(next?.header.baseOffset ?? end),
      positions: place.position..<(next?.position ?? window.end))
  }
}
