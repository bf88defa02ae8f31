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
      let end = Int64(tenth) * second / 10
      statistics.add(
        end: end, duration: second, isError: tenth >= 800, gtxid: id, message: "no answer", now: end)
    }
    statistics.forget(before: 100 * second - 1)
    #expect(statistics.minute.calls == 600 && statistics.minute.errors == 200)
    #expect(statistics.errorShare == 1)
    statistics.forget(before: 150 * second)
    #expect(statistics.minute.calls == 90 && statistics.minute.errors == 90)
    statistics.forget(before: 1_000 * second)
    #expect(statistics.minute.calls == 0 && statistics.minute.errors == 0)
  }

  @Test func whatIsMadeAgainIsCountedApart() throws {
    let second: Int64 = 1_000_000_000
    let id = try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9"))
    var statistics = CallStatistics()
    for tenth in 0..<100 {
      let end = Int64(tenth) * second / 10
      statistics.add(
        end: end, duration: 1, isError: true, gtxid: id, message: "", isRetry: tenth % 4 == 3, now: end)
    }
    #expect(statistics.rate == 10 && statistics.retryRate == 2.5)
  }

  /// Nobody looks at most of them while there is no screen.
  @Test func callsAreForgottenAlsoWhenNobodyAsks() throws {
    let second: Int64 = 1_000_000_000
    let id = try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9"))
    var (asked, unasked) = (CallStatistics(), CallStatistics())
    var most = 0
    for call in 0..<20_000 as Range<Int64> {
      // Twenty a second; the clock of every other one is five seconds behind.
      let now = call * second / 20
      let end = call % 2 == 0 ? now : now - 5 * second
      asked.add(end: end, duration: call, isError: false, gtxid: id, message: "", now: now)
      asked.forget(before: now)
      unasked.add(end: end, duration: call, isError: false, gtxid: id, message: "", now: now)
      most = max(most, unasked.count)
    }
    #expect(most < 500)
    unasked.forget(before: 1_000 * second)
    asked.forget(before: 1_000 * second)
    #expect(asked.count == unasked.count && asked.percentile(1) == unasked.percentile(1) && asked.count > 100)
  }
}
