import Drawing

/// The part of a map that is shown where there is no room for all of it: what is nearest to one thing.
struct MapFocus: Sendable {
  /// Of the whole map.
  let shape: MapShape
  let room: Size
  let centre: MapThing
  /// Nil where the whole map fits.
  let kept: Set<MapThing>?

  /// With more lines that cross to so many cells a map is no help to anybody.
  private static let cellsPerCrossing = 440
  private static let farthest = 3
  private static let fewest = 4

  /// - Parameter severity: of a place in the graph: of things as far away the worst come first.
  init(_ graph: MapGraph, around centre: Int, in room: Size, severity: (Int) -> Int) {
    (shape, self.room, self.centre) = (graph.shape, room, graph.things[centre])
    guard !Self.fits(MapLayers(graph.shape), room) else {
      kept = nil
      return
    }
    let order = Self.order(graph, from: centre, severity: severity).map { graph.things[$0] }
    // The most that fits: more things are wider and higher, though not always.
    let mostCrossings = max(1, room.columns * room.rows / Self.cellsPerCrossing)
    var (least, most) = (min(2, order.count), order.count)
    while least < most {
      let count = (least + most + 1) / 2
      let layers = MapLayers(graph.limited(to: Set(order.prefix(count))).shape)
      if layers.crossings <= mostCrossings, Self.fits(layers, room) { least = count } else { most = count - 1 }
    }
    kept = Set(order.prefix(least))
  }

  private static func fits(_ layers: MapLayers, _ room: Size) -> Bool {
    let size = MapPlan.fitting(layers, room).size
    return size.columns <= room.columns && size.rows <= room.rows
  }

  /// The things by their distance, whichever way the arrows point.
  private static func order(_ graph: MapGraph, from centre: Int, severity: (Int) -> Int) -> [Int] {
    var distances = [centre: 0]
    var waiting = [centre]
    while !waiting.isEmpty {
      let place = waiting.removeFirst()
      let distance = distances[place, default: 0] + 1
      guard distance <= farthest else { continue }
      for next in graph.neighbours(of: place) where distances[next] == nil {
        distances[next] = distance
        waiting.append(next)
      }
    }
    // A thing that has to do with hardly anything is shown among others.
    if distances.count < fewest {
      for place in graph.things.indices where distances[place] == nil { distances[place] = farthest + 1 }
    }
    return graph.things.indices.filter { distances[$0] != nil }.map {
      (place: $0, distance: distances[$0, default: 0], severity: severity($0))
    }.sorted { one, other in
      if one.distance != other.distance { return one.distance < other.distance }
      if one.severity != other.severity { return one.severity > other.severity }
      return MapThing.isOrdered(graph.things[one.place], graph.things[other.place])
    }.map(\.place)
  }

  /// Whether a thing is shown with all that it has to do with.
  func shows(_ thing: MapThing, _ graph: MapGraph) -> Bool {
    guard let kept else { return true }
    guard kept.contains(thing), let place = graph.place(of: thing) else { return false }
    return graph.neighbours(of: place).allSatisfy { kept.contains(graph.things[$0]) }
  }
}
