import Drawing
import Operations
import Widgets

/// How many lines came in each second: all of them, and those that warn.
struct LogCounts {
  let lines: [LogLine]
  let context: PageContext

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard area.height > 2, area.width >= 40 else { return }
    let parts = area.columns(2, gap: 3)
    drawChart("lines a second", lines, tone: .flow, on: &canvas, in: parts[0])
    drawChart("warnings and errors", lines.filter { $0.level >= .warn }, tone: .ramp, on: &canvas, in: parts[1])
  }

  private func drawChart(
    _ title: String, _ lines: [LogLine], tone: ChartTone, on canvas: inout Canvas, in area: Rect
  ) {
    let counts = counts(lines, seconds: area.width * 2)
    // The newest second is not over yet.
    let full = counts.dropLast().last.flatMap { $0.isFinite ? Figures.count(Int($0)) : nil } ?? .unknown
    Rule(title, figures: [Run(full.text, .strong, bold: true), Run("/s", .muted)]).draw(
      on: &canvas, x: area.x, y: area.y, width: area.width)
    AreaChart(
      counts, tone: tone, top: ChartScale.top(counts, atLeast: 5), axis: ChartAxis(end: context.isFrozen ? "" : "now")
    ).draw(on: &canvas, in: area.inset(top: 1))
  }

  /// Lines in each of the last seconds; unknown before the first line that is kept.
  private func counts(_ lines: [LogLine], seconds: Int) -> [Double] {
    var counts = Array(repeating: 0.0, count: max(1, seconds))
    let second: Int64 = 1_000_000_000
    let newest = context.snapshot.time / second
    for line in lines {
      let age = newest - line.time / second
      guard age >= 0, age < Int64(counts.count) else { continue }
      counts[counts.count - 1 - Int(age)] += 1
    }
    if self.lines.count >= LogPage.limit, let first = self.lines.first {
      let known = newest - first.time / second
      for index in counts.indices where Int64(counts.count - 1 - index) > known { counts[index] = .nan }
    }
    return counts
  }
}
