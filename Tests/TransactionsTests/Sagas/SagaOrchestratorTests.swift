import TestSupport
import Testing
import TraceModel
import Transactions

/// The rules of order: forward, back, stuck, and what a person may do then.
@Suite struct SagaOrchestratorTests {
  private func checkout(_ settings: SagaSettings = SagaSettings()) throws -> SagaBench {
    try SagaBench(.checkout(), settings: settings)
  }

  /// Runs the checkout up to the charge.
  private func charged(_ ok: Bool?) throws -> SagaBench {
    let bench = try checkout()
    try bench.start()
    try bench.answer("CreateOrder")
    try bench.answer("ReserveStock")
    try bench.answer("ReserveCredit")
    if let ok { try bench.answer("Charge", ok: ok, reason: "card declined") }
    return bench
  }

  @Test func allStepsInOrder() throws {
    let bench = try charged(true)
    #expect(try bench.state() == .running)
    try bench.answer("Ship")
    try bench.answer("ApproveOrder")
    #expect(bench.names == ["CreateOrder", "ReserveCredit", "ReserveStock", "Charge", "Ship", "ApproveOrder"])
    #expect(try bench.state() == .completed)
    #expect(try bench.strip() == "✓ order ✓ credit ✓ stock ✓ charge ✓ ship ✓ approve")
    #expect(bench.entries.map(\.topic).prefix(3) == ["commands.order", "commands.customer", "commands.inventory"])
    #expect(bench.entries.allSatisfy { $0.key == "7" })
  }

  @Test func aGroupIsBegunTogetherAndWaitedFor() throws {
    let bench = try checkout()
    try bench.start()
    try bench.answer("CreateOrder")
    #expect(bench.names == ["CreateOrder", "ReserveCredit", "ReserveStock"])
    try bench.answer("ReserveCredit")
    #expect(bench.names.count == 3)
    try bench.answer("ReserveStock")
    #expect(bench.names.last == "Charge")
  }

  @Test func aRefusalUndoesWhatWentBeforeInReverse() throws {
    let bench = try charged(false)
    #expect(bench.names.suffix(1) == ["ReleaseStock"])
    #expect(try bench.view().reason == "charge: card declined")
    // One at a time: the next undo waits for the answer.
    try bench.answer("ReleaseStock")
    #expect(bench.names.suffix(2) == ["ReleaseStock", "ReleaseCredit"])
    try bench.answer("ReleaseCredit")
    try bench.answer("CancelOrder")
    #expect(try bench.state() == .rolledBack)
    #expect(try bench.strip() == "✓ order ✓ credit ✓ stock ✗ charge ↺ stock ↺ credit ↺ order")
  }

  @Test func whenOneOfAGroupRefusesTheOthersAreWaitedForAndUndone() throws {
    let bench = try checkout()
    try bench.start()
    try bench.answer("CreateOrder")
    try bench.answer("ReserveCredit", ok: false)
    #expect(try bench.state() == .compensating)
    #expect(bench.names.last == "ReserveStock")
    try bench.answer("ReserveStock")
    #expect(bench.names.suffix(1) == ["ReleaseStock"])
    try bench.answer("ReleaseStock")
    try bench.answer("CancelOrder")
    #expect(try bench.state() == .rolledBack)
    #expect(!bench.names.contains("ReleaseCredit"))
  }

  @Test func ofAGroupThatTimesOutEachIsUndoneUnlessALateReplyTellsOtherwise() throws {
    let bench = try checkout()
    try bench.start()
    try bench.answer("CreateOrder")
    try bench.pass(5 * second)
    // Both have timed out, at the same moment.
    #expect(try bench.strip() == "✓ order ? credit ? stock ↺… stock")
    // The undo of credit was not sent yet, so that is taken at its word: there is nothing to undo.
    try bench.answer("ReserveCredit", ok: false)
    try bench.answer("ReleaseStock")
    #expect(bench.names.suffix(2) == ["ReleaseStock", "CancelOrder"])
    #expect(try bench.view().late == 1)
  }

  // MARK: Time-outs

