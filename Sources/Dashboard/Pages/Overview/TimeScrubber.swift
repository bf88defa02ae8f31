import Drawing
import Operations
import Widgets

/// The last quarter of an hour under a cursor: the worst signal as height and colour, what happened above it, and what is
/// still to come dimmed.
struct TimeScrubber {
  /// Rule, marks, three lines of chart, axis.
  static let height = 6

  let context: PageContext
  let area: Rect

  private var samples: [Timeline.Sample] { context.timeline.samples }

  /// Nanoseconds of half a column: whole seconds, as many as it takes for all samples to fit.
  private var step: Int64 {
    guard let first = samples.first, area.width > 0 else { return Timeline.second }
    let seconds = max(0, Timeline.distance(from: first.time, to: context.newest)) / Timeline.second + 1
    let halves = Int64(2 * area.width)
    return (seconds / halves + 1) * Timeline.second
  }

  /// The half column of a moment, the newest at the right; nil when it is not on the axis.
  private func half(of time: Int64) -> Int? {
    let (age, overflow) = context.newest.subtractingReportingOverflow(time)
    guard !overflow, age >= 0, age / step < Int64(2 * area.width) else { return nil }
    return 2 * area.width - 1 - Int(age / step)
  }

  /// The moment that a column stands for.
  func time(atColumn column: Int) -> Int64? {
    guard column >= area.x, column < area.right, !samples.isEmpty else { return nil }
    return max(context.timeline.keptSince, moment(halves: 2 * area.width - 1 - 2 * (column - area.x)))
  }

  /// That many half columns before the newest state.
  private func moment(halves: Int) -> Int64 {
    let (age, tooOld) = Int64(halves).multipliedReportingOverflow(by: step)
    let (time, overflow) = context.newest.subtractingReportingOverflow(tooOld ? .max : age)
    return overflow ? .min : time
  }

  func draw(on canvas: inout Canvas) {
    guard area.height >= Self.height, area.width >= 40 else { return }
    let cursor = half(of: context.snapshot.time).map { $0 / 2 }
    drawRule(on: &canvas)
    let body = Rect(x: area.x, y: area.y + 2, width: area.width, height: 3)
    AreaChart(values, tone: .ramp, top: 1, axis: nil).draw(on: &canvas, in: body)
    drawMarks(on: &canvas, cursor: cursor)
    guard let cursor else { return }
    let future = Rect(x: area.x + cursor + 1, y: body.y, width: area.width - cursor - 1, height: body.height)
    canvas.recolor(future) { $0.mixed(toward: .background, 0.45) }
    for y in body.y..<body.bottom { canvas.put("┃", x: area.x + cursor, y: y, .frozen, bold: true, over: true) }
    drawAxis(on: &canvas, cursor: cursor)
  }

  private var values: [Double] {
    var values = Array(repeating: Double.nan, count: 2 * area.width)
    for sample in samples {
      guard let half = half(of: sample.time) else { continue }
      // Well is a line too: what is empty was not kept.
      values[half] = max(values[half].isNaN ? 0 : values[half], 0.08 + 0.92 * sample.badness)
    }
    for index in values.indices.dropFirst() where values[index].isNaN { values[index] = values[index - 1] }
    return values
  }

  // MARK: Rule and axis

  private func drawRule(on canvas: inout Canvas) {
    var figures: [Run] = []
    if !samples.isEmpty {
      let kept = Figures.age(max(0, Timeline.distance(from: context.timeline.keptSince, to: context.newest)))
      figures = [Run("\(kept.text) kept  ", .muted)]
    }
    figures += [
      Run("\(Glyphs.cause) ", .faint), Run(context.clock(context.snapshot.time, .tenths), .frozen, bold: true),
    ]
    if let last = context.timeline.events.first(where: { $0.time <= context.snapshot.time }) {
      let after = Figures.duration(context.since(last.time)).text
      figures.append(Run("  \(after) after ", .muted))
      figures.append(Run(middleEllipsis("\(last.subject) \(last.change)", 40), .muted))
    }
    Rule([Run("time", .frozen, bold: true)], figures: figures, tone: .border).draw(
      on: &canvas, x: area.x, y: area.y, width: area.width)
  }

  private func drawAxis(on canvas: inout Canvas, cursor: Int) {
    let y = area.bottom - 1
    let now = context.clock(context.snapshot.time)
    let x = min(max(area.x, area.x + cursor - now.cellWidth / 2), area.right - now.cellWidth)
    canvas.put(now, x: x, y: y, .frozen, bold: true)
    let end = "now"
    if x + now.cellWidth + 1 <= area.right - end.cellWidth { canvas.put(end, x: area.right - 3, y: y, .faint) }
    let start = context.clock(moment(halves: 2 * area.width - 1))
    if area.x + start.cellWidth + 1 <= x { canvas.put(start, x: area.x, y: y, .faint) }
  }

  // MARK: What happened

  private func drawMarks(on canvas: inout Canvas, cursor: Int?) {
    var taken: Set<Int> = []
    if let cursor {
      taken.insert(cursor)
      canvas.put(Glyphs.arrowDown(canvas.glyphSet), x: area.x + cursor, y: area.y + 1, .frozen, bold: true)
    }
    // Where two things fall into one column, the fault is shown, then the worse one.
    let worst = context.timeline.events.filter { $0.severity >= .warning || $0.kind == .fault }.sorted {
      ($0.kind == .fault ? 1 : 0, $0.severity) > ($1.kind == .fault ? 1 : 0, $1.severity)
    }
    for event in worst {
      guard let half = half(of: event.time), taken.insert(half / 2).inserted else { continue }
      let isToCome = event.time > context.snapshot.time
      let ink = isToCome ? event.mark.ink.mixed(toward: .background, 0.45) : event.mark.ink
      canvas.put(event.mark.glyph, x: area.x + half / 2, y: area.y + 1, ink, bold: true)
    }
  }
}
