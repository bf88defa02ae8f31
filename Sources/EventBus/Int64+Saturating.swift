extension Int64 {
  /// The sum, or the end of the range of numbers that it would pass.
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other < 0 ? .min : .max) : sum
  }
}
