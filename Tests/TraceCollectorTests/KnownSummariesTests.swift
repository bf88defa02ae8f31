import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Rows that are taken from an answer before are those that would come out anew.
struct KnownSummariesTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func knownRowsAreThoseThatAreMadeAnew(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Small enough to evict, so that ids go away and come back.
    let store = TraceStore(TraceStoreSettings(budget: 200_000))
    var known = KnownSummaries()
    var now = epoch
    for round in 0..<300 {
      now += Int64.random(in: 0...(400 * millisecond), using: &random)
      store.add((0..<Int.random(in: 0...6, using: &random)).map { _ in anySpan(&random) }, now: now)
      let ids = (1...40 as ClosedRange<UInt64>).filter { _ in random.chance(70) }.map { id($0) }
      #expect(
        store.summaries(of: ids, known: &known) == store.summaries(of: ids), "seed \(seed), round \(round)")
    }
  }

  @Test func whatIsNotAskedForIsForgotten() {
    let store = TraceStore(TraceStoreSettings(budget: 1_000_000))
    store.add([span(1, in: 1, .server, from: 0, to: 5), span(1, in: 2, .server, from: 0, to: 5)], now: epoch)
    var known = KnownSummaries()
    _ = store.summaries(of: [id(1), id(2)], known: &known)
    #expect(known.count == 2)
    _ = store.summaries(of: [id(2), id(3)], known: &known)
    #expect(known.count == 1)
  }

  /// Roots, late children, orphans and failures of a few transactions; some have not ended.
  private func anySpan(_ random: inout SeededGenerator) -> TraceSpan {
    let place = UInt64.random(in: 1...5, using: &random)
    var span = span(
      place, in: UInt64.random(in: 1...40, using: &random), under: place == 1 ? nil : place - 1, .server,
      "svc-\(place)", "work", from: Int64(place), to: Int64.random(in: 5...90, using: &random),
      failed: random.chance(20), message: "no")
    if random.chance(20) { span.duration = nil }
    return span
  }
}
