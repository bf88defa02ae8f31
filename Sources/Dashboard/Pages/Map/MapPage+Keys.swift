import Drawing
import Operations
import Widgets

extension MapPage {
  enum Direction: Sendable {
    case left, right, up, down
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    if let direction = Self.direction(key) {
      walk(direction, context)
      return []
    }
    switch key.key {
    case .tab: nextArrow(by: 1, context)
    case .backTab: nextArrow(by: -1, context)
    case .enter: return open(context)
    case .escape:
      guard way != nil else { return nil }
      select(way: nil, context)
    case .pageDown: pan(columns: 0, lines: max(1, layout(context).map.height - 2), context)
    case .pageUp: pan(columns: 0, lines: -max(1, layout(context).map.height - 2), context)
    case .home, .character("g"): goToEnd(isFirst: true, context)
    case .end, .character("G"): goToEnd(isFirst: false, context)
    case .character("t"): toggleTeams(context)
    case .character("z"): toggleWhole(context)
    case .character("e"): errorsOnly.toggle()
    case .character("n"): nextBad(by: 1, context)
    case .character("N"): nextBad(by: -1, context)
    case .character("f"): return armOnArrow(context)
    case .character("o"):
      guard let filter = subject(context)?.logFilter(context.snapshot) else {
        return [.say("nothing under the cursor has a log of its own; L shows the whole log")]
      }
      return [.open(.log(filter))]
    default: return nil
    }
    return []
  }

  private static func direction(_ key: KeyPress) -> Direction? {
    switch key.key {
    case .left, .character("h"): .left
    case .right, .character("l"): .right
    case .up, .character("k"): .up
    case .down, .character("j"): .down
    default: nil
    }
  }

  // MARK: From thing to thing

  private mutating func walk(_ direction: Direction, _ context: PageContext) {
    let graph = graph(context)
    if let arrow = arrow(in: graph) {
      switch direction {
      case .left: select(graph.things[graph.edges[arrow].from], context)
      case .right: select(graph.things[graph.edges[arrow].to], context)
      case .up: nextArrow(by: -1, context)
      case .down: nextArrow(by: 1, context)
      }
      return
    }
    guard let place = place(in: graph, context) else { return }
    let next = layout(context).isTree ? inTree(direction, place, graph) : onMap(direction, place, graph, context)
    select(graph.things[next ?? place], context)
  }

  private func inTree(_ direction: Direction, _ place: Int, _ graph: MapGraph) -> Int? {
    let tree = MapTree(layers(graph))
    switch direction {
    case .up: return tree.next(from: place, by: -1)
    case .down: return tree.next(from: place, by: 1)
    case .left: return tree.parent(of: place)
    case .right: return tree.firstChild(of: place)
    }
  }

  /// Up and down within the layer; to the left and right the nearest in the next layer that has something.
  private func onMap(_ direction: Direction, _ place: Int, _ graph: MapGraph, _ context: PageContext) -> Int? {
    let plan = plan(graph, layout(context).map.size)
    let layer = plan.layers.layer
    let here = plan.centre(of: place)
    func distance(_ other: Int) -> Int { abs(plan.centre(of: other).y - here.y) }
    switch direction {
    case .up, .down:
      let isUp = direction == .up
      return graph.things.indices.filter { other in
        layer[other] == layer[place] && (isUp ? plan.centre(of: other).y < here.y : plan.centre(of: other).y > here.y)
      }.min { distance($0) < distance($1) }
    case .left, .right:
      let step = direction == .left ? -1 : 1
      var next = layer[place] + step
      while next >= 0, next < plan.layers.count {
        // What is joined to it comes before what is only near.
        let joined = Set(graph.edges(at: place).flatMap { [graph.edges[$0].from, graph.edges[$0].to] })
        let candidates = graph.things.indices.filter { layer[$0] == next }
        let nearest = candidates.min { one, other in
          (distance(one) - (joined.contains(one) ? 3 : 0)) < (distance(other) - (joined.contains(other) ? 3 : 0))
        }
        if let nearest { return nearest }
        next += step
      }
      return nil
    }
  }

  private mutating func goToEnd(isFirst: Bool, _ context: PageContext) {
    let graph = whole(context)
    let rows = MapTree(layers(graph)).rows.filter { !$0.isAgain }
    guard let row = isFirst ? rows.first : rows.last else { return }
    select(graph.things[row.place], context)
  }

  /// To the next thing that is not well, in the order of the tree.
  private mutating func nextBad(by step: Int, _ context: PageContext) {
    let graph = whole(context)
    let order = MapTree(layers(graph)).rows.filter { !$0.isAgain }.map(\.place)
    let bad = order.indices.filter { MapFacts(graph.things[order[$0]], graph, context.snapshot).severity > 0 }
    guard !bad.isEmpty else { return }
    let here = place(in: graph, context).flatMap(order.firstIndex) ?? -1
    let next = step > 0 ? bad.first { $0 > here } ?? bad[0] : bad.last { $0 < here } ?? bad[bad.count - 1]
    select(graph.things[order[next]], context)
  }

  // MARK: Arrows

  /// Through the arrows of the thing under the cursor: those that come in, those that go out, and the thing again.
  private mutating func nextArrow(by step: Int, _ context: PageContext) {
    let graph = graph(context)
    guard let place = place(in: graph, context) else { return }
    let arrows = graph.edges(at: place)
    guard !arrows.isEmpty else { return }
    let here = arrow(in: graph).flatMap(arrows.firstIndex) ?? -1
    let next = (here + 1 + step + arrows.count + 1) % (arrows.count + 1) - 1
    // The thing stays chosen, whatever becomes worse elsewhere.
    select(graph.things[place], context)
    guard next >= 0 else { return }
    let edge = graph.edges[arrows[next]]
    select(way: Way(from: graph.things[edge.from], to: graph.things[edge.to], flow: edge.flow), context)
  }

