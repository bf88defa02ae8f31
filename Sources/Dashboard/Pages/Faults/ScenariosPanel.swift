import Drawing
import Operations
import Widgets

/// The scripts that can be played, with what each teaches; of the one that plays, what it expects and what has come true.
struct ScenariosPanel {
  let page: FaultsPage
  let area: Rect
  let context: PageContext

  init(page: FaultsPage, area: Rect, _ context: PageContext) {
    self.page = page
    self.area = area
    self.context = context
  }

  private var board: ScenarioBoard { context.snapshot.scenarios }
  private var isChosen: Bool { page.panel == .scenarios }

  /// The list leaves room for what the one under the cursor teaches, and for all that is taught by and expected of the
  /// one that plays or played last, wherever the cursor is.
  static func listHeight(in area: Rect, of board: ScenarioBoard) -> Int {
    let (room, count) = (area.height - 1, board.entries.count)
    let current = board.current.map { current in
      let entry = board.entries.first { $0.name == current.name }
      return current.expectations.count + 1 + (entry.map { lesson($0, width: area.width).count } ?? 0)
    }
    return max(1, min(count, max(min(6, room / 3), room - max(6, current ?? 0) - 1)))
  }

  private static func lesson(_ entry: ScenarioBoard.Entry, width: Int) -> [[Run]] {
    wrapped([Run(visible(entry.teaches), .text)], width: min(width, 100))
  }

  func draw(on canvas: inout Canvas) {
    guard area.height > 1, area.width > 8 else { return }
    let body = area.inset(top: 1)
    let list = isChosen ? min(Self.listHeight(in: area, of: board), body.height) : body.height
    var rule = Rule("scenarios", figures: figures, isFocused: isChosen)
    if isChosen || board.playing == nil {
      let first = isChosen ? page.scenarioRows.offset : 0
      rule.title += Scroll.range(from: first, height: list, count: board.entries.count)
    }
    rule.draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    guard isChosen else {
      if let playing = board.playing {
        drawLines(expectations(of: playing, width: body.width, room: body.height), on: &canvas, in: body)
      } else {
        drawList(on: &canvas, in: body)
      }
      return
    }
    drawList(on: &canvas, in: body.split(top: list).top)
    let rest = body.split(top: list).rest
    let gap = rest.height > 4 ? 1 : 0
    drawLines(story(width: rest.width, room: rest.height - gap), on: &canvas, in: rest.inset(top: gap))
  }

  /// `▸ retry-storm  32 s of 80 s  ✓ 3  ✗ 0  of 7`
  private var figures: [Run] {
    guard let current = board.current else {
      return isChosen ? [] : [Run("s", .accent, bold: true), Run(" choose", .muted)]
    }
    let elapsed = current.elapsed(at: context.snapshot.time)
    let time =
      current.isOver
      ? (current.isStopped ? "stopped  " : "over  ")
      : "\(FaultText.moment(elapsed)) of \(FaultText.moment(current.duration))  "
    let name = Run(isChosen ? "\(visible(current.name))  " : "", .text)
    if let verdict = current.verdict { return [name, Run(time, .muted)] + verdict }
    return [
      name, Run(time, .muted),
      Run("✓ \(current.held)", .healthy, bold: true),
      Run("  ✗ \(current.failed)", current.failed > 0 ? .failing : .faint, bold: current.failed > 0),
      Run("  of \(current.expectations.count)", .muted),
    ]
  }

