import Concurrency
import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct EvictionTests {
  private func trace(_ number: UInt64, spans: Int, failed: Bool, lasting: Int64, operation: String = "POST")
    -> [TraceSpan]
  {
    (1...UInt64(spans)).map { place in
      span(
        number << 16 | place, in: number, under: place == 1 ? nil : number << 16 | 1, .server, "gateway", operation,
        from: Int64(number), to: Int64(number) + lasting, failed: failed && place == 1,
        attributes: [SpanAttribute("key", .text("value \(number) \(place)"))])
    }
  }

  @Test(arguments: 1...12)
  func neverAboveBudgetAndFailedOnesLast(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let budget = [65_536, 100_000, 1_000_000].randomElement(using: &random) ?? 0
    var settings = TraceStoreSettings(budget: budget)
    settings.slowestKept = 0
    let store = TraceStore(settings)
    var failed: Set<UInt64> = []
    var spans = 0
    for number in 1...1_500 as ClosedRange<UInt64> {
      let isFailed = random.chance(5)
      if isFailed { failed.insert(number) }
      let batch = trace(number, spans: Int.random(in: 1...20, using: &random), failed: isFailed, lasting: 10)
      spans += batch.count
      store.add(batch.shuffled(using: &random), now: epoch)
      #expect(store.statistics.bytes <= budget, "seed \(seed)")
    }
    let statistics = store.statistics
    #expect(statistics.received == spans && statistics.accepted + statistics.late + statistics.overflowed == spans)
    #expect(statistics.spans == statistics.accepted - statistics.evictedSpans, "seed \(seed)")
    #expect(statistics.traces == 1_500 - statistics.evictedTraces, "seed \(seed)")
    let held = store.summaries(newest: 2_000)
    #expect(held.count == statistics.traces && held.map(\.arrival) == held.map(\.arrival).sorted(by: >))
    #expect(held.first?.arrival == 1_500)
    // Ordinary ones are the newest without a gap; failed ones reach further back.
    let ordinary = held.filter { $0.errors == 0 }.map(\.gtxid.low)
    let oldest = ordinary.min() ?? 0
    #expect(ordinary.count == (oldest...1_500).count { !failed.contains($0) }, "seed \(seed)")
    let oldestFailed = held.filter { $0.errors > 0 }.map(\.gtxid.low).min() ?? .max
    #expect(oldestFailed < oldest, "seed \(seed)")
  }

  /// Callers' names are asked for long after the segments that hold them were closed.
  @Test(arguments: 1...6)
  func whatIsChargedIsWhatTheSegmentsTake(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 400_000)
    func check() {
      let (charged, taken) = store.state.withLock { state in
        (state.segments.bytes, state.segments.newestFirst.reduce(0) { $0 + state.segments[$1].pointee.bytes })
      }
      #expect(charged == taken, "seed \(seed)")
    }
    for number in 1...900 as ClosedRange<UInt64> {
      let system = random.chance(30) ? [SpanAttribute("db.system", "redis")] : []
      let texts = (0..<4).map { SpanAttribute("key \($0)", .text("value \(random.next())")) }
      store.add(
        [
          span(
            1, in: number, .client, "shop", from: 0, to: 1, failed: random.chance(10), peer: "peer \(random.next())",
            attributes: texts + system)
        ], now: epoch)
      let earlier = UInt64.random(in: max(1, number &- min(number - 1, 200))...number, using: &random)
      store.add([span(2, in: earlier, under: 1, .server, "cart", from: 0, to: 1)], now: epoch)
      check()
    }
    #expect(store.statistics.evictedTraces > 100, "seed \(seed)")
    let (held, empty) = store.state.withLock { state in
      while state.segments.count > 1 { state.segments.removeOldest() }
      state.segments.removeOldest()
      return (state.segments.bytes, SegmentTable(limit: 1_000).bytes)
    }
    #expect(held == empty, "seed \(seed)")
  }

  @Test func failedOnesLeaveHalfTheRoom() {
    let store = TraceStore(budget: 200_000)
    for number in 1...1_500 as ClosedRange<UInt64> {
      store.add(trace(number, spans: 5, failed: number <= 900, lasting: 10), now: epoch)
    }
    let held = store.summaries(newest: 1_500)
    #expect(held.count { $0.errors == 0 } > held.count / 3 && held.count { $0.errors > 0 } > held.count / 3)
    #expect(held.first?.gtxid == id(1_500))
  }

  @Test func theSlowestOfEachOperationStay() {
    var settings = TraceStoreSettings(budget: 200_000)
    settings.slowestKept = 2
    let store = TraceStore(settings)
    for number in 1...2_000 as ClosedRange<UInt64> {
      let lasting: Int64 = number == 10 || number == 20 ? 500 : number == 30 ? 400 : 10
      store.add(trace(number, spans: 3, failed: false, lasting: lasting), now: epoch)
    }
    let held = Set(store.summaries(newest: 2_000).map(\.gtxid.low))
    #expect(held.contains(10) && held.contains(20))
    #expect(!held.contains(30) && !held.contains(1), "they were among the slowest, until slower ones came")
  }

  @Test func aTraceGoesWholeAndItsLateSpansAreCounted() {
    let store = TraceStore(budget: 65_536)
    store.add(trace(1, spans: 5, failed: false, lasting: 1), now: epoch)
    for number in 2...140 as ClosedRange<UInt64> {
      store.add(trace(number, spans: 5, failed: false, lasting: 2), now: epoch)
    }
    #expect(store.spans(of: id(1)).isEmpty && store.summary(of: id(1)) == nil)
    let before = store.statistics
    store.add([span(9, from: 0, to: 1)], now: epoch)
    #expect(store.statistics.late == before.late + 1)
    #expect(store.statistics.traces == before.traces)
    #expect(store.summary(of: id(1)) == nil)
  }

  /// Those that survive their segments, too: they are copied with all their spans.
  @Test func aTraceStaysWhole() {
    let store = TraceStore(budget: 200_000)
    let traces = (1...2_000 as ClosedRange<UInt64>).map {
      trace($0, spans: Int($0 % 7) + 1, failed: $0 % 20 == 0, lasting: $0 % 50 == 1 ? Int64($0) : 10)
    }
    // The spans of four at a time come mixed.
    for first in stride(from: 0, to: traces.count, by: 4) {
      for place in 0..<7 {
        store.add(traces[first..<first + 4].compactMap { $0.count > place ? $0[place] : nil }, now: epoch)
      }
    }
    let held = store.summaries(newest: 2_000)
    #expect(held.contains { $0.errors > 0 && $0.gtxid.low < 1_000 } && store.statistics.evictedTraces > 1_000)
    #expect(held.allSatisfy { store.spans(of: $0.gtxid) == traces[Int($0.gtxid.low) - 1] })
    #expect(held.reduce(0) { $0 + $1.spans } == store.statistics.spans)
  }

  @Test func equalInputIsEvictedEquallyWhateverTheAllocatorDoes() {
    var random = SeededGenerator(seed: 1)
    var clutter: [[UInt8]] = []
    func run() -> TraceStore {
      let store = TraceStore(budget: 300_000)
      for number in 1...600 as ClosedRange<UInt64> {
        store.add(trace(number, spans: Int(number % 13) + 1, failed: number % 50 == 0, lasting: 10), now: epoch)
        clutter.append(Array(repeating: 0, count: Int.random(in: 1...2_000, using: &random)))
        if clutter.count > 50 { clutter.remove(at: Int.random(in: 0..<50, using: &random)) }
      }
      return store
    }
    let (one, other) = (run(), run())
    #expect(one.statistics == other.statistics)
    #expect(one.summaries(newest: 1_000) == other.summaries(newest: 1_000))
  }

  @Test func onlySoManyEvictedIDsAreRemembered() {
    var forgotten = ForgottenTraces(limit: 3)
    for number in 1...5 as ClosedRange<UInt64> { forgotten.insert(low: number) }
    #expect((1...5).map { forgotten.contains(low: $0) } == [false, false, true, true, true])
  }

  @Test func oneEndlessTraceDoesNotTakeAll() {
    var settings = TraceStoreSettings(budget: 1_000_000)
    settings.spansPerTrace = 100
    let store = TraceStore(settings)
    store.add((1...150).map { span($0, from: 0, to: 1) }, now: epoch)
    #expect(store.statistics.overflowed == 50)
    #expect(store.summary(of: id(1))?.spans == 100)

    let small = TraceStore(budget: 100_000)
    small.add([span(1, in: 2, from: 0, to: 1)], now: epoch)
    small.add((1...5_000).map { span($0, from: 0, to: 1, message: "note \($0)") }, now: epoch)
    #expect(small.statistics.overflowed > 3_000)
    #expect(small.summary(of: id(2)) != nil, "others are not pushed out")
    #expect(small.statistics.bytes <= 100_000)
  }
}
