import Drawing
import TraceCollector
import TraceModel
import Widgets

/// One line of a call tree: hop, who did what, how long it took, when, and what came of it.
struct CallTreeRowDrawing {
  let layout: CallTreeLayout
  let number: Int
  let row: CallTreeRow
  let isSelected: Bool
  let isFolded: Bool
  /// Whether the row is what is searched for.
  let isMatch: Bool
  /// How far the transaction has come, while it runs: what is not over lasts until then.
  let openEnd: Int64?
  fileprivate let stretches: [CriticalPath.Stretch]

  init(
    layout: CallTreeLayout, row number: Int, path: CriticalPath?, isSelected: Bool, isFolded: Bool, isMatch: Bool,
    openEnd: Int64? = nil
  ) {
    self.openEnd = openEnd
    self.layout = layout
    self.number = number
    row = layout.tree.rows[number]
    self.isSelected = isSelected
    self.isFolded = isFolded
    self.isMatch = isMatch
    stretches = path.map { layout.criticalStretches(of: number, on: $0) } ?? []
  }

  var isCritical: Bool { !stretches.isEmpty }

  func draw(on canvas: inout Canvas, y: Int, _ columns: CallTreeColumns, _ waterfall: Waterfall) {
    if isCritical { canvas.put(Glyphs.critical, x: columns.hop, y: y, .critical, bold: true) }
    drawHop(on: &canvas, x: columns.hop + 1, y: y, width: columns.hopWidth)
    TreeLine(
      depth: row.depth, fold: fold, glyph: row.glyph, runs(within: columns.treeWidth - 2 * row.depth - 2)
    )
    .draw(on: &canvas, x: columns.tree, y: y, width: columns.treeWidth)
    drawTook(on: &canvas, x: columns.took, y: y)
    if columns.axisWidth > 0 { drawBar(on: &canvas, x: columns.axis, y: y, waterfall) }
    if columns.codeWidth > 0 {
      canvas.put(
        middleEllipsis(row.codeText, columns.codeWidth), x: columns.code, y: y, row.codeInk,
        bold: row.codeInk == .failing,
        width: columns.codeWidth, align: .right)
    }
  }

  private func drawHop(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    guard case .hop = row.content else { return }
    guard let hop = row.ltxid else {
      canvas.put("·", x: x, y: y, .faint)
      return
    }
    canvas.put(hop.description, x: x, y: y, isCritical ? .critical : .faint, bold: isCritical, width: width)
  }

  private var fold: TreeLine.Fold { !row.hasChildren ? .leaf : isFolded ? .folded : .unfolded }

  // MARK: Who did what

  /// Where there is no room for all of it, what a call was made for gives way first, then the word for what it undoes.
  func runs(within width: Int) -> [Run] {
    switch row.content {
    case .hop, .span:
      let all = callRuns(withSubject: true)
      if all.cellWidth <= width { return all }
      let brief = callRuns(withSubject: false)
      return brief.cellWidth <= width ? brief : callRuns(withSubject: false, undoing: "↺")
    case .record(_, let consumer):
      // The place is said as a whole, or its topic, or nothing of it.
      let places = [row.recordPlace, row.topic, ""].map { recordRuns(at: $0, isRead: consumer != nil) }
      return places.first { $0.cellWidth <= width } ?? places[places.count - 1]
    default: return otherRuns
    }
  }

  /// The columns that it takes in the tree, without what a call was made for.
  var wantedWidth: Int {
    let runs = row.isCall ? callRuns(withSubject: false) : otherRuns
    return 2 * row.depth + 2 + runs.cellWidth
  }

  private var otherRuns: [Run] {
    switch row.content {
    case .hop, .span: []
    case .record(_, let consumer): recordRuns(at: row.recordPlace, isRead: consumer != nil)
    case .backOff: [Run("back-off", .muted)]
    case .refused: refusedRuns
    case .breaker:
      [
        Run("breaker \(row.breakerMark.word)", row.breakerMark.ink, bold: true),
        Run(" " + row.operation.arrowed, isSelected ? .strong : .text),
      ]
    case .duplicate:
      [
        Run(row.operation.isEmpty ? "read before" : "\(row.operation) read before", .muted),
        Run(", not acted on", .faint),
      ]
    }
  }

  private func callRuns(withSubject: Bool, undoing: String = "↺ undoes") -> [Run] {
    let isOrigin = layout.isOrigin[number]
    let nameInk: Ink = isOrigin ? .failing : isCritical || isMatch ? .strong : .text
    var runs: [Run] = []
    if !row.service.isEmpty { runs.append(Run(row.service, nameInk, bold: isOrigin || isCritical || isMatch)) }
    let ink: Ink = layout.isUndoing[number] ? .compensation : isSelected ? .text : .muted
    if !row.operation.isEmpty { runs.append(Run((runs.isEmpty ? "" : " ") + row.operation, ink)) }
    if withSubject, !row.subject.isEmpty { runs.append(Run(" " + row.subject, ink)) }
    if !row.attemptText.isEmpty { runs.append(Run("  " + row.attemptText, ink)) }
    if let undoes = row.undoes { runs.append(Run("  \(undoing) \(undoes)", .compensation)) }
    if let folded = foldedNote { runs.append(folded) }
    let node = layout.tree.nodes[row.node]
    if node.isSynthetic {
      runs.append(Run("  not reported", .faint))
    } else if let adoption = node.adoption {
      runs.append(Run("  \(adoption.words)", .faint))
    }
    return runs
  }

