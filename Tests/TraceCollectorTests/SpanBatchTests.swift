import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// What a batch holds of where its spans come from.
struct SpanBatchTests {
  private func spans(_ count: Int, instance: (Int) -> String, origin: (Int) -> SpanOrigin?) -> [TraceSpan] {
    (1...count).map { number in
      var span = span(UInt64(number), .server, "shop", on: instance(number), from: 0, to: 1)
      span.origin = origin(number)
      return span
    }
  }

  /// Be it facts, or names: a few bytes of a request can have them repeated for each of its scopes.
  @Test func whatIsRepeatedHasALimit() {
    let resource = SpanOrigin.Group(attributes: [SpanAttribute("long", .text(String(repeating: "x", count: 10_000)))])
    let facts = spans(1_000, instance: { _ in "a" }, origin: { _ in SpanOrigin(resource: resource) })
    let names = spans(1_000, instance: { "\($0)" + String(repeating: "y", count: 10_000) }, origin: { _ in nil })
    for spans in [facts, names] {
      let batch = SpanBatch(spans, mostFacts: 100_000)
      #expect(batch.hasLostFacts && batch.count < 20 && batch.bytes.count < 200_000)
      #expect(!SpanBatch(spans).hasLostFacts && SpanBatch(spans).count == 1_000)
    }
  }

  /// Those of neighbours are kept once.
  @Test func theNamesOfOneProcessAreThereOnce() {
    let spans = spans(1_000, instance: { _ in "shop-1" }, origin: { _ in SpanOrigin() })
    #expect(SpanBatch(spans).bytes.count < 1_000 * 60)
    let batch = SpanBatch(spans)
    #expect(batch.spans.allSatisfy { $0.service == "shop" && $0.instance == "shop-1" })
  }
}
