import Drawing
import Operations
import Widgets

extension ServicesPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    if opened != nil, let service = service(context) {
      ServiceFacts(service: service, context: context).draw(on: &canvas, in: layout.facts)
    } else {
      drawTable(on: &canvas, in: layout.table, context)
    }
    for (panel, rect) in layout.panels { view(of: panel, context)?.draw(on: &canvas, in: rect) }
  }

  private func drawTable(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    tableView(context)
      .draw(
        "services", note: context.snapshot.window.note, words: filter ?? "", figures: { figures(context, width: $0) },
        on: &canvas, in: rect)
  }

  func tableView(_ context: PageContext) -> TableView {
    let rows = rows(context)
    let keys = rows.map(\.name)
    let selected = table.index(in: keys)
    let isFocused = focus == .services
    return TableView(
      columns: columns(context), rowCount: rows.count, sort: tableSort, selected: selected,
      hovered: hoveredPanel == .services ? hover.index(in: keys, clock: context.clock) : nil, offset: table.offset,
      isFocused: isFocused, empty: emptySentence
    ) { index in
      var row = ServiceRow(service: rows[index], context: context)
      row.isSelected = index == selected && isFocused
      row.window = context.snapshot.window
      return ServiceColumn.allCases.map(row.cell)
    }
  }

  private var emptySentence: [Run] {
    guard let filter, !filter.isEmpty else { return [.muted("No service is known yet.")] }
    return .nothingMatches(filter, among: "service")
  }

  private func columns(_ context: PageContext) -> [TableColumn] {
    let services = context.snapshot.services
    let window = context.snapshot.window
    let longestName = services.map { $0.name.cellWidth + ServiceRow.note(of: $0, beside: window).cellWidth }.max() ?? 0
    let uses = services.compactMap { $0.workers.map { Figures.fraction($0.used, of: $0.size).cellWidth } }
    return ServiceColumn.allCases.map { $0.tableColumn(longestName: longestName, longestUse: uses.max() ?? 0) }
  }

  /// The column that carries the arrow; severity has no heading, the rule names it.
  private var tableSort: TableSort? {
    sort.column == .state ? nil : sort.tableSort
  }

  /// The columns that there is room for.
  func visibleColumns(_ context: PageContext) -> [ServiceColumn] {
    tableView(context).columnsInSight(in: layout(context).table.split(top: 1).rest)
  }

  /// What all services together have to say, as much as fits.
  private func figures(_ context: PageContext, width: Int) -> [Run] {
    let services = context.snapshot.services
    guard !services.isEmpty else { return [] }
    func count(_ isCounted: (Health) -> Bool, _ word: String, _ ink: Ink) -> [Run] {
      let number = services.count { isCounted($0.health) }
      return number == 0 ? [] : [Run("\(number)", ink, bold: ink != .healthy), .muted(" \(word)")]
    }
    let (up, all) = (services.map(\.instancesUp).saturatingSum, services.map(\.instancesAll).saturatingSum)
    let arrow = sort.isDescending ? Glyphs.descending : Glyphs.ascending
    let sorted = [Run("by \(sort.column.sortName) \(arrow)", .accent)]
    let counts = [
      [.muted("\(Figures.fraction(up, of: all).text) up")],
      count({ $0 == .down }, "failing", .failing),
      count({ $0 == .degraded }, "degraded", .degraded), count({ $0 == .unknown }, "unknown", .unknown),
      count({ $0 == .up }, "healthy", .healthy),
    ]
    let room = width - sorted.cellWidth - 3
    let line = counts.fitting(room)
    return line.isEmpty ? (sorted.cellWidth <= width ? sorted : []) : line + [Run("   ")] + sorted
  }
}
