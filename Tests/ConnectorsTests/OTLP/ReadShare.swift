import TraceModel

/// How much of what a careful reader takes a quick one takes, too.
struct ReadShare: CustomStringConvertible {
  private var read = 0
  private var all = 0

  /// From 0 to 1; 0 where there was nothing to take.
  var value: Double { all == 0 ? 0 : Double(read) / Double(all) }

  var description: String { "\(read) of \(all)" }

  mutating func count(_ quick: [TraceSpan]?, of careful: [TraceSpan]?) {
    guard careful != nil else { return }
    all += 1
    if quick != nil { read += 1 }
  }
}
