import Operations
import Testing

@testable import Dashboard

/// While an older state is shown nothing can be done to the system: that is said before anything is typed, and no key
/// for it is offered.
struct PastDeedsTests {
  private static let refusal = "this is the past; Space goes live, then it can be done"

  private func isDeed(_ effects: [Effect]) -> Bool {
    effects.contains { if case .perform = $0 { true } else { false } }
  }

  /// Be it a form, a question, or what is done at once.
  @Test(arguments: [
    ("f", false), ("!", false), ("0 a", false), ("2 x", true), ("3 o", true), ("4 R", true), ("6 r", true),
  ])
  func nothingOpensThatEndsInADeed(keys: String, inAnIncident: Bool) {
    var cockpit = Cockpit(inAnIncident ? IncidentFixture.snapshot() : ShopFixture.snapshot)
    cockpit.press("Space " + keys)
    #expect(cockpit.model.popups.isEmpty && !isDeed(cockpit.effects))
    #expect(cockpit.lastLine == " " + Self.refusal)
  }

  @Test func theMenuOpensOnceItIsLive() {
    var cockpit = Cockpit()
    cockpit.press("Space f")
    #expect(cockpit.model.popups.isEmpty && cockpit.lastLine == " " + Self.refusal)
    cockpit.press("Space f")
    #expect(cockpit.model.popups.last?.content is FaultMenu)
  }

  @Test func thePanicKeyAsksNothingInThePast() {
    var snapshot = ShopFixture.snapshot
    snapshot.system.kind = .attached
    var cockpit = Cockpit(snapshot)
    cockpit.press("Space !")
    #expect(cockpit.model.popups.isEmpty && cockpit.lastLine == " " + Self.refusal)
  }

  @Test func moneyIsNotGivenBackInThePast() {
    var cockpit = Cockpit(IncidentFixture.withMismatches(), columns: 200, rows: 60)
    cockpit.press("Space 8 m")
    #expect(cockpit.model.popups.last?.content is MismatchList)
    #expect(!cockpit.lastLine.contains("pay back") && !cockpit.lastLine.contains("compare"), "\(cockpit.lastLine)")
    #expect(cockpit.lastLine.contains("call tree"))
    cockpit.press("p")
    #expect(cockpit.model.popups.last?.content is MismatchList && cockpit.lastLine.contains(Self.refusal))
    cockpit.press("r")
    #expect(!isDeed(cockpit.effects) && cockpit.lastLine.contains(Self.refusal))
  }

  @Test func anOrderIsNotSentInThePast() {
    var snapshot = ShopFixture.snapshot
    snapshot.orders.products = [.init(sku: "sku-18", title: "oak table")]
    snapshot.orders.sagas = ["join"]
    var context = Cockpit(snapshot).model.context
    #expect(context.refusalOfDeeds == nil)
    context.isFrozen = true
    #expect(throws: PaletteProblem(sentence: Self.refusal)) {
      _ = try PaletteReader(context: context, themes: []).order("sku-18")
    }
  }

  @Test(arguments: [
    ("1", "f fault"), ("2", "f fault"), ("2", "kill or start"), ("3", "force open"), ("3", "reset"), ("4", "offsets"),
    ("0", "switch off"), ("0", "take off"), ("0", "all off"),
  ])
  func deedsAreNotOfferedInThePast(page: String, word: String) {
    var cockpit = Cockpit(columns: 240, rows: 60)
    cockpit.press(page)
    #expect(cockpit.lastLine.contains(" " + word), "it is offered while all is live: \(cockpit.lastLine)")
    cockpit.press("Space")
    #expect(!cockpit.lastLine.contains(" " + word), "\(cockpit.lastLine)")
    #expect(cockpit.lastLine.contains("Space live"), "\(cockpit.lastLine)")
  }
}
