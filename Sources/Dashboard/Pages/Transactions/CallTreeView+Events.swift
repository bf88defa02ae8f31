import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

extension CallTreeView {
  /// Everything in the order of time: what began, and what was written to the log.
  func drawEvents(
    _ layout: CallTreeLayout, on canvas: inout Canvas, _ geometry: CallTreeGeometry, _ context: PageContext
  ) {
    let body = geometry.body
    let table = TableView(
      columns: [
        TableColumn("after", .fit(minimum: 8), align: .right),
        TableColumn("hop", .fixed(layout.hopWidth), priority: 1),
        TableColumn("", .fixed(1), priority: 0),
        TableColumn("what happened", .share(minimum: 16), gap: 1),
        TableColumn("took", .fit(minimum: 8), align: .right, priority: 2),
        TableColumn("time", .fixed(12), priority: 3),
      ], rowCount: events.count, selected: events.isEmpty ? nil : eventCursor.line, offset: eventCursor.offset,
      empty: [Run("Nothing has happened yet.", .muted)]
    ) { line in
      cells(events[line], layout, context)
    }
    table.draw(on: &canvas, in: Rect(x: body.x, y: geometry.headingLine, width: body.width, height: body.height + 1))
  }

  private func cells(_ moment: TransactionMoment, _ layout: CallTreeLayout, _ context: PageContext) -> [TableCell] {
    let offset = TableCell.figure(Figures.offset(moment.time &- layout.tree.start), .muted)
    let time = TableCell.text(context.clock(moment.time, .milliseconds), .faint)
    if let line = moment.line {
      let ink: Ink = line.level == .error ? .failing : line.level == .warn ? .degraded : .muted
      let hop = line.ltxid?.description ?? ""
      return [
        offset, .text(hop, .faint), .text("│", .faint),
        .runs([
          Run(line.level.rawValue.uppercased(), ink, bold: line.level == .error), Run(" \(line.instance) ", .muted),
          Run(line.message, .text),
        ]), .blank, time,
      ]
    }
    if let event = moment.event, let number = moment.row {
      let row = layout.tree.rows[number]
      return [
        offset, .text(row.ltxid?.description ?? "", .faint), .text("·", .faint), .runs(event.runs(in: row)),
        .blank, time,
      ]
    }
    guard let number = moment.row else { return [offset, .blank, .blank, .blank, .blank, time] }
    let drawing = CallTreeRowDrawing(
      layout: layout, row: number, path: path, isSelected: false, isFolded: false, isMatch: false)
    let row = layout.tree.rows[number]
    let mark = row.glyph ?? Run(layout.isOrigin[number] ? "✗" : "›", layout.isOrigin[number] ? .failing : .faint)
    return [
      offset, .text(row.ltxid?.description ?? "", drawing.isCritical ? .critical : .faint, bold: drawing.isCritical),
      .runs([mark]), .runs(drawing.runs(within: .max)), row.took.number.isEmpty ? .blank : .figure(row.took, .text),
      time,
    ]
  }
}

extension SpanEvent {
  /// What it is, with what it says: of an exception what went wrong.
  fileprivate func runs(in row: CallTreeRow) -> [Run] {
    let isException = name == "exception"
    let facts = attributes.filter { !isException || $0.name == "exception.message" }.map {
      isException ? "\($0.value)" : "\($0.name)=\($0.value)"
    }
    return [
      Run("\(visible(row.service)) ", .muted), Run(visible(name), isException ? .failing : .text),
      Run("  \(visible(facts.joined(separator: " ")))", .muted),
    ]
  }
}
