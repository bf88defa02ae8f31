import Testing
import TraceCollector
import TraceModel

@Suite struct InstanceFiguresTests {
  private static let now: Int64 = 1_760_000_000_000_000_000
  private static let second: Int64 = 1_000_000_000

  /// A call that ended so many seconds ago.
  private func span(
    _ number: UInt64, _ kind: SpanKind = .server, on instance: String, ago: Int64, lasting milliseconds: Int64 = 1,
    fails: Bool = false, version: String = ""
  ) -> TraceSpan {
    let duration = milliseconds * 1_000_000
    var span = TraceSpan(
      gtxid: GTXID(high: 1, low: number)!, id: SpanID(number)!, parent: nil, kind: kind, service: "shop",
      instance: instance, operation: "op", start: Self.now - ago * Self.second - duration, duration: duration)
    if fails { span.status = .error }
    if !version.isEmpty {
      span.origin = SpanOrigin(
        resource: SpanOrigin.Group(attributes: [SpanAttribute("service.version", .text(version))]))
    }
    return span
  }

  private func store(_ spans: [TraceSpan]) -> TraceStore {
    let store = TraceStore(budget: 64 << 20)
    for part in stride(from: 0, to: spans.count, by: 500) {
      store.add(Array(spans[part..<min(part + 500, spans.count)]), now: Self.now)
    }
    return store
  }

  @Test func eachInstanceHasItsOwn() {
    let first = (1...100 as ClosedRange<UInt64>).map {
      span($0, on: "shop-1", ago: 3, lasting: Int64($0), fails: $0 <= 5, version: "2.1")
    }
    let second = (201...220 as ClosedRange<UInt64>).map { span($0, .consumer, on: "shop-2", ago: 9) }
    // Neither what a client saw nor what is too long ago counts.
    let others = [span(301, .client, on: "shop-2", ago: 1), span(302, on: "shop-3", ago: 11)]
    let figures = store(others + first + second).instanceFigures(now: Self.now)
    #expect(figures.map(\.instance) == ["shop-1", "shop-2"] && figures.allSatisfy { $0.service == "shop" })
    #expect(figures.map(\.rate) == [10, 2] && figures.map(\.errorShare) == [0.05, 0])
    #expect(figures.map(\.p99) == [99_000_000, 1_000_000] && figures.map(\.version) == ["2.1", ""])
  }

  /// Of more than are looked at the rate is that of the time that they reach.
  @Test func ofManyTheNewestCount() {
    let spans = (1...9_000 as ClosedRange<UInt64>).map { span($0, on: "shop-1", ago: 9 - Int64($0 - 1) / 1_000) }
    let store = store(spans)
    #expect(store.instanceFigures(now: Self.now).map(\.rate) == [900])
    let few = store.instanceFigures(now: Self.now, most: 3_000)
    // The newest three thousand end 1 to 3 s ago.
    #expect(few.map(\.rate) == [1_000])
  }

  @Test func nothingIsNone() {
    #expect(store([]).instanceFigures(now: Self.now).isEmpty)
  }
}
