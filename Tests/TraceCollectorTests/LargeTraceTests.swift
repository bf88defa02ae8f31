import Concurrency
import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Traces that are looked up in an index, and those around the size from which they are.
struct LargeTraceTests {
  /// A random tree of calls: each span a CLIENT, its SERVER, or work inside; `count` of them, parents first.
  private func tree(_ count: Int, in trace: UInt64, random: inout SeededGenerator) -> [TraceSpan] {
    var spans: [TraceSpan] = [span(1, in: trace, .server, "s0", from: 0, to: 100)]
    for number in 2...UInt64(max(2, count)) {
      let parent = spans[Int.random(in: 0..<spans.count, using: &random)]
      let isCalled = parent.kind == .client
      spans.append(
        span(
          number, in: trace, under: parent.id.value, isCalled ? .server : random.chance(60) ? .client : .internal,
          isCalled ? "s\(number % 5)" : parent.service, from: 0, to: 1, failed: random.chance(5)))
    }
    return Array(spans.prefix(count))
  }

  @Test(arguments: 1...16)
  func orphansAreCountedRightAtEveryStep(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 20_000_000)
    let spans = tree([1, 63, 64, 65, 66, 200, 400].randomElement(using: &random) ?? 1, in: 7, random: &random)
    var known: Set<SpanID> = []
    var put: [TraceSpan] = []
    for span in spans.shuffled(using: &random) {
      store.add([span], now: epoch)
      known.insert(span.id)
      put.append(span)
      let orphans = put.count { $0.parent.map { !known.contains($0) } ?? false }
      #expect(store.statistics.orphans == orphans, "seed \(seed), \(put.count) of \(spans.count)")
    }
    #expect(store.summary(of: id(7))?.orphans == 0)
    #expect(store.spans(of: id(7)) == put)
    store.add(put, now: epoch)
    #expect(store.statistics.duplicates == put.count && store.statistics.accepted == put.count, "seed \(seed)")
  }

  @Test(arguments: 1...16)
  func edgesAreTheSameInWhicheverOrder(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let spans = tree(Int.random(in: 50...300, using: &random), in: 7, random: &random)
    var wanted: [String: Int] = [:]
    let byID = Dictionary(uniqueKeysWithValues: spans.map { ($0.id, $0) })
    // One CLIENT is one call, however many answer it.
    var counted: Set<SpanID> = []
    for span in spans where span.kind == .server {
      guard let parent = span.parent.flatMap({ byID[$0] }), parent.kind == .client, counted.insert(parent.id).inserted
      else { continue }
      wanted[parent.service, default: 0] += 1
    }
    let store = TraceStore(budget: 20_000_000)
    var rest = spans.shuffled(using: &random)
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Int.random(in: 1...40, using: &random)))
      rest.removeFirst(batch.count)
      store.add(batch, now: epoch + second)
    }
    var found: [String: Int] = [:]
    for edge in store.edges(now: epoch + second) { found[edge.caller, default: 0] += edge.totalCalls }
    #expect(found == wanted, "seed \(seed)")
  }

  /// More large traces at once than there is room for in indexes: each is made anew from its spans.
  @Test func manyLargeTracesAtOnceAreLinkedRight() {
    var random = SeededGenerator(seed: 3)
    let store = TraceStore(budget: 2_000_000)
    let trees = (1...12).map { tree(300, in: $0, random: &random) }
    for place in (0..<300).reversed() {
      store.add(trees.map { $0[place] }, now: epoch)
    }
    #expect(store.statistics.orphans == 0 && store.statistics.accepted == 3_600)
    #expect(trees.indices.allSatisfy { store.spans(of: id(UInt64($0) + 1)) == trees[$0].reversed() })
  }

  /// Each index is made once for a batch, however the spans of its traces are mixed.
  @Test(arguments: 1...4)
  func aBatchMakesEachIndexOnce(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 240_000)
    let trees = (1...UInt64(4)).map { tree(400, in: $0, random: &random) }
    for place in 0..<100 { store.add(trees.map { $0[place] }, now: epoch) }
    let before = store.state.withLock { $0.large.made }
    let mixed = (100..<400).flatMap { place in trees.map { $0[place] } }
    store.add(mixed, now: epoch)
    #expect(store.state.withLock { $0.large.made } <= before + 4, "seed \(seed)")
    #expect(before > 20, "seed \(seed): there is room for all indexes")
    #expect(store.statistics.orphans == 0 && store.statistics.received == 1_600 && store.statistics.accepted == 1_600)
    #expect(trees.indices.allSatisfy { store.spans(of: id(UInt64($0) + 1)) == trees[$0] }, "seed \(seed)")
  }

  /// So is what has been counted of each: several answers to one CLIENT are one call, when they come far apart, too.
  @Test(arguments: 1...6)
  func oneClientStaysOneCallWhenItsIndexIsMadeAnew(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 160_000)
    var queues = (1...UInt64(3)).map { trace in
      (1...UInt64(60)).flatMap { number in
        [span(number * 10, in: trace, .client, "shop", from: 0, to: 1)]
          + (1...3).map { span(number * 10 + $0, in: trace, under: number * 10, .server, "cart", from: 0, to: 1) }
      }.shuffled(using: &random)
    }
    while queues.contains(where: { !$0.isEmpty }) {
      for place in queues.indices { if let span = queues[place].popLast() { store.add([span], now: epoch) } }
    }
    #expect(store.statistics.evictedTraces == 0 && store.statistics.overflowed == 0)
    let made = store.state.withLock { $0.large.made }
    #expect(made > 100, "seed \(seed): there is room for all indexes")
    let graph = store.graph(now: epoch)
    #expect(
      graph.map { $0.client?.totalCalls } == [180] && graph.map { $0.server?.totalCalls } == [180], "seed \(seed)")
  }

  @Test func aTraceOfAMillionSpansIsCutAndTheRestCounted() {
    var settings = TraceStoreSettings(budget: 256 << 20)
    settings.spansPerTrace = 50_000
    let store = TraceStore(settings)
    for begin in stride(from: 1, to: 1_000_000, by: 10_000) as StrideTo<UInt64> {
      store.add((begin..<begin + 10_000).map { span($0, under: $0 - 1, from: 0, to: 1) }, now: epoch)
    }
    #expect(store.statistics.overflowed == 950_000)
    #expect(store.summary(of: id(1))?.spans == 50_000)
  }

  /// Most tracers report the root when it ends, after all others.
  @Test(arguments: [nil, 1] as [UInt64?]) func theRootOfATraceThatIsFullIsTaken(itsParent: UInt64?) {
    var settings = TraceStoreSettings(budget: 256 << 20)
    settings.spansPerTrace = 1_000
    let store = TraceStore(settings)
    store.add((2...3_000).map { span($0, under: 1, from: 1, to: 2) }, now: epoch)
    #expect(store.statistics.orphans == 1_000)
    store.add([span(1, under: itsParent, .internal, "shop", "all of it", from: 0, to: 3)], now: epoch)
    let summary = store.summary(of: id(1))
    #expect(summary?.spans == 1_001 && summary?.rootOperation == "all of it" && summary?.status != .running)
    #expect(store.statistics.orphans == 0 && store.statistics.overflowed == 1_999)
    // One is enough.
    store.add((4_000...5_000).map { span($0, from: 0, to: 1) }, now: epoch)
    #expect(store.summary(of: id(1))?.spans == 1_001)
  }
}
