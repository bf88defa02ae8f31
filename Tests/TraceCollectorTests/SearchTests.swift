import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct SearchTests {
  private let queries: [TraceQuery] = [
    .everything, .errors(.greater, 0), .service(.equals("svc-1")), .attribute("late", .exists), .status(.running),
    .not(.service(.contains("2"))),
  ]

  private func add(_ numbers: ClosedRange<UInt64>, to store: TraceStore, now: Int64, _ random: inout SeededGenerator) {
    for number in numbers {
      let spans = (1...UInt64.random(in: 1...4, using: &random)).map { place in
        span(
          place + UInt64.random(in: 0...3, using: &random) * 10, in: number, under: place == 1 ? nil : 1, .server,
          "svc-\(UInt64.random(in: 0...3, using: &random))", "work", from: 0, to: 5, failed: random.chance(20),
          attributes: random.chance(10) ? [SpanAttribute("late", "yes")] : [])
      }
      store.add(spans, now: now)
    }
  }

  /// However it is cut into slices, and whatever comes in between: when nothing comes any more, a search that has gone
  /// through finds what a question finds.
  @Test(arguments: 1...40)
  func aSearchInSlicesFindsWhatAQuestionFinds(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 300_000)
    let query = queries[Int(seed) % queries.count]
    let limit = [3, 200, 100_000][Int(seed) % 3]
    var search = TraceSearch(query, limit: limit)
    var now = epoch
    for _ in 0..<30 {
      now += Int64.random(in: 0...40, using: &random) * 1_000 * millisecond
      // Some of these are there already: late spans change what was found.
      let first = UInt64.random(in: 1...2_000, using: &random)
      add(first...first + UInt64.random(in: 0...150, using: &random), to: store, now: now, &random)
      var slices = Int.random(in: 0...4, using: &random)
      search.lookOn(in: store, takesNewer: random.chance(50)) {
        slices -= 1
        return slices < 0
      }
    }
    // What was under way began before the last spans came.
    for _ in 0..<2 { search.lookOn(in: store, takesNewer: true) { false } }
    let wanted = store.summaries(newest: limit, matching: query)
    #expect(search.found == wanted, "seed \(seed)")
    #expect(search.isComplete && search.isThrough && search.isFull == (wanted.count >= limit))
    #expect(search.held == store.statistics.traces)
    #expect(store.statistics.evictedTraces > 0, "seed \(seed): too little to be full")
  }

  @Test func whatHasNotChangedIsNotLookedAtAgain() {
    let store = TraceStore(budget: 4_000_000)
    for number in 1...1_000 as ClosedRange<UInt64> { store.add([span(1, in: number, from: 0, to: 1)], now: epoch) }
    var search = TraceSearch(.everything, limit: 5_000)
    var asked = 0
    func lookOn(takesNewer: Bool) {
      search.lookOn(in: store, takesNewer: takesNewer) { row in
        asked += 1
        return row.gtxid.low % 2 == 0
      } isOver: {
        false
      }
    }
    lookOn(takesNewer: false)
    #expect(search.found.count == 500 && asked == 1_000)
    lookOn(takesNewer: false)
    #expect(asked == 1_000, "it has gone through")
    store.add([span(1, in: 2_000, from: 0, to: 1)], now: epoch + millisecond)
    lookOn(takesNewer: true)
    #expect(search.found.count == 501 && asked == 1_001)
    // It is of no matter what the clock says.
    for now in [2, 60_000, -120_000] as [Int64] {
      store.add([span(UInt64(now + 200_000), in: 8, from: 0, to: 1)], now: epoch + now * millisecond)
      asked = 0
      lookOn(takesNewer: true)
      #expect(search.found.count == 501 && asked == 1)
    }
  }

  /// The clock is set back, and what comes in after that is found all the same.
  @Test func aClockThatFallsHidesNothing() {
    let store = TraceStore(budget: 4_000_000)
    store.add([span(1, in: 1, from: 0, to: 1)], now: epoch + 600 * second)
    var search = TraceSearch(.everything, limit: 100)
    for place in 1...20 as ClosedRange<UInt64> {
      store.add([span(place, in: 2, under: 1, from: 0, to: 1)], now: epoch - Int64(place) * second)
      store.add([span(1, in: 100 + place, from: 0, to: 1)], now: epoch - Int64(place) * second)
      search.lookOn(in: store, takesNewer: true) { false }
      #expect(search.found == store.summaries(newest: 100) && search.found.count == Int(place) + 2)
    }
  }

  /// Nothing comes in any more but the time that ends a transaction, however long that is.
  @Test(arguments: [0, 30, 90, 500] as [Int64])
  func whatEndsByTimeAloneIsSeen(quiet: Int64) {
    var settings = TraceStoreSettings(budget: 4_000_000)
    settings.quietAfter = quiet * second
    let store = TraceStore(settings)
    store.add([span(2, in: 1, under: 1, from: 0, to: 1)], now: epoch)
    var running = TraceSearch(.status(.running), limit: 100)
    var all = TraceSearch(.everything, limit: 100)
    for step in 1...70 as ClosedRange<UInt64> {
      store.add([span(1, in: 1 + step, from: 0, to: 1)], now: epoch + Int64(step) * 10 * second)
      running.lookOn(in: store, takesNewer: true) { false }
      all.lookOn(in: store, takesNewer: true) { false }
      #expect(running.found.count == (Int64(step) * 10 > quiet ? 0 : 1), "step \(step)")
      #expect(all.found == store.summaries(newest: 100), "step \(step)")
    }
  }

  @Test func whileItGoesThroughAgainWhatWasFoundStays() {
    let store = TraceStore(budget: 4_000_000)
    for number in 1...3_000 as ClosedRange<UInt64> { store.add([span(1, in: number, from: 0, to: 1)], now: epoch) }
    var search = TraceSearch(.everything, limit: 5_000)
    search.lookOn(in: store, takesNewer: false) { true }
    #expect(!search.isComplete && search.found.count < 1_000 && search.searched == search.found.count)
    search.lookOn(in: store, takesNewer: false) { false }
    store.add([span(1, in: 4_000, from: 0, to: 1)], now: epoch)
    search.lookOn(in: store, takesNewer: true) { true }
    #expect(search.isComplete && !search.isThrough)
    #expect(search.found.map(\.gtxid) == ([4_000] + (1...3_000).reversed()).map { id($0) })
  }
}
