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
    beSince(60, store)
    for part in stride(from: 0, to: spans.count, by: 500) {
      store.add(Array(spans[part..<min(part + 500, spans.count)]), now: Self.now)
    }
    return store
  }

  /// A younger window would be as long as the store is old.
  private func beSince(_ seconds: Int64, _ store: TraceStore) {
    store.add([span(999_999, .client, on: "other", ago: seconds)], now: Self.now - seconds * Self.second)
  }

  private static func rounded(_ rates: [Double]) -> [Double] { rates.map { ($0 * 1_000).rounded() / 1_000 } }

  @Test func eachInstanceHasItsOwn() {
    let first = (1...100 as ClosedRange<UInt64>).map {
      span($0, on: "shop-1", ago: 3, lasting: Int64($0), fails: $0 <= 5, version: "2.1")
    }
    let second = (201...220 as ClosedRange<UInt64>).map { span($0, .consumer, on: "shop-2", ago: 9) }
    // Neither what a client saw nor what is too long ago counts.
    var seen = span(301, .client, on: "shop-2", ago: 1)
    seen.parent = SpanID(999)
    let others = [seen, span(302, on: "shop-3", ago: 11)]
    let figures = store(others + first + second).instanceFigures(now: Self.now)
    #expect(figures.map(\.instance) == ["shop-1", "shop-2"] && figures.allSatisfy { $0.service == "shop" })
    #expect(Self.rounded(figures.map(\.rate)) == [11.111, 2.222] && figures.map(\.errorShare) == [0.05, 0])
    #expect(figures.map { $0.p99.map { ($0 + 500_000) / 1_000_000 } } == [99, 1])
    #expect(figures.map(\.version) == ["2.1", ""])
  }

  /// What is full copies those that failed into its newest part, and forgets the others: neither is seen in what came.
  @Test func whatIsForgottenCameAllTheSame() {
    let store = TraceStore(budget: 1 << 20)
    beSince(60, store)
    for number in 1...40_000 as ClosedRange<UInt64> {
      store.add([span(number, on: "shop-1", ago: 3, fails: number % 4 == 0)], now: Self.now)
    }
    #expect(store.statistics.evictedTraces > 20_000)
    let figures = store.instanceFigures(now: Self.now)
    #expect(Self.rounded(figures.map(\.rate)) == [4444.444] && figures.map(\.errorShare) == [0.25])
  }

  /// A span that ends when it has not come yet ended when it came.
  @Test func aClockThatIsAheadDoesNotLast() {
    let store = store([span(1, on: "shop-1", ago: -60)])
    #expect(store.instanceFigures(now: Self.now + Self.second).map(\.instance) == ["shop-1"])
    #expect(store.instanceFigures(now: Self.now + 12 * Self.second).isEmpty)
  }

  /// Who was restarted keeps the name, and has another version.
  @Test func theVersionIsThatOfWhoSpokeLast() {
    let store = store([span(1, on: "shop-1", ago: 3, version: "1"), span(2, on: "shop-1", ago: 2, version: "2")])
    #expect(store.instanceFigures(now: Self.now).map(\.version) == ["2"])
  }

  @Test func thereAreNoMoreThanABound() {
    var settings = TraceStoreSettings(budget: 64 << 20)
    settings.instances = 3
    let store = TraceStore(settings)
    func come(_ names: ClosedRange<UInt64>, at now: Int64) {
      store.add(names.map { span($0, on: "shop-\($0)", ago: (Self.now - now) / Self.second + 1) }, now: now)
    }
    come(1...5, at: Self.now)
    #expect(store.instanceFigures(now: Self.now).map(\.instance) == ["shop-1", "shop-2", "shop-3"])
    // Whoever does nothing for a minute makes room.
    let later = Self.now + 90 * Self.second
    come(6...6, at: later)
    come(7...8, at: later)
    #expect(store.instanceFigures(now: later).map(\.instance) == ["shop-7", "shop-8"])
  }

  /// Who is named without its port, or without its host, is who is named with both.
  @Test func whatGoesByPartsOfAnAddressIsOne() {
    let whole = (1...20 as ClosedRange<UInt64>).map { span($0, on: "10.0.0.1:80", ago: 3) }
    let parts = (21...40 as ClosedRange<UInt64>).map {
      span($0, on: $0 % 2 == 0 ? "10.0.0.1" : ":80", ago: 3, fails: true)
    }
    let store = store(whole + parts + [span(41, on: "10.0.0.2", ago: 3)])
    let figures = store.instanceFigures(now: Self.now)
    #expect(figures.map(\.instance) == ["10.0.0.1:80", "10.0.0.2"])
    #expect(Self.rounded(figures.map(\.rate)) == [4.444, 0.111] && figures.first?.errorShare == 0.5)
    #expect(Set(store.instances().map(\.instance)) == ["10.0.0.1:80", "10.0.0.2", "other"])
  }

  /// A sender could fill the memory with them.
  @Test func whoHasANameThatNobodyReadsIsNotCounted() {
    let long = String(repeating: "x", count: 5_000)
    #expect(store([span(1, on: long, ago: 3)]).instanceFigures(now: Self.now).isEmpty)
  }

  @Test func nothingIsNone() {
    #expect(store([]).instanceFigures(now: Self.now).isEmpty)
  }
}
