import Drawing
import Operations
import TraceCollector
import Widgets

/// The last line: where one is, the keys that work here, and what the program says of itself. A message takes the place
/// of the keys, and a filter that is being typed takes the whole line.
struct LastLine {
  let model: Model
  let layout: FrameLayout

  private var y: Int { layout.lastLine }
  private var width: Int { layout.size.columns }

  func draw(on canvas: inout Canvas) {
    canvas.fill(Rect(x: 0, y: y, width: width, height: 1), .surface)
    if let line = model.filterLine, model.popups.isEmpty { return draw(line, on: &canvas) }
    let honesty = honesty
    let edge = width - 1 - (honesty.isEmpty ? 0 : honesty.cellWidth + 2)
    if let message = model.message {
      let ink: Ink = message.isProblem ? .failing : .strong
      canvas.rich(endEllipsis([Run(message.text, ink, bold: message.isProblem)], width - 2), x: 1, y: y)
      return
    }
    let end = drawBreadcrumb(on: &canvas, edge: edge)
    let hintsEnd = drawHints(on: &canvas, x: end + 3, edge: edge)
    drawHonesty(honesty, on: &canvas, from: max(end, hintsEnd) + 2)
  }

  // MARK: Where one is

  private var crumbs: [String] {
    let context = model.context(size: layout.size)
    var crumbs = model.pages[model.page].breadcrumb(context)
    // The moment takes the place of the thing under the cursor: the keys that go through time need the room.
    if model.isFrozen, model.popups.isEmpty { crumbs = Array(crumbs.prefix(1)) }
    if let popup = model.popups.last { crumbs += popup.content.breadcrumb(context) }
    if model.isFrozen { crumbs.append(context.clock(model.frozen?.time ?? model.live.time)) }
    return crumbs
  }

  /// The path, its first parts left out where it takes more than half of the line.
  private func drawBreadcrumb(on canvas: inout Canvas, edge: Int) -> Int {
    let longest = min(edge - 1, width < 60 ? width / 2 : width * 11 / 20)
    var crumbs = crumbs.map { middleEllipsis($0, 40) }
    func runs() -> [Run] {
      crumbs.enumerated().flatMap { index, crumb in
        let isLast = index == crumbs.count - 1
        let part = Run(crumb, isLast ? .strong : .muted, bold: isLast)
        return index == 0 ? [part] : [Run(" \(Glyphs.path) ", .faint), part]
      }
    }
    while crumbs.count > 1, runs().cellWidth > longest { crumbs.remove(at: crumbs.count > 2 ? 1 : 0) }
    return canvas.rich(endEllipsis(runs(), longest), x: 1, y: y)
  }

  // MARK: What can be pressed

  private func drawHints(on canvas: inout Canvas, x: Int, edge: Int) -> Int {
    let context = model.context(size: layout.size)
    var hints: [KeyHint]
    if let popup = model.popups.last {
      hints = popup.content.hints(context)
    } else if model.isFrozen {
      hints = [KeyHint(", .", "1 s"), KeyHint("< >", "10 s"), KeyHint("Space", "live")]
      hints += pageHints(context)
    } else {
      hints = pageHints(context)
      if !hints.contains(where: { $0.key == "Space" }) { hints.append(KeyHint("Space", "freeze")) }
    }
    if model.shown.system.isOnlyWatched || context.refusalOfDeeds != nil { hints.removeAll(where: \.isDeed) }
    let shown = hints.map { Widgets.KeyHint($0.key, $0.word) }
    return Widgets.KeyHint.draw(shown, on: &canvas, x: x, y: y, width: max(0, edge - x))
  }

  private func pageHints(_ context: PageContext) -> [KeyHint] {
    model.page.isVacant(context.snapshot) ? [] : model.pages[model.page].hints(context)
  }

  // MARK: Honesty

