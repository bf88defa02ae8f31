import Drawing
import Operations
import Widgets

extension PlatformPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    drawTabs(on: &canvas, in: area.inset(left: 2, right: 2), context.snapshot)
    let board = board(context)
    let layout = layout(board, in: area, context)
    if let rect = layout.alarm, let words = board.alarm { draw(alarm: words, on: &canvas, in: rect) }
    if let rect = layout.head, let head = board.head { draw(head, on: &canvas, in: rect) }
    if let rect = layout.chart, let chart = board.chart {
      Rule(chart.title, figures: chart.figures).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
      chart.draw(&canvas, rect.split(top: 1).rest)
    }
    for (table, rect) in layout.tables { draw(table, on: &canvas, in: rect, context) }
    let body = Self.body(of: area)
    guard board.isEmpty, body.height > 0 else { return }
    let absence = tab == .collector ? tab.absence : context.absence(of: tab.subject, tab.absence)
    canvas.put(endEllipsis(absence, body.width), x: body.x, y: body.y, .muted)
  }

  private func draw(alarm words: [Run], on canvas: inout Canvas, in rect: Rect) {
    let line = rect.inset(left: -1, right: -1)
    canvas.fill(line, .alarm)
    canvas.put(Glyphs.selection, x: line.x, y: line.y, .failing, bold: true)
    canvas.rich(endEllipsis(words, rect.width - 1), x: rect.x, y: rect.y)
  }

  private func draw(_ head: PlatformHead, on canvas: inout Canvas, in rect: Rect) {
    Rule(head.title, figures: head.figures).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    for (index, line) in head.lines(width: rect.width).prefix(rect.height - 1).enumerated() {
      canvas.rich(line, x: rect.x, y: rect.y + 1 + index)
    }
  }

  private func draw(_ table: PlatformTable, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    guard rect.height > 0 else { return }
    let (view, rest) = (tableView(table, context), rect.split(top: 1).rest)
    var rule = Rule(table.title, figures: table.figures, isFocused: focus == table.panel)
    if !table.words.isEmpty { rule.title.append(Run(" · \(visible(table.words))", .accent)) }
    rule.title += view.range(in: rest)
    rule.draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    if !table.rows.isEmpty { return view.draw(on: &canvas, in: rest) }
    if rest.height > 0 { canvas.rich(endEllipsis(table.nothing, rest.width), x: rest.x, y: rest.y) }
  }

  // MARK: - The tabs

  /// The columns of each tab's name. Where there is no room for all, the first ones give way to the one that is shown.
  func tabPlaces(in rect: Rect, _ snapshot: SystemSnapshot) -> [(tab: PlatformTab, text: String, x: Int)] {
    let all = snapshot.platformTabs
    let whole = all.map(\.title).reduce(-3) { $0 + $1.cellWidth + 3 }
    let isShort = rect.width < max(64, whole)
    let texts = all.map { isShort ? $0.short : $0.title }
    let gap = isShort ? 2 : 3
    let current = all.firstIndex(of: tab) ?? 0
    var first = 0
    while first < current, texts[first...current].reduce(-gap, { $0 + $1.cellWidth + gap }) > rect.width { first += 1 }
    var x = rect.x
    return zip(all, texts).dropFirst(first).map { tab, text in
      defer { x += text.cellWidth + gap }
      return (tab, text, x)
    }
  }

  private func drawTabs(on canvas: inout Canvas, in rect: Rect, _ snapshot: SystemSnapshot) {
    guard rect.height > 0 else { return }
    var end = rect.x
    for (tab, text, x) in tabPlaces(in: rect, snapshot) where x + text.cellWidth <= rect.right {
      let isCurrent = tab == self.tab
      end = canvas.put(text, x: x, y: rect.y, isCurrent ? .accent : .muted, bold: isCurrent)
      // The gap to the next one has room for it.
      if let alarm = snapshot.alarm(of: tab), end < rect.right {
        canvas.put("•", x: end, y: rect.y, alarm, bold: true)
      }
    }
    let hint = [Run("← →", .accent, bold: true), .muted(" other tabs")]
    if rect.right - end > hint.cellWidth + 2 { canvas.rich(hint, x: rect.right - hint.cellWidth, y: rect.y) }
  }
}
