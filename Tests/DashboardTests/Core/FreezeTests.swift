import Drawing
import Operations
import Testing

@testable import Dashboard

/// Time stands still, and goes back, while the newest state goes on unseen.
struct FreezeTests {
  private func moment(_ seconds: Int64, of effects: [Effect]) -> Bool {
    guard effects.count == 1, case .loadSnapshot(let time) = effects[0] else { return false }
    return time == ShopFixture.now + seconds * 1_000_000_000
  }

  private func past(_ seconds: Int64) -> SystemSnapshot {
    var snapshot = ShopFixture.quiet
    snapshot.time = ShopFixture.now + seconds * 1_000_000_000
    return snapshot
  }

  @Test func spaceFreezesAndGoesLive() {
    var cockpit = Cockpit()
    cockpit.press("Space")
    #expect(cockpit.model.isFrozen)
    #expect(cockpit.statusLine.hasPrefix(" msatop  shop simulated   FROZEN  14:03:27 "))
    var newer = ShopFixture.quiet
    newer.time += 5_000_000_000
    cockpit.send(.snapshot(newer))
    #expect(cockpit.statusLine.contains("FROZEN  14:03:27 −5 s"))
    #expect(cockpit.text.contains("payment-gateway times out"))
    cockpit.press("Space")
    #expect(cockpit.statusLine.contains("● LIVE 14:03:32"))
    #expect(cockpit.text.contains("all 16 services healthy, nothing needs you"))
  }

  @Test func stepsAskForStates() {
    var cockpit = Cockpit()
    cockpit.press(",")
    #expect(moment(-1, of: cockpit.effects))
    #expect(cockpit.model.isFrozen)
    cockpit.press("<")
    #expect(moment(-11, of: cockpit.effects))
    cockpit.send(.pastSnapshot(past(-1)))
    cockpit.send(.pastSnapshot(past(-11)))
    #expect(cockpit.statusLine.contains("FROZEN  14:03:16 −11 s"))
    #expect(cockpit.text.contains("nothing needs you"))
    cockpit.press(".")
    #expect(moment(-10, of: cockpit.effects))
    cockpit.press(">")
    #expect(moment(0, of: cockpit.effects))
    cockpit.press(".")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.lastLine == " this is the newest moment; Space goes live")
  }

  @Test func theHistoryEnds() {
    var cockpit = Cockpit()
    cockpit.press("< <")
    cockpit.send(.pastSnapshot(past(-7)))
    #expect(cockpit.statusLine.contains("−20 s"))
    cockpit.send(.pastSnapshot(past(-7)))
    #expect(cockpit.statusLine.contains("−7 s"))
    #expect(cockpit.lastLine == " nothing older is kept")
  }

  @Test func liveDoesNotStepForward() {
    var cockpit = Cockpit()
    cockpit.press(".")
    #expect(!cockpit.model.isFrozen)
    #expect(cockpit.effects.isEmpty)
  }

  @Test func anAnswerThatComesTooLateIsDropped() {
    var cockpit = Cockpit()
    cockpit.press(", Space")
    cockpit.send(.pastSnapshot(past(-1)))
    #expect(cockpit.statusLine.contains("● LIVE 14:03:27"))
  }

  @Test func stillSystemsShowNoFiguresOfTheProgram() {
    var snapshot = ShopFixture.snapshot
    snapshot.system.isStill = true
    let cockpit = Cockpit(snapshot)
    #expect(cockpit.statusLine.contains(" STILL  14:03:27"))
    #expect(cockpit.lastLine.hasSuffix("0 dropped  –  –"))
  }
}
