import Drawing
import Operations
import TestSupport
import Testing

@testable import Dashboard

/// What must hold of every map, whatever the services are.
@Suite struct MapPlanTests {
  private static let sizes: [(services: Int, topics: Int)] = [(0, 0), (1, 0), (5, 3), (12, 4), (25, 12)]
  private static let rooms = [Size(columns: 116, rows: 28), Size(columns: 196, rows: 52)]

  private static func graphs(_ seed: UInt64) -> [MapGraph] {
    sizes.map { MapGraph(MapFixture.random(services: $0.services, topics: $0.topics, seed: seed)) }
      + [MapGraph(MapFixture.snapshot()), MapGraph(MapFixture.saga())]
  }

  // MARK: Layers

  @Test(arguments: 0..<6 as Range<UInt64>)
  func layersAreLongestPaths(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let layers = MapLayers(graph.shape)
      var longest: [Int: Int] = [:]
      for (index, arrow) in graph.shape.arrows.enumerated() where !layers.isBackward[index] {
        #expect(layers.layer[arrow.from] < layers.layer[arrow.to], "seed \(seed)")
        longest[arrow.to] = max(longest[arrow.to] ?? 0, layers.layer[arrow.from] + 1)
      }
      for (place, layer) in longest { #expect(layers.layer[place] == layer, "seed \(seed)") }
    }
  }

