import Drawing
import Testing
import Widgets

@Suite struct Waterfalls {
  @Test(arguments: [
    Picture(
      40, 8,
      #"""
      0       0.5 s     1.0 s     1.5 s  2.0 s
      ████████████████████████████████████████
      ▍         ┊         ┊         ┊
                ▏██████████████▊    ┊
                ┊         ┊         ┊        ▉
                ┊         ┊     ╌╌╌╌╌╌╌╌
                ┊         ┊         ○
                ┊         ┊         ┊        ⊘
      """#),
    Picture(
      20, 8,
      #"""
      0       1.0 s  2.0 s
      ████████████████████
      ▏         ┊
           ███████▉
                ┊        ▉
                ┊  ╌╌╌╌
                ┊    ○
                ┊        ⊘
      """#),
    Picture(
      8, 8,
      #"""
      0
      ▍███████
      ▏
        ███▏
             ▉
            ╌
            ○
             ⊘
      """#),
    Picture(
      40, 8, .ascii,
      #"""
      0       0.5 s     1.0 s     1.5 s  2.0 s
      ##============================##########
      =         :         :         :
                ================    :
                :         :         :        =
                :         :     ........
                :         :         O
                :         :         :        /
      """#),
  ]) func barsOnATimeAxis(_ picture: Picture) {
    picture.expect { canvas in
      let ms: Int64 = 1_000_000
      let axis = Waterfall(start: 0, end: 2000 * ms, width: canvas.size.columns)
      axis.drawLabels(on: &canvas, x: 0, y: 0)
      axis.drawGrid(on: &canvas, in: Rect(x: 0, y: 1, width: canvas.size.columns, height: 7))
      axis.drawSpan(from: 0, to: 2000 * ms, critical: [0..<100 * ms, 1500 * ms..<2000 * ms], on: &canvas, x: 0, y: 1)
      axis.drawSpan(from: 6 * ms, to: 18 * ms, on: &canvas, x: 0, y: 2)
      axis.drawSpan(from: 510 * ms, to: 1290 * ms, .failing, on: &canvas, x: 0, y: 3)
      axis.drawSpan(from: 1999 * ms, to: 2000 * ms, .compensation, on: &canvas, x: 0, y: 4)
      axis.drawWait(from: 1300 * ms, to: 1700 * ms, on: &canvas, x: 0, y: 5)
      axis.drawMoment(Run("○", .open, bold: true), at: 1500 * ms, on: &canvas, x: 0, y: 6)
      axis.drawMoment(Run("⊘", .open, bold: true), at: 2000 * ms, on: &canvas, x: 0, y: 7)
    }
  }

  /// No two labels are alike, however short it is.
  @Test(arguments: [
    (Int64(2_000_000), "0      0.5 ms    1.0 ms    1.5 ms 2.0 ms"), (700_000, "0       0.2 ms     0.4 ms      0.6 ms"),
    (9_000, "0    2.0 µs   4.0 µs   6.0 µs   8.0 µs"), (24_000_000, "0     5 ms    10 ms    15 ms   20 ms"),
  ]) func labelsAreAsFineAsTheirSteps(length: Int64, labels: String) {
    var canvas = Canvas(size: Size(columns: 40, rows: 1), isStrict: true)
    Waterfall(start: 0, end: length, width: 40).drawLabels(on: &canvas, x: 0, y: 0)
    #expect(canvas.text.split(separator: "\n").first.map(String.init) == labels)
  }

  /// Spans from outside may say any time at all, and clocks set right may wrap.
  @Test(arguments: [
    (Int64.min, Int64.max), (Int64(-50_000_000_000_000_000), Int64.max), (Int64.max, Int64.min), (Int64(0), Int64(1)),
  ]) func anyTimeIsSomewhere(start: Int64, end: Int64) {
    let axis = Waterfall(start: start, end: end, width: 40)
    #expect(axis.column(of: axis.start) == 0)
    #expect(axis.column(of: axis.end) == 40)
    var canvas = Canvas(size: Size(columns: 40, rows: 2), isStrict: false)
    axis.drawLabels(on: &canvas, x: 0, y: 0)
    for time in [Int64.min, -1, 0, 1, Int64.max] {
      #expect(time < axis.start ? axis.column(of: time) <= 0 : axis.column(of: time) >= 0)
      axis.drawSpan(from: time, to: .max, on: &canvas, x: 0, y: 1)
      axis.drawWait(from: time, to: .max, on: &canvas, x: 0, y: 1)
      axis.drawMoment(Run("x"), at: time, on: &canvas, x: 0, y: 1)
    }
  }
}
