import Operations
import Testing
import TraceModel

@testable import Dashboard

struct GoToTransactionTests {
  private let one = ShopFixture.id(0x8f3a, 0x21c9)
  private let other = ShopFixture.id(0x8f3a, 0x0001)

  private func prefix(_ effects: [Effect]) -> String? {
    if case .findTransactions(let prefix)? = effects.last { prefix } else { nil }
  }

  @Test func typing() {
    var cockpit = Cockpit()
    cockpit.press("# text:8f3")
    #expect(prefix(cockpit.effects) == "8f3")
    #expect(cockpit.text.contains("reading…"))
    cockpit.send(.found(prefix: "8f", [one]))
    #expect(cockpit.text.contains("reading…"), "an answer to an older question is not shown")
    cockpit.send(.found(prefix: "8f3", [one, other]))
    #expect(cockpit.text.contains(one.hex))
    #expect(cockpit.text.contains("↺ COMPENSATED  2.07 s"))
    cockpit.press("Down Enter")
    #expect(cockpit.model.history.current == .transaction(other, span: nil))
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func aSingleMatchOpens() {
    var cockpit = Cockpit()
    cockpit.press("# text:8f3 Enter")
    cockpit.send(.found(prefix: "8f3", [one]))
    #expect(cockpit.model.history.current == .transaction(one, span: nil))
  }

  @Test(arguments: ["\(ShopFixture.id(0x8f3a, 0x21c9).hex)\n", "8f3a…21c9", "gtxid=8F3A"])
  func pasting(text: String) {
    var cockpit = Cockpit()
    cockpit.send(.paste(text))
    let asked = prefix(cockpit.effects) ?? ""
    #expect(one.hex.hasPrefix(asked) && !asked.isEmpty)
    cockpit.send(.found(prefix: asked, text.contains("…") ? [other, one] : [one]))
    #expect(cockpit.model.history.current == .transaction(one, span: nil))
  }

  @Test(arguments: [
    ("xyz", "an id has only 0–9 and a–f"), ("", "Type or paste an id, or how it begins."),
    (String(repeating: "a", count: 33), "an id has 32 digits"),
  ])
  func sentences(text: String, sentence: String) {
    var cockpit = Cockpit()
    cockpit.press("#")
    cockpit.send(.paste(text))
    #expect(cockpit.text.contains(sentence))
  }

  @Test func nothingFound() {
    var cockpit = Cockpit()
    cockpit.press("# text:00 Enter")
    cockpit.send(.found(prefix: "00", []))
    #expect(cockpit.text.contains("No transaction begins with 00."))
    cockpit.press("Esc")
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func thePaletteLeadsHere() {
    var cockpit = Cockpit()
    cockpit.press(": text:tx_8f3a Enter")
    #expect(prefix(cockpit.effects) == "8f3a")
    cockpit.send(.found(prefix: "8f3a", [one]))
    #expect(cockpit.model.history.current == .transaction(one, span: nil))
    cockpit.press(": text:tx_\(other.hex) Enter")
    #expect(cockpit.model.history.current == .transaction(other, span: nil))
  }
}
