import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

extension CallTreeView {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let geometry = CallTreeGeometry(page: area, isTall: FrameLayout(size: context.size).isTall, lines: lineCount)
    drawTitle(on: &canvas, geometry)
    guard let detail, let layout else {
      let sentence = isUnknown ? "Nothing is known of this transaction, or no longer." : "reading…"
      canvas.rich(
        endEllipsis([Run(sentence, .muted)], geometry.body.width), x: geometry.body.x, y: geometry.stateLine)
      return
    }
    drawState(detail, on: &canvas, geometry, context)
    switch display {
    case .tree: drawTree(layout, on: &canvas, geometry)
    case .flame: drawFlame(layout, on: &canvas, geometry)
    case .events: drawEvents(layout, on: &canvas, geometry, context)
    }
    guard !geometry.panel.isEmpty, let current, layout.tree.rows.indices.contains(current) else { return }
    SpanPanel(detail: detail, layout: layout, row: current, path: path)
      .draw(on: &canvas, in: geometry.panel, isTall: geometry.isTall, context)
  }

  // MARK: The head

  private func drawTitle(on canvas: inout Canvas, _ geometry: CallTreeGeometry) {
    let width = geometry.body.width
    let id = width >= 56 ? gtxid.hex : gtxid.short
    var title = [Run(id, .accent, bold: true)]
    if let kind = detail?.summary.kind {
      let room = width - id.cellWidth - 2 - (width >= 70 ? 26 : 3)
      title.append(Run("  " + middleEllipsis(kind, room), .strong, bold: true))
    }
    let modes = Display.allCases.enumerated().map { index, mode in
      let gap = index == 0 ? "" : "  "
      return Run(gap + mode.rawValue, mode == display ? .strong : .faint, bold: mode == display)
    }
    let figures = width >= 70 ? shownRange(geometry, gap: "  ") + modes : shownRange(geometry)
    Rule(title, figures: figures).draw(
      on: &canvas, x: geometry.body.x, y: geometry.titleLine, width: width)
  }

  /// Which lines are in sight, where not all of them are.
  private func shownRange(_ geometry: CallTreeGeometry, gap: String = "") -> [Run] {
    let height = geometry.body.height
    guard detail != nil, lineCount > height else { return [] }
    let last = min(lineCount, cursor.offset + height)
    return [Run("\(cursor.offset + 1)–\(last)/\(Figures.count(lineCount).text)" + gap, .muted)]
  }

  private func drawState(
    _ detail: TransactionDetail, on canvas: inout Canvas, _ geometry: CallTreeGeometry, _ context: PageContext
  ) {
    let summary = detail.summary
    let (x, y, width) = (geometry.body.x, geometry.stateLine, geometry.body.width)
    var right = FactLine()
    right.add(narrowed(detail.tree), priority: 1)
    right.add(pathRuns(detail.tree, isWide: width >= 100), priority: width >= 70 ? 0 : 2, gap: 2)
    let shown = right.runs(in: width / 2)
    var left = FactLine()
    left.add(summary.mark.long)
    // Where clocks were set right, the whole is as long as its tree.
    let took = isCorrected ? max(0, detail.tree.duration) : summary.duration
    left.add([Run(Figures.duration(took).text, .strong, bold: true)])
    if isCorrected { left.add([Run("clocks corrected", .muted)], priority: 5, gap: 2) }
    left.add([Run(Self.counted(detail.tree.hops, "hop"), .muted)], priority: 5)
    left.add([Run(Self.counted(detail.tree.services.count, "service"), .muted)], priority: 6, gap: 2)
    if detail.tree.errorOrigins > 0 {
      left.add([Run(Self.counted(detail.tree.errorOrigins, "error"), .muted)], priority: 2, gap: 2)
    }
    if !summary.customerSees.isEmpty {
      // An answer of before the end is what the customer still has before him.
      let isOfBefore = ["in progress", "stuck"].contains { summary.customerSees.hasPrefix($0) }
      let verb = summary.state.hasEnded && isOfBefore ? "last saw" : "sees"
      left.add([Run("customer \(verb) ", .muted), Run(endEllipsis(summary.customerSees, 32), .text)], priority: 1)
    }
    if !summary.user.isEmpty { left.add([Run(middleEllipsis(summary.user, 24), .text)], priority: 4) }
    if !summary.amount.isEmpty { left.add([Run(middleEllipsis(summary.amount, 24), .text)], priority: 3, gap: 2) }
    left.add([Run(context.clock(summary.start, .milliseconds), .muted)], priority: 7, gap: 2)
    canvas.rich(left.runs(in: width - shown.cellWidth - (shown.isEmpty ? 0 : 2)), x: x, y: y)
    canvas.rich(shown, x: x + width - shown.cellWidth, y: y)
  }

  /// What of the tree is not shown, and why.
  private func narrowed(_ tree: CallTree) -> [Run] {
    var parts: [String] = []
    if onlyErrors { parts.append("only errors") }
    if !search.isEmpty { parts.append("/" + endEllipsis(search, 20)) }
    if axis.isZoomed {
      parts.append("×\(Int(axis.factor)) from \(Figures.offset(axis.window(of: length(of: tree)).from).text)")
    }
    return parts.isEmpty ? [] : [Run(parts.joined(separator: "  "), .accent)]
  }

  /// Which critical path is shown, and how much of the whole it explains.
  private func pathRuns(_ tree: CallTree, isWide: Bool) -> [Run] {
    guard let path else { return [Run(isWide ? "critical path off" : "path off", .faint)] }
    let share = tree.duration > 0 ? min(1, Double(path.total) / Double(tree.duration)) : 0
    let word = path.kind == .transaction ? "transaction" : "request"
    return [
      Run(Glyphs.critical, .critical, bold: true), Run(isWide ? " critical \(word) " : " \(word) ", .muted),
      Run(Figures.percent(share, isWhole: true).text, .critical, bold: true),
    ]
  }

  static func counted(_ number: Int, _ word: String) -> String {
    "\(Figures.count(number).text) \(word)\(number == 1 ? "" : "s")"
  }

  // MARK: The tree

  func columns(_ layout: CallTreeLayout, _ body: Rect) -> CallTreeColumns {
    CallTreeColumns(
      x: body.x, width: body.width, hopWidth: layout.hopWidth, codeWidth: layout.codeWidth, names: nameWidth)
  }

  private func drawTree(_ layout: CallTreeLayout, on canvas: inout Canvas, _ geometry: CallTreeGeometry) {
    let body = geometry.body
    let columns = columns(layout, body)
    let waterfall = waterfall(layout.tree, width: columns.axisWidth)
    drawHeading(columns, waterfall, on: &canvas, y: geometry.headingLine)
    guard !visible.isEmpty else {
      let sentence = layout.tree.rows.isEmpty ? "No span has arrived yet." : "Nothing in this tree matches.  "
      var runs = [Run(sentence, .muted)]
      if !layout.tree.rows.isEmpty {
        runs += [Run(onlyErrors ? "e" : "Esc", .accent, bold: true), Run(" shows all", .muted)]
      }
      canvas.rich(endEllipsis(runs, body.width), x: body.x, y: body.y)
      return
    }
    let first = cursor.offset
    let last = min(visible.count, first + body.height)
    if (first..<last).contains(cursor.line) {
      Selection.focused.draw(on: &canvas, x: body.x, y: body.y + cursor.line - first, width: body.width)
    }
    waterfall.drawGrid(
      on: &canvas, in: Rect(x: columns.axis, y: body.y, width: columns.axisWidth, height: last - first))
    for line in first..<last {
      let drawing = CallTreeRowDrawing(
        layout: layout, row: visible[line], path: path, isSelected: line == cursor.line,
        isFolded: isFolded(visible[line]), isMatch: !search.isEmpty && matches(visible[line]), openEnd: openEnd)
      drawing.draw(on: &canvas, y: body.y + line - first, columns, waterfall)
    }
  }

  /// Where time has come to for a transaction that runs, in nanoseconds; nil for one that has ended.
  var openEnd: Int64? {
    guard let summary = detail?.summary, !summary.state.hasEnded, !summary.isExternal else { return nil }
    return summary.start &+ summary.duration
  }

  /// Nanoseconds that the time axis spans: while a transaction runs it reaches to now.
  func length(of tree: CallTree) -> Int64 {
    max(tree.duration, openEnd.map { $0 &- tree.start } ?? 0)
  }

  func waterfall(_ tree: CallTree, width: Int) -> Waterfall {
    let window = axis.window(of: length(of: tree))
    return Waterfall(start: tree.start &+ window.from, end: tree.start &+ window.to, width: width)
  }

  private func drawHeading(
    _ columns: CallTreeColumns, _ waterfall: Waterfall, on canvas: inout Canvas, y: Int
  ) {
    canvas.put("hop", x: columns.hop, y: y, .faint)
    let title = columns.treeWidth >= 21 ? "service and operation" : "operation"
    canvas.put(endEllipsis(title, columns.treeWidth), x: columns.tree, y: y, .faint)
    canvas.put("took", x: columns.took, y: y, .faint, width: CallTreeColumns.tookWidth, align: .right)
    if columns.axisWidth > 0 { waterfall.drawLabels(on: &canvas, x: columns.axis, y: y) }
    if columns.codeWidth > 0 {
      canvas.put("code", x: columns.code, y: y, .faint, width: columns.codeWidth, align: .right)
    }
  }
}
