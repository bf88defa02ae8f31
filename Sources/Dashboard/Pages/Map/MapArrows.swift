import Drawing
import Operations
import Widgets

/// The arrows of a map, drawn cell by cell: those that share an end join, others cross; the worst is on top.
struct MapArrows {
  let graph: MapGraph
  let plan: MapPlan
  /// The arrow under the cursor, and those at the thing under the cursor.
  var selected: Int?
  var near: Set<Int> = []
  /// Whether what is well steps back.
  var errorsOnly = false
  /// Quarters of a second; nil while nothing moves.
  var beat: Int?

  private struct Cell {
    var sides: MapSides = []
    var isEvent = false
    var ink = Ink.border
    var bold = false
    var arrows: [Int] = []
  }

  func draw(on canvas: inout Canvas) {
    let (columns, rows) = (plan.size.columns, plan.size.rows)
    guard columns > 0, rows > 0 else { return }
    var cells = [Cell](repeating: Cell(), count: columns * rows)
    let order = graph.edges.indices.sorted { (rank($0), $0) < (rank($1), $1) }
    for arrow in order {
      for cell in plan.paths[arrow] { add(cell, of: arrow, to: &cells[cell.y * columns + cell.x]) }
    }
    for y in 0..<rows {
      for x in 0..<columns where !cells[y * columns + x].sides.isEmpty {
        let cell = cells[y * columns + x]
        canvas.put(Self.glyph(cell.sides, isEvent: cell.isEvent), x: x, y: y, cell.ink, bold: cell.bold)
      }
    }
    for arrow in order {
      drawPackets(of: arrow, on: &canvas) { cells[$0.y * columns + $0.x].sides }
      drawRate(of: arrow, on: &canvas) { cells[$0.y * columns + $0.x].arrows == [arrow] }
      drawHead(of: arrow, on: &canvas)
    }
  }

  private func rank(_ arrow: Int) -> Int {
    if arrow == selected { return 9 }
    return 2 * graph.edges[arrow].severity + (near.contains(arrow) ? 1 : 0)
  }

  private func ink(_ arrow: Int) -> Ink {
    let edge = graph.edges[arrow]
    if arrow == selected, edge.severity == 0 { return .accent }
    if near.contains(arrow), edge.severity == 0 { return edge.flow.isEvent ? .event : .flow4 }
    return errorsOnly && edge.severity == 0 ? edge.ink.mixed(toward: .background, 0.7) : edge.ink
  }

  private func add(_ piece: MapCell, of arrow: Int, to cell: inout Cell) {
    let isRelated = cell.arrows.contains { other in
      graph.edges[other].from == graph.edges[arrow].from || graph.edges[other].to == graph.edges[arrow].to
    }
    let crosses = !cell.sides.isEmpty && !isRelated && piece.sides.isStraight && cell.sides.isStraight
    // Where two cross that have nothing to do with each other, one goes over the other.
    cell.sides = crosses ? piece.sides : cell.sides.union(piece.sides)
    cell.isEvent = graph.edges[arrow].flow.isEvent && (crosses || cell.arrows.isEmpty || cell.isEvent)
    cell.ink = ink(arrow)
    cell.bold = arrow == selected
    cell.arrows.append(arrow)
  }

  // MARK: The head, and what stands before it

  private func drawHead(of arrow: Int, on canvas: inout Canvas) {
    guard let head = plan.paths[arrow].last else { return }
    canvas.put(Glyphs.arrowRight, x: head.x, y: head.y, ink(arrow), bold: arrow == selected, over: true)
    guard plan.paths[arrow].count > 1 else { return }
    let place = plan.paths[arrow][plan.paths[arrow].count - 2]
    let entering = entering(with: arrow)
    if entering.contains(where: { !graph.edges[$0].faults.isEmpty }) {
      canvas.put(Glyphs.fault, x: place.x, y: place.y, .fault, bold: true, over: true)
    } else if let breaker = entering.compactMap({ graph.edges[$0].breaker }).min(by: { $0.urgency < $1.urgency }) {
      let isQuiet = breaker == .closed
      let ink = isQuiet ? breaker.mark.ink.mixed(toward: .background, errorsOnly ? 0.8 : 0.45) : breaker.mark.ink
      canvas.put(breaker.mark.glyph, x: place.x, y: place.y, ink, bold: !isQuiet, over: true)
    }
  }

  /// Arrows that enter a thing on one line: they show the worst of their breakers, and any fault.
  private func entering(with arrow: Int) -> [Int] {
    let head = plan.paths[arrow].last
    return graph.edges.indices.filter { graph.edges[$0].to == graph.edges[arrow].to && plan.paths[$0].last == head }
  }

  // MARK: What goes along it

  /// The rate on the last piece of the way, where that belongs to this arrow alone and is long enough.
  private func drawRate(of arrow: Int, on canvas: inout Canvas, isAlone: (MapCell) -> Bool) {
    guard let rate = graph.edges[arrow].rate, rate > 0 else { return }
    let path = plan.paths[arrow]
    var start = path.count - 1
    while start > 0, path[start - 1].sides == .horizontal, path[start - 1].y == path[start].y,
      path[start - 1].x == path[start].x - 1, isAlone(path[start - 1])
    {
      start -= 1
    }
    let text = " \(Figures.rate(rate).text) "
    let room = path.count - 2 - start
    guard room >= text.cellWidth + 1 else { return }
    let x = path[path.count - 2].x - text.cellWidth
    let isSevere = graph.edges[arrow].severity > 0
    canvas.put(text, x: x, y: path[start].y, isSevere ? ink(arrow) : .muted, over: true)
  }

  /// Bright cells that move along, the closer the more there is.
  private func drawPackets(of arrow: Int, on canvas: inout Canvas, sides: (MapCell) -> MapSides) {
    let edge = graph.edges[arrow]
    guard let beat, let rate = edge.rate, rate > 0, edge.breaker != .open, edge.breaker != .forcedOpen else { return }
    let path = plan.paths[arrow]
    let distance = [28, 20, 14, 10, 7][edge.rateClass]
    let bright: Ink =
      edge.severity > 0 ? ink(arrow).mixed(toward: .strong, 0.4) : edge.flow.isEvent ? .event : .flow4
    for index in path.indices.dropLast(2)
    where (index + 1_000 * distance - (beat + arrow * 5) % distance) % distance == 0 {
      let sides = sides(path[index])
      guard sides.isStraight, sides == path[index].sides else { continue }
      let glyph = sides == .horizontal ? "━" : "┃"
      canvas.put(glyph, x: path[index].x, y: path[index].y, bright, bold: true, over: true)
    }
  }

  /// The line that joins some sides of a cell.
  private static func glyph(_ sides: MapSides, isEvent: Bool) -> String {
    switch sides {
    case .horizontal, .left, .right: isEvent ? Glyphs.eventEdge : Glyphs.edge
    case .vertical, .up, .down: isEvent ? "┊" : "│"
    case [.right, .down]: "╭"
    case [.left, .down]: "╮"
    case [.right, .up]: "╰"
    case [.left, .up]: "╯"
    case [.up, .down, .right]: "├"
    case [.up, .down, .left]: "┤"
    case [.left, .right, .down]: "┬"
    case [.left, .right, .up]: "┴"
    default: "┼"
    }
  }
}
