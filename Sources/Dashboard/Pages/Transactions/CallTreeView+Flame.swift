import Drawing
import TraceCollector
import Widgets

extension CallTreeView {
  /// The calls as blocks along the time axis, each below what called it, and between them what was waited for.
  func drawFlame(_ layout: CallTreeLayout, on canvas: inout Canvas, _ geometry: CallTreeGeometry) {
    let body = geometry.body
    let rows = layout.tree.rows
    let waterfall = waterfall(layout.tree, width: body.width)
    waterfall.drawLabels(on: &canvas, x: body.x, y: geometry.headingLine)
    guard rows.indices.contains(flameRow) else {
      canvas.put("No span has arrived yet.", x: body.x, y: body.y, .muted)
      return
    }
    let first = max(0, min(rows[flameRow].depth - body.height / 2, lineCount - body.height))
    let depths = first..<first + body.height
    for row in rows where !row.isCall && depths.contains(row.depth) {
      drawWait(row, on: &canvas, body, y: body.y + row.depth - first, waterfall)
    }
    // The longest last: a short one beside it would take the first letter of its name.
    let calls = rows.indices.filter { rows[$0].isCall && depths.contains(rows[$0].depth) }
    let covers = covers(calls, rows, waterfall)
    for index in calls.sorted(by: { isDrawnLater($1, than: $0, rows) }) {
      drawBlock(
        index, layout, on: &canvas, body, y: body.y + rows[index].depth - first, waterfall, coveredFrom: covers[index])
    }
    drawNamesBeside(calls, rows, covers, on: &canvas, body, first: first, waterfall)
  }

  /// The columns of a call's block; nil where it is out of sight.
  private func columns(
    of row: CallTreeRow, _ body: Rect, _ waterfall: Waterfall, coveredFrom cover: Int?
  ) -> Range<Int>? {
    let from = max(0, waterfall.column(of: row.start))
    let end = min(body.width, max(from + 1, waterfall.column(of: row.start &+ (row.duration ?? 0))))
    guard from < end, end > 0 else { return nil }
    let to = cover.map { $0 > from ? min($0, end) : end } ?? end
    // Neighbours are told apart by the blank at the end of each that has room for one.
    return from..<(to - from > 2 ? to - 1 : to)
  }

  private static func name(_ row: CallTreeRow) -> String { row.service.isEmpty ? row.operation : row.service }

  /// Whether the name of a call can be told within its block.
  private static func holds(_ columns: Range<Int>, _ name: String) -> Bool { columns.count >= min(6, name.cellWidth) }

  /// What is too narrow for its name has it at its right, or at its left, where nothing else stands.
  private func drawNamesBeside(
    _ calls: [Int], _ rows: [CallTreeRow], _ covers: [Int: Int], on canvas: inout Canvas, _ body: Rect, first: Int,
    _ waterfall: Waterfall
  ) {
    var taken: [Int: [Range<Int>]] = [:]
    for row in rows where !row.isCall {
      let end = row.start &+ (row.openDuration(until: openEnd) ?? row.duration ?? 0)
      let column = waterfall.column(of: row.start)
      taken[row.depth, default: []].append(column..<max(column + 1, waterfall.column(of: end) + 1))
    }
    let blocks = calls.compactMap { index in
      columns(of: rows[index], body, waterfall, coveredFrom: covers[index]).map { (index: index, columns: $0) }
    }
    for block in blocks { taken[rows[block.index].depth, default: []].append(block.columns) }
    for block in blocks.sorted(by: { ($0.columns.lowerBound, $0.index) < ($1.columns.lowerBound, $1.index) }) {
      let row = rows[block.index]
      let name = Self.name(row)
      guard !Self.holds(block.columns, name) else { continue }
      let width = name.cellWidth
      let right = block.columns.upperBound + 1
      let place = [right, block.columns.lowerBound - 1 - width].first { x in
        // A blank on each side, so that it belongs to one block.
        let needed = x - (x == right ? 0 : 1)..<x + width + (x == right ? 1 : 0)
        return x >= 0 && x + width <= body.width
          && !(taken[row.depth] ?? []).contains { $0.overlaps(needed) }
      }
      guard let place else { continue }
      let ink: Ink = block.index == flameRow ? .accent : .muted
      canvas.put(name, x: body.x + place, y: body.y + row.depth - first, ink)
      taken[row.depth, default: []].append(place..<place + width)
    }
  }