  /// The fault menu is for services; calls from one to another are broken by a line of the palette, which is begun here.
  private func armOnArrow(_ context: PageContext) -> [Action]? {
    let graph = graph(context)
    guard let arrow = arrow(in: graph), graph.edges[arrow].flow == .call else { return nil }
    let (from, to) = (graph.things[graph.edges[arrow].from].name, graph.things[graph.edges[arrow].to].name)
    let catalogue = context.snapshot.faults.catalogue
    guard catalogue.edges.contains(FaultCatalogue.Edge(from: from, to: to)) else { return nil }
    return [.type("fault \(from)>\(to) latency=2s ttl=30s")]
  }

  // MARK: Enter

  func destination(_ context: PageContext) -> Destination? {
    let graph = graph(context)
    if let arrow = arrow(in: graph) {
      let edge = graph.edges[arrow]
      switch edge.flow {
      case .publication: return .topics(selected: graph.things[edge.to].name)
      case .consumption: return .topics(selected: graph.things[edge.from].name)
      case .message: return destination(graph.things[edge.to], context)
      case .call:
        if let breaker = worstBreaker(of: edge, context) { return .breakers(selected: breaker) }
        return destination(graph.things[edge.to], context)
      }
    }
    return place(in: graph, context).flatMap { destination(graph.things[$0], context) }
  }

  private func destination(_ thing: MapThing, _ context: PageContext) -> Destination? {
    switch thing {
    case .service(let name): context.snapshot.service(name) == nil ? nil : .service(name)
    case .topic(let name): context.snapshot.topic(name) == nil ? nil : .topics(selected: name)
    case .team, .database: nil
    }
  }

  mutating func open(_ context: PageContext) -> [Action] {
    let graph = graph(context)
    if way == nil, let place = place(in: graph, context), case .team(let name) = graph.things[place] {
      unfold(name, context)
      return []
    }
    return destination(context).map { [.open($0)] } ?? [.say("nothing more is known of it")]
  }

  // MARK: The mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    switch event.action {
    case .wheelDown: pan(columns: 0, lines: 3, context)
    case .wheelUp: pan(columns: 0, lines: -3, context)
    case .press, .doubleClick:
      let graph = graph(context)
      guard layout.map.contains(x: event.column, y: event.row),
        let place = hit(event.column - layout.map.x, event.row - layout.map.y, layout, graph)
      else { return nil }
      select(graph.things[place], context)
      if event.action == .doubleClick { return open(context) }
    case .move, .release: return nil
    }
    return []
  }

  private func hit(_ column: Int, _ line: Int, _ layout: MapLayout, _ graph: MapGraph) -> Int? {
    if layout.isTree {
      let rows = MapTree(layers(graph)).rows
      let index = treeOffset + line
      return rows.indices.contains(index) ? rows[index].place : nil
    }
    let plan = plan(graph, layout.map.size)
    let shift = Self.shift(plan, layout.map)
    return plan.boxes.firstIndex { $0.contains(x: column + origin.x - shift.x, y: line + origin.y - shift.y) }
  }

  /// Where a map that is smaller than its place begins.
  static func shift(_ plan: MapPlan, _ area: Rect) -> (x: Int, y: Int) {
    (max(0, (area.width - plan.size.columns) / 2), max(0, (area.height - plan.size.rows) / 2))
  }

  // MARK: Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    if way != nil {
      return [
        KeyHint("↵", "open"), KeyHint("f", "fault", isDeed: true), KeyHint("← →", "its ends"),
        KeyHint("Tab", "next arrow"),
        KeyHint("w", "why"), KeyHint("Esc", "back"),
      ]
    }
    var hints = [
      KeyHint("↵", "open"), KeyHint("←↑↓→", "walk"), KeyHint("Tab", "arrows"), KeyHint("f", "fault", isDeed: true),
    ]
    if focus?.kept != nil || isWhole { hints.append(KeyHint("z", isWhole ? "what is near" : "all of it")) }
    hints += [KeyHint("w", "why"), KeyHint("e", errorsOnly ? "everything" : "errors only")]
    // Without teams there is nothing to fold.
    let hasTeams = context.snapshot.services.contains { !$0.team.isEmpty }
    if hasTeams { hints.append(KeyHint("t", isByTeam ? "services" : "teams")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("← ↑ ↓ →", "walk from thing to thing; h j k l do the same"),
      KeyHint("↵", "opens the service, the topic or the breaker under the cursor; unfolds a team"),
      KeyHint("Tab", "through the arrows of the thing under the cursor; Esc back to the thing"),
      KeyHint("f", "breaks the thing under the cursor, or the calls that an arrow stands for", isDeed: true),
      KeyHint("w", "why it has the colour that it has"),
      KeyHint("o", "its log"),
      KeyHint("n  N", "the next thing that is not well, the one before"),
      KeyHint("e", "what is well steps back; again: everything"),
      KeyHint("t", "the services of a team as one; again: each"),
      KeyHint("z", "all of a map that is larger than the screen; again: what is near the cursor, as much as fits"),
      KeyHint("g  G", "where everything begins, where it ends; PgUp and PgDn move a map that is too high"),
      KeyHint("", "On an arrow stands its breaker: ● closed, ◐ half-open, ○ open."),
    ]
  }
}
