/// Where a lag is heading.
public struct LagTrend: Sendable, Hashable, Codable {
  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    case draining
    case steady
    case growing
  }

  public let direction: Direction
  /// Change of the lag; negative while it drains.
  public let recordsPerSecond: Double
  /// Nanoseconds until the lag is 0 at that rate; nil unless it drains.
  public let timeToEmpty: Int64?

  static let none = LagTrend(direction: .steady, recordsPerSecond: 0, timeToEmpty: nil)

  /// The slope of the least-squares line through `points`, oldest first. A change over their span of less than two
  /// records, or less than 1 % of the mean lag, is called steady.
  public init(_ points: [LagPoint]) {
    guard let first = points.first, let last = points.last, last.time > first.time else {
      self = .none
      return
    }
    let seconds = points.map { Double($0.time - first.time) / 1e9 }
    let lags = points.map { Double($0.lag) }
    let count = Double(points.count)
    let meanTime = seconds.reduce(0, +) / count
    let meanLag = lags.reduce(0, +) / count
    var covariance = 0.0
    var variance = 0.0
    for (time, lag) in zip(seconds, lags) {
      covariance += (time - meanTime) * (lag - meanLag)
      variance += (time - meanTime) * (time - meanTime)
    }
    let slope = covariance / variance
    let change = slope * (seconds.last ?? 0)
    guard change.magnitude >= max(2, meanLag / 100) else {
      self.init(direction: .steady, recordsPerSecond: slope, timeToEmpty: nil)
      return
    }
    let nanoseconds = slope < 0 ? Double(last.lag) / -slope * 1e9 : nil
    self.init(
      direction: slope < 0 ? .draining : .growing, recordsPerSecond: slope,
      timeToEmpty: nanoseconds.flatMap { $0 < 9e18 ? Int64($0) : nil })
  }

  private init(direction: Direction, recordsPerSecond: Double, timeToEmpty: Int64?) {
    self.direction = direction
    self.recordsPerSecond = recordsPerSecond
    self.timeToEmpty = timeToEmpty
  }
}

/// A lag at a time (nanoseconds).
public struct LagPoint: Sendable, Hashable, Codable {
  public let time: Int64
  public let lag: Int64

  public init(time: Int64, lag: Int64) {
    self.time = time
    self.lag = lag
  }
}
