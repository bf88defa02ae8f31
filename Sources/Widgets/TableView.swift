// Widgets: tables, charts, trees, figures and themes, drawn on a canvas. They never know what they are figures of, keep no
// state between two frames, and see no terminal.

/// The parts pages are made of: tables, trees, charts, rules, popups, figures, and the themes they are coloured by.
/// Each draws a value on a Canvas and keeps no state; nothing here knows a page, a service, a clock or a terminal.
public import Drawing

/// Rows under headings. Columns that do not fit are dropped, the least important first; a figure is never cut.
public struct TableView {
  public var columns: [TableColumn]
  public var rowCount: Int
  public var sort: TableSort?
  public var selected: Int?
  /// The row under the mouse.
  public var hovered: Int?
  /// The first row shown, moved as far as needed to show the selected one.
  public var offset: Int
  public var isFocused: Bool
  /// The one sentence of a table without rows.
  public var empty: [Run]
  private let row: (Int) -> [TableCell]

  /// - Parameter row: the cells of a row, one for each of `columns`; asked only for rows in sight.
  public init(
    columns: [TableColumn], rowCount: Int, sort: TableSort? = nil, selected: Int? = nil, hovered: Int? = nil,
    offset: Int = 0, isFocused: Bool = true, empty: [Run] = [], row: @escaping (Int) -> [TableCell]
  ) {
    self.columns = columns
    self.rowCount = rowCount
    self.sort = sort
    self.selected = selected
    self.hovered = hovered
    self.offset = offset
    self.isFocused = isFocused
    self.empty = empty
    self.row = row
  }

  /// Draws the headings in the first line of `rect` and rows below. The selected row's ground is one column wider on
  /// each side.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    guard rect.height > 0, rect.width > 0 else { return }
    let (layout, rows) = laidOut(in: rect)
    for (index, place) in layout.places.enumerated() {
      let next = layout.places.dropFirst(index + 1).first
      drawHeading(place, gapAfter: next?.gap ?? 0, on: &canvas, in: rect)
    }
    guard rowCount > 0 else {
      if rect.height > 1 { canvas.rich(endEllipsis(empty, rect.width), x: rect.x, y: rect.y + 1) }
      return
    }
    for (line, index) in firstRowAndCells(rows, in: rect) {
      let y = rect.y + 1 + line
      if index.number == selected {
        (isFocused ? Selection.focused : .unfocused).draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      } else if index.number == hovered {
        Selection.unfocused.draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      }
      for place in layout.places where place.column < index.cells.count {
        let cell = Rect(x: rect.x + place.x, y: y, width: place.width, height: 1)
        draw(index.cells[place.column], place, on: &canvas, in: cell)
      }
    }
  }

  /// The first row that ``draw(on:in:)`` shows in `rect`.
  public func firstRow(in rect: Rect) -> Int {
    Scroll.offset(offset, showing: selected, count: rowCount, height: rect.height - 1)
  }

  /// Which rows ``draw(on:in:)`` shows in `rect`, to follow the title of the table's panel; nothing where it shows all.
  public func range(in rect: Rect) -> [Run] {
    Scroll.range(from: firstRow(in: rect), height: rect.height - 1, count: rowCount)
  }

  /// What is at a cell of the screen when the table is drawn in `rect`.
  public func hit(x: Int, y: Int, in rect: Rect) -> TableHit? {
    guard rect.inset(left: -1, right: -1).contains(x: x, y: y) else { return nil }
    if y == rect.y {
      let place = laidOut(in: rect).layout.places.last { rect.x + $0.x - $0.gap <= x }
      return place.map { .heading($0.column) }
    }
    let index = firstRow(in: rect) + y - rect.y - 1
    return index < rowCount ? .row(index) : nil
  }
}

/// What a table has at a cell of the screen.
public enum TableHit: Hashable, Sendable {
  /// The column's place in `columns`.
  case heading(Int)
  case row(Int)
}

extension TableView {
  private func laidOut(in rect: Rect) -> (layout: TableLayout, rows: [[TableCell]]) {
    let first = firstRow(in: rect)
    let last = min(rowCount, first + max(0, rect.height - 1))
    let rows = first < last ? (first..<last).map(row) : []
    return (TableLayout(columns: columns, sort: sort, rows: rows, width: rect.width), rows)
  }

  private func firstRowAndCells(
    _ rows: [[TableCell]], in rect: Rect
  ) -> some Sequence<(offset: Int, element: (number: Int, cells: [TableCell]))> {
    let first = firstRow(in: rect)
    return rows.enumerated().map { (number: first + $0.offset, cells: $0.element) }.enumerated()
  }

  private func drawHeading(
    _ place: TableLayout.Place, gapAfter: Int, on canvas: inout Canvas, in rect: Rect
  ) {
    let column = columns[place.column]
    guard let sort, sort.column == place.column else {
      canvas.put(
        middleEllipsis(column.heading, place.width), x: rect.x + place.x, y: rect.y, .faint, width: place.width,
        align: column.align)
      return
    }
    let arrow = sort.isDescending ? Glyphs.descending : Glyphs.ascending
    let isRight = column.align == .right
    var (x, width, blank) = (rect.x + place.x, place.width, "")
    // In ASCII the arrow is a letter, and would be read as one of the heading's; it may stand in the gap.
    let needed = column.heading.cellWidth + 2
    if canvas.glyphSet == .ascii, needed <= width + ((isRight ? place.gap : gapAfter) > 1 ? 1 : 0) {
      if needed > width, isRight { x -= 1 }
      (width, blank) = (max(width, needed), " ")
    }
    let text = isRight ? arrow + blank + column.heading : column.heading + blank + arrow
    canvas.put(
      middleEllipsis(text, width), x: x, y: rect.y, .accent, bold: true, width: width, align: column.align)
  }

  private func draw(_ cell: TableCell, _ place: TableLayout.Place, on canvas: inout Canvas, in rect: Rect) {
    let align = columns[place.column].align
    switch cell {
    case .blank: break
    case .text(let text, let ink, let bold):
      canvas.put(
        middleEllipsis(text, rect.width), x: rect.x, y: rect.y, ink, bold: bold, width: rect.width, align: align)
    case .runs(let runs):
      canvas.rich(endEllipsis(runs, rect.width), x: rect.x, y: rect.y, width: rect.width, align: align)
    case .figure(let figure, let ink, let bold):
      let slack = figure.unit.isEmpty && !place.alignsNumberAlone(figure) ? 0 : place.unitWidth - figure.unit.cellWidth
      canvas.put(
        figure.text, x: rect.x, y: rect.y, ink, bold: bold, width: rect.width - (align == .right ? slack : 0),
        align: align)
    case .drawing(let draw):
      canvas.within(rect) { draw(&$0, rect) }
    }
  }
}
