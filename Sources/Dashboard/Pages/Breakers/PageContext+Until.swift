import Operations

extension PageContext {
  /// How long until a moment, or ago as a negative figure: nanoseconds, without overflow.
  func until(_ time: Int64) -> Int64 { stretch(from: snapshot.time, to: time) }

  /// From one moment to another: nanoseconds, without overflow.
  func stretch(from start: Int64, to end: Int64) -> Int64 {
    let (length, overflow) = end.subtractingReportingOverflow(start)
    return overflow ? (end < start ? .min : .max) : length
  }
}
