import Operations
import Testing

@testable import Dashboard

/// `!`, `f` and `f` twice.
struct FaultKeyTests {
  private func command(_ effects: [Effect]) -> Command? {
    if case .perform(let command)? = effects.last { command } else { nil }
  }

  @Test func thePanicKeyAsksNothingInASimulation() {
    var cockpit = Cockpit()
    cockpit.press("!")
    #expect(command(cockpit.effects) == .endAllFaults)
  }

  @Test func thePanicKeyAsksElsewhere() {
    var snapshot = ShopFixture.snapshot
    snapshot.system.kind = .attached
    var cockpit = Cockpit(snapshot)
    cockpit.press("!")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.text.contains("End all faults on shop?"))
    cockpit.press("Enter")
    #expect(cockpit.effects.isEmpty && cockpit.model.popups.isEmpty)
    cockpit.press("! y")
    #expect(command(cockpit.effects) == .endAllFaults)
  }

  @Test func thePanicKeySaysWhenThereIsNothing() {
    var cockpit = Cockpit(ShopFixture.quiet)
    cockpit.press("!")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.lastLine == " no fault is on")
  }

  @Test func fTwiceRepeatsTheLastFaultHere() {
    var cockpit = Cockpit()
    cockpit.press(": text:fault_order:latency=1s,ttl=30s Enter")
    cockpit.press("Down f f")
    let wanted = FaultSpec(target: .service("payment"), kind: .latency(1_000_000_000), timeToLive: 30_000_000_000)
    #expect(command(cockpit.effects) == .arm(wanted))
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func aFaultThatDoesNotApplyHereSaysWhy() {
    var cockpit = Cockpit()
    cockpit.press(": text:fault_order:crash Enter")
    cockpit.press("f f")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.lastLine == " crash does not apply to payment-gateway: not our machine")
  }

  @Test func outcomesAreSaid() {
    var cockpit = Cockpit()
    cockpit.send(.outcome(.done("latency on payment-gateway is armed")))
    #expect(cockpit.lastLine == " latency on payment-gateway is armed")
    cockpit.send(.outcome(.refused("there is no such fault")))
    #expect(cockpit.lastLine == " there is no such fault")
  }
}
