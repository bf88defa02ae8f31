import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Reporters send what ended since the last time every few seconds.
@Suite struct ArrivalDelayTests {
  private static let start: Int64 = 1_760_000_000_000_000_000
  private static let second: Int64 = 1_000_000_000

  /// A service that answers ten calls a second and reports them every `interval` seconds, looked at five times a second from
  /// when it has reported twice and run for more than the window.
  private func rates(reportedEvery interval: Int64, for seconds: Int64, _ window: RedWindow = .tenSeconds) -> [Double] {
    figures(reportedEvery: interval, for: seconds, window).rates
  }

  private func figures(
    reportedEvery interval: Int64, for seconds: Int64, _ window: RedWindow
  ) -> (rates: [Double], history: RedHistory) {
    var settings = TraceStoreSettings(budget: 16 << 20)
    settings.waitsForBatches = true
    let store = TraceStore(settings)
    var (rates, waiting, number) = ([Double](), [TraceSpan](), UInt64(0))
    for tick in 1...seconds * 10 {
      let now = Self.start + tick * Self.second / 10
      number += 1
      waiting.append(
        TraceSpan(
          gtxid: GTXID(high: 1, low: number)!, id: SpanID(number)!, parent: nil, kind: .server, service: "shop",
          instance: "shop-1", operation: "op", start: now - 5_000_000, duration: 4_000_000))
      if tick % (interval * 10) == 0 {
        store.add(waiting, now: now)
        waiting = []
      }
      // Of long windows a look takes long.
      let isLong = window == .quarterHour
      guard tick > (2 * interval + 12) * 10, isLong ? tick % 10 == 3 : tick % 2 == 0 else { continue }
      let own = store.red(service: "shop", window: window, now: now)
      rates.append(((own?.rate ?? 0) * 1_000).rounded() / 1_000)
      #expect(own?.p99 != nil)
      if isLong { continue }
      let instances = store.instanceFigures(now: now)
      #expect(instances.map { ($0.rate * 1_000).rounded() } == [10_000] && instances.first?.p99 != nil)
    }
    let history = store.history(service: "shop", now: Self.start + seconds * Self.second)
    return (rates, history ?? RedHistory(calls: [], errors: []))
  }

  /// The figures neither rise nor fall with the batches.
  @Test(arguments: [1, 5, 15] as [Int64]) func aSteadyRateIsSteady(interval: Int64) {
    let rates = rates(reportedEvery: interval, for: 90)
    #expect(rates.count > 200 && Set(rates) == [10])
  }

  /// Nor do those of a quarter of an hour when one of its slots begins, nor does a chart begin or end with a gap.
  @Test func nothingIsMissingOfALongTime() {
    let (rates, history) = figures(reportedEvery: 15, for: 1_100, .quarterHour)
    #expect(rates.allSatisfy { 9.9...10.1 ~= $0 }, "\(Set(rates))")
    #expect(history.calls == Array(repeating: 10, count: RedHistory.seconds))
  }

  /// Nor is the first minute's that of more than came.
  @Test func aYoungWindowIsAsLongAsWhatIsKnown() {
    let rates = rates(reportedEvery: 5, for: 50, .minute)
    #expect(rates.allSatisfy { 9...11 ~= $0 }, "\(rates)")
  }

  @Test func whoReportsAtOnceIsLookedAtAtOnce() {
    var arrivals = ArrivalDelay()
    #expect(arrivals.known(at: 9 * Self.second) == 9 * Self.second - 1)
    for number in 1...100 as ClosedRange<Int64> {
      arrivals.note(end: number * Self.second / 10, now: number * Self.second / 10 + 900_000_000)
    }
    #expect(arrivals.known(at: 20 * Self.second + 5) == 20 * Self.second - 1 && arrivals.first == 0)
  }

  /// Late ones, and those of a clock that is ahead, do not hold up the others.
  @Test func aFewThatComeLateAreNotWaitedFor() {
    var arrivals = ArrivalDelay()
    for number in 1...100 as ClosedRange<Int64> {
      let late = number % 25 == 0 ? 20 * Self.second : number % 10 == 0 ? 100 * Self.second : -Self.second
      let isOdd = number % 25 == 0 || number % 10 == 0
      let now = 1_000 * Self.second + number
      arrivals.note(end: isOdd ? now - late : now, now: now)
    }
    #expect(arrivals.known(at: 1_001 * Self.second) == 1_001 * Self.second - 1)
  }

  /// Who has little to report is waited for all the same.
  @Test func ofAFewAllCount() {
    var arrivals = ArrivalDelay()
    for minute in 1...30 as ClosedRange<Int64> {
      arrivals.note(end: minute * 60 * Self.second, now: (minute * 60 + 7) * Self.second)
    }
    #expect(arrivals.known(at: 2_000 * Self.second) == 1_993 * Self.second - 1)
  }

  /// Who begins to report more often is waited for less.
  @Test func whatWasLongAgoCountsLess() {
    var arrivals = ArrivalDelay()
    for second in 0..<60 as Range<Int64> { arrivals.note(end: second * Self.second, now: (second + 9) * Self.second) }
    #expect(arrivals.known(at: 70 * Self.second) == 61 * Self.second - 1)
    for second in 70..<200 as Range<Int64> { arrivals.note(end: second * Self.second, now: second * Self.second) }
    #expect(arrivals.known(at: 200 * Self.second) == 200 * Self.second - 1)
  }
}
