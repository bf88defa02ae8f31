import Drawing
import Operations
import Widgets

/// The map where it is narrow: who calls whom as a tree, each thing once with what lies behind it.
struct MapTree: Sendable {
  struct Row: Sendable {
    let place: Int
    let depth: Int
    /// The arrow that leads here; nil for a thing that nothing leads to.
    let arrow: Int?
    /// Whether the thing stands above already.
    let isAgain: Bool
  }

  private(set) var rows: [Row] = []

  init(_ layers: MapLayers) {
    let arrows = layers.shape.arrows
    var outgoing = [[Int]](repeating: [], count: layers.shape.things.count)
    var isReached = [Bool](repeating: false, count: layers.shape.things.count)
    for (index, arrow) in arrows.enumerated() {
      outgoing[arrow.from].append(index)
      if !layers.isBackward[index] { isReached[arrow.to] = true }
    }
    // As they stand on the map: from the left, and from the top.
    let order = layers.items.flatMap { $0.compactMap { if case .thing(let place) = $0 { place } else { nil } } }
    var rank = [Int](repeating: 0, count: order.count)
    for (index, place) in order.enumerated() { rank[place] = index }
    for place in outgoing.indices { outgoing[place].sort { rank[arrows[$0].to] < rank[arrows[$1].to] } }
    var isShown = [Bool](repeating: false, count: layers.shape.things.count)
    for root in order where !isReached[root] {
      var waiting = [Row(place: root, depth: 0, arrow: nil, isAgain: false)]
      while let row = waiting.popLast() {
        let isAgain = isShown[row.place]
        rows.append(Row(place: row.place, depth: row.depth, arrow: row.arrow, isAgain: isAgain))
        guard !isAgain else { continue }
        isShown[row.place] = true
        for arrow in outgoing[row.place].reversed() {
          waiting.append(Row(place: arrows[arrow].to, depth: row.depth + 1, arrow: arrow, isAgain: false))
        }
      }
    }
  }

  /// The row in which a thing stands with all that lies behind it.
  func index(of place: Int) -> Int? { rows.firstIndex { $0.place == place && !$0.isAgain } }

  /// The thing in the next row that has one of its own, in a direction.
  func next(from place: Int, by step: Int) -> Int? {
    guard var index = index(of: place) else { return nil }
    index += step
    while rows.indices.contains(index), rows[index].isAgain { index += step }
    return rows.indices.contains(index) ? rows[index].place : nil
  }

  func parent(of place: Int) -> Int? {
    guard let index = index(of: place) else { return nil }
    return rows[..<index].last { $0.depth == rows[index].depth - 1 }?.place
  }

  func firstChild(of place: Int) -> Int? {
    guard let index = index(of: place), rows.indices.contains(index + 1) else { return nil }
    let next = rows.dropFirst(index + 1).prefix { $0.depth > rows[index].depth }
    return next.first { $0.depth == rows[index].depth + 1 && !$0.isAgain }?.place ?? next.first?.place
  }

  /// The first row in sight.
  func offset(showing place: Int?, height: Int, from offset: Int) -> Int {
    Scroll.offset(offset, showing: place.flatMap(index), count: rows.count, height: height)
  }
}

/// Draws the rows.
struct MapTreeView {
  let tree: MapTree
  let graph: MapGraph
  let snapshot: SystemSnapshot
  var selected: Int?
  var selectedArrow: Int?
  var offset = 0
  var errorsOnly = false

  func draw(on canvas: inout Canvas, in rect: Rect) {
    for (line, row) in tree.rows.dropFirst(offset).prefix(rect.height).enumerated() {
      let y = rect.y + line
      let isSelected = selectedArrow.map { $0 == row.arrow } ?? (row.place == selected && !row.isAgain)
      if isSelected { Selection.focused.draw(on: &canvas, x: rect.x, y: y, width: rect.width) }
      draw(row, on: &canvas, x: rect.x, y: y, width: rect.width)
      if errorsOnly, !isBad(row), !isSelected {
        canvas.recolor(Rect(x: rect.x, y: y, width: rect.width, height: 1)) { $0.mixed(toward: .background, 0.62) }
      }
    }
  }

  private func isBad(_ row: MapTree.Row) -> Bool {
    let facts = MapFacts(graph.things[row.place], graph, snapshot)
    return facts.severity > 0 || !facts.faults.isEmpty || row.arrow.map { graph.edges[$0].severity > 0 } ?? false
  }

  private func draw(_ row: MapTree.Row, on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let facts = MapFacts(graph.things[row.place], graph, snapshot)
    let figures = row.isAgain ? rate(of: row) : figures(facts)
    let room = width - figures.cellWidth - (figures.isEmpty ? 0 : 2)
    let head = head(of: row)
    let isLoud = facts.severity > 0 && !row.isAgain
    var runs = head + [facts.glyph, Run(" ")]
    let left = max(1, room - runs.cellWidth - (facts.faults.isEmpty ? 0 : 2))
    runs.append(
      Run(middleEllipsis(facts.thing.name, left), row.isAgain ? .muted : isLoud ? .strong : .text, bold: isLoud))
    if !facts.faults.isEmpty, !row.isAgain { runs.append(Run(" " + Glyphs.fault, .fault, bold: true)) }
    let end = canvas.rich(endEllipsis(runs, max(0, room)), x: x, y: y)
    // How it went in the last minute, in columns of its own.
    let curve = Rect(x: x + width - 44, y: y, width: 24, height: 1)
    let isFree = end + 2 <= curve.x && curve.right < x + width - figures.cellWidth
    if width >= 72, !row.isAgain, isFree {
      Pulse(
        MapFacts.curve(of: facts.thing, graph, snapshot),
        ink: facts.severity > 0 ? facts.ink : facts.thing.isTopic ? .event : .flow2
      )
      .draw(on: &canvas, x: curve.x, y: y, width: curve.width)
    }
    canvas.rich(figures, x: x + width - figures.cellWidth, y: y)
  }

  /// Indentation, and the arrow with its breaker.
  private func head(of row: MapTree.Row) -> [Run] {
    guard let arrow = row.arrow else { return [] }
    let edge = graph.edges[arrow]
    let indent = String(repeating: "  ", count: min(row.depth, 9) - 1)
    var middle = Run(edge.flow.isEvent ? Glyphs.eventEdge : Glyphs.edge, edge.ink)
    if !edge.faults.isEmpty {
      middle = Run(Glyphs.fault, .fault, bold: true)
    } else if let breaker = edge.breaker, breaker != .closed {
      middle = Run(breaker.mark.glyph, breaker.mark.ink, bold: true)
    }
    return [Run(indent), middle, Run(Glyphs.arrowRight + " ", edge.ink)]
  }

  private func figures(_ facts: MapFacts) -> [Run] {
    let rate = facts.rate.map { Figures.rate($0) } ?? .unknown
    let figure = facts.figure ?? Run("")
    let blanks = String(repeating: " ", count: max(0, 9 - figure.text.cellWidth))
    return [Run(rate.number, facts.rate == 0 ? .faint : .text), Run(rate.unit, .muted), Run(blanks), figure]
  }

  /// Of a thing that stands above only what goes this way is new.
  private func rate(of row: MapTree.Row) -> [Run] {
    guard let arrow = row.arrow, let rate = graph.edges[arrow].rate else { return [] }
    return [Run(Figures.rate(rate).text, .muted), Run(String(repeating: " ", count: 9))]
  }
}
