import Drawing
import Operations
import Widgets

/// Page 7: services and topics in the order in which things go through them, and what flows between them.
struct MapPage: Page {
  /// An arrow, by what it joins.
  struct Way: Sendable, Hashable {
    var from: MapThing
    var to: MapThing
    var flow: MapFlow
  }

  let id = PageID.map
  /// What somebody chose; nil while the cursor is on what matters most.
  private(set) var chosen: MapThing?
  /// The arrow under the cursor; nil while a thing is.
  private(set) var way: Way?
  private(set) var isByTeam = false
  /// Teams that were opened again.
  private(set) var unfolded: Set<String> = []
  var errorsOnly = false
  /// The part of the map in sight, and of the tree.
  private(set) var origin = (x: 0, y: 0)
  private(set) var treeOffset = 0
  /// Whether all of it is shown, though it is larger than the screen.
  private(set) var isWhole = false
  /// What is shown of it otherwise.
  private(set) var focus: MapFocus?
  /// What was last made of a shape and a size.
  private var known: (shape: MapShape, room: Size, layers: MapLayers, plan: MapPlan)?

  init() {}

  // MARK: What is shown

  /// What is shown: all of it, or as much as there is room for around the cursor.
  func graph(_ context: PageContext) -> MapGraph {
    let whole = whole(context)
    guard let kept = focus(on: whole, context)?.kept else { return whole }
    return whole.limited(to: kept)
  }

  /// Nil where all is shown in any case.
  private func focus(on whole: MapGraph, _ context: PageContext) -> MapFocus? {
    let layout = layout(context)
    guard !isWhole, !layout.isTree, let place = place(in: whole, context) else { return nil }
    let thing = whole.things[place]
    // It stays where it is as long as nothing is missing around the cursor.
    if let focus, focus.shape == whole.shape, focus.room == layout.map.size,
      focus.centre == thing || focus.shows(thing, whole)
    {
      return focus
    }
    return MapFocus(whole, around: place, in: layout.map.size) {
      MapFacts(whole.things[$0], whole, context.snapshot).severity
    }
  }

  func whole(_ context: PageContext) -> MapGraph {
    guard isByTeam else { return MapGraph(context.snapshot) }
    return MapGraph(context.snapshot, folded: Set(context.snapshot.services.map(\.team)).subtracting(unfolded))
  }

  /// Where everything stands, as it was last made or made anew.
  func plan(_ graph: MapGraph, _ room: Size) -> MapPlan {
    if let known, known.shape == graph.shape, known.room == room { return known.plan }
    return MapPlan.fitting(layers(graph), room)
  }

  func layers(_ graph: MapGraph) -> MapLayers {
    if let known, known.shape == graph.shape { return known.layers }
    return MapLayers(graph.shape, previous: known?.layers)
  }

  func layout(_ context: PageContext, in area: Rect? = nil) -> MapLayout {
    let frame = FrameLayout(size: context.size)
    return MapLayout(area ?? frame.page, isTall: frame.isTall)
  }

  /// The thing under the cursor: the chosen one, or the one that matters most.
  func place(in graph: MapGraph, _ context: PageContext) -> Int? {
    if let chosen, let place = graph.place(of: chosen) { return place }
    return worst(in: graph, context)
  }

  /// Where an incident began, else the worst, else where everything comes in.
  private func worst(in graph: MapGraph, _ context: PageContext) -> Int? {
    for case .service(let name, _, _) in context.snapshot.incident {
      if let place = graph.place(of: .service(name)) { return place }
    }
    let facts = graph.things.map { MapFacts($0, graph, context.snapshot) }
    let worst = facts.map(\.severity).max() ?? 0
    if worst > 0 { return facts.firstIndex { $0.severity == worst } }
    let isReached = Set(graph.edges.map(\.to))
    var arrows = [Int](repeating: 0, count: graph.things.count)
    for edge in graph.edges where !isReached.contains(edge.from) { arrows[edge.from] += 1 }
    // Of several, the first of those from which most arrows go on.
    return arrows.max().flatMap { arrows.firstIndex(of: $0) }
  }

  /// The arrow under the cursor, as a place in the graph.
  func arrow(in graph: MapGraph) -> Int? {
    guard let way, let from = graph.place(of: way.from), let to = graph.place(of: way.to) else { return nil }
    return graph.edges.firstIndex { $0.from == from && $0.to == to && $0.flow == way.flow }
  }

  // MARK: What changes

  mutating func refresh(_ context: PageContext) -> [Action] {
    focus = focus(on: whole(context), context)
    let graph = graph(context)
    remember(graph, context)
    if arrow(in: graph) == nil { way = nil }
    scroll(graph, context)
    return []
  }

