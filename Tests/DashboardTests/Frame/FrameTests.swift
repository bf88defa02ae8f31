import Drawing
import Operations
import Testing

@testable import Dashboard

/// The first two lines and the last one, at every width.
struct FrameTests {
  @Test(arguments: [
    (
      118, 36,
      " msatop  shop simulated  ● LIVE 14:03:27 ×1     214 tx/s  err 1.9 %  p99 2.07 s  ○ 1  ◐ 1  lag 1.2k ↑  ↯ 1 fault  ! 2"
    ),
    (
      100, 30, " msatop  shop  ● LIVE 14:03:27 ×1  214 tx/s  err 1.9 %  p99 2.07 s  ○ 1  lag 1.2k ↑  ↯ 1 fault  ! 2"
    ), (80, 24, " shop  ● LIVE 14:03:27  214/s  err 1.9 %  p99 2.07 s  ○1  ◐1  lag 1.2k↑  ↯1  !2"),
    (60, 20, " shop  ● LIVE 14:03:27     214/s  err 1.9 %  p99 2.07 s  ○1"),
    (40, 12, " shop  ● LIVE 14:03:27    err 1.9 %  ○1"),
  ])
  func theStatusGivesWay(columns: Int, rows: Int, line: String) {
    #expect(Cockpit(columns: columns, rows: rows).statusLine == line)
  }

  @Test(arguments: [
    (
      118, 36, "2",
      " 1 Overview  2 Services  3 Breakers• 4 Topics• 5 Transactions• 6 Sagas  7 Map  8 Data  9 Platform• 0 Faults•   ? help"
    ), (80, 24, "1", " 1 Over  2 Svc• 3 Brk• 4 Topic• 5 Tx• 6 Saga  7 Map  8 Data  9 Plat• 0 Fault•"),
    (60, 20, "3", " 1 Over  2 Svc• 3 Brk  4 Topic• 5 Tx• 6 Saga  7  8  9• 0•"),
    (40, 12, "4", " 1  2• 3• 4 Topic  5• 6  7  8  9• 0•"),
  ])
  func thePages(columns: Int, rows: Int, page: String, line: String) {
    var cockpit = Cockpit(columns: columns, rows: rows)
    cockpit.press(page)
    #expect(cockpit.lines[1] == line)
  }

  @Test func thePagesMarksHaveTheColourOfTheWorst() {
    let canvas = Cockpit().canvas()
    let marks = (0..<118).filter { canvas.glyph(x: $0, y: 1).text == "•" }.map { canvas.style(x: $0, y: 1).foreground }
    #expect(marks == [.failing, .open, .degraded, .failing, .degraded, .fault])
    let narrow = Cockpit(columns: 80, rows: 24).canvas()
    let digits = [1, 9, 16, 23, 32, 38, 46, 53, 61, 69].map { narrow.style(x: $0, y: 1).foreground }
    #expect(digits == [.onAccent, .failing, .open, .degraded, .failing, .faint, .faint, .faint, .degraded, .fault])
    let dots = (0..<80).filter { narrow.glyph(x: $0, y: 1).text == "•" }.map { narrow.style(x: $0, y: 1).foreground }
    #expect(dots == marks, "colour alone would say it to some")
    let quiet = Cockpit(ShopFixture.quiet).canvas()
    #expect(!quiet.text.contains("•"))
  }

  @Test func asciiMarks() {
    let line = Cockpit().canvas(.ascii).lines[1]
    #expect(line.hasPrefix(" 1 Overview  2 Services! 3 Breakers! 4 Topics! 5 Transactions! 6 Sagas  7 Map "))
  }

  @Test(arguments: [
    (
      118, 36,
      " overview › services › payment-gateway   ↵ open  f fault  Tab panel  / filter  Space freeze  0 dropped  12 MB  0.7 ms"
    ),
    (80, 24, " overview › payment-gateway   ↵ open  f fault  Tab panel  Space freeze   0.7 ms"),
    (40, 12, " payment-gateway   ↵ open        0.7 ms"),
  ])
  func theLastLine(columns: Int, rows: Int, line: String) {
    #expect(Cockpit(columns: columns, rows: rows).lastLine == line)
  }

  @Test(arguments: [(20, 5), (39, 12), (40, 11), (10, 2), (5, 1), (1, 1), (0, 0)])
  func tooSmall(columns: Int, rows: Int) {
    var cockpit = Cockpit(columns: columns, rows: rows)
    let canvas = cockpit.canvas()
    #expect(canvas.violations == [])
    if columns >= 20, rows >= 2 {
      #expect(canvas.text.contains("too small: \(columns)×\(rows)"))
      #expect(canvas.text.contains("needs 40×12"))
    }
    cockpit.press("2 # text:8f")
    cockpit.send(.resize(Size(columns: 118, rows: 36)))
    #expect(cockpit.model.page == .overview)
    #expect(cockpit.text.contains("payment-gateway times out"))
  }

  @Test(arguments: [
    (40, 12), (60, 20), (80, 24), (100, 30), (118, 36), (120, 40), (160, 50), (200, 60),
  ])
  func nothingOverlapsOnAnyPage(columns: Int, rows: Int) {
    for glyphs in [GlyphSet.utf8, .ascii] {
      for snapshot in [ShopFixture.snapshot, ShopFixture.quiet] {
        for keys in ["1", "2", "3", "4", "5", "0", "L", "?", ":", "# text:8f", "w", "/ text:pay", "Space", "Tab f"] {
          var cockpit = Cockpit(snapshot, columns: columns, rows: rows)
          cockpit.press(keys)
          #expect(cockpit.canvas(glyphs).violations == [], "\(keys) at \(columns)×\(rows)")
        }
      }
    }
  }
}