  /// From what gives way first to what stays: dropped, memory, time of a frame.
  private var honesty: [Run] {
    let program = model.shown.program
    let isStill = model.shown.system.isStill
    let memory = isStill ? nil : program.residentBytes
    let frame = isStill ? nil : model.frameTime
    let time = Run(frame.map(Self.frameTime) ?? Figure.unknown.text, .faint)
    // Where no line is left for the scenario that plays, it stands here.
    var scenario = layout.isTall ? [] : ScenarioLine(model.shown)?.short(name: width / 4) ?? []
    if !scenario.isEmpty { scenario.append(Run("  ")) }
    guard layout.isWide else { return scenario + [time] }
    let size = Run("  " + (memory.map { Figures.size(bytes: $0).text } ?? "–"), .faint)
    let dropped = Figures.short(Int(clamping: program.spansDropped)).text
    let evicted = Figures.short(Int(clamping: program.spansEvicted)).text
    let store = model.shown.program.store
    var lost: [Run] = []
    if model.shown.system.isOnlyWatched {
      let bytes = program.receivers.map { Int(clamping: $0.bytes) }.saturatingSum
      // The keys need the room of a narrower line.
      let hasRoom = width >= 150
      if hasRoom, bytes > 0 { lost.append(Run(Figures.size(bytes: bytes).text + " in  ", .faint)) }
      if hasRoom, store.received > 0 { lost.append(Run(Figures.short(store.received).text + " spans in  ", .faint)) }
      lost.append(Run(Figures.short(store.spans).text + " held  ", .faint))
    }
    let refused = program.receivers.map { Int(clamping: $0.rejected) }.saturatingSum
    if refused > 0 { lost.append(Run(Figures.short(refused).text + " refused  ", .degraded)) }
    lost += [Run("\(dropped) dropped", program.spansDropped > 0 ? .degraded : .faint)]
    if program.spansEvicted > 0 { lost.append(Run("  \(evicted) evicted", .faint)) }
    return lost + [size, Run("  ")] + scenario + [time]
  }

  /// `0.7 ms`: to a tenth, as it changes all the time.
  private static func frameTime(_ nanoseconds: Int64) -> String {
    let tenths = (max(0, nanoseconds) + 50_000) / 100_000
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) ms" : Figures.duration(nanoseconds).text
  }

  private func drawHonesty(_ runs: [Run], on canvas: inout Canvas, from start: Int) {
    var runs = runs
    while !runs.isEmpty, runs.cellWidth > width - 1 - start { runs.removeFirst() }
    if let first = runs.first { runs[0].text = String(first.text.drop { $0 == " " }) }
    canvas.rich(runs, x: width - 1 - runs.cellWidth, y: y)
  }

  // MARK: The filter

  private static let problemLines = 4

  /// Draws it in lines above the last one. Returns what is left to say there.
  private func draw(problem: [Run], on canvas: inout Canvas) -> [Run] {
    let lines = wrapped(problem, width: width - 2)
    guard lines.count <= Self.problemLines, y - lines.count > layout.page.y else { return problem }
    for (index, line) in lines.enumerated() {
      let y = y - lines.count + index
      canvas.clear(Rect(x: 0, y: y, width: width, height: 1), .surface)
      canvas.rich(line, x: 1, y: y)
    }
    return []
  }

  private func draw(_ line: FilterLine, on canvas: inout Canvas) {
    let x = canvas.rich([Run("/", .accent, bold: true), Run(" ")], x: 1, y: y)
    var note: [Run] = []
    if let problem = line.problem {
      note = [Run(problem, .failing)]
    } else if line.editor.text.isEmpty {
      let example = model.pages[model.page].filterExample
      if !example.isEmpty { note = [Run(example, .faint)] }
    } else {
      note = [
        Run(Glyphs.enter, .accent, bold: true), Run(" keep  ", .muted), Run("Esc", .accent, bold: true),
        Run(" clear", .muted),
      ].namingKeys(canvas.glyphSet)
    }
    let room = width - 1 - x
    // What is wrong is said whole: where it does not fit beside what was typed, above.
    if line.problem != nil, note.cellWidth > room - 16 { note = draw(problem: note, on: &canvas) }
    let shown = endEllipsis(note, max(0, room - 16))
    let field = room - (shown.isEmpty ? 0 : shown.cellWidth + 2)
    line.editor.draw(on: &canvas, x: x, y: y, width: field)
    canvas.rich(shown, x: width - 1 - shown.cellWidth, y: y)
  }
}
