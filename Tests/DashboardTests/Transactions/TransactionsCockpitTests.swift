import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// The page within the cockpit: keys in, effects out, and what is on the screen.
struct TransactionsCockpitTests {
  private func loads(_ effects: [Effect]) -> [GTXID] {
    effects.compactMap { if case .loadTransaction(let id) = $0 { id } else { nil } }
  }

  @Test func fromTheListToTheLastHopAndBack() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 j j j j j j Enter")
    #expect(loads(cockpit.effects) == [TransactionFixture.undoneID])
    cockpit.send(.transaction(TransactionFixture.undoneID, TransactionFixture.detail))
    #expect(cockpit.text.contains("#1  ▾ gateway POST /orders") && cockpit.text.contains("↺ undoes #3"))
    cockpit.press("n")
    let keys = "n next error  d details  p critical path  + − zoom"
    #expect(cockpit.lastLine.hasPrefix(" transactions › 8f3a…21c9 › #6   \(keys)"))
    #expect(cockpit.text.contains("✗ PaymentGatewayTimeout"))
    cockpit.press("+")
    #expect(cockpit.text.contains("×2"), "within a tree + zooms, and does not change the refresh rate")
    cockpit.press("y")
    guard case .copy(let text)? = cockpit.effects.first else {
      Issue.record("nothing is copied")
      return
    }
    #expect(text == TransactionFixture.undoneID.hex)
    cockpit.press("Esc")
    #expect(cockpit.text.contains("newest") == false && cockpit.text.contains("7/9"))
  }

  @Test func aFilterThatIsWrongSaysWhere() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 / text:dur>fast")
    #expect(cockpit.lastLine.contains("column 5: \"fast\" is no duration; say 500ms, 2s or 1.5s"))
    cockpit.press("Backspace Backspace Backspace Backspace text:20s Enter")
    #expect(cockpit.text.contains("transactions  dur>20s") && cockpit.text.contains("1/2 of 9"))
    cockpit.press("Esc")
    #expect(cockpit.text.contains("1/9"))
  }

  @Test func fOnAHopBreaksItsService() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    var snapshot = TransactionFixture.snapshot
    snapshot.faults.catalogue = FaultsFixture.catalogue
    cockpit.send(.snapshot(snapshot))
    cockpit.press("5 j j j j j j Enter")
    cockpit.send(.transaction(TransactionFixture.undoneID, TransactionFixture.detail))
    cockpit.press("G k k f")
    #expect(cockpit.text.contains("↯ break inventory"))
  }

  @Test func fTwiceOnAHopRepeatsTheLastFaultThere() {
    var snapshot = TransactionFixture.snapshot
    snapshot.faults.catalogue = FaultsFixture.catalogue
    var cockpit = Cockpit(snapshot)
    cockpit.press(": text:fault_inventory:latency=1s,ttl=30s Enter")
    cockpit.press("5 j j j j j j Enter")
    cockpit.send(.transaction(TransactionFixture.undoneID, TransactionFixture.detail))
    cockpit.press("G k k f f")
    guard case .perform(let command)? = cockpit.effects.last else {
      Issue.record("nothing is armed")
      return
    }
    let wanted = FaultSpec(target: .service("inventory"), kind: .latency(1_000_000_000), timeToLive: 30_000_000_000)
    #expect(command == .arm(wanted))
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func aSystemThatStartsAnewDoesNotUpsetIt() {
    var cockpit = Cockpit(TransactionFixture.snapshot)
    cockpit.press("5 j j j j j j Enter")
    cockpit.send(.transaction(TransactionFixture.undoneID, TransactionFixture.detail))
    cockpit.press("G")
    cockpit.send(.snapshot(SystemSnapshot(system: TransactionFixture.snapshot.system, time: 1)))
    cockpit.send(.transaction(TransactionFixture.undoneID, nil))
    cockpit.press("j k n Enter Left Right p e t t t Esc G Enter m s S 0 j Tab Enter Space x f Esc 5")
    #expect(cockpit.canvas().violations.isEmpty && cockpit.text.contains("No transaction yet."))
  }
}
