/// What a saga knows and takes along: it is kept with the saga's state, commands are made from it, and replies change it.
public protocol SagaData: Sendable {
  /// Nil when the bytes are not what ``json`` writes.
  init?(json: [UInt8])

  /// One JSON value, the same bytes for the same data: keys are sorted.
  var json: [UInt8] { get }
}

/// How long to wait before the next attempt: longer each time.
public struct SagaBackOff: Sendable, Hashable {
  /// The wait after the first attempt, in nanoseconds.
  public let first: Int64
  public let factor: Int64
  /// No wait is longer, in nanoseconds.
  public let longest: Int64

  public static func exponential(
    from first: Duration = .seconds(1), factor: Int = 2, upTo longest: Duration = .seconds(30)
  ) -> SagaBackOff {
    SagaBackOff(first: first.wholeNanoseconds, factor: Int64(factor), longest: longest.wholeNanoseconds)
  }

  /// Nanoseconds to wait after the attempt that is the `attempt`-th, counted from 1.
  public func wait(after attempt: Int) -> Int64 {
    var wait = first
    for _ in 1..<max(1, attempt) {
      guard wait < longest else { break }
      let (product, overflows) = wait.multipliedReportingOverflow(by: factor)
      wait = overflows ? longest : product
    }
    return min(wait, longest)
  }

  /// What is wrong with it, as the end of a sentence; nil when nothing is.
  var fault: String? {
    if first <= 0 { return "its back-off begins with no wait: it would try again and again at the same moment" }
    if factor < 1 { return "its back-off has the factor \(factor): 1 or more would let the waits grow" }
    if longest < first { return "its back-off begins with more than its longest wait" }
    return nil
  }
}

extension Duration {
  /// Rounded down; the ends of Int64 for what lies beyond them.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflows || overflowsToo ? (seconds < 0 ? .min : .max) : sum
  }
}
