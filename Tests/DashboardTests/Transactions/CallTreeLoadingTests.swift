import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

struct CallTreeLoadingTests {
  private func loads(_ actions: [Action]?) -> [GTXID] {
    (actions ?? []).compactMap { if case .effect(.loadTransaction(let id)) = $0 { id } else { nil } }
  }

  /// The transaction as it was when `count` of its spans had come.
  private func detail(_ count: Int, _ state: TransactionState = .running) -> TransactionDetail {
    var detail = TransactionFixture.detail
    detail.tree = CallTree.build(spans: Array(TransactionFixture.spans.prefix(count)))
    detail.summary.state = state
    detail.summary.spans = count
    detail.log = []
    return detail
  }

  private func snapshot(_ detail: TransactionDetail) -> SystemSnapshot {
    var snapshot = TransactionFixture.snapshot
    snapshot.transactions = [detail.summary]
    return snapshot
  }

  @Test func itIsLoadedAgainWhileItRuns() {
    var page = TransactionsPage()
    let running = detail(5)
    var context = TransactionFixture.context(118, 36, snapshot(running))
    #expect(page.go(to: .transaction(TransactionFixture.undoneID, span: nil), context).isEmpty)
    #expect(loads(page.refresh(context)) == [TransactionFixture.undoneID])
    context.transaction = running
    #expect(loads(page.refresh(context)) == [TransactionFixture.undoneID], "it runs")
    let ended = detail(12, .compensated)
    context.snapshot = snapshot(ended)
    context.transaction = ended
    #expect(loads(page.refresh(context)).isEmpty, "all is there")
    context.snapshot.transactions[0].spans = 13
    #expect(loads(page.refresh(context)) == [TransactionFixture.undoneID], "a span came late")
    context.snapshot.transactions = []
    #expect(loads(page.refresh(context)).isEmpty, "ended, and no longer in the list")
  }

  @Test func theCursorStaysOnItsRowWhileTheTreeGrows() {
    var page = TransactionsPage()
    var context = TransactionFixture.context(118, 36, snapshot(detail(5)), transaction: detail(5))
    _ = page.go(to: .transaction(TransactionFixture.undoneID, span: SpanID(5)), context)
    _ = page.refresh(context)
    #expect(page.tree?.currentHop == "#4")
    context.transaction = detail(12)
    _ = page.refresh(context)
    #expect(page.tree?.currentHop == "#4" && page.tree?.visible.count == 17)
  }

  @Test func nothingIsKnownOfIt() {
    var stage = PageStage(TransactionsPage(), TransactionFixture.snapshot)
    _ = stage.go(to: .transaction(TransactionFixture.id("1234"), span: nil))
    #expect(stage.picture().contains("reading…"))
    stage.context.unknownTransaction = TransactionFixture.id("1234")
    stage.show(TransactionFixture.snapshot)
    #expect(stage.picture().contains("Nothing is known of this transaction, or no longer."))
    for key in ["j", "Enter", "n", "p", "e", "+", "t", "t", "S"] { #expect(stage.press(key) != nil, "\(key)") }
  }

  @Test func twoAreCompared() {
    var stage = PageStage(TransactionsPage(), TransactionFixture.snapshot)
    let (left, right) = (TransactionFixture.list[0].gtxid, TransactionFixture.undoneID)
    #expect(stage.press("m").sentence?.contains("is marked") == true)
    #expect(stage.press("j j j j j j m").map { loads($0) } == [left, right])
    #expect(stage.picture().contains("reading…"))
    var other = detail(7)
    other.summary.gtxid = left
    stage.context.transaction = other
    _ = stage.page.refresh(stage.context)
    stage.context.transaction = TransactionFixture.detail
    _ = stage.page.refresh(stage.context)
    let lines = stage.page.comparison?.lines ?? []
    // What failed in one of them stands first, then what took the time.
    let failures = lines.prefix { $0.failed == .left || $0.failed == .right }
    #expect(failures.first.map { "\($0.service) \($0.operation)" } == "payment POST /charge")
    #expect(!lines.dropFirst(failures.count).contains { $0.failed == .left || $0.failed == .right })
    let slowest = lines.dropFirst(failures.count).first
    #expect(slowest.map { "\($0.service) \($0.operation)" } == "payment charge 38,000 KRW")
    #expect(slowest?.present == .both && slowest?.contribution == -TransactionFixture.second)
    #expect(stage.picture().contains("payment POST /charge  only right"))
    stage.press("Esc")
    #expect(stage.page.comparison == nil && stage.picture().contains("8f3a…21c9"))
  }

  @Test func whatIsGoneCannotBeCompared() {
    var stage = PageStage(TransactionsPage(), TransactionFixture.snapshot)
    stage.press("m j m")
    stage.context.unknownTransaction = TransactionFixture.list[0].gtxid
    let sentence = Optional(stage.page.refresh(stage.context)).sentence
    #expect(sentence?.contains("cannot be compared") == true && stage.page.comparison == nil)
  }
}
