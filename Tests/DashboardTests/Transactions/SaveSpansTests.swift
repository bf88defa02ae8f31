import Operations
import Testing
import TraceModel

@testable import Dashboard

/// `:save otlp`: the spans of what is looked at.
struct SaveSpansTests {
  private func saved(_ cockpit: Cockpit) -> (ids: [GTXID], name: String)? {
    for case .saveSpans(let ids, let name) in cockpit.effects { return (ids, name) }
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
