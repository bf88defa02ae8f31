import Drawing
import Operations
import Widgets

extension BreakersPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    if let rect = layout.table { drawTable(on: &canvas, in: rect, context) }
    if let rect = layout.guards { drawGuards(on: &canvas, in: rect, context) }
    guard let detail = detail(context) else { return }
    if let rect = layout.head { detail.drawHead(on: &canvas, in: rect, isFocused: isOpened) }
    if let rect = layout.facts { detail.drawFacts(on: &canvas, in: rect, isSpaced: layout.isSpaced) }
    if let rect = layout.calls { drawCalls(detail, on: &canvas, in: rect, context) }
    if let rect = layout.transitions { drawTransitions(detail, on: &canvas, in: rect, context) }
    if let rect = layout.cause { canvas.rich(endEllipsis(detail.cause, rect.width), x: rect.x, y: rect.y) }
  }

  private func drawTable(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let counts = Self.counts(context.snapshot.breakers)
    tableView(context).draw("breakers", words: words, figures: { counts.fitting($0) }, on: &canvas, in: rect)
  }

  private static func counts(_ breakers: [BreakerSnapshot]) -> [[Run]] {
    let names: [(BreakerState, String)] = [
      (.open, "open"), (.forcedOpen, "forced open"), (.halfOpen, "half-open"), (.disabled, "disabled"),
      (.metricsOnly, "metrics only"), (.closed, "closed"),
    ]
    return names.compactMap { state, word in
      let number = breakers.count { $0.state == state }
      guard number > 0 else { return nil }
      return [Run("\(number)", state.mark.ink, bold: state != .closed), .muted(" \(word)")]
    }
  }

  func tableView(_ context: PageContext) -> TableView {
    let rows = rows(context)
    let keys = rows.map(\.id)
    let longest = context.snapshot.breakers.map(\.label.cellWidth).max() ?? 0
    return TableView(
      columns: BreakerColumn.allCases.map { $0.tableColumn(longestLabel: longest) }, rowCount: rows.count,
      sort: sort.tableSort,
      selected: table.index(in: keys),
      hovered: hoveredPanel == .breakers ? hover.index(in: keys, clock: context.clock) : nil,
      offset: table.offset, isFocused: focus == .breakers, empty: emptySentence(context)
    ) { index in
      let row = BreakerRow(breaker: rows[index], context: context)
      return BreakerColumn.allCases.map(row.cell)
    }
  }

  private func emptySentence(_ context: PageContext) -> [Run] {
    words.isEmpty
      ? [.muted(context.absence(of: "breakers", "No breaker is known yet."))] : .nothingMatches(words, among: "breaker")
  }

  /// The columns that there is room for.
  func visibleColumns(_ context: PageContext) -> [BreakerColumn] {
    layout(context).table.map { tableView(context).columnsInSight(in: $0.split(top: 1).rest) } ?? []
  }

  // MARK: - The guards

  private func drawGuards(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let isFocused = focus == .guards
    let count = guardsTable(context).edges.count
    let (view, body) = (guardsView(context), rect.split(top: 1).rest)
    var rule = Rule(
      "other guards by edge", figures: [.muted("\(count) \(count == 1 ? "edge" : "edges")")], isFocused: isFocused)
    rule.title += view.range(in: body)
    rule.draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    view.draw(on: &canvas, in: body)
  }

  func guardsView(_ context: PageContext) -> TableView {
    let edges = guardsTable(context)
    return edges.view(
      selected: guards.index(in: edges.keys),
      hovered: hoveredPanel == .guards ? hover.index(in: edges.keys, clock: context.clock) : nil,
      offset: guards.offset, isFocused: focus == .guards)
  }

  // MARK: - The breaker under the cursor

  /// The columns before the calls, where their name stands.
  static func callsIndent(_ width: Int) -> Int { width >= 50 ? 16 : 0 }

  func callsList(_ detail: BreakerDetail, _ context: PageContext) -> EntryList {
    var list = EntryList(entries: detail.callEntries, offset: calls.offset)
    list.selected = calls.index(in: detail.callKeys)
    list.isFocused = focus == .calls
    if hoveredPanel == .calls { list.hovered = hover.index(in: detail.callKeys, clock: context.clock) }
    let areAddedUp = detail.breaker.settings.isTimeBased && detail.breaker.buffered > 0
    list.empty = [.muted(areAddedUp ? "counted by the second: none is kept" : "no call yet")]
    return list
  }

  private func drawCalls(_ detail: BreakerDetail, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let indent = Self.callsIndent(rect.width)
    if indent > 0 {
      let isFocused = focus == .calls
      canvas.put("the calls", x: rect.x, y: rect.y, isFocused ? .accent : .muted, bold: isFocused)
    }
    let body = rect.inset(left: indent)
    callsList(detail, context).draw(on: &canvas, in: body)
  }

  func transitionsList(_ detail: BreakerDetail, _ context: PageContext) -> EntryList {
    var list = EntryList(entries: detail.transitionEntries, offset: transitions.offset)
    list.selected = focus == .transitions ? transitions.index(in: detail.transitionKeys) : nil
    list.isFocused = focus == .transitions
    if hoveredPanel == .transitions { list.hovered = hover.index(in: detail.transitionKeys, clock: context.clock) }
    list.empty = [.muted("no transition is remembered")]
    return list
  }

  private func drawTransitions(
    _ detail: BreakerDetail, on canvas: inout Canvas, in rect: Rect, _ context: PageContext
  ) {
    let isFocused = focus == .transitions
    canvas.put("transitions", x: rect.x, y: rect.y, isFocused ? .accent : .muted, bold: isFocused)
    if rect.width >= 20 {
      canvas.put("stayed", x: rect.x + 12, y: rect.y, .faint, width: rect.width - 12, align: .right)
    }
    transitionsList(detail, context).draw(on: &canvas, in: rect.split(top: 1).rest)
  }
}
