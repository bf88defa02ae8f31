import Operations
import Testing
import TraceModel

@testable import Dashboard

/// `:save otlp`: the spans of what is looked at.
struct SaveSpansTests {
  private func saved(_ cockpit: Cockpit) -> (ids: [GTXID], name: String)? {
    for case .saveSpans(let ids, let name, _) in cockpit.effects { return (ids, name) }
    return nil
  }

  @Test func theListSavesWhatItsFilterLetsThrough() throws {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 : text:save_otlp Enter")
    let all = try #require(saved(cockpit))
    #expect(Set(all.ids) == Set(TransactionFixture.snapshot.transactions.map(\.gtxid)) && all.ids.count == 9)
    #expect(all.name.hasPrefix("transactions-9-at-") && all.name.hasSuffix(".otlp.jsonl"), "\(all.name)")
    cockpit.press("/ text:dur>20s Enter : text:save_otlp_slow.jsonl Enter")
    let slow = try #require(saved(cockpit))
    #expect(slow.name == "slow.jsonl")
    let wanted = TransactionFixture.snapshot.transactions.filter { $0.duration > 20_000_000_000 }
    #expect(Set(slow.ids) == Set(wanted.map(\.gtxid)) && slow.ids.count == 2)
    cockpit.press("Esc / text:user=nobody-at-all Enter : text:save_otlp Enter")
    #expect(saved(cockpit) == nil && cockpit.lastLine.contains("no transaction is listed"), "\(cockpit.lastLine)")
  }

  /// Of a list that is cut off whoever saves it learns that there is more.
  @Test func whetherTheyAreAllIsKnown() throws {
    func areAll(isFull: Bool) -> Bool? {
      var cockpit = Cockpit(TransactionFixture.snapshot)
      cockpit.press("5 / text:dur>20s Enter")
      for case .searchTransactions(let question, _) in cockpit.effects {
        var answer = TransactionAnswer(TransactionFixture.snapshot.transactions.filter { $0.duration > 20_000_000_000 })
        answer.isFull = isFull
        cockpit.send(.matching(question, answer))
      }
      cockpit.press(": text:save_otlp Enter")
      for case .saveSpans(_, _, let areAll) in cockpit.effects { return areAll }
      return nil
    }
    #expect(areAll(isFull: true) == false)
    #expect(areAll(isFull: false) == true)
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
    #expect(one.name == "transaction-\(TransactionFixture.undoneID.hex).otlp.jsonl")
  }
}