  @Test func aTimedOutStepIsUndoneToo() throws {
    let bench = try checkout()
    try bench.start()
    try bench.pass(5 * second - 1)
    #expect(try bench.state() == .running)
    try bench.pass(1)
    #expect(bench.names == ["CreateOrder", "CancelOrder"])
    #expect(bench.sent.last?.kind == .undo)
    let late = try bench.answer("CreateOrder")
    #expect(late.verdict == .late)
    #expect(try bench.answer("CreateOrder").verdict == .duplicate)
    try bench.answer("CancelOrder")
    #expect(try bench.state() == .rolledBack)
    #expect(try bench.view().late == 1)
    #expect(try bench.view().duplicates == 1)
    #expect(try bench.strip() == "? order ↺ order")
  }

  @Test func aPivotThatNothingUndoesIsAskedAgainUnderTheSameRequest() throws {
    let bench = try charged(nil)
    try bench.pass(5 * second)
    #expect(try bench.state() == .running)
    try bench.pass(second)
    let charges = bench.sent.filter { $0.name == "Charge" }
    #expect(charges.count == 2)
    #expect(Set(charges.map(\.request)).count == 1)
    #expect(Set(bench.entries.filter { $0.type == "Charge" }.map(\.message)).count == 2)
    try bench.answer("Charge", ok: false)
    #expect(try bench.state() == .compensating)
  }

  @Test func aPivotThatNeverAnswersIsStuckAndALateReplyFreesIt() throws {
    let bench = try charged(nil)
    while try bench.state() == .running { try bench.passToNextDue() }
    #expect(try bench.state() == .stuck)
    #expect(try bench.view().reason == "charge: no reply in 5.0 seconds, after 6 attempts")
    #expect(try bench.answer("Charge").after == .running)
    #expect(bench.names.last == "Ship")
  }

  // MARK: Forward only

  @Test func afterThePivotARefusalIsFollowedByAnotherAttempt() throws {
    let bench = try charged(true)
    try bench.answer("Ship", ok: false)
    #expect(try bench.state() == .running)
    #expect(bench.names.last == "Ship")
    try bench.pass(second - 1)
    #expect(bench.names.filter { $0 == "Ship" }.count == 1)
    try bench.pass(1)
    let ships = bench.sent.filter { $0.name == "Ship" }
    // The service has refused the first one for good: this is another request.
    #expect(Set(ships.map(\.request)).count == 2)
    try bench.answer("Ship")
    try bench.answer("ApproveOrder")
    #expect(try bench.state() == .completed)
  }

  @Test func whenNoAttemptIsLeftItIsStuck() throws {
    let bench = try charged(true)
    for attempt in 1...4 {
      #expect(bench.names.filter { $0 == "Ship" }.count == attempt)
      try bench.answer("Ship", ok: false, reason: "no van")
      if attempt < 4 { try bench.passToNextDue() }
    }
    #expect(try bench.state() == .stuck)
    #expect(try bench.view().reason == "ship: no van, after 4 attempts")
    #expect(try bench.database.read { try bench.orchestrator.nextDue($0) } == nil)
    try bench.byHand { try bench.orchestrator.retryStep(of: "S1", $0, $1) }
    #expect(try bench.state() == .running)
    try bench.answer("Ship")
    #expect(bench.names.last == "ApproveOrder")
  }

  // MARK: Undo

  @Test func aRefusedUndoIsStuckAtOnce() throws {
    let bench = try charged(false)
    try bench.answer("ReleaseStock", ok: false, reason: "already shipped")
    #expect(try bench.state() == .stuck)
    #expect(try bench.view().reason == "the undo of reserve stock was refused: already shipped")
    #expect(try bench.strip() == "✓ order ✓ credit ✓ stock ✗ charge ↺✗ stock")
    #expect(bench.names.last == "ReleaseStock")
  }

  @Test func anUnansweredUndoIsSentFiveTimesAgainAndThenStuck() throws {
    let bench = try charged(false)
    var waits: [Int64] = []
    while try bench.state() == .compensating {
      let before = bench.now
      try bench.passToNextDue()
      waits.append((bench.now - before) / second)
    }
    #expect(waits == [1, 2, 4, 8, 16, 30])
    let undos = bench.sent.filter { $0.name == "ReleaseStock" }
    #expect(undos.count == 6)
    #expect(Set(undos.map(\.request)).count == 1)
    #expect(try bench.state() == .stuck)
    #expect(try bench.view().reason == "the undo of reserve stock was not answered: sent 6 times")
    // It was done after all: the saga goes on by itself.
    try bench.answer("ReleaseStock")
    #expect(try bench.state() == .compensating)
    #expect(bench.names.last == "ReleaseCredit")
  }