  /// Only what is part of a circle may lead back.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func onlyCirclesLeadBack(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let layers = MapLayers(graph.shape)
      for (index, arrow) in graph.shape.arrows.enumerated() where layers.isBackward[index] {
        var (seen, waiting): (Set<Int>, [Int]) = ([arrow.to], [arrow.to])
        while let place = waiting.popLast() {
          for next in graph.shape.arrows where next.from == place && seen.insert(next.to).inserted {
            waiting.append(next.to)
          }
        }
        #expect(seen.contains(arrow.from), "seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func everyThingStandsInItsLayerOnce(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let layers = MapLayers(graph.shape)
      var seen: [Int] = []
      for (index, items) in layers.items.enumerated() {
        for case .thing(let place) in items {
          #expect(layers.layer[place] == index)
          seen.append(place)
        }
      }
      #expect(seen.sorted() == Array(graph.things.indices), "seed \(seed)")
    }
  }

  @Test func fewerLinesCross() {
    var shape = MapShape()
    shape.things = ["a", "b", "c", "x", "y", "z"].map { .service($0) }
    shape.arrows = [(0, 5), (1, 4), (2, 3)].map { MapShape.Arrow(from: $0, to: $1, flow: .call) }
    #expect(MapLayers(shape).crossings == 0)
  }

  // MARK: Space

  @Test(arguments: 0..<4 as Range<UInt64>)
  func nothingOverlaps(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let layers = MapLayers(graph.shape)
      for room in Self.rooms {
        let plan = MapPlan.fitting(layers, room)
        let field = Rect(x: 0, y: 0, width: plan.size.columns, height: plan.size.rows)
        for (place, box) in plan.boxes.enumerated() {
          #expect(box.intersection(field) == box, "seed \(seed) \(room)")
          for other in plan.boxes[..<place] { #expect(box.intersection(other).isEmpty, "seed \(seed) \(room)") }
        }
      }
    }
  }

  /// Columns go to names before they go to channels: none is cut while a channel has more than it needs.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func namesAreWholeWhereThereIsRoom(seed: UInt64) {
    for graph in Self.graphs(seed) {
      for room in Self.rooms {
        let layers = MapLayers(graph.shape)
        let plan = MapPlan.fitting(layers, room)
        let isFull = plan.size.columns >= room.columns
        for (place, box) in plan.boxes.enumerated() {
          let needed = min(32, graph.things[place].name.cellWidth) + (graph.things[place].isTopic ? 4 : 5)
          #expect(box.width >= needed || isFull, "seed \(seed) \(room) \(graph.things[place])")
        }
      }
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func everyArrowIsDrawnFromEndToEnd(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let layers = MapLayers(graph.shape)
      for room in Self.rooms {
        let plan = MapPlan.fitting(layers, room)
        for (index, arrow) in graph.shape.arrows.enumerated() {
          let (path, from, to) = (plan.paths[index], plan.boxes[arrow.from], plan.boxes[arrow.to])
          let whole = "seed \(seed) \(room) \(graph.things[arrow.from]) → \(graph.things[arrow.to])"
          #expect(path.first.map { $0.x == from.right && $0.y == from.y + 1 } == true, "\(whole)")
          #expect(path.last.map { $0.x == to.x - 1 && (to.y..<to.bottom).contains($0.y) } == true, "\(whole)")
          for (one, next) in zip(path, path.dropFirst()) {
            #expect(abs(one.x - next.x) + abs(one.y - next.y) == 1, "\(whole)")
          }
          let isInABox = path.contains { cell in plan.boxes.contains { $0.contains(x: cell.x, y: cell.y) } }
          #expect(!isInABox, "\(whole)")
        }
      }
    }
  }

  /// Arrows that share neither end may cross, but run along the same line only together with one that joins them.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func strangersOnlyCross(seed: UInt64) {
    for graph in Self.graphs(seed) {
      let plan = MapPlan.fitting(MapLayers(graph.shape), Size(columns: 196, rows: 52))
      let arrows = graph.shape.arrows
      func areRelated(_ one: Int, _ other: Int) -> Bool {
        arrows[one].from == arrows[other].from || arrows[one].to == arrows[other].to
      }
      var cells: [[Int]: [(arrow: Int, sides: MapSides)]] = [:]
      for (index, path) in plan.paths.enumerated() {
        for cell in path { cells[[cell.x, cell.y], default: []].append((index, cell.sides)) }
      }
      for (place, pieces) in cells {
        for (index, one) in pieces.enumerated() {
          for other in pieces[..<index] where !one.sides.isDisjoint(with: other.sides) {
            let isJoined = pieces.contains { areRelated($0.arrow, one.arrow) && areRelated($0.arrow, other.arrow) }
            #expect(isJoined, "seed \(seed), \(graph.things.count) things, at \(place)")
          }
        }
      }
    }
  }

  // MARK: Stillness

  @Test(arguments: 0..<4 as Range<UInt64>)
  func figuresMoveNothing(seed: UInt64) {
    let snapshot = MapFixture.random(services: 25, topics: 12, seed: seed)
    var other = snapshot
    var numbers = SeededGenerator(seed: seed)
    for index in other.services.indices {
      other.services[index].health = numbers.pick(Health.allCases)
      other.services[index].rate = numbers.pick([0, 3, 9_000])
      for call in other.services[index].calls.indices {
        other.services[index].calls[call].rate = numbers.pick([0, 3, 9_000])
        other.services[index].calls[call].errorShare = numbers.pick([0, 1])
        other.services[index].calls[call].breakerState = numbers.pick(BreakerState.allCases)
      }
    }
    other.services.reverse()
    other.topics.shuffle(using: &numbers)
    let room = Size(columns: 196, rows: 52)
    let (one, two) = (MapGraph(snapshot), MapGraph(other))
    let (first, second) = (MapPlan.fitting(MapLayers(one.shape), room), MapPlan.fitting(MapLayers(two.shape), room))
    for thing in one.things {
      let places = (one.place(of: thing), two.place(of: thing))
      guard let here = places.0, let there = places.1 else {
        Issue.record("seed \(seed): \(thing) is missing")
        continue
      }
      #expect(first.boxes[here] == second.boxes[there], "seed \(seed) \(thing)")
    }
  }

  /// One more service leaves the others in their order.
  @Test func whatComesNewKeepsTheOthersInOrder() {
    var snapshot = MapFixture.snapshot()
    let before = MapGraph(snapshot)
    let layers = MapLayers(before.shape)
    var call = CallSnapshot(callee: "zebra")
    call.rate = 1
    snapshot.services.append(ServiceSnapshot(name: "zebra"))
    if let order = snapshot.services.firstIndex(where: { $0.name == "order" }) {
      snapshot.services[order].calls.append(call)
    }
    let after = MapGraph(snapshot)
    let next = MapLayers(after.shape, previous: layers)
    for (index, items) in layers.items.enumerated() {
      let old = items.compactMap { if case .thing(let place) = $0 { before.things[place] } else { nil } }
      let new = next.items[index].compactMap { if case .thing(let place) = $0 { after.things[place] } else { nil } }
      #expect(new.filter(old.contains) == old)
    }
  }
}
