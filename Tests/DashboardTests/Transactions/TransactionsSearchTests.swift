import Operations
import Testing
import TraceModel

@testable import Dashboard

/// A filter finds more than the newest transactions, which are all that a state of the system holds.
struct TransactionsSearchTests {
  private func searches(_ effects: [Effect]) -> (begun: [String], goneOn: [String]) {
    var found: (begun: [String], goneOn: [String]) = ([], [])
    for effect in effects {
      if case .searchTransactions(let question, _) = effect { found.begun.append(question.filter.description) }
      if case .searchTransactionsOn(let question, _) = effect { found.goneOn.append(question.filter.description) }
    }
    return found
  }

  private func row(_ digits: String, age: Int64) -> TransactionSummary {
    let newest = TransactionFixture.snapshot.transactions[0]
    var row = TransactionSummary(
      gtxid: TransactionFixture.id(digits), kind: "checkout", state: .ok, start: newest.start - age * 1_000_000_000,
      duration: 30_000_000_000)
    row.services = ["gateway"]
    return row
  }

  private func answer(_ rows: [TransactionSummary], searched: Int, isComplete: Bool = true) -> TransactionAnswer {
    var answer = TransactionAnswer(rows)
    (answer.searched, answer.held) = (searched, 12_345)
    (answer.isComplete, answer.isThrough) = (isComplete, isComplete)
    return answer
  }

  private func filter(_ text: String, until: Int64? = nil) -> TransactionQuestion {
    do {
      return TransactionQuestion(try TransactionFilter(parsing: text), until: until)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  @Test func anAttributeThatNoSpanHasIsNamed() {
    var cockpit = Cockpit(TransactionFixture.snapshot, columns: 80, rows: 24)
    cockpit.press("5 / text:http.statos=500 Enter")
    var nothing = answer([], searched: 12_345)
    nothing.unknownAttributes = [UnknownAttribute("http.statos", nearest: ["http.status"])]
    cockpit.send(.matching(filter("http.statos=500"), nothing))
    let wanted = "No span that is kept has an attribute http.statos; do you mean http.status?"
    #expect(cockpit.text.contains(wanted), "\(cockpit.text)")
    nothing.unknownAttributes[0].nearest = []
    cockpit.send(.matching(filter("http.statos=500"), nothing))
    #expect(cockpit.text.contains("has an attribute http.statos.  Esc clears"))
  }

  /// What a transaction is called by stays whole as long as there is room beside it.
  @Test func whatATransactionDidIsNotCut() {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "prod", kind: .attached), time: 100_000_000_000)
    var row = self.row("aaaa", age: 0)
    (row.kind, row.start, row.duration) = ("GET /checkout/12", snapshot.time - 1_000_000_000, 60_000_000)
    snapshot.transactions = [row]
    var cockpit = Cockpit(snapshot, columns: 80, rows: 24)
    cockpit.press("5")
    #expect(cockpit.text.contains("GET /checkout/12"), "\(cockpit.text)")
  }

  @Test func whatIsFoundFurtherBackStandsBelowTheNewest() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:dur>20s")
    #expect(searches(cockpit.effects).begun.last == "dur>20s", "while it is typed")
    cockpit.press("Enter")
    cockpit.send(.matching(filter("dur>20s"), answer([row("aaaa", age: 900)], searched: 4_938, isComplete: false)))
    #expect(searches(cockpit.effects).goneOn == ["dur>20s"], "it goes on as long as there is more")
    #expect(cockpit.text.contains("aaaa") && cockpit.text.contains("1/3 of 12,345"))
    #expect(cockpit.text.contains("searched 40 % of 12,345"))
    let all = answer([row("aaaa", age: 900), row("bbbb", age: 1_800)], searched: 12_345)
    cockpit.send(.matching(filter("dur>20s"), all))
    #expect(searches(cockpit.effects).goneOn.isEmpty)
    #expect(cockpit.text.contains("bbbb") && cockpit.text.contains("1/4 of 12,345"))
    #expect(!cockpit.text.contains("searched"))
  }

  @Test func whatOnlySpansTellIsShownWhenItIsFound() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    let wanted = filter("@retry op~charge")
    cockpit.press("5 / text:@retry_op~charge Enter")
    #expect(cockpit.text.contains("No transaction matches @retry op~charge."))
    let own = TransactionFixture.snapshot.transactions[2]
    var known = own
    known.state = .running
    var found = answer([known, row("aaaa", age: 900)], searched: 12_345)
    found.isFull = true
    cockpit.send(.matching(wanted, found))
    #expect(cockpit.text.contains(own.gtxid.short) && cockpit.text.contains("1/2+ of 12,345"))
    #expect(!cockpit.text.contains("RUNNING"), "the row is as the newest state has it")
  }

  @Test func itLooksAgainOnceASecondForWhatHasComeIn() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:@retry Enter")
    cockpit.send(.matching(filter("@retry"), answer([], searched: 12_345)))
    cockpit.send(.snapshot(TransactionFixture.snapshot))
    #expect(searches(cockpit.effects).begun.isEmpty)
    cockpit.send(.tick(1_000_000_000))
    cockpit.send(.snapshot(TransactionFixture.snapshot))
    #expect(searches(cockpit.effects).begun == ["@retry"])
    cockpit.press("Space")
    cockpit.send(.tick(5_000_000_000))
    cockpit.press("j")
    #expect(searches(cockpit.effects).begun.isEmpty, "what comes in later is not part of what is frozen")
  }

  @Test func anOlderStateShowsOnlyWhatHadBegun() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:dur>20s Enter Space")
    let now = TransactionFixture.snapshot.time
    cockpit.send(.pastSnapshot(TransactionFixture.snapshot))
    let asked = cockpit.effects.compactMap {
      if case .searchTransactions(let question, _) = $0 { question.until } else { nil }
    }
    cockpit.send(.matching(filter("dur>20s"), answer([row("bbbb", age: 1)], searched: 12_345)))
    #expect(!cockpit.text.contains("bbbb"), "that answer is about now")
    cockpit.send(.matching(filter("dur>20s", until: now), answer([row("aaaa", age: 900)], searched: 12_345)))
    #expect(cockpit.text.contains("aaaa"))
    #expect(asked.allSatisfy { $0 == now })
  }

  @Test func anAnswerForAnotherFilterIsNotShown() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:dur>20s Enter")
    cockpit.send(.matching(filter("dur>2s"), answer([row("aaaa", age: 900)], searched: 12_345)))
    #expect(!cockpit.text.contains("aaaa"))
    cockpit.press("Esc")
    #expect(searches(cockpit.effects).begun.isEmpty && cockpit.text.contains("1/9"))
  }
}
