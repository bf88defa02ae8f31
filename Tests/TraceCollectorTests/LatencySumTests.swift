import TestSupport
import Testing

@testable import TraceCollector

/// A few durations that are sorted say what a histogram of them says.
struct LatencySumTests {
  private static let wanted = [0.1, 1, 25, 50, 90, 95, 99, 99.9]

  @Test(arguments: [1, 2, 3, 10, 64, 65, 200, 381])
  func aFewAreAsManyWouldBe(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let values = (0..<count).map { _ -> UInt32 in
      let number = random.next()
      return UInt32(number >> 40) << UInt32(number % 9)
    }
    var (few, many) = (LatencySum(), LatencySum())
    few.add(values)
    many.add(Array(values.prefix(count / 2)))
    // From here on it counts in classes.
    many.add(LatencySlot.empty)
    many.add(Array(values.dropFirst(count / 2)))
    let expected = many.percentiles(Self.wanted)
    #expect(few.percentiles(Self.wanted) == expected)
    #expect(expected.allSatisfy { $0 != nil })
  }

  @Test func nothingHasNoPercentile() {
    #expect(LatencySum().percentiles([50, 99]) == [nil, nil])
    var empty = LatencySum()
    empty.add(LatencySlot.empty)
    #expect(empty.percentiles([50]) == [nil])
  }
}
