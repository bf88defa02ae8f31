internal import TraceModel

/// How room is made: the oldest segment goes, and with it whole traces; those that failed or were slow are written down
/// once more in the newest segment, as long as they hold no more than half of the budget.
extension TraceStoreState {
  var isTooLarge: Bool { bytes > settings.budget || segments.count > settings.segments }

  mutating func evict() {
    // What is spared may fill as much as was freed: after one round nothing is spared any more.
    var rounds = 2 * segments.count
    while isTooLarge, spans > 0 {
      rounds -= 1
      evictOldestSegment(sparing: rounds > 0)
    }
  }

  private mutating func evictOldestSegment(sparing: Bool) {
    let number = segments.oldest
    let isNewest = number == segments.newest
    for row in 0..<segments[number].pointee.records.count {
      let owner = segments[number].pointee.records[row].trace
      guard owner != SpanRecord.dead else { continue }
      let slot = Int32(owner)
      if sparing, !isNewest, mayStay(slot) {
        move(slot, outOf: number)
      } else {
        remove(slot)
      }
    }
    segments.removeOldest()
    moves &+= 1
  }

  private mutating func mayStay(_ slot: Int32) -> Bool {
    let trace = traces[slot]
    let weight = Int(trace.pointee.weight)
    let isKept = trace.pointee.marks.contains(.isKept)
    guard trace.pointee.isWorthKeeping, keptBytes + (isKept ? 0 : weight) <= settings.budget / 2 else { return false }
    if !isKept {
      trace.pointee.marks.insert(.isKept)
      keptBytes += weight
    }
    return true
  }

  /// Writes the spans of a trace that stand in a segment down anew.
  private mutating func move(_ slot: Int32, outOf number: Int) {
    // It says where spans stand; it is made anew when another one comes in.
    if traces[slot].pointee.spans > LargeTraces.threshold { large.remove(slot) }
    var later = SpanReference.none
    var reference = traces[slot].pointee.newestSpan
    while reference != .none {
      var place = reference
      if reference.segment == number {
        place = segments.copy(reference)
        segments[reference].pointee.trace = SpanRecord.dead
        if later == .none {
          traces[slot].pointee.newestSpan = place
        } else {
          segments[later].pointee.previous = place
        }
        if traces[slot].pointee.root == reference { traces[slot].pointee.root = place }
        if traces[slot].pointee.firstError == reference { traces[slot].pointee.firstError = place }
      }
      later = place
      reference = segments[place].pointee.previous
    }
  }

  /// Forgets a trace, wherever its spans stand.
  private mutating func remove(_ slot: Int32) {
    let trace = traces[slot].pointee
    var reference = trace.newestSpan
    while reference != .none {
      let record = segments[reference]
      record.pointee.trace = SpanRecord.dead
      reference = record.pointee.previous
    }
    if trace.marks.contains(.isKept) { keptBytes -= Int(trace.weight) }
    if trace.spans > LargeTraces.threshold { large.remove(slot) }
    spans -= Int(trace.spans)
    orphans -= Int(trace.orphans)
    statistics.evictedTraces += 1
    statistics.evictedSpans += Int(trace.spans)
    forgotten.insert(low: trace.low)
    traces.remove(slot)
  }
}
