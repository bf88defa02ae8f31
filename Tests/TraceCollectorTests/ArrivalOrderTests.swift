import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Which span is a transaction's root, and which its first failure, does not depend on whose spans came in first, not even
/// where times are equal.
struct ArrivalOrderTests {
  @Test(arguments: 1...60 as ClosedRange<UInt64>) func aRowIsTheSameInWhicheverOrderItsSpansCome(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let spans = (1...UInt64.random(in: 2...9, using: &random)).map { place in
      // Few different times, and some roots too many.
      let start = Int64.random(in: 0...1, using: &random)
      return span(
        place, under: place > 1 && random.chance(70) ? UInt64.random(in: 1..<place, using: &random) : nil, .server,
        "svc", "work \(place)", from: start, to: start + Int64.random(in: 1...2, using: &random),
        failed: random.chance(50), message: "no \(place)",
        attributes: [SpanAttribute(AttributeName.user, .text("\(place)"))])
    }
    // The callee's side of some calls, in other words.
    let both = spans.flatMap { span in
      guard random.chance(40) else { return [span] }
      var (caller, callee) = (span, span)
      caller.kind = .client
      callee.isShared = true
      (callee.operation, callee.message) = ("\(span.operation), called", "\(span.message), called")
      return [caller, callee]
    }
    let wanted = row(of: both)
    for _ in 0..<8 { #expect(row(of: both.shuffled(using: &random)) == wanted, "seed \(seed)") }
  }

  private func row(of spans: [TraceSpan]) -> TraceSummary? {
    let store = TraceStore(TraceStoreSettings(budget: 1_000_000))
    for span in spans { store.add([span], now: epoch) }
    return store.summary(of: id(1))
  }
}
