/// How long something takes: at least a floor, usually a little more, sometimes much more.
///
/// A share `tail` of the values gets an exponential of mean `tailMean` on top of the floor and the usual exponential.
public struct LatencyModel: Sendable {
  /// All in nanoseconds.
  public var floor: Double
  public var mean: Double
  public var tail: Double
  public var tailMean: Double

  /// In milliseconds; `mean` is what comes on top of `floor`.
  public init(floor: Double, mean: Double, tail: Double = 0, tailMean: Double = 0) {
    self.floor = floor * 1e6
    self.mean = mean * 1e6
    self.tail = tail
    self.tailMean = tailMean * 1e6
  }

  /// Nanoseconds.
  public func sample(_ random: inout RandomStream) -> Int64 {
    var value = floor + random.exponential(mean: mean)
    if tail > 0, random.happens(tail) { value += random.exponential(mean: tailMean) }
    return Int64(value)
  }
}