  /// How much is folded away below.
  private var foldedNote: Run? {
    guard isFolded, row.hasChildren else { return nil }
    return Run("  +\(Figures.count(row.subtreeEnd - number - 1).text)", .accent)
  }

  private func recordRuns(at place: String, isRead: Bool) -> [Run] {
    [
      Run(row.operation.isEmpty ? "record" : row.operation, .event),
      Run(place.isEmpty ? "" : " → \(place)", isSelected ? .text : .muted),
    ] + (isRead ? [] : [Run("  not read yet", .degraded)])
  }

  private var refusedRuns: [Run] {
    let attempt = row.attemptText.isEmpty ? "call" : "attempt \(row.attemptText)"
    return [Run("\(attempt) not permitted", isSelected ? .text : .muted)]
  }

  // MARK: How long and when

  private var openDuration: Int64? { row.openDuration(until: openEnd) }

  /// The number ends where all numbers end, and its unit follows.
  private func drawTook(on canvas: inout Canvas, x: Int, y: Int) {
    let figure = openDuration.map(Figures.offset) ?? row.took
    let isQuiet = !row.isCall && !isCritical
    let ink: Ink = isCritical ? .strong : isQuiet || figure == .unknown ? .faint : .text
    let unit = figure.unit.isEmpty && figure.cellWidth <= 5 ? 3 : max(3, figure.unit.cellWidth)
    let shown = figure.unit.isEmpty ? figure.number : figure.number + figure.unit
    let slack = figure.unit.isEmpty ? (figure.cellWidth <= 5 ? 3 : 0) : unit - figure.unit.cellWidth
    canvas.put(
      shown, x: x, y: y, ink, bold: isCritical, width: CallTreeColumns.tookWidth - slack, align: .right)
  }

  private func drawBar(on canvas: inout Canvas, x: Int, y: Int, _ waterfall: Waterfall) {
    let end = row.start &+ (openDuration ?? row.duration ?? 0)
    let critical = merged(within: (waterfall.end &- waterfall.start) / Int64(max(1, waterfall.width)))
    switch row.content {
    case .hop, .span:
      let ink: Ink = layout.isOrigin[number] ? .failing : layout.isUndoing[number] ? .compensation : .span
      // The error keeps its colour: it is what is looked for, and the mark before the hop says that it is critical.
      let shown = layout.isOrigin[number] ? [] : critical
      waterfall.drawSpan(from: row.start, to: end, ink, critical: shown, on: &canvas, x: x, y: y)
    case .record: waterfall.drawSpan(from: row.start, to: end, .event, critical: critical, on: &canvas, x: x, y: y)
    case .backOff: waterfall.drawWait(from: row.start, to: end, .muted, on: &canvas, x: x, y: y)
    case .refused: waterfall.drawMoment(Run(Glyphs.refused, .open, bold: true), at: row.start, on: &canvas, x: x, y: y)
    case .breaker:
      let mark = row.breakerMark
      waterfall.drawMoment(Run(mark.glyph, mark.ink, bold: true), at: row.start, on: &canvas, x: x, y: y)
    case .duplicate: waterfall.drawMoment(Run(Glyphs.event, .faint), at: row.start, on: &canvas, x: x, y: y)
    }
  }
}

extension CallTreeRowDrawing {
  /// The stretches of the path, those less than a cell apart as one: a cell shows two colours and no more.
  fileprivate func merged(within gap: Int64) -> [Range<Int64>] {
    stretches.reduce(into: []) { merged, stretch in
      if let last = merged.last, stretch.from &- last.upperBound <= gap {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, stretch.to)
      } else {
        merged.append(stretch.from..<stretch.to)
      }
    }
  }
}

extension CallTreeRowDrawing {
  /// The columns that the widest line of a tree takes.
  static func widest(in layout: CallTreeLayout) -> Int {
    let widths = layout.tree.rows.indices.map { row in
      CallTreeRowDrawing(layout: layout, row: row, path: nil, isSelected: false, isFolded: false, isMatch: false)
        .wantedWidth
    }
    return widths.max() ?? 0
  }
}

extension CallTreeRow {
  /// How long a record has waited that nobody has read yet.
  /// - Parameter now: how far the transaction has come; nil when it is over.
  func openDuration(until now: Int64?) -> Int64? {
    guard case .record(_, nil) = content, let now, now > start else { return nil }
    return now &- start
  }
}

extension String {
  /// `payment-1>payment-gateway` as it is read: `payment-1 → payment-gateway`.
  var arrowed: String {
    let parts = split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && !contains(" ") ? "\(parts[0]) → \(parts[1])" : self
  }
}