  private func drawList(on canvas: inout Canvas, in rect: Rect) {
    let first = isChosen ? page.scenarioRows.offset : 0
    for line in 0..<rect.height where first + line < board.entries.count {
      let entry = board.entries[first + line]
      let y = rect.y + line
      let isCurrent = isChosen && first + line == page.scenarioRows.line
      if isCurrent {
        canvas.fill(Rect(x: rect.x - 1, y: y, width: rect.width + 2, height: 1), .selection)
        canvas.put(Glyphs.selection, x: rect.x - 1, y: y, .selectionBar, bold: true)
      }
      let isPlaying = board.playing?.name == entry.name
      let faults = entry.faults > 0 ? Count.of(entry.faults, "fault") : ""
      let facts = "\(faults)  \(pad(FaultText.moment(entry.duration), 6))"
      let hasFacts = rect.width >= facts.count + 24
      let width = rect.width - 2 - (hasFacts ? facts.count + 2 : 0)
      canvas.put(mark(entry, isPlaying).text, x: rect.x, y: y, mark(entry, isPlaying).ink, bold: isPlaying)
      canvas.put(
        endEllipsis(visible(entry.title), width), x: rect.x + 2, y: y, isCurrent || isPlaying ? .strong : .text,
        bold: isPlaying)
      if hasFacts { canvas.put(facts, x: rect.right - facts.count, y: y, .muted) }
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// What became of it, where it is the one that was played last.
  private func mark(_ entry: ScenarioBoard.Entry, _ isPlaying: Bool) -> (text: String, ink: Ink) {
    guard let current = board.current, current.name == entry.name else { return (Mark.running.glyph, .faint) }
    if isPlaying { return (Mark.running.glyph, .accent) }
    if current.failed > 0 { return (Mark.failed.glyph, .failing) }
    return current.isStopped ? (Mark.running.glyph, .faint) : (Mark.committed.glyph, .healthy)
  }

  /// What the one under the cursor teaches, and where it was played, what came true.
  private func story(width: Int, room: Int) -> [[Run]] {
    guard let entry = page.scenario(context) else { return [] }
    let teaches = Self.lesson(entry, width: width)
    guard let current = board.current, current.name == entry.name else { return teaches }
    let count = current.expectations.count
    if teaches.count + 1 + count <= room { return teaches + [[]] + expectations(of: current, width: width) }
    // Where not all have room, the lesson's beginning stays, above as much of what comes true as there is room for.
    var begin = room >= 6 ? Array(teaches.prefix(2)) : []
    if begin.count < teaches.count, let last = begin.last {
      begin[begin.count - 1] = endEllipsis(last, min(width, 100) - 2) + [.muted(" …")]
    }
    let left = room - begin.count
    if count <= left { return begin + expectations(of: current, width: width) }
    let lines = expectations(of: current, width: width, room: left - 1).prefix(max(0, left - 1))
    return begin + lines + [[.muted("and \(count - lines.count) more")]]
  }

  /// `✓ by 20s: breaker payment>payment-gateway = OPEN   at 12.5 s  OPEN`
  private func expectations(of progress: ScenarioProgress, width: Int, room: Int = .max) -> [[Run]] {
    shown(progress.expectations, room: room).map { expectation in
      var line = FactLine()
      let (glyph, ink): (String, Ink) =
        switch expectation.state {
        case .held: (Mark.committed.glyph, .healthy)
        case .failed: (Mark.failed.glyph, .failing)
        case .pending: ("·", .muted)
        }
      line.add([
        Run("\(glyph) ", ink, bold: expectation.state != .pending),
        Run(visible(expectation.words), expectation.state == .failed ? .strong : .text),
      ])
      // Of what held the moment is the news, and of what did not the figure.
      let hasFailed = expectation.state == .failed
      if let moment = expectation.moment {
        line.add([Run("at \(FaultText.moment(moment))", .muted)], priority: hasFailed ? 2 : 1)
      }
      if let figure = expectation.figure {
        line.add([Run(visible(figure), ink, bold: hasFailed)], priority: hasFailed ? 1 : 2)
      } else if expectation.needsRest {
        line.add([Run("judged by msatop simulate", .faint)], priority: 3)
      }
      if !expectation.because.isEmpty { line.add([.muted("as \(visible(expectation.because))")], priority: 4) }
      return line.runs(in: width)
    }
  }

  /// Where not all have room, those are left out first that are not decided while it plays, then those that held.
  private func shown(_ all: [ScenarioProgress.Expectation], room: Int) -> [ScenarioProgress.Expectation] {
    var shown = all
    while shown.count > room, let place = shown.lastIndex(where: \.needsRest) { shown.remove(at: place) }
    while shown.count > room, let place = shown.firstIndex(where: { $0.state == .held }) { shown.remove(at: place) }
    return shown
  }

  private func drawLines(_ lines: [[Run]], on canvas: inout Canvas, in rect: Rect) {
    for (index, line) in lines.prefix(max(0, rect.height)).enumerated() {
      let isCut = index == rect.height - 1 && lines.count > rect.height
      canvas.rich(endEllipsis(isCut ? line + [Run(" …", .muted)] : line, rect.width), x: rect.x, y: rect.y + index)
    }
  }
}
