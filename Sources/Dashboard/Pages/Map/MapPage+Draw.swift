import Drawing
import Operations
import TraceCollector
import Widgets

extension MapPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    let graph = graph(context)
    Rule(title(context), figures: figures(graph, context, width: layout.rule.width), isFocused: true).draw(
      on: &canvas, x: layout.rule.x, y: layout.rule.y, width: layout.rule.width)
    guard !graph.things.isEmpty else {
      canvas.rich(endEllipsis([Run("No service yet.", .muted)], layout.map.width), x: layout.map.x, y: layout.map.y)
      return
    }
    if layout.isTree {
      drawTree(graph, on: &canvas, in: layout.map, context)
    } else {
      drawMap(graph, on: &canvas, in: layout.map, context)
    }
    MapSentence(graph: graph, context: context, place: place(in: graph, context), arrow: arrow(in: graph))
      .draw(on: &canvas, in: layout.facts)
  }

  private func title(_ context: PageContext) -> [Run] {
    var title = [Run("map", .strong, bold: true)]
    if isByTeam { title.append(Run("  by team", .accent)) }
    if let focus, focus.kept != nil { title.append(.muted("  around \(visible(focus.centre.name))")) }
    if errorsOnly { title.append(Run("  errors only", .accent)) }
    return title
  }

  /// What there is, and what the lines mean. The rule itself would drop them from the left.
  private func figures(_ graph: MapGraph, _ context: PageContext, width: Int) -> [Run] {
    let services = context.snapshot.services.count
    let shown = graph.things.count { if case .service = $0 { true } else { false } }
    let topics = graph.things.count(where: \.isTopic)
    let all = context.snapshot.topics.count
    let isPart = focus?.kept != nil && !isByTeam
    let groups: [[Run]] = [
      isPart
        ? [Run("\(shown)", .strong, bold: true), .muted(" of \(services) services")]
        : [Run("\(services)", .strong, bold: true), .muted(services == 1 ? " service" : " services")],
      topics == all
        ? [Run("\(topics)", .strong, bold: true), .muted(topics == 1 ? " topic" : " topics")]
        : [Run("\(topics)", .strong, bold: true), .muted(" of \(all) topics")],
      [Run("──", .flow2), .muted(" call" + callWindow(context))], [Run("╌╌", .event), .muted(" event")],
      [Run(Mark.open.glyph, .open, bold: true), .muted(" breaker on its arrow")],
    ]
    return groups.fitting(width - title(context).cellWidth - 4, gap: 3)
  }

  /// Over how long a time the rates on the arrows are taken, where it is another than that of the boxes.
  private func callWindow(_ context: PageContext) -> String {
    let windows = Set(context.snapshot.services.filter { !$0.calls.isEmpty }.map(\.callWindow))
    guard let window = windows.first, windows.count == 1, window != .tenSeconds else { return "" }
    return ", last \(window.words)"
  }

  private func drawTree(_ graph: MapGraph, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let tree = MapTree(layers(graph))
    let selected = place(in: graph, context)
    let offset = tree.offset(showing: nil, height: rect.height, from: treeOffset)
    MapTreeView(
      tree: tree, graph: graph, snapshot: context.snapshot, selected: selected, selectedArrow: arrow(in: graph),
      offset: offset, errorsOnly: errorsOnly
    ).draw(on: &canvas, in: rect)
  }

  /// Draws the whole map on a sheet of its own, and shows the part of it that is in sight.
  private func drawMap(_ graph: MapGraph, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let plan = plan(graph, rect.size)
    let sheet = sheet(graph, plan, canvas.glyphSet, isStrict: canvas.isStrict, context)
    let shift = Self.shift(plan, rect)
    let window = Rect(
      x: origin.x, y: origin.y, width: min(rect.width, plan.size.columns), height: min(rect.height, plan.size.rows))
    sheet.show(window, on: &canvas, x: rect.x + shift.x, y: rect.y + shift.y)
    drawEdges(plan, window, on: &canvas, in: rect)
  }

  /// The whole map, in sight or not.
  func sheet(
    _ graph: MapGraph, _ plan: MapPlan, _ glyphs: GlyphSet, isStrict: Bool, _ context: PageContext
  ) -> Canvas {
    let (selected, arrow) = (place(in: graph, context), arrow(in: graph))
    var sheet = Canvas(size: plan.size, glyphSet: glyphs, isStrict: isStrict)
    var arrows = MapArrows(graph: graph, plan: plan)
    arrows.selected = arrow
    if arrow == nil, let selected { arrows.near = Set(graph.edges(at: selected)) }
    arrows.errorsOnly = errorsOnly
    if context.motion, !context.isFrozen, !context.snapshot.system.isStill {
      arrows.beat = Int(context.clock / 250_000_000 % 1_000_000)
    }
    arrows.draw(on: &sheet)
    MapBoxes(
      graph: graph, plan: plan, snapshot: context.snapshot, selected: arrow == nil ? selected : nil,
      errorsOnly: errorsOnly
    ).draw(on: &sheet)
    return sheet
  }

  /// Says where there is more than is in sight.
  private func drawEdges(_ plan: MapPlan, _ window: Rect, on canvas: inout Canvas, in rect: Rect) {
    let middle = rect.y + rect.height / 2
    let ink = Ink.accent
    func mark(_ text: String, _ x: Int, _ y: Int) {
      canvas.release(Rect(x: x, y: y, width: 1, height: 1))
      canvas.put(text, x: x, y: y, ink, bold: true, over: true)
    }
    if window.x > 0 { mark(Glyphs.arrowLeft, rect.x, middle) }
    if window.right < plan.size.columns { mark(Glyphs.arrowRight, rect.right - 1, middle) }
    if window.y > 0 { mark(Glyphs.arrowUp(canvas.glyphSet), rect.x + rect.width / 2, rect.y) }
    if window.bottom < plan.size.rows {
      mark(Glyphs.arrowDown(canvas.glyphSet), rect.x + rect.width / 2, rect.bottom - 1)
    }
  }
}

extension Canvas {
  /// Draws a part of this canvas on another one; a wide letter that is cut is a blank.
  func show(_ window: Rect, on other: inout Canvas, x: Int, y: Int) {
    for line in window.y..<window.bottom {
      var column = window.x
      while column < window.right {
        let glyph = glyph(x: column, y: line)
        let width = max(1, glyph.width)
        defer { column += width }
        let style = style(x: column, y: line)
        let isCut = glyph == .continuation || column + width > window.right
        let place = (x: x + column - window.x, y: y + line - window.y)
        if style.background != .background {
          other.fill(Rect(x: place.x, y: place.y, width: isCut ? 1 : width, height: 1), style.background)
        }
        guard !isCut, glyph != .blank else { continue }
        other.put(
          glyph.text, x: place.x, y: place.y, style.foreground, bold: style.attributes.contains(.bold), over: true)
      }
    }
  }
}
