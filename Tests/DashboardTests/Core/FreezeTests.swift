import Drawing
import Operations
import Testing

@testable import Dashboard

/// Time stands still, and goes back, while the newest state goes on unseen.
struct FreezeTests {
  private func moment(_ seconds: Int64, of effects: [Effect]) -> Bool {
    guard effects.count == 1 else { return false }
    switch effects[0] {
    case .loadSnapshot(let time), .loadNextSnapshot(let time):
      return time == ShopFixture.now + seconds * 1_000_000_000
    default: return false
    }
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
    #expect(cockpit.text.contains("✗ F payment-gateway"))
    cockpit.press("Space")
    #expect(cockpit.statusLine.contains("● LIVE 14:03:32"))
    #expect(cockpit.text.contains("all 16 services healthy, nothing needs you"))
  }

  @Test(arguments: [
    "text:rate_60", "text:set_order.pool_20", "text:scale_payment_4", "text:fault_payment-gateway_errors",
    "text:deploy_payment_v2", "text:fault_off",
  ])
  func thePastIsNotChanged(line: String) {
    var cockpit = Cockpit()
    cockpit.press("Space : \(line) Enter")
    #expect(!cockpit.effects.contains { if case .perform = $0 { true } else { false } }, "\(cockpit.effects)")
    #expect(cockpit.lastLine.contains("this is the past; Space goes live, then it can be done"))
    cockpit.press("Space : \(line) Enter")
    #expect(cockpit.effects.contains { if case .perform = $0 { true } else { false } }, "\(cockpit.effects)")
  }

  @Test func aPageCanGoLive() {
    var cockpit = Cockpit()
    cockpit.press("Space")
    _ = cockpit.model.perform([.goLive])
    #expect(!cockpit.model.isFrozen)
    _ = cockpit.model.perform([.goLive])
    #expect(!cockpit.model.isFrozen, "what is live stays so")
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
    #expect(cockpit.text.contains("No transaction needs you."))
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
    #expect(cockpit.lastLine == " nothing older is kept than 14:03:20")
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

  @Test func nGoesToTheNextEvent() {
    var cockpit = Cockpit()
    cockpit.press("Space N")
    #expect(moment(-6, of: cockpit.effects))
    cockpit.send(.pastSnapshot(past(-6)))
    #expect(cockpit.lastLine.hasPrefix(" overview › 14:03:21   , . 1 s  < > 10 s  Space live  n N next event"))
    cockpit.press("N")
    #expect(moment(-7, of: cockpit.effects))
    cockpit.send(.pastSnapshot(past(-7)))
    cockpit.press("n")
    #expect(moment(-6, of: cockpit.effects))
    cockpit.send(.pastSnapshot(past(-6)))
    cockpit.press("n")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.lastLine == " nothing happened after this")
  }

  /// Asked for the event's own time the state before it is shown, in which nothing has happened yet.
  @Test func nGoesToTheStateInWhichTheEventIsSeen() {
    var cockpit = Cockpit()
    cockpit.press("Space N")
    cockpit.send(.pastSnapshot(past(-7)))
    cockpit.press("n")
    guard case .loadNextSnapshot(let time)? = cockpit.effects.first else {
      Issue.record("no state is asked for")
      return
    }
    #expect(time == ShopFixture.now - 6_000_000_000)
    var seen = past(-6)
    seen.time += 400_000_000
    cockpit.send(.pastSnapshot(seen))
    #expect(cockpit.model.frozen?.time == seen.time && cockpit.model.shown.time == seen.time)
    #expect(!cockpit.lastLine.contains("nothing older is kept"))
    cockpit.press("n")
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.lastLine == " nothing happened after this")
  }

  @Test func whatIsToComeIsMarkedSo() {
    var cockpit = Cockpit()
    cockpit.press("<")
    cockpit.send(.pastSnapshot(past(-10)))
    let lines = cockpit.lines
    #expect(lines[3].contains("0 s kept  ▸ 14:03:17.0  8.70 s after payment lag grows: WARN"))
    #expect(lines[4].contains("▼"))
    #expect(
      cockpit.lines.contains { $0.contains("14:03:20.0 ◐ payment → payment-gateway") && $0.hasSuffix("(to come)") })
    #expect(cockpit.canvas().violations == [])
    #expect(cockpit.canvas(.ascii).violations == [])
  }

  @Test func aClickOnTheTimeGoesThere() {
    var cockpit = Cockpit()
    cockpit.press("Space")
    cockpit.send(.mouse(MouseEvent(.press, column: 105, row: 6)))
    // There is no older state to go to than the first.
    #expect(moment(0, of: cockpit.effects))
    var newer = ShopFixture.snapshot
    newer.time += 30_000_000_000
    cockpit.send(.snapshot(newer))
    cockpit.send(.mouse(MouseEvent(.press, column: 105, row: 6)))
    #expect(moment(9, of: cockpit.effects))
  }

  @Test func theTimelineIsBounded() {
    var timeline = Timeline()
    var snapshot = ShopFixture.quiet
    for _ in 0..<2_000 {
      timeline.add(snapshot)
      snapshot.time += 500_000_000
    }
    #expect(timeline.samples.count == Timeline.limit)
    #expect(timeline.samples.allSatisfy { $0.badness < 0.5 })
    #expect(timeline.keptSince == snapshot.time - 1_000_000_000 - 900_000_000_000)
    timeline.add(ShopFixture.snapshot)
    #expect(timeline.keptSince == ShopFixture.snapshot.time, "its series tell of seconds of which no state is kept")
    #expect(timeline.samples.count == 60, "a system that began anew has a new past")
    #expect(timeline.samples.last?.badness == 1)
    #expect(timeline.samples[10].badness < 0.5)
  }
}
