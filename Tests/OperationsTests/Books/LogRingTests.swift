import Testing

@testable import Operations

@Suite struct LogRingTests {
  private func line(_ length: Int) -> LogLine {
    LogLine(
      time: 0, level: .info, service: "order", instance: "order-1", message: String(repeating: "x", count: length))
  }

  /// What the array really has room for, whether or not a line stands there.
  private func places(_ ring: LogRing) -> Int { ring.slots.capacity * LogRing.stride }

  @Test func itsEmptyPlacesCountToo() {
    var ring = LogRing(capacity: 100_000, limit: 10_000)
    for _ in 0..<1_000 {
      ring.append(line(3))
      // The system rounds up by less than a place.
      #expect(places(ring) < 10_000 + LogRing.stride && ring.bytes <= 10_000)
    }
    #expect(ring.bytes == ring.slots.count * LogRing.stride)
    #expect(ring.count * LogRing.stride > 9_000, "most of the bound is used")
  }

  @Test func fewLongLinesHaveThePlacesOfFew() {
    var ring = LogRing(capacity: 1_000, limit: 200_000)
    for _ in 0..<1_000 { ring.append(line(3)) }
    #expect(ring.count == 1_000 && ring.slots.count == 1_000)
    for _ in 0..<100 {
      ring.append(line(20_000))
      #expect(ring.bytes <= 200_000)
    }
    #expect(ring.count == 9 && ring.slots.count < 64)
    for _ in 0..<5_000 { ring.append(line(3)) }
    #expect(ring.count == 1_000 && ring.bytes == 1_000 * LogRing.stride)
  }

  @Test func noMorePlacesThanLines() {
    var ring = LogRing(capacity: 3, limit: 1_000_000)
    for _ in 0..<10 { ring.append(line(3)) }
    #expect(ring.count == 3 && ring.slots.count == 3)
  }

  /// A bound below what the smallest ring takes keeps the newest line alone.
  @Test func theNewestLineIsKept() {
    var ring = LogRing(capacity: 10, limit: 0)
    for length in 0..<30 {
      ring.append(line(length))
      #expect(ring.count == 1 && ring[0].message.utf8.count == length)
    }
  }
}
