import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// What of a transaction failed, by the services whose spans did; and what attributes are called.
@Suite struct FailureTests {
  private let store = TraceStore(budget: 4_000_000)

  @Test func eachServiceHasItsOwnFailureTheOneNearestToTheCause() {
    store.add(
      [
        span(1, .server, "web", "GET /", from: 0, to: 60, failed: true),
        span(2, under: 1, .client, "web", "POST /orders", from: 2, to: 40, failed: true, message: "answered 500"),
        span(3, under: 2, .server, "orders", "POST /orders", from: 4, to: 35, failed: true, message: "no stock"),
        span(4, under: 3, .client, "orders", "INSERT", from: 5, to: 9),
        span(5, in: 2, .server, "web", "GET /", from: 0, to: 5),
      ], now: epoch)
    let failures = store.failures(of: [id(2), id(1), id(99)]).sorted { $0.service < $1.service }
    #expect(failures.map(\.service) == ["orders", "web"] && failures.map(\.gtxid) == [id(1), id(1)])
    #expect(failures.map(\.message) == ["no stock", "answered 500"])
    #expect(failures.map(\.id) == [SpanID(3)!, SpanID(2)!])
    #expect(failures.map(\.end) == [epoch + 35 * millisecond, epoch + 40 * millisecond])
  }

  @Test func thoseThatFailedAreFoundAmongManyOthers() {
    let store = TraceStore(budget: 64_000_000)
    for number in 1...10_000 as ClosedRange<UInt64> {
      store.add([span(1, in: number, .server, "web", "GET /", from: 0, to: 5, failed: number % 4_000 == 0)], now: epoch)
    }
    let all = store.failed(newest: 10, after: 0, depth: 100_000)
    #expect(all.map(\.gtxid) == [id(8_000), id(4_000)] && all.allSatisfy { $0.errors == 1 })
    #expect(store.failed(newest: 1, after: 0, depth: 100_000).map(\.gtxid) == [id(8_000)])
    #expect(store.failed(newest: 10, after: all[1].arrival, depth: 100_000).map(\.gtxid) == [id(8_000)])
    #expect(store.failed(newest: 10, after: 0, depth: 5_000).map(\.gtxid) == [id(8_000)])
    #expect(store.failed(newest: 10, after: 0, depth: 2_000).isEmpty)
  }

  /// Those of spans and of their resources, whichever segment they stand in; no other text that is kept.
  @Test(arguments: [4_000_000, 200_000]) func attributesAreKnownByName(budget: Int) {
    let store = TraceStore(budget: budget)
    #expect(store.attributeNames(limit: 100).isEmpty)
    for number in 1...2_000 as ClosedRange<UInt64> {
      var one = span(
        1, in: number, .server, "web", "GET /", from: 0, to: 60, message: "text",
        attributes: [SpanAttribute("http.route", .text("/\(number)")), SpanAttribute("retry", .boolean(true))])
      one.origin = SpanOrigin(
        resource: SpanOrigin.Group(attributes: [SpanAttribute("host.name", "web-1")], droppedAttributes: 0, schema: ""),
        scope: SpanOrigin.Scope(name: "scope", version: "1", facts: SpanOrigin.Group()))
      store.add([one], now: epoch)
    }
    #expect(store.attributeNames(limit: 100) == ["host.name", "http.route", "retry"])
    #expect(store.attributeNames(limit: 1).count <= 3)
  }
}
