import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

/// The list in the order of time.
struct TransactionMomentTests {
  private static let start: Int64 = 1_760_000_000_000_000_000

  private static var detail: TransactionDetail {
    let gtxid = GTXID("5b8efff798038103d269b633813fc60c")!
    let tree = CallTree.build(spans: [
      TraceSpan(
        gtxid: gtxid, id: SpanID(1)!, kind: .server, service: "shop", operation: "GET /cart", start: start,
        duration: 40_000_000, status: .error,
        events: [
          SpanEvent(time: start + 5_000_000, name: "cart loaded", attributes: [SpanAttribute("items", .integer(3))]),
          SpanEvent(
            time: start + 9_000_000, name: SpanEventName.backOff,
            attributes: [SpanAttribute("duration_ns", .integer(1_000_000))]),
          SpanEvent(
            time: start + 30_000_000, name: "exception",
            attributes: [
              SpanAttribute("exception.type", "IOError"), SpanAttribute("exception.message", "no stock\u{1B}[2J"),
            ]),
        ])
    ])
    return TransactionDetail(
      summary: TransactionSummary(gtxid: gtxid, kind: "GET /cart", state: .error, start: start, duration: 40_000_000),
      tree: tree, log: [])
  }

  @Test func whatSpansTellOfStandsWhereItHappened() {
    let moments = TransactionMoment.all(of: Self.detail)
    #expect(moments.map { $0.event?.name } == [nil, "cart loaded", nil, "exception"], "a back-off has its own row")
    #expect(moments.map { ($0.time - Self.start) / 1_000_000 } == [0, 5, 9, 30])
    #expect(moments.allSatisfy { $0.row != nil })
  }

  @Test func itIsShownWithWhatItSays() {
    var snapshot = TransactionFixture.snapshot
    snapshot.transactions = [Self.detail.summary]
    var stage = PageStage(TransactionsPage(), snapshot)
    _ = stage.go(to: .transaction(Self.detail.summary.gtxid, span: nil))
    stage.context.transaction = Self.detail
    _ = stage.page.refresh(stage.context)
    stage.press("t t")
    let text = stage.picture()
    #expect(text.contains("shop cart loaded  items=3"), "\(text)")
    #expect(text.contains("shop exception  no stock") && !text.contains("IOError") && !text.contains("\u{1B}"))
  }
}
