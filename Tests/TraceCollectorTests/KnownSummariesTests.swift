import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Rows that are taken from an answer before are those that would come out anew.
struct KnownSummariesTests {
  /// More transactions than there is room for, and more than the store knows again as gone: their ids come back.
  private static let ids = 1...600 as ClosedRange<UInt64>

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func knownRowsAreThoseThatAreMadeAnew(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(TraceStoreSettings(budget: 200_000))
    var known = KnownSummaries()
    var now = epoch
    var (isGone, ended) = (Set<GTXID>(), 0)
    var (cameBack, before) = (false, [GTXID: TraceSummary]())
    for round in 0..<600 {
      now += Int64.random(in: 0...(900 * millisecond), using: &random)
      store.add((0..<Int.random(in: 0...12, using: &random)).map { _ in anySpan(&random) }, now: now)
      let ids = Self.ids.filter { _ in random.chance(70) }.map { id($0) }
      let rows = store.summaries(of: ids, known: &known)
      #expect(rows == store.summaries(of: ids), "seed \(seed), round \(round)")
      for (id, row) in zip(ids, rows) {
        guard let row else {
          if before.removeValue(forKey: id) != nil { isGone.insert(id) }
          continue
        }
        if isGone.contains(id) { cameBack = true }
        if before[id]?.status == .running, row.status != .running, row.spans == before[id]?.spans { ended += 1 }
        before[id] = row
      }
    }
    #expect(store.statistics.evictedTraces > 0 && cameBack && ended > 0, "seed \(seed)")
  }

  @Test func onlyWhatHasChangedIsMadeAnew() throws {
    let store = TraceStore(TraceStoreSettings(budget: 1_000_000))
    store.add([span(1, in: 1, .server, from: 0, to: 5), span(1, in: 2, .server, from: 0, to: 5)], now: epoch)
    var known = KnownSummaries()
    _ = store.summaries(of: [id(1), id(2)], known: &known)
    for number in 1...2 as ClosedRange<UInt64> { known.rows[id(number)]?.summary.user = "known" }
    store.add([span(2, in: 2, under: 1, from: 1, to: 2)], now: epoch)
    #expect(store.summaries(of: [id(1), id(2)], known: &known).map { $0?.user } == ["known", ""])
  }

  @Test func whatIsNotAskedForIsForgotten() {
    let store = TraceStore(TraceStoreSettings(budget: 1_000_000))
    store.add([span(1, in: 1, .server, from: 0, to: 5), span(1, in: 2, .server, from: 0, to: 5)], now: epoch)
    var known = KnownSummaries()
    _ = store.summaries(of: [id(1), id(2)], known: &known)
    #expect(Set(known.rows.keys) == [id(1), id(2)])
    _ = store.summaries(of: [id(2), id(3)], known: &known)
    #expect(Set(known.rows.keys) == [id(2)])
  }

  /// Roots, late children, orphans and failures of a few transactions; some have not ended.
  private func anySpan(_ random: inout SeededGenerator) -> TraceSpan {
    let place = UInt64.random(in: 1...5, using: &random)
    var span = span(
      place, in: UInt64.random(in: Self.ids, using: &random), under: place == 1 ? nil : place - 1, .server,
      "svc-\(place)", "work", from: Int64(place), to: Int64.random(in: 5...90, using: &random),
      failed: random.chance(20), message: "no")
    if random.chance(20) { span.duration = nil }
    return span
  }
}
