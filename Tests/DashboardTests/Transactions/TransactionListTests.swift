import Operations
import Testing
import TraceModel

@testable import Dashboard

struct TransactionListTests {
  private func stage(columns: Int = 118, rows: Int = 36) -> PageStage<TransactionsPage> {
    PageStage(TransactionsPage(), TransactionFixture.snapshot, columns: columns, rows: rows)
  }

  private func current(_ stage: PageStage<TransactionsPage>) -> String {
    stage.page.list.current.map { String($0.gtxid.hex.prefix(4)) } ?? "none"
  }

  /// The same list, with so many newer transactions before it.
  private func later(_ count: Int) -> SystemSnapshot {
    var snapshot = TransactionFixture.snapshot
    for number in 0..<count {
      var newer = snapshot.transactions[0]
      newer.gtxid = TransactionFixture.id("ffff000\(number)")
      newer.start += Int64(number + 1)
      snapshot.transactions.insert(newer, at: 0)
    }
    return snapshot
  }

  @Test func everyReceiverIsSeenInTheHead() {
    var snapshot = TransactionFixture.snapshot
    func head(_ receivers: [ReceiverSnapshot]) -> String {
      snapshot.program.receivers = receivers
      let stage = PageStage(TransactionsPage(), snapshot, columns: 118, rows: 36)
      return stage.picture().split(separator: "\n").first { $0.contains("transactions") }.map(String.init) ?? ""
    }
    let zipkin = ReceiverSnapshot(name: "zipkin 127.0.0.1:9411", spans: 8)
    let http = ReceiverSnapshot(name: "otlp-http 127.0.0.1:4318", spans: 12, rejected: 1)
    let grpc = ReceiverSnapshot(name: "otlp-grpc [::1]:4317", spans: 5)
    #expect(head([zipkin]).contains("zipkin 127.0.0.1:9411  8 spans"))
    let all = head([zipkin, http, grpc])
    #expect(all.contains("spans from zipkin 8  otlp-http 12  1 refused  otlp-grpc 5"), "\(all)")
  }

  @Test(arguments: [
    ("", "e01c"), ("j", "c90d"), ("j j k", "c90d"), ("G", "77b0"), ("G k", "04f2"), ("PgDn", "77b0"), ("G g", "e01c"),
    ("s", "77b0"), ("s S", "1be4"), ("s s", "77b0"), ("s s S", "c90d"), ("s s s s", "8f3a"), ("S", "77b0"),
  ]) func keysMoveTheCursor(_ keys: String, expected: String) {
    var stage = stage()
    stage.press(keys)
    // Sorting keeps the cursor on its transaction, or at the top while it follows.
    #expect(current(stage) == expected, "\(keys)")
  }

  private static let second: Int64 = 1_000_000_000

  @Test func theCursorFollowsTheNewestUntilItIsMoved() {
    var stage = stage()
    stage.context.clock += Self.second
    stage.show(later(3))
    #expect(stage.page.list.current?.gtxid == TransactionFixture.id("ffff0002"), "the newest of all")
    stage.press("j j j j")
    #expect(current(stage) == "c90d")
    stage.show(later(6))
    #expect(current(stage) == "c90d" && stage.page.list.cursor.line == 7)
    stage.press("g")
    stage.context.clock += Self.second
    stage.show(later(8))
    #expect(stage.page.list.cursor.line == 0)
    #expect(stage.page.list.current?.gtxid == TransactionFixture.id("ffff0007"))
  }

  @Test func rowsThatAreFollowedHoldStillForASecond() throws {
    var stage = stage()
    var next = later(3)
    next.transactions[3].state = .stuck
    stage.context.clock += Self.second / 2
    stage.show(next)
    #expect(current(stage) == "e01c", "what is seen is what Enter opens")
    #expect(stage.page.list.current?.state == .stuck, "what becomes of it is seen at once")
    stage.context.clock += Self.second / 2
    stage.show(next)
    #expect(stage.page.list.current?.gtxid == TransactionFixture.id("ffff0002"))
    // Whoever presses now has seen the rows of before.
    stage.context.clock += Self.second / 5
    let meant = try #require(stage.page.list.chosen(at: stage.context.clock))
    #expect(meant.gtxid == next.transactions[3].gtxid)
    stage.context.clock += Self.second / 5
    #expect(stage.page.list.chosen(at: stage.context.clock)?.gtxid == TransactionFixture.id("ffff0002"))
  }

  @Test func thePastIsShownAtOnce() {
    var stage = stage()
    stage.context.isFrozen = true
    stage.show(later(3))
    #expect(stage.page.list.current?.gtxid == TransactionFixture.id("ffff0002"))
  }

  @Test func theRowStaysOnItsLineOfTheScreen() {
    var stage = stage(rows: 12)
    stage.press("j j j j j")
    let line = stage.line(of: "c41d")
    stage.show(later(4))
    #expect(stage.line(of: "c41d") == line && line != nil)
  }

  @Test func aTransactionThatVanishesLeavesTheCursorWhereItWas() {
    var stage = stage()
    stage.press("j j")
    var snapshot = TransactionFixture.snapshot
    snapshot.transactions.remove(at: 2)
    stage.show(snapshot)
    #expect(current(stage) == "aa71")
    snapshot.transactions = []
    stage.show(snapshot)
    #expect(current(stage) == "none" && stage.picture().contains("No transaction yet."))
  }

  @Test func enterOpensTheCallTree() {
    var stage = stage()
    #expect(stage.press("j Enter").destination == .transaction(TransactionFixture.list[1].gtxid, span: nil))
    #expect(stage.page.subject(stage.context) == .transaction(TransactionFixture.list[1].gtxid))
  }

  @Test func theFilterNarrowsAndSaysWhatIsWrong() {
    var stage = stage()
    #expect(stage.page.narrow(to: "status=stuck or dur>20s", stage.context) == nil)
    let picture = stage.picture()
    #expect(picture.contains("transactions  status=stuck or dur>20s") && picture.contains("1/2 of 9"))
    let problem = stage.page.narrow(to: "dur>fast", stage.context)
    #expect(problem == "column 5: \"fast\" is no duration; say 500ms, 2s or 1.5s")
    #expect(stage.page.list.rows.count == 2, "the last right one stays")
    #expect(stage.page.narrow(to: "user=nobody", stage.context) == nil)
    #expect(stage.picture().contains("No transaction matches user=nobody.  Esc clears"))
    #expect(stage.press("Esc") != nil && stage.page.list.rows.count == 9)
    #expect(stage.press("Esc") == nil, "nothing left to clear: the way back")
  }

  @Test func theMouseSelectsOpensAndSorts() {
    var stage = stage()
    let line = stage.line(of: "8f3a") ?? 0
    stage.point(.press, column: 20, row: line)
    #expect(current(stage) == "8f3a")
    let opened = stage.point(.doubleClick, column: 20, row: line).destination
    #expect(opened == .transaction(TransactionFixture.undoneID, span: nil))
    let heading = stage.line(of: "GTXID") ?? 0
    stage.point(.press, column: 60, row: heading)
    #expect(stage.page.list.order == .duration)
    stage.point(.wheelDown, column: 20, row: line)
    #expect(stage.page.list.rows.count == 9)
  }
}
