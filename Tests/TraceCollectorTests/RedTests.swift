import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct RedTests {
  /// A reader of its records that fails is a failure of the transaction, before its root comes or after.
  @Test(arguments: [[0, 1, 2], [1, 2, 0], [1, 0, 2]]) func aConsumerThatFailsCountsOnce(order: [Int]) {
    let store = TraceStore(budget: 1_000_000)
    let spans = [
      span(1, .server, "shop", from: 0, to: 9), span(2, under: 1, .consumer, "mail", from: 5, to: 7, failed: true),
      span(3, under: 1, .consumer, "stock", from: 5, to: 8, failed: true),
    ]
    for place in order { store.add([spans[place]], now: epoch + second) }
    let red = store.red(now: epoch + second)
    #expect(red.totalCalls == 1 && red.totalErrors == 1)
    #expect(store.summary(of: id(1))?.status == .error)
  }

  /// Another span without a parent that fails makes its transaction a failed one, as its summary says.
  @Test func aSecondRootThatFailsCountsToo() {
    let store = TraceStore(budget: 1_000_000)
    store.add([span(1, .server, "shop", from: 0, to: 9)], now: epoch + second)
    store.add([span(2, .internal, "shop", from: 5, to: 7, failed: true)], now: epoch + second)
    store.add([span(3, under: 1, .consumer, "mail", from: 5, to: 7, failed: true)], now: epoch + second)
    let red = store.red(now: epoch + second)
    #expect(red.totalCalls == 1 && red.totalErrors == 1 && red.errorShare == 1)
    #expect(store.summary(of: id(1))?.status == .error)
  }

  private func call(
    _ number: UInt64, _ service: String = "payment", _ operation: String = "charge", at: Int64, lasting: Int64?,
    failed: Bool = false, kind: String = ""
  ) -> TraceSpan {
    span(
      1, in: number, .server, service, operation, from: at, to: lasting.map { at + $0 }, failed: failed,
      attributes: kind.isEmpty ? [] : [SpanAttribute(AttributeName.kind, .text(kind))])
  }

  @Test func ratesErrorsAndPercentilesOfTheWindow() throws {
    let store = TraceStore(budget: 4_000_000)
    // 100 calls that end at 0.1 s … 10 s and last 1 ms … 100 ms.
    for number in 1...100 as ClosedRange<Int64> {
      let end = number * 100 - 1
      store.add(
        [call(UInt64(number), at: end - number, lasting: number, failed: number > 90)],
        now: epoch + end * millisecond)
    }
    let now = epoch + 9_999 * millisecond
    let figures = try #require(store.red(service: "payment", window: .tenSeconds, now: now))
    #expect(figures.calls == 100 && figures.errors == 10 && figures.errorShare == 0.1)
    #expect(abs(figures.rate - 10) < 0.2)
    for (value, expected) in [(figures.p50, 50), (figures.p95, 95), (figures.p99, 99)] as [(Int64?, Int64)] {
      let value = try #require(value)
      #expect(abs(value - expected * millisecond) <= expected * millisecond / 100)
    }
    #expect(store.red(service: "payment", operation: "charge", window: .tenSeconds, now: now) == figures)
    #expect(store.red(window: .tenSeconds, now: now) == figures)
    #expect(
      store.red(service: "nobody", now: now) == nil && store.red(service: "payment", operation: "x", now: now) == nil)
  }

  @Test func windowsMoveOn() throws {
    let store = TraceStore(budget: 4_000_000)
    store.add([call(1, at: 0, lasting: 5)], now: epoch + 5 * millisecond)
    func calls(_ window: RedWindow, after seconds: Int64) -> Int? {
      store.red(service: "payment", window: window, now: epoch + seconds * second)?.calls
    }
    #expect(calls(.tenSeconds, after: 9) == 1 && calls(.tenSeconds, after: 10) == 0)
    #expect(calls(.minute, after: 59) == 1 && calls(.minute, after: 60) == 0)
    #expect(calls(.quarterHour, after: 899) == 1 && calls(.quarterHour, after: 1_100) == 0)
    let later = try #require(store.red(service: "payment", window: .tenSeconds, now: epoch + 30 * second))
    #expect(later.p50 == nil && later.totalCalls == 1 && later.rate == 0 && later.errorShare == nil)
  }

  @Test func manyCallsAreCountedAsExactlyAsFew() throws {
    let store = TraceStore(budget: 20_000_000)
    for number in 1...5_000 as ClosedRange<UInt64> {
      store.add([call(number, at: 0, lasting: Int64(number % 1_000) + 1)], now: epoch + second)
    }
    let figures = try #require(store.red(service: "payment", now: epoch + second))
    #expect(figures.calls == 5_000)
    for (value, expected) in [(figures.p50, 500), (figures.p95, 950), (figures.p99, 990)] as [(Int64?, Int64)] {
      #expect(abs(try #require(value) - expected * millisecond) <= expected * millisecond / 100)
    }
  }

  @Test func lateOnesCountInTotalsAndEarlyOnesAsNow() throws {
    let store = TraceStore(budget: 1_000_000)
    let now = epoch + 1_000 * second
    store.add([call(1, at: 0, lasting: 1), call(2, at: 2_000_000, lasting: 1)], now: now)
    store.add([call(3, at: 999_000, lasting: 1)], now: now)
    let figures = try #require(store.red(service: "payment", now: now))
    #expect(figures.totalCalls == 3 && figures.calls == 2, "the one of the future counts as ended now")
    #expect(store.red(service: "payment", now: now + 61 * second)?.calls == 0)
  }

  @Test func unknownDurationsCountAsCallsOnly() throws {
    let store = TraceStore(budget: 1_000_000)
    store.add([call(1, at: 0, lasting: nil), call(2, at: 0, lasting: 7_200_000)], now: epoch + 7_200 * second)
    let figures = try #require(store.red(service: "payment", window: .quarterHour, now: epoch + 7_200 * second))
    #expect(figures.totalCalls == 2 && figures.calls == 1)
    #expect(figures.p99 == 3_600 * second, "an hour is the longest that is told apart")
  }

  @Test func hiddenKindsAreNoTransactions() {
    let store = TraceStore(budget: 1_000_000, hiddenKinds: ["health"])
    store.add([call(1, at: 0, lasting: 1, kind: "health"), call(2, at: 0, lasting: 1, kind: "checkout")], now: epoch)
    #expect(store.red(now: epoch).totalCalls == 1)
    #expect(store.red(service: "payment", now: epoch)?.totalCalls == 2)
  }

  @Test func aRootAndItsSharedServerAreOneTransaction() {
    let store = TraceStore(budget: 1_000_000)
    store.add(
      [
        span(1, .server, shared: true, "b", from: 1, to: 8), span(1, .client, "a", from: 0, to: 9),
        span(2, under: 1, .server, "c", from: 2, to: 3),
      ], now: epoch)
    #expect(store.red(now: epoch).totalCalls == 1)
    #expect(store.services(now: epoch).map(\.service) == ["b", "a", "c"])
  }

  @Test func historyIsOldestFirstAndEndsNow() throws {
    let store = TraceStore(budget: 1_000_000)
    for at in [0, 1_000, 1_500, 119_000] as [Int64] {
      store.add(
        [call(UInt64(at) + 1, at: at, lasting: 0, failed: at == 1_500)], now: epoch + at * millisecond)
    }
    let history = store.history(now: epoch + 119 * second)
    #expect(history.calls.count == 120 && history.calls[0] == 1 && history.calls[1] == 2 && history.calls[119] == 1)
    #expect(history.calls.reduce(0, +) == 4 && history.errors[1] == 1 && history.errors.reduce(0, +) == 1)
    let later = try #require(store.history(service: "payment", now: epoch + 121 * second))
    #expect(later.calls.reduce(0, +) == 1 && later.calls[117] == 1)
    #expect(store.history(service: "payment", operation: "charge", now: epoch + 400 * second)?.calls.max() == 0)
  }

  @Test func operationsAreBounded() {
    var settings = TraceStoreSettings(budget: 4_000_000)
    settings.operations = 10
    let store = TraceStore(settings)
    for number in 1...100 as ClosedRange<UInt64> {
      store.add([call(number, "payment", "op \(number)", at: 0, lasting: 1)], now: epoch)
    }
    let operations = store.operations(of: "payment", now: epoch)
    #expect(operations.map(\.operation) == (1...10).map { "op \($0)" } + ["(other)"])
    #expect(operations.last?.figures.totalCalls == 90)
    #expect(store.red(service: "payment", now: epoch)?.totalCalls == 100)
  }

  @Test func memoryOfWindowsGoneByIsGivenBack() {
    let store = TraceStore(budget: 4_000_000)
    for number in 1...2_000 as ClosedRange<UInt64> {
      store.add([call(number, "payment", "op \(number % 20)", at: 0, lasting: Int64(number))], now: epoch)
    }
    let busy = store.statistics.figureBytes
    store.add([call(9_999, "other", "op", at: 3_600_000, lasting: 1)], now: epoch + 3_600 * second)
    #expect(store.statistics.figureBytes < busy * 3 / 4)
  }
}