  // MARK: By hand

  @Test func aPersonTriesAgainPassesOverOrEndsWhatIsStuck() throws {
    for choice in ["retry", "skip", "end"] {
      let bench = try charged(false)
      let orchestrator = bench.orchestrator
      try bench.answer("ReleaseStock", ok: false)
      switch choice {
      case "retry":
        try bench.byHand { try orchestrator.retryStep(of: "S1", $0, $1) }
        let undos = bench.sent.filter { $0.name == "ReleaseStock" }
        #expect(Set(undos.map(\.request)).count == 2)
        try bench.answer("ReleaseStock")
        #expect(bench.names.last == "ReleaseCredit")
      case "skip":
        try bench.byHand { try orchestrator.skipStep(of: "S1", $0, $1) }
        #expect(bench.names.last == "ReleaseCredit")
        #expect(try bench.state() == .compensating)
      default:
        try bench.byHand { try orchestrator.endSaga("S1", because: "paid by hand", $0, $1) }
        #expect(try bench.state() == .rolledBack)
        #expect(try bench.view().reason == "ended by hand: paid by hand")
        #expect(bench.names.last == "ReleaseStock")
      }
    }
  }

  /// The command was put aside as a dead letter: the saga would wait for ever.
  @Test func whatIsNotWaitedForAnyMoreCanBeHelped() throws {
    for choice in ["retry", "skip", "end"] {
      let bench = try charged(true)
      let orchestrator = bench.orchestrator
      #expect(bench.names.last == "Ship")
      try bench.byHand { try orchestrator.giveUpWaiting(of: "S1", because: "record dead-lettered", $0, $1) }
      #expect(try bench.state() == .stuck)
      #expect(try bench.view().reason == "record dead-lettered")
      #expect(try bench.database.read { try orchestrator.nextDue($0) } == nil)
      switch choice {
      case "retry":
        try bench.byHand { try orchestrator.retryStep(of: "S1", $0, $1) }
        #expect(bench.names.filter { $0 == "Ship" }.count == 2)
        try bench.answer("Ship")
        #expect(bench.names.last == "ApproveOrder")
      case "skip":
        try bench.byHand { try orchestrator.skipStep(of: "S1", $0, $1) }
        #expect(bench.names.last == "ApproveOrder")
      default:
        try bench.byHand { try orchestrator.endSaga("S1", because: "shipped by hand", $0, $1) }
        #expect(try bench.state() == .completed)
      }
    }
  }

  @Test func aLostUndoCanBeHelpedToo() throws {
    let bench = try charged(false)
    #expect(bench.names.last == "ReleaseStock")
    try bench.byHand { try bench.orchestrator.giveUpWaiting(of: "S1", because: "record dead-lettered", $0, $1) }
    #expect(try bench.state() == .stuck)
    try bench.byHand { try bench.orchestrator.retryStep(of: "S1", $0, $1) }
    #expect(try bench.state() == .compensating)
    try bench.answer("ReleaseStock")
    #expect(bench.names.last == "ReleaseCredit")
  }

  @Test func nothingIsGivenUpThatHasEnded() throws {
    let bench = try charged(true)
    try bench.answer("Ship")
    try bench.answer("ApproveOrder")
    let error = #expect(throws: SagaError.self) {
      try bench.byHand { try bench.orchestrator.giveUpWaiting(of: "S1", because: "lost", $0, $1) }
    }
    #expect(error == .notStuck(saga: "S1", .completed))
  }

  @Test func onlyWhatIsStuckIsHelped() throws {
    let bench = try charged(false)
    let error = #expect(throws: SagaError.self) {
      try bench.byHand { try bench.orchestrator.retryStep(of: "S1", $0, $1) }
    }
    #expect(
      error?.description == "saga S1 is COMPENSATING: only one that is STUCK can be retried, skipped or ended by hand")
    #expect(throws: SagaError.unknown(saga: "S9")) {
      try bench.byHand { try bench.orchestrator.skipStep(of: "S9", $0, $1) }
    }
  }
}
