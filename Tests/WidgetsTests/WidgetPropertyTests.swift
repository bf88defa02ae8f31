import Drawing
import TestSupport
import Testing
import Widgets

@Suite struct WidgetProperties {
  /// Every widget draws in any room, with any values, without leaving it and without a lie about space.
  @Test(arguments: 0..<150 as Range<UInt64>) func anyRoomWillDo(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = Size(columns: Int.random(in: 1...90, using: &random), rows: Int.random(in: 1...30, using: &random))
    let values = (0..<Int.random(in: 0...120, using: &random)).map { _ in
      [0, 1, 5, 1e9, -3, .nan, .infinity, Double.random(in: 0...100, using: &random)].randomElement(using: &random) ?? 0
    }
    let x = Int.random(in: 0..<size.columns, using: &random)
    let y = Int.random(in: 0..<size.rows, using: &random)
    let rect = Rect(x: x, y: y, width: size.columns - x, height: size.rows - y)
    let glyphSet: GlyphSet = Bool.random(using: &random) ? .utf8 : .ascii
    for (index, draw) in widgets(values, in: rect).enumerated() {
      var canvas = Canvas(size: size, glyphSet: glyphSet, isStrict: true)
      canvas.within(rect) { draw(&$0) }
      #expect(canvas.violations == [], "seed \(seed), widget \(index), \(size), \(rect)")
    }
    var canvas = Canvas(size: size, glyphSet: glyphSet, isStrict: true)
    let inside = Popup([Run("a title")], note: [Run("note")], height: 9).draw(on: &canvas)
    canvas.within(inside) { Rule("a").draw(on: &$0, x: inside.x, y: inside.y, width: inside.width) }
    #expect(inside.height == 0 || canvas.violations == [], "seed \(seed), popup in \(size)")
  }

  private func widgets(_ values: [Double], in rect: Rect) -> [(inout Canvas) -> Void] {
    let (x, y, width) = (rect.x, rect.y, rect.width)
    let waterfall = Waterfall(start: 0, end: 2_000_000_000, width: width)
    let part = values.first ?? 0.3
    return [
      { AreaChart(values, tone: .ramp, top: 50, marks: [3, values.count - 1]).draw(on: &$0, in: rect) },
      { LineChart.latency(p50: values, p95: values, p99: values, marks: [0]).draw(on: &$0, in: rect) },
      { InOutChart(written: values, read: values.map { $0 / 3 }, top: 60).draw(on: &$0, in: rect) },
      { Sparkline(values).draw(on: &$0, x: x, y: y, width: width) },
      { Pulse(values).draw(on: &$0, x: x, y: y, width: width) },
      { Meter(part, ink: .open).draw(on: &$0, x: x, y: y, width: width) },
      { Meter(part, ink: .open, isSlider: true).draw(on: &$0, x: x, y: y, width: width) },
      { HistoryStrip(HistoryStrip.State.allCases).draw(on: &$0, x: x, y: y, width: width) },
      { Rule("a title", figures: [Run("one "), Run("two")]).draw(on: &$0, x: x, y: y, width: width) },
      { TreeLine(depth: values.count, fold: .folded, [Run("결제 서비스")]).draw(on: &$0, x: x, y: y, width: width) },
      { KeyHint.draw([KeyHint("f", "fault"), KeyHint("q", "quit")], on: &$0, x: x, y: y, width: width) },
      { waterfall.drawLabels(on: &$0, x: x, y: y) },
      { waterfall.drawGrid(on: &$0, in: rect) },
      { waterfall.drawSpan(from: Int64(part.isFinite ? part * 1e7 : -5), to: 7_000_000_000, on: &$0, x: x, y: y) },
      { waterfall.drawWait(from: -1, to: 900_000_000, on: &$0, x: x, y: y) },
      { waterfall.drawMoment(Run("○"), at: 2_000_000_000, on: &$0, x: x, y: y) },
      { canvas in
        TableView(
          columns: [
            TableColumn("name", .share(minimum: 4)),
            TableColumn("figure", .fit(minimum: 2), align: .right, priority: 1),
            TableColumn("", .fixed(6), priority: 2), TableColumn("runs", .fixed(5)),
          ], rowCount: values.count, selected: 2, empty: [Run("No value matches. Esc clears", .muted)]
        ) { index in
          [
            .text("결제 \(values[index])"), .figure(Figures.percent(values[index])), .sparkline(values),
            .runs([Run("long "), Run("run")]),
          ]
        }.draw(on: &canvas, in: rect.inset(left: 1, right: 1))
      },
    ]
  }

  /// A bar's ends are where they belong, to an eighth of a cell, and no bar is without an eighth.
  @Test(arguments: 0..<100 as Range<UInt64>) func barsAreExact(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let width = Int.random(in: 1...50, using: &random)
    let total = Int64(width) * 8
    let from = Int64.random(in: 0..<total, using: &random)
    let to = Int64.random(in: from...total, using: &random)
    var canvas = Canvas(columns: width, rows: 1)
    Waterfall(start: 0, end: total, width: width).drawSpan(from: from, to: to, on: &canvas, x: 0, y: 0)
    var drawn = 0
    for x in 0..<width { drawn += eighths(canvas, x) }
    let expected = max(1, Int(to - from))
    // Blank on both sides within one cell, a bar is drawn as half of it.
    let isInside = from / 8 == (to - 1) / 8 && from % 8 != 0 && to % 8 != 0
    #expect(drawn == (isInside ? 4 : expected), "seed \(seed): \(from)..<\(to) of \(total)")
    if to == from { #expect(drawn == 1 || drawn == 4) }
  }

  private func eighths(_ canvas: Canvas, _ x: Int) -> Int {
    let filled = ["▏": 1, "▎": 2, "▍": 3, "▌": 4, "▋": 5, "▊": 6, "▉": 7, "█": 8, "▐": 4]
    guard let count = filled[canvas.glyph(x: x, y: 0).text] else { return 0 }
    return canvas.ground(x: x, y: 0) == .span ? 8 - count : count
  }
}