struct ServiceGraphTests {
  /// A call named by its client, one found through its server, one with a shared id, and a record.
  private let spans = [
    span(1, .server, "gateway", from: 0, to: 30),
    span(2, under: 1, .client, "gateway", from: 1, to: 20, failed: true, peer: "order"),
    span(3, under: 2, .server, "order", from: 2, to: 19), span(4, under: 3, .client, "order", from: 3, to: 5),
    span(5, under: 4, .server, "customer", from: 4, to: 5), span(6, under: 3, .client, "order", from: 6, to: 9),
    span(6, under: 3, .server, shared: true, "search", from: 7, to: 8),
    span(7, under: 3, .producer, "order", from: 10, to: 11, peer: "kafka"),
    span(8, under: 7, .consumer, "inventory", from: 14, to: 20, failed: true),
  ]

  @Test(arguments: 1...30)
  func edgesAreFoundWhicheverSideComesFirst(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 1_000_000)
    let now = epoch + second
    for span in spans.shuffled(using: &random) { store.add([span], now: now) }
    let edges = store.edges(now: now).map { "\($0.caller)>\($0.callee) \($0.kind) \($0.calls)/\($0.errors)" }
    #expect(
      edges.sorted() == [
        "gateway>order call 1/1", "order>customer call 1/0", "order>inventory message 1/1", "order>search call 1/0",
      ], "seed \(seed)")
  }

  @Test func edgesHaveTheLastMinutesRate() {
    let store = TraceStore(budget: 1_000_000)
    for number in 1...60 as ClosedRange<UInt64> {
      let at = Int64(number) * 1_000
      store.add(
        [span(1, in: number, .client, "a", from: at, to: at, peer: "b")], now: epoch + at * millisecond)
    }
    let edges = store.edges(now: epoch + 60_999 * millisecond)
    #expect(edges.count == 1 && edges[0].calls == 60 && abs(edges[0].rate - 1) < 0.02)
    #expect(store.edges(now: epoch + 90 * second)[0].calls == 30)
    #expect(store.edges(now: epoch + 500 * second)[0].totalCalls == 60)
  }
}
