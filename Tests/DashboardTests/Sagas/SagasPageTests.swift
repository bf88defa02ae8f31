import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// Page 6 by its keys and its mouse.
@Suite struct SagasPageTests {
  private func stage(_ keys: String = "") -> PageStage<SagasPage> {
    var stage = PageStage(SagasPage())
    stage.press(keys)
    return stage
  }

  private func opened() -> PageStage<SagasPage> {
    var stage = stage()
    _ = stage.go(to: .saga(IncidentFixture.stuckSaga))
    stage.context.saga = IncidentFixture.sagaDetail()
    _ = stage.page.refresh(stage.context)
    return stage
  }

  @Test func theStalestIsUnderTheCursor() {
    let stage = stage()
    #expect(stage.page.subject(stage.context) == .saga(IncidentFixture.stuckSaga))
    #expect(stage.barLine?.contains("■ STUCK") == true)
  }

  @Test func aDefinitionNarrowsTheList() {
    var stage = stage("Tab j")
    #expect(stage.page.rows(stage.context).map(\.definition) == ["choreographed"])
    stage.press("j")
    #expect(stage.page.rows(stage.context).map(\.definition) == ["orchestrated"])
    #expect(stage.picture().contains("instances · orchestrated checkout"))
    stage.press("Enter")
    #expect(stage.page.focus == .sagas)
    stage.press("Esc")
    #expect(stage.page.rows(stage.context).count == 4)
  }

  @Test func theFilterKnowsStatesIdsAndReasons() {
    var stage = stage()
    for (words, count) in [
      ("stuck", 1), ("timed out", 1), ("77b0", 1), ("join", 1), ("inventory compensating", 1), ("x", 0),
    ] {
      _ = stage.page.narrow(to: words, stage.context)
      #expect(stage.page.rows(stage.context).count == count, "\(words)")
    }
    #expect(stage.picture().contains("No saga matches x.  Esc clears"))
    stage.press("Esc")
    #expect(stage.page.rows(stage.context).count == 4)
  }

  /// How it ended is at the end; of what was done first a number is enough.
  @Test(arguments: [
    (58, "✓ order ✓ credit ✓ stock ✓ charge ↺ charge ↺ stock ↺ order"),
    (55, "✓ 2 steps ✓ stock ✓ charge ↺ charge ↺ stock ↺ order"),
    (40, "✓ 4 steps ↺ charge ↺ stock ↺ order"), (32, "✓ 4 steps ↺ 2 steps ↺ order"), (20, "✓ 4 steps ↺ 3 steps"),
    (12, "✓ 4 steps ↺…"),
  ])
  func stepsThatDoNotFitAreCounted(width: Int, text: String) {
    var saga = SagaSnapshot(
      gtxid: IncidentFixture.stuckSaga, definition: "orchestrated", state: .compensated, since: 0, start: 0)
    saga.isInferred = false
    saga.strip =
      ["order", "credit", "stock", "charge"].map { SagaMark(.done, $0) }
      + ["charge", "stock", "order"].map { SagaMark(.undone, $0) }
    let runs = saga.stripRuns(fitting: width)
    #expect(runs.map(\.text).joined() == text && runs.cellWidth <= width)
  }

  @Test func aStepOfAReturnOpensItsOwnTransaction() {
    var stage = stage()
    _ = stage.go(to: .saga(IncidentFixture.stuckSaga))
    let back = IncidentFixture.id(String(repeating: "b", count: 32))
    var detail = IncidentFixture.sagaDetail()
    for index in detail.moments.indices { detail.moments[index].gtxid = back }
    stage.context.saga = detail
    #expect(stage.press("Enter").destination == .transaction(back, span: nil))
  }

  @Test func enterOpensTheTimelineAndThereTheCallTree() {
    var stage = stage()
    #expect(stage.press("Enter").destination == .saga(IncidentFixture.stuckSaga))
    let actions = stage.go(to: .saga(IncidentFixture.stuckSaga))
    #expect(actions.isEmpty && stage.page.opened == IncidentFixture.stuckSaga)
    #expect(stage.picture().contains("reading…"))
    stage.context.saga = IncidentFixture.sagaDetail()
    #expect(stage.picture().contains("no reply to its undo, sent 6 times"))
    #expect(stage.press("Enter").destination == .transaction(IncidentFixture.stuckSaga, span: nil))
    #expect(stage.press("Esc").destination == .sagas)
    var list = self.stage()
    let reaction = list.press("t")
    #expect(reaction.destination == .transaction(IncidentFixture.stuckSaga, span: nil))
  }

  /// It asks once, again while the saga goes on, and not at all once it is over.
  @Test func theTimelineIsReadAnewWhileTheSagaGoesOn() {
    var page = SagasPage()
    var context = stage().context
    _ = page.go(to: .saga(IncidentFixture.stuckSaga), context)
    func asks() -> Bool { page.refresh(context).contains { if case .effect(.loadSaga) = $0 { true } else { false } } }
    #expect(asks())
    context.saga = IncidentFixture.sagaDetail()
    #expect(!asks())
    context.snapshot.time += IncidentFixture.second
    #expect(asks() && !asks())
    context.snapshot.sagas.sagas[0].state = .compensated
    #expect(asks())
    context.snapshot.time += IncidentFixture.second
    #expect(!asks())
  }

