import Drawing
import Testing

@testable import Dashboard

/// Nothing overlaps, leaves its field or is cut at a figure, whatever the data, the size and what was pressed.
@Suite struct PagesSpaceTests {
  private static let keys = ["", "Tab", "Tab Tab Tab", "Enter", "G", "G Enter Tab"]

  private func check(_ page: some Page) {
    for (name, snapshot) in ExtremeFixture.snapshots() {
      for size in ExtremeFixture.sizes {
        for glyphs in [GlyphSet.utf8, .ascii] {
          for keys in Self.keys {
            var stage = PageStage(page, snapshot, columns: size.columns, rows: size.rows, glyphs: glyphs)
            if let destination = stage.press(keys).destination { _ = stage.go(to: destination) }
            let violations = stage.canvas().violations
            #expect(violations.isEmpty, "\(name) \(size) \(glyphs) after \"\(keys)\": \(violations.prefix(3))")
          }
        }
      }
    }
  }

  @Test func services() { check(ServicesPage()) }
  @Test func breakers() { check(BreakersPage()) }
  @Test func topics() { check(TopicsPage()) }
  @Test func map() { check(MapPage()) }
  @Test func sagas() { check(SagasPage()) }
  @Test func data() { check(DataPage()) }
  @Test func platform() { check(PlatformPage()) }

  /// A system starts anew and knows nothing of what was there.
  @Test func nothingIsLeftAfterARestart() {
    func check(_ page: some Page) {
      for keys in Self.keys {
        var stage = PageStage(page)
        if let destination = stage.press(keys).destination { _ = stage.go(to: destination) }
        stage.show(IncidentFixture.empty())
        #expect(stage.canvas().violations.isEmpty)
        stage.press("j Tab Enter k Esc")
        #expect(stage.page.subject(stage.context) == nil)
        stage.show(IncidentFixture.snapshot())
        #expect(stage.canvas().violations.isEmpty)
      }
    }
    check(ServicesPage())
    check(BreakersPage())
    check(TopicsPage())
    check(MapPage())
    check(SagasPage())
    check(DataPage())
    check(PlatformPage())
  }
}