  private mutating func remember(_ graph: MapGraph, _ context: PageContext) {
    let room = layout(context).map.size
    if let known, known.shape == graph.shape, known.room == room { return }
    let layers = layers(graph)
    known = (graph.shape, room, layers, MapPlan.fitting(layers, room))
  }

  /// Brings what is under the cursor into sight.
  private mutating func scroll(_ graph: MapGraph, _ context: PageContext) {
    let layout = layout(context)
    guard let place = place(in: graph, context) else { return }
    if layout.isTree {
      treeOffset = MapTree(layers(graph)).offset(showing: place, height: layout.map.height, from: treeOffset)
      return
    }
    let plan = plan(graph, layout.map.size)
    let box = plan.boxes[place]
    origin.x = Self.scrolled(origin.x, showing: box.x..<box.right, of: plan.size.columns, in: layout.map.width)
    origin.y = Self.scrolled(origin.y, showing: box.y..<box.bottom, of: plan.size.rows, in: layout.map.height)
  }

  private static func scrolled(_ start: Int, showing cells: Range<Int>, of count: Int, in room: Int) -> Int {
    var start = start
    // A few cells around it stay in sight too.
    if cells.upperBound + 4 > start + room { start = cells.upperBound + 4 - room }
    if cells.lowerBound - 4 < start { start = cells.lowerBound - 4 }
    return max(0, min(start, count - room))
  }

  mutating func pan(columns: Int, lines: Int, _ context: PageContext) {
    let layout = layout(context)
    let graph = graph(context)
    if layout.isTree {
      let count = MapTree(layers(graph)).rows.count
      treeOffset = max(0, min(treeOffset + lines, count - layout.map.height))
      return
    }
    let plan = plan(graph, layout.map.size)
    origin.x = max(0, min(origin.x + columns, plan.size.columns - layout.map.width))
    origin.y = max(0, min(origin.y + lines, plan.size.rows - layout.map.height))
  }

  mutating func select(_ thing: MapThing, _ context: PageContext) {
    (chosen, way) = (thing, nil)
    focus = focus(on: whole(context), context)
    scroll(graph(context), context)
  }

  mutating func toggleWhole(_ context: PageContext) {
    isWhole.toggle()
    _ = refresh(context)
  }

  mutating func select(way: Way?, _ context: PageContext) {
    self.way = way
  }

  mutating func toggleTeams(_ context: PageContext) {
    isByTeam.toggle()
    unfolded = []
    (chosen, way) = (nil, nil)
    _ = refresh(context)
  }

  mutating func unfold(_ team: String, _ context: PageContext) {
    unfolded.insert(team)
    let first = context.snapshot.services.filter { $0.team == team }.max { $0.health < $1.health }
    (chosen, way) = (first.map { .service($0.name) }, nil)
    _ = refresh(context)
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] { [] }

  // MARK: The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    let graph = graph(context)
    if let arrow = arrow(in: graph) { return ["map", Self.label(graph.edges[arrow], graph)] }
    return ["map"] + (place(in: graph, context).map { [graph.things[$0].name] } ?? [])
  }

  /// `payment → payment-gateway`
  static func label(_ edge: MapEdge, _ graph: MapGraph) -> String {
    "\(graph.things[edge.from].name) → \(graph.things[edge.to].name)"
  }

  func subject(_ context: PageContext) -> Subject? {
    let graph = graph(context)
    if let arrow = arrow(in: graph) {
      let edge = graph.edges[arrow]
      if edge.flow == .publication || edge.flow == .consumption {
        return .topic(graph.things[edge.flow == .publication ? edge.to : edge.from].name)
      }
      if let breaker = worstBreaker(of: edge, context) { return .breaker(breaker) }
      return subject(graph.things[edge.to], graph, context)
    }
    return place(in: graph, context).flatMap { subject(graph.things[$0], graph, context) }
  }

  private func subject(_ thing: MapThing, _ graph: MapGraph, _ context: PageContext) -> Subject? {
    switch thing {
    case .service(let name): context.snapshot.service(name) == nil ? nil : .service(name)
    case .topic(let name): context.snapshot.topic(name) == nil ? nil : .topic(name)
    case .team(let name):
      (graph.members[name] ?? []).compactMap(context.snapshot.service).max { $0.health < $1.health }
        .map { .service($0.name) }
    case .database: nil
    }
  }

  /// The most urgent of an arrow's breakers.
  func worstBreaker(of edge: MapEdge, _ context: PageContext) -> String? {
    edge.breakers.compactMap(context.snapshot.breaker).min { $0.state.urgency < $1.state.urgency }?.id
  }
}
