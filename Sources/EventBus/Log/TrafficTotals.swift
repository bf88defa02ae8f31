/// Records and bytes that have gone in and out since the start. A rate is the difference of two totals over time.
public struct TrafficTotals: Sendable, Hashable, Codable {
  public internal(set) var recordsIn: Int64 = 0
  public internal(set) var bytesIn: Int64 = 0
  public internal(set) var recordsOut: Int64 = 0
  public internal(set) var bytesOut: Int64 = 0

  static func += (left: inout Self, right: Self) {
    left.recordsIn += right.recordsIn
    left.bytesIn += right.bytesIn
    left.recordsOut += right.recordsOut
    left.bytesOut += right.bytesOut
  }
}