  private func isDrawnLater(_ index: Int, than other: Int, _ rows: [CallTreeRow]) -> Bool {
    if index == flameRow || other == flameRow { return index == flameRow && other != flameRow }
    return (rows[index].duration ?? 0, index) > (rows[other].duration ?? 0, other)
  }

  /// The column from which each call is covered by one that begins after it and is drawn later.
  private func covers(_ calls: [Int], _ rows: [CallTreeRow], _ waterfall: Waterfall) -> [Int: Int] {
    var columns: [Int: Int] = [:]
    for level in Dictionary(grouping: calls, by: { rows[$0].depth }).values {
      // From right to left, with those that may cover what stands left of them.
      var covering: [Int] = []
      for index in level.sorted(by: { (rows[$0].start, $0) > (rows[$1].start, $1) }) {
        while let last = covering.last, !isDrawnLater(last, than: index, rows) { covering.removeLast() }
        columns[index] = covering.last.map { waterfall.column(of: rows[$0].start) }
        covering.append(index)
      }
    }
    return columns
  }

  private func drawBlock(
    _ number: Int, _ layout: CallTreeLayout, on canvas: inout Canvas, _ body: Rect, y: Int, _ waterfall: Waterfall,
    coveredFrom cover: Int?
  ) {
    let row = layout.tree.rows[number]
    let isSelected = number == flameRow
    guard let columns = columns(of: row, body, waterfall, coveredFrom: cover) else { return }
    let block = Rect(x: body.x + columns.lowerBound, y: y, width: columns.count, height: 1)
    let ground: Ink =
      isSelected ? .accent : layout.isOrigin[number] ? .failing : layout.isUndoing[number] ? .compensation : .span
    canvas.clear(block, isSelected ? ground : ground.mixed(toward: .background, 0.45))
    canvas.release(block)
    let name = Self.name(row)
    guard Self.holds(columns, name) else { return }
    let ink: Ink = isSelected ? .onAccent : .strong
    canvas.put(middleEllipsis(name, columns.count), x: block.x, y: y, ink, bold: isSelected, over: true)
  }

  /// A record on its way to its reader, a back-off, a call that a breaker refused. What is not a column wide is left out.
  private func drawWait(
    _ row: CallTreeRow, on canvas: inout Canvas, _ body: Rect, y: Int, _ waterfall: Waterfall
  ) {
    let end = row.start &+ (row.openDuration(until: openEnd) ?? row.duration ?? 0)
    let isSeen = waterfall.column(of: row.start) < waterfall.column(of: end)
    switch row.content {
    case .record where isSeen:
      waterfall.drawWait(from: row.start, to: end, .event, on: &canvas, x: body.x, y: y)
      let name = [Run(Glyphs.event, .event, bold: true), Run(" \(row.operation) ", .event)]
      let from = max(0, waterfall.column(of: row.start) + 1)
      guard min(body.width, waterfall.column(of: end)) - from > name.cellWidth + 2 else { return }
      canvas.rich(name, x: body.x + from, y: y, over: true)
    case .backOff where isSeen:
      waterfall.drawWait(from: row.start, to: end, .muted, on: &canvas, x: body.x, y: y)
    case .refused:
      waterfall.drawMoment(
        Run(Glyphs.refused, .open, bold: true), at: row.start, on: &canvas, x: body.x, y: y)
    case .breaker:
      let mark = row.breakerMark
      waterfall.drawMoment(Run(mark.glyph, mark.ink, bold: true), at: row.start, on: &canvas, x: body.x, y: y)
    case .hop, .span, .record, .backOff, .duplicate: break
    }
  }

  /// The call that an arrow leads to: what called it, what it called, the one before and after beside it.
  func flameNeighbour(_ key: KeyPress.Key) -> Int? {
    guard let rows = tree?.rows, rows.indices.contains(flameRow) else { return nil }
    switch key {
    case .up, .character("k"): return rows[flameRow].parent
    case .down, .character("j"):
      return (flameRow + 1..<max(flameRow + 1, rows[flameRow].subtreeEnd)).first { rows[$0].isCall }
    case .left: return rows[..<flameRow].lastIndex { $0.isCall && $0.depth == rows[flameRow].depth }
    case .right: return rows[(flameRow + 1)...].firstIndex { $0.isCall && $0.depth == rows[flameRow].depth }
    case .home, .character("g"): return 0
    default: return nil
    }
  }
}
