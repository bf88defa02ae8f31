import Drawing

/// Where the parts of a tab stand.
struct PlatformLayout {
  private(set) var alarm: Rect?
  private(set) var head: Rect?
  private(set) var chart: Rect?
  private(set) var tables: [(table: PlatformTable, rect: Rect)] = []

  /// A rule, a line of headings and a row.
  private static let least = 3
  private static let chartHeights = 6...10

  init(_ board: PlatformBoard, in body: Rect, gap: Int) {
    var rest = body
    func take(_ lines: Int) -> Rect {
      let parts = rest.split(top: lines, gap: gap)
      rest = parts.rest
      return parts.top
    }
    if board.alarm != nil { alarm = take(1) }
    if let facts = board.head {
      let lines = facts.lines(width: body.width).count
      let room = max(1, min(lines, body.height / facts.share))
      if rest.height >= 8 + room { head = take(1 + room) }
    }
    if board.chart != nil {
      let wanted = rest.height - board.tables.reduce(0) { $0 + $1.wantedHeight + gap }
      let left = rest.height - gap - board.tables.reduce(0) { $0 + min($1.wantedHeight, 8) }
      if left >= Self.chartHeights.lowerBound {
        chart = take(min(Self.chartHeights.upperBound, max(Self.chartHeights.lowerBound, wanted)))
      }
    }
    let columns = board.columns.filter { !$0.isEmpty }
    if columns.count > 1, body.width >= board.wideFrom {
      for (tables, column) in zip(columns, rest.columns(columns.count)) { stack(tables, in: column, gap: gap) }
    } else {
      stack(board.tables, in: rest, gap: gap)
    }
  }

  /// Below each other: each has its least, then all grow alike until they have what they want.
  private mutating func stack(_ all: [PlatformTable], in column: Rect, gap: Int) {
    var shown = all
    while shown.count > 1, Self.least(of: shown, gap: gap) > column.height { shown.removeLast() }
    guard column.height > 0 else { return }
    var heights = shown.map { min($0.wantedHeight, Self.least) }
    var left = column.height - heights.reduce(0, +) - gap * (shown.count - 1)
    while left > 0,
      let place = shown.indices.filter({ heights[$0] < shown[$0].wantedHeight }).min(by: { heights[$0] < heights[$1] })
    {
      heights[place] += 1
      left -= 1
    }
    var y = column.y
    for (table, height) in zip(shown, heights) {
      tables.append((table, Rect(x: column.x, y: y, width: column.width, height: min(height, column.bottom - y))))
      y += height + gap
    }
  }

  private static func least(of tables: [PlatformTable], gap: Int) -> Int {
    tables.reduce(-gap) { $0 + min($1.wantedHeight, least) + gap }
  }

  func rect(_ panel: PlatformPanel) -> Rect? { tables.first { $0.table.panel == panel }?.rect }
}
