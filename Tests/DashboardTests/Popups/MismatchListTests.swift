import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// The list of mismatches, reached from the page of data.
struct MismatchListTests {
  private func cockpit(columns: Int = 118, rows: Int = 36) -> Cockpit {
    var cockpit = Cockpit(IncidentFixture.withMismatches(), columns: columns, rows: rows)
    cockpit.press("8 m")
    return cockpit
  }

  /// The popup alone, without the page that has stepped back.
  private func picture(_ cockpit: Cockpit) -> String {
    let lines = cockpit.lines.map(Array.init)
    guard let top = lines.firstIndex(where: { $0.contains("╭") }), let left = lines[top].firstIndex(of: "╭"),
      let right = lines[top].lastIndex(of: "╮"), let end = lines.firstIndex(where: { $0.contains("╰") })
    else { return "no popup" }
    return lines[top...end].map { String($0[left...right]) }.joined(separator: "\n")
  }

  @Test func at118() {
    let wanted = """
      ╭─ mismatches ───────────────────────────────────────────────── 3 of 1,412, judged up to 14:03:06 ─╮
      │   order     age  order paid  payment-gateway charge   GTXID      what to do                      │
      │ ▌ 1,204     5 m           0                  38,000   1be4…6f05  refund 38,000 K…er is not paid  │
      │   1,207     1 m      12,000                       0   c90d…e1a8  charge 12,000 K…dy was charged  │
      │       –     1 m       5,000                  10,000   77b0…9e02  refund 5,000 KR…he order costs  │
      ├──────────────────────────────────────────────────────────────────────────────────────────────────┤
      │  orders are charged   order: paid 0   payment-gateway: charge 38,000                             │
      │  → refund 38,000 KRW at payment-gateway: the order is not paid                                   │
      │                                                                                                  │
      ╰──────────────────────────────────────────────────────────────────────────────────────────────────╯
      """
    #expect(picture(cockpit()) == wanted)
  }

  @Test func at80() {
    let wanted = """
      ╭─ mismatches ───────────────────────── 3 of 1,412, judged up to 14:03:06 ─╮
      │   order     age  order paid  payment-gateway charge   GTXID              │
      │ ▌ 1,204     5 m           0                  38,000   1be4…6f05          │
      │   1,207     1 m      12,000                       0   c90d…e1a8          │
      │       –     1 m       5,000                  10,000   77b0…9e02          │
      ├──────────────────────────────────────────────────────────────────────────┤
      │  orders are charged   order: paid 0   payment-gateway: charge 38,000     │
      │  → refund 38,000 KRW at payment-gateway: the order is not paid           │
      │                                                                          │
      ╰──────────────────────────────────────────────────────────────────────────╯
      """
    #expect(picture(cockpit(columns: 80, rows: 24)) == wanted)
  }

  @Test func theLineOnThePageCountsThem() {
    let stage = PageStage(DataPage(), IncidentFixture.withMismatches())
    let line = stage.picture().split(separator: "\n").first { $0.contains("held against") }
    let wanted =
      "  ✗ what was paid held against what was charged                            mismatches 3   compared 1,412   waiting 2"
    #expect(line.map(String.init) == wanted)
    #expect(IncidentFixture.withMismatches().alarm(of: .data) == .failing)
  }

  @Test func leadsToTheTransactionAndTheOrder() {
    var cockpit = cockpit()
    cockpit.press("j Enter")
    #expect(cockpit.model.history.current == .transaction(IncidentFixture.notPermitted, span: nil))
    cockpit = self.cockpit()
    cockpit.press("o")
    #expect(cockpit.model.history.current == .order("1204"))
    // One whose order nobody knows is looked for by its transaction.
    cockpit = self.cockpit()
    cockpit.press("G o")
    #expect(cockpit.model.history.current == .order(IncidentFixture.stuckSaga.hex))
  }

  @Test func itIsReachedByItsLineAndComparesAnew() {
    var cockpit = Cockpit(IncidentFixture.withMismatches())
    cockpit.press("8 Tab Tab G Enter r")
    #expect(cockpit.model.popups.last?.content is MismatchList)
    #expect(cockpit.effects.contains { if case .perform(.runJob(name: "reconciliation")) = $0 { true } else { false } })
    cockpit.press("Esc")
    #expect(cockpit.model.popups.isEmpty)
  }

  /// Money goes back after a question, and only then.
  @Test func itGivesBackAfterAQuestion() {
    func gaveBack(_ cockpit: Cockpit) -> [GTXID] {
      cockpit.effects.compactMap { if case .perform(.giveMoneyBack(let id)) = $0 { id } else { nil } }
    }
    var cockpit = cockpit()
    cockpit.press("p")
    #expect(
      gaveBack(cockpit) == [] && cockpit.lines.joined().contains("Give back what was charged in transaction 1be4"))
    cockpit.press("n")
    #expect(gaveBack(cockpit) == [] && cockpit.model.popups.last?.content is MismatchList)
    cockpit.press("p y")
    let first = IncidentFixture.withMismatches().data.reconciliation?.mismatches.first?.gtxid
    #expect(gaveBack(cockpit) == [first].compactMap(\.self))
  }

  /// Where giving all of it back settles nothing, that is said, and nobody is asked.
  @Test(arguments: ["j", "G"]) func itAsksOnlyWhereItCanBeDone(keys: String) {
    var cockpit = cockpit()
    #expect(cockpit.lines.joined().contains("pay back"))
    cockpit.press(keys)
    #expect(!cockpit.lines.joined().contains("pay back"))
    cockpit.press("p")
    #expect(cockpit.model.popups.last?.content is MismatchList)
    #expect(cockpit.lines.joined().contains("cannot be settled by giving all of it back: "))
    cockpit.press("y")
    #expect(!cockpit.effects.contains { if case .perform(.giveMoneyBack) = $0 { true } else { false } })
  }

  @Test func whereNothingIsComparedThereIsNoList() {
    var cockpit = Cockpit(IncidentFixture.snapshot())
    cockpit.press("8 m")
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func withoutMismatchesItSaysSo() {
    var snapshot = IncidentFixture.withMismatches()
    snapshot.data.reconciliation?.mismatches = []
    snapshot.data.reconciliation?.count = 0
    var cockpit = Cockpit(snapshot)
    cockpit.press("8 m")
    #expect(picture(cockpit).contains("All agree."))
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)]) func fitsEverySize(columns: Int, rows: Int) {
    let cockpit = cockpit(columns: columns, rows: rows)
    #expect(cockpit.canvas().violations == [] && cockpit.canvas(.ascii).violations == [])
  }
}
