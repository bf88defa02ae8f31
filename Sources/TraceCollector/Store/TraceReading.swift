internal import TraceModel

/// How far the spans of one trace have been read.
struct TraceReading {
  let gtxid: GTXID
  fileprivate(set) var spans: [TraceSpan] = []
  /// Newest first.
  fileprivate var places: [SpanReference] = []
  fileprivate var trace: (slot: Int32, arrival: UInt64)?
  fileprivate var moves: UInt64 = 0
  fileprivate var reader: SpanReader

  init(_ gtxid: GTXID) {
    self.gtxid = gtxid
    reader = SpanReader(gtxid: gtxid)
  }
}

extension TraceStoreState {
  /// Spans that are read at once: about a millisecond.
  private static let chunk = 1_024
  /// Spans whose memory is asked for at once.
  private static let ahead = 16

  /// Reads on; false when there is nothing more. A trace that is evicted meanwhile has no spans.
  func read(_ reading: inout TraceReading) -> Bool {
    guard find(&reading) else {
      reading.spans = []
      return false
    }
    let begin = reading.spans.count
    let end = min(begin + Self.chunk, reading.places.count)
    if begin == 0 { reading.spans.reserveCapacity(reading.places.count) }
    let last = reading.places.count - 1
    for place in begin..<end {
      if (place - begin) % Self.ahead == 0 {
        segments.prefetch(reading.places[last - min(end - 1, place + Self.ahead - 1)...last - place])
      }
      reading.spans.append(reading.reader.span(at: reading.places[last - place], in: segments))
    }
    return end < reading.places.count
  }

  /// Learns where the spans stand, at first and when that has changed; false when the trace is not there (any more).
  private func find(_ reading: inout TraceReading) -> Bool {
    if let trace = reading.trace {
      guard traces.isHeld(trace.slot, arrival: trace.arrival) else { return false }
      guard reading.moves != moves else { return true }
    } else {
      guard let slot = traces.slot(of: reading.gtxid) else { return false }
      reading.trace = (slot, traces[slot].pointee.arrival)
    }
    guard let trace = reading.trace else { return false }
    let count = reading.places.isEmpty ? .max : reading.places.count
    reading.moves = moves
    reading.reader = SpanReader(gtxid: traces[trace.slot].pointee.gtxid)
    reading.places = []
    var reference = traces[trace.slot].pointee.newestSpan
    while reference != .none {
      reading.places.append(reference)
      reference = segments[reference].pointee.previous
    }
    // What has come since is not part of the answer.
    if reading.places.count > count { reading.places.removeFirst(reading.places.count - count) }
    return true
  }
}