  @Test func thePastKnowsNothingOfWhatCameLater() {
    var stage = opened()
    stage.context.isFrozen = true
    stage.context.snapshot.time = IncidentFixture.now - 300 * IncidentFixture.second
    #expect(stage.page.moments(stage.context)?.count == 8)
    #expect(stage.press("r").sentence == "this is the past; Space goes live, then it can be done")
  }

  @Test(arguments: [
    ("r", SagaMove.retry, "Try credit of saga 77b0…9e02 again?"), ("p", .skip, "Pass over credit of saga 77b0…9e02?"),
    ("e", .end, "End saga 77b0…9e02?"),
  ])
  func helpIsAskedFor(key: String, move: SagaMove, question: String) {
    var stage = stage()
    guard case .show(let popup)? = stage.press(key)?.first, var confirmation = popup.content as? Dashboard.Confirmation
    else {
      Issue.record("\(key) asks nothing")
      return
    }
    #expect(confirmation.question == question)
    let done: [Action]? = confirmation.press(KeyPress(.character("y")), stage.context)
    #expect(done.command == .moveSaga(IncidentFixture.stuckSaga, move))
    let left: [Action]? = confirmation.press(KeyPress(.enter), stage.context)
    #expect(left.command == nil)
  }

  @Test func whatCannotBeHelpedIsSaid() {
    var stage = stage("j")
    #expect(stage.press("r").sentence == "nobody coordinates this saga: there is nobody to tell")
    stage.context.snapshot.sagas.sagas[1].isInferred = false
    #expect(stage.press("e").sentence == "this saga is COMPENSATING; only a STUCK one takes help")
  }

  @Test func whyNamesTheRuleAndTheFacts() throws {
    let stage = stage()
    let why = try #require(Why(.saga(IncidentFixture.stuckSaga), stage.context))
    #expect(why.rule.contains("sent again 5 times"))
    let facts = why.facts.map(\.text)
    #expect(facts.contains("because  the undo of reserve credit was not answered: sent 6 times"))
    #expect(facts.contains("in this state  4m 12s"))
    let inferred = try #require(Why(.saga(IncidentFixture.compensatingSaga), stage.context))
    #expect(inferred.facts.map(\.text).contains { $0.hasPrefix("Nobody coordinates it") })
    #expect(Why(.saga(IncidentFixture.id(String(repeating: "1", count: 32))), stage.context) == nil)
  }

  /// What somebody has ordered stands in front in the very next state.
  @Test func anOrderSentByHandIsFirstAtOnce() {
    var stage = stage()
    let sent = IncidentFixture.id(String(repeating: "a", count: 32))
    var snapshot = stage.context.snapshot
    snapshot.time += IncidentFixture.second / 10
    snapshot.sagas.sagas.append(
      SagaSnapshot(
        gtxid: sent, definition: "join", state: .running, since: snapshot.time, start: snapshot.time))
    snapshot.orders.sent = [SentOrder(ticket: 1, gtxid: sent)]
    stage.show(snapshot)
    #expect(stage.page.rows(stage.context).map(\.gtxid).first == sent)
    #expect(stage.picture().contains("yours, then the stalest first"))
    snapshot.sagas.sagas[snapshot.sagas.sagas.count - 1].state = .committed
    snapshot.time += 61 * IncidentFixture.second
    stage.show(snapshot)
    #expect(stage.page.rows(stage.context).map(\.gtxid).first == IncidentFixture.stuckSaga)
  }

  @Test func theMouseSelectsAndOpens() {
    var stage = stage()
    guard let row = stage.line(of: "02be") else {
      Issue.record("the second saga is not shown")
      return
    }
    stage.point(.press, column: 20, row: row)
    #expect(stage.page.subject(stage.context) == .saga(IncidentFixture.compensatingSaga))
    let actions = stage.point(.doubleClick, column: 20, row: row)
    #expect(actions.destination == .saga(IncidentFixture.compensatingSaga))
  }

  @Test func theCockpitReadsTheSagaThatIsOpened() {
    var cockpit = Cockpit(IncidentFixture.snapshot())
    cockpit.press("6 Enter")
    #expect(cockpit.effects.contains { if case .loadSaga(IncidentFixture.stuckSaga) = $0 { true } else { false } })
    cockpit.send(.saga(IncidentFixture.stuckSaga, nil))
    #expect(cockpit.text.contains("Nothing is known of it any more."))
    cockpit.send(.saga(IncidentFixture.stuckSaga, IncidentFixture.sagaDetail()))
    #expect(cockpit.text.contains("reserve credit"))
    #expect(cockpit.effects.isEmpty)
  }
}
