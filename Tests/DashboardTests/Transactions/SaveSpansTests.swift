import Operations
import Testing
import TraceModel

@testable import Dashboard

/// `:save otlp`: the spans of what is looked at.
struct SaveSpansTests {
  private func saved(_ cockpit: Cockpit) -> (ids: [GTXID], name: FileName)? {
    for case .saveSpans(let ids, let name) in cockpit.effects { return (ids, name) }
    return nil
  }

  private func matching(_ cockpit: Cockpit) -> (question: TransactionQuestion, name: FileName)? {
    for case .saveMatching(let question, let name) in cockpit.effects { return (question, name) }
    return nil
  }

  @Test func theListSavesWhatItShows() throws {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 : text:save_otlp Enter")
    let all = try #require(saved(cockpit))
    #expect(Set(all.ids) == Set(TransactionFixture.snapshot.transactions.map(\.gtxid)) && all.ids.count == 9)
    let name = all.name.text
    #expect(name.hasPrefix("transactions-9-at-") && name.hasSuffix(".otlp.jsonl") && all.name.isMadeUp, "\(name)")
    #expect(matching(cockpit) == nil)
  }

  /// Be they listed or not.
  @Test func aFilterSavesAllThatItLetsThrough() throws {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:dur>20s Enter : text:save_otlp_slow.jsonl Enter")
    let slow = try #require(matching(cockpit))
    #expect(slow.name == FileName("slow.jsonl", else: "") && !slow.name.isMadeUp && saved(cockpit) == nil)
    #expect(slow.question == TransactionQuestion(try TransactionFilter(parsing: "dur>20s")))
    cockpit.press(": text:save_otlp Enter")
    let name = try #require(matching(cockpit)).name
    #expect(name.text.hasPrefix("transactions-at-") && name.text.hasSuffix(".otlp.jsonl") && name.isMadeUp, "\(name)")
  }

  /// Nothing may be listed because the search has not come to it yet.
  @Test func aFilterSavesWhileItIsStillLookedFor() throws {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:user=nobody-at-all Enter : text:save_otlp Enter")
    let nobody = try #require(matching(cockpit))
    #expect(nobody.question == TransactionQuestion(try TransactionFilter(parsing: "user=nobody-at-all")))
    #expect(saved(cockpit) == nil && !cockpit.lastLine.contains("no transaction is listed"), "\(cockpit.lastLine)")
  }

  @Test func withoutAFilterAnEmptyListSaysSo() {
    var snapshot = TransactionFixture.snapshot
    snapshot.transactions = []
    var cockpit = Cockpit(snapshot)
    cockpit.press("5 : text:save_otlp Enter")
    #expect(saved(cockpit) == nil && matching(cockpit) == nil)
    #expect(cockpit.lastLine.contains("no transaction is listed"), "\(cockpit.lastLine)")
  }

  @Test func whereNoTransactionIsNothingIsSaved() {
    var cockpit = Cockpit()
    cockpit.press("2 : text:save_otlp Enter")
    #expect(saved(cockpit) == nil && cockpit.lastLine.contains("no transaction is here"), "\(cockpit.lastLine)")
  }

  @Test func aCallTreeSavesItsTransaction() throws {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 j j j j j j Enter")
    cockpit.send(.transaction(TransactionFixture.undoneID, TransactionFixture.detail))
    cockpit.press("n : text:save_otlp Enter")
    let one = try #require(saved(cockpit))
    #expect(one.ids == [TransactionFixture.undoneID])
    #expect(one.name == FileName(madeUp: "transaction-\(TransactionFixture.undoneID.hex).otlp.jsonl"))
  }
}
