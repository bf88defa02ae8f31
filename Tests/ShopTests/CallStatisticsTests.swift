import Testing
import TraceModel

@testable import Shop

/// What the callers of an outside company saw of it.
struct CallStatisticsTests {
  @Test func aMinuteCountsItsCallsAndItsErrors() throws {
    let second: Int64 = 1_000_000_000
    let id = try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9"))
    var statistics = CallStatistics()
    for tenth in 0..<1_000 {
      // Ten a second; all fail from second 80 on.
      statistics.add(
        end: Int64(tenth) * second / 10, duration: second, isError: tenth >= 800, gtxid: id, message: "no answer")
    }
    statistics.forget(before: 100 * second - 1)
    #expect(statistics.minute.calls == 600 && statistics.minute.errors == 200)
    #expect(statistics.errorShare == 1)
    statistics.forget(before: 150 * second)
    #expect(statistics.minute.calls == 90 && statistics.minute.errors == 90)
    statistics.forget(before: 1_000 * second)
    #expect(statistics.minute.calls == 0 && statistics.minute.errors == 0)
  }
}
