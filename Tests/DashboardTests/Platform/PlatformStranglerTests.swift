import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// The strangler's tab of page 9.
@Suite struct PlatformStranglerTests {
  private static func snapshot() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    var strangler = StranglerSnapshot(legacy: "legacy-shop", topic: "legacy.events")
    strangler.capabilities = [("review", 25), ("catalog", 100), ("order", 0)].map { name, share in
      StranglerSnapshot.Capability(
        name: name, service: name, key: "strangler.\(name)", share: share, usesMessages: name != "catalog")
    }
    strangler.capabilities[0].servedByNew = 120
    strangler.capabilities[0].servedByLegacy = 361
    strangler.capabilities[0].handedBack = 120
    strangler.capabilities[0].takenIn = 77
    strangler.lags = [.init(group: "legacy-shop", records: 43, oldest: snapshot.time - 3_000_000_000)]
    snapshot.strangler = strangler
    return snapshot
  }

  private static func stage(_ snapshot: SystemSnapshot = snapshot()) -> PageStage<PlatformPage> {
    var stage = PageStage(PlatformPage(), snapshot)
    stage.press(Array(repeating: "Right", count: 5).joined(separator: " "))
    return stage
  }

  @Test func slidersSharesAndLagAreShown() {
    let stage = Self.stage()
    #expect(stage.page.tab == .strangler && stage.page.panels(stage.context) == [.sliders, .legacyLags])
    let lines = stage.picture().split(separator: "\n")
    let review = lines.first { $0.contains("review") && $0.contains("25 %") } ?? ""
    #expect(review.contains("120") && review.contains("361") && review.contains("77"))
    #expect(lines.contains { $0.contains("legacy-shop") && $0.contains("43") })
  }

  @Test func keysMoveTheSliderUnderTheCursor() {
    var stage = Self.stage()
    #expect(stage.press("+").command == .configure(key: "strangler.review", value: "30"))
    #expect(stage.press("-").command == .configure(key: "strangler.review", value: "20"))
    stage.press("j j")
    #expect(stage.press("-").command == nil)
    #expect(stage.press("+").command == .configure(key: "strangler.order", value: "5"))
  }

  @Test func withoutALegacySystemItSaysSo() {
    let stage = Self.stage(IncidentFixture.snapshot())
    #expect(stage.picture().contains("No legacy system is beside."))
  }

  @Test func thePaletteMovesASlider() throws {
    let context = Self.stage().context
    let reader = PaletteReader(context: context, themes: [])
    #expect(try reader.share("review 50") == .configure(key: "strangler.review", value: "50"))
    #expect(try reader.share("order 5%") == .configure(key: "strangler.order", value: "5"))
    for wrong in ["cart 5", "review", "review 101", "review -1", "review half"] {
      #expect(throws: PaletteProblem.self) { try reader.share(wrong) }
    }
    #expect(reader.completions("strangle re").map(\.line) == ["strangle review"])
    #expect(reader.completions("strangle review 2").map(\.word) == ["25"])
  }
}
