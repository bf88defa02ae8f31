internal import TraceModel

/// Gives spans that tell no time a place.
enum SpanPlacement {
  /// The start of each span at `indices` becomes that of the other half of the same id, else of its parent, else of its
  /// trace as far as `spans` tell, else the time they were received.
  ///
  /// - Returns: the first of them that would then end after the last moment that there is, if any.
  static func settle(_ indices: [Int], in spans: inout [TraceSpan], receivedAt: Int64) -> Int? {
    struct Place: Hashable {
      var trace: GTXID
      var span: SpanID
    }
    var isHomeless = [Bool](repeating: false, count: spans.count)
    for index in indices { isHomeless[index] = true }
    var starts: [Place: Int64] = [:]
    var traces: [GTXID: Int64] = [:]
    for (index, span) in spans.enumerated() where !isHomeless[index] {
      let place = Place(trace: span.gtxid, span: span.id)
      starts[place] = min(starts[place] ?? .max, span.start)
      traces[span.gtxid] = min(traces[span.gtxid] ?? .max, span.start)
    }
    for index in indices {
      let span = spans[index]
      let own = starts[Place(trace: span.gtxid, span: span.id)]
      let parent = span.parent.flatMap { starts[Place(trace: span.gtxid, span: $0)] }
      let start = own ?? parent ?? traces[span.gtxid] ?? receivedAt
      spans[index].start = start
      if start.addingReportingOverflow(span.duration ?? 0).overflow { return index }
      // An event that said no time is at the start of its span.
      for event in span.events.indices where span.events[event].time == 0 {
        spans[index].events[event].time = start
      }
    }
    return nil
  }
}
