import Drawing
import Operations
import Widgets

/// The things of a map: services in frames, topics on a ground of their own.
struct MapBoxes {
  let graph: MapGraph
  let plan: MapPlan
  let snapshot: SystemSnapshot
  var selected: Int?
  var errorsOnly = false

  func draw(on canvas: inout Canvas) {
    for place in graph.things.indices { draw(place, on: &canvas) }
  }

  private func draw(_ place: Int, on canvas: inout Canvas) {
    let facts = MapFacts(graph.things[place], graph, snapshot)
    let box = plan.boxes[place]
    let isSelected = place == selected
    if facts.thing.isTopic {
      draw(topic: facts, in: box, isSelected: isSelected, on: &canvas)
    } else {
      draw(service: facts, in: box, isSelected: isSelected, on: &canvas)
    }
    if errorsOnly, facts.severity == 0, facts.faults.isEmpty, !isSelected {
      canvas.recolor(box) { $0.mixed(toward: .background, 0.62) }
    }
  }

  private func draw(service facts: MapFacts, in box: Rect, isSelected: Bool, on canvas: inout Canvas) {
    let frame: Ink = isSelected ? .accent : facts.ink
    if isSelected { canvas.fill(box.inset(by: 1), .selection) }
    let line = String(repeating: "─", count: max(0, box.width - 2))
    canvas.put("╭\(line)╮", x: box.x, y: box.y, frame, bold: isSelected)
    for y in box.y + 1..<box.bottom - 1 {
      canvas.put("│", x: box.x, y: y, frame, bold: isSelected)
      canvas.put("│", x: box.right - 1, y: y, frame, bold: isSelected)
    }
    canvas.put("╰\(line)╯", x: box.x, y: box.bottom - 1, frame, bold: isSelected)
    let name = middleEllipsis(facts.thing.name, box.width - 5)
    let nameInk: Ink = facts.severity > 0 || isSelected ? .strong : .text
    canvas.rich(
      [
        facts.glyph, Run(" "),
        Run(name, nameInk, bold: facts.severity > 0 || isSelected), Run(" "),
      ],
      x: box.x + 1, y: box.y, over: true)
    // It may stand in place of the blank behind the name.
    if !facts.faults.isEmpty { canvas.put(Glyphs.fault, x: box.right - 2, y: box.y, .fault, bold: true, over: true) }
    drawFigures(facts, left: box.x + 2, right: box.right - 2, y: box.y + 1, on: &canvas)
    guard box.height > 3 else { return }
    Pulse(MapFacts.curve(of: facts.thing, graph, snapshot), ink: facts.severity > 0 ? facts.ink : .flow2).draw(
      on: &canvas, x: box.x + 2, y: box.y + 2, width: box.width - 4)
  }

  private func draw(topic facts: MapFacts, in box: Rect, isSelected: Bool, on canvas: inout Canvas) {
    let tint: Ink = facts.severity > 0 ? facts.ink : .event
    canvas.fill(box, isSelected ? .selection : tint.mixed(toward: .background, facts.severity > 0 ? 0.8 : 0.84))
    let name = middleEllipsis(facts.thing.name, box.width - 4)
    let ink: Ink = facts.severity > 0 ? facts.ink : .event
    canvas.rich(
      [
        Run(Glyphs.event + " ", ink, bold: true),
        Run(name, facts.severity > 0 || isSelected ? .strong : .text, bold: facts.severity > 0 || isSelected),
      ],
      x: box.x + 1, y: box.y)
    drawFigures(facts, left: box.x + 1, right: box.right - 1, y: box.y + 1, on: &canvas)
    guard box.height > 2 else { return }
    Pulse(
      MapFacts.curve(of: facts.thing, graph, snapshot),
      ink: facts.severity > 0 ? facts.ink : Ink.event.mixed(toward: .background, 0.25)
    ).draw(
      on: &canvas, x: box.x + 1, y: box.y + 2, width: box.width - 2)
  }

  /// The rate at the left and another figure at the right; where there is room for one, the one that matters.
  private func drawFigures(_ facts: MapFacts, left: Int, right: Int, y: Int, on canvas: inout Canvas) {
    let rate = facts.rate.map { Figures.rate($0) } ?? .unknown
    var runs = [Run(rate.number, facts.rate == 0 ? .faint : .text), Run(rate.unit, .muted)]
    if case .team(let name) = facts.thing { runs = [.muted("\(graph.members[name]?.count ?? 0) services")] }
    let figure = [facts.figure].compactMap(\.self)
    let room = right - left
    let fitsBoth = runs.cellWidth + 1 + figure.cellWidth <= room
    if fitsBoth || facts.severity == 0 || figure.isEmpty, runs.cellWidth <= room { canvas.rich(runs, x: left, y: y) }
    if fitsBoth || facts.severity > 0, figure.cellWidth <= room {
      canvas.rich(figure, x: right - figure.cellWidth, y: y)
    }
  }
}
