extension SpanBatch {
  /// Makes other spans of these, of other traces, that hang together as before: for who measures a store and needs more
  /// spans than it can make in time. Neither number may be 0.
  package mutating func renew(traces: UInt64, spans: UInt64) {
    for place in records.indices {
      records[place].low ^= traces
      records[place].high ^= traces &* 0x9E37_79B9_7F4A_7C15
      records[place].id ^= spans
      if records[place].parent != 0 { records[place].parent ^= spans }
    }
  }
}
