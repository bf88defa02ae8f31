/// Which thing stands in which layer, and in which order: the arrows lead from left to right as far as they can.
///
/// After Sugiyama, Tagawa and Toda ("Methods for visual understanding of hierarchical system structures", 1981): cycles are
/// broken by a depth-first search, layers are the longest paths, and crossings are made fewer by barycentres. Figures have
/// no part in it, so that nothing moves while the traffic does.
struct MapLayers: Sendable {
  /// What stands in a layer: a thing, or an arrow's way through it.
  enum Item: Sendable, Hashable {
    case thing(Int)
    /// All arrows of one kind from one thing to layers further on go through together.
    case via(MapNet)
  }

  let shape: MapShape
  /// By thing.
  private(set) var layer: [Int]
  /// By layer, from the top down.
  private(set) var items: [[Item]]
  /// Arrows, by place in the shape, that lead back.
  private(set) var isBackward: [Bool]

  /// - Parameter previous: whose order is kept as far as it is no worse.
  init(_ shape: MapShape, previous: MapLayers? = nil) {
    self.shape = shape
    isBackward = Self.backward(shape)
    layer = Self.longestPaths(shape, isBackward)
    items = []
    spreadLoners()
    fill(previous)
    reduceCrossings()
  }

  var count: Int { items.count }

  // MARK: Layers

  /// Arrows to a thing that the search is still in lead back.
  private static func backward(_ shape: MapShape) -> [Bool] {
    var outgoing = [[Int]](repeating: [], count: shape.things.count)
    var isReached = [Bool](repeating: false, count: shape.things.count)
    for (index, arrow) in shape.arrows.enumerated() {
      outgoing[arrow.from].append(index)
      isReached[arrow.to] = true
    }
    for place in outgoing.indices {
      outgoing[place].sort { MapThing.isOrdered(shape.things[shape.arrows[$0].to], shape.things[shape.arrows[$1].to]) }
    }
    let byName = shape.things.indices.sorted { MapThing.isOrdered(shape.things[$0], shape.things[$1]) }
    let roots = byName.filter { !isReached[$0] } + byName.filter { isReached[$0] }
    var backward = [Bool](repeating: false, count: shape.arrows.count)
    var state = [UInt8](repeating: 0, count: shape.things.count)  // 0 new, 1 on the way, 2 done
    for root in roots where state[root] == 0 {
      var way = [(place: root, next: 0)]
      state[root] = 1
      while let last = way.last {
        guard last.next < outgoing[last.place].count else {
          state[last.place] = 2
          way.removeLast()
          continue
        }
        way[way.count - 1].next += 1
        let arrow = outgoing[last.place][last.next]
        let target = shape.arrows[arrow].to
        if state[target] == 1 { backward[arrow] = true }
        if state[target] == 0 {
          state[target] = 1
          way.append((target, 0))
        }
      }
    }
    return backward
  }

  private static func longestPaths(_ shape: MapShape, _ isBackward: [Bool]) -> [Int] {
    var layer = [Int](repeating: 0, count: shape.things.count)
    var waiting = [Int](repeating: 0, count: shape.things.count)
    var outgoing = [[Int]](repeating: [], count: shape.things.count)
    for (index, arrow) in shape.arrows.enumerated() where !isBackward[index] {
      waiting[arrow.to] += 1
      outgoing[arrow.from].append(arrow.to)
    }
    var ready = shape.things.indices.filter { waiting[$0] == 0 }
    while let place = ready.popLast() {
      for target in outgoing[place] {
        layer[target] = max(layer[target], layer[place] + 1)
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    return layer
  }

  /// Things without any arrow fill the layers with the fewest.
  private mutating func spreadLoners() {
    var isJoined = [Bool](repeating: false, count: shape.things.count)
    for arrow in shape.arrows { (isJoined[arrow.from], isJoined[arrow.to]) = (true, true) }
    let loners = shape.things.indices.filter { !isJoined[$0] }
    guard !loners.isEmpty else { return }
    var heights = [Int](repeating: 0, count: max((layer.max() ?? 0) + 1, Self.side(of: loners.count)))
    for place in shape.things.indices where isJoined[place] { heights[layer[place]] += 1 }
    for place in loners {
      let lowest = heights.indices.min { heights[$0] < heights[$1] } ?? 0
      layer[place] = lowest
      heights[lowest] += 1
    }
  }

  /// The side of the smallest square that holds so many, at most 6.
  private static func side(of count: Int) -> Int {
    (1...6).first { $0 * $0 >= count } ?? 6
  }

  // MARK: Order

  private mutating func fill(_ previous: MapLayers?) {
    items = Array(repeating: [], count: (layer.max() ?? -1) + 1)
    for place in shape.things.indices { items[layer[place]].append(.thing(place)) }
    for net in nets {
      let deepest = net.targets(in: self).map { layer[$0] }.max() ?? 0
      for index in layer[net.source] + 1..<max(layer[net.source] + 1, deepest) { items[index].append(.via(net)) }
    }
    let old = previous.map(Self.ranks) ?? [:]
    for index in items.indices {
      let named = items[index].map { item in (item: item, name: name(item)) }
      items[index] = named.sorted { one, other in
        let (left, right) = (old[one.name] ?? .max, old[other.name] ?? .max)
        return left != right ? left < right : one.name < other.name
      }.map(\.item)
    }
  }

  private static func ranks(_ layers: MapLayers) -> [String: Int] {
    var ranks: [String: Int] = [:]
    for layer in layers.items {
      for (rank, item) in layer.enumerated() { ranks[layers.name(item)] = rank }
    }
    return ranks
  }

  private func name(_ item: Item) -> String {
    switch item {
    case .thing(let place): "\(shape.things[place].name)\n\(shape.things[place].rank)"
    case .via(let net): "\(shape.things[net.source].name)\n\(net.isEvent)\nvia"
    }
  }

  /// The groups of arrows that are drawn as one line as far as they go together, in the order of the shape.
  var nets: [MapNet] {
    var seen: Set<MapNet> = []
    return shape.arrows.map { MapNet(source: $0.from, isEvent: $0.flow.isEvent) }.filter { seen.insert($0).inserted }
  }

  /// The pieces of lines between a layer and the next, as places in both.
  func pieces(after index: Int) -> [(left: Int, right: Int)] {
    guard index + 1 < items.count else { return [] }
    let (here, next) = (ranks(items[index]), ranks(items[index + 1]))
    var pieces: [(left: Int, right: Int)] = []
    for net in nets where layer[net.source] <= index {
      guard let left = here[layer[net.source] == index ? .thing(net.source) : .via(net)] else { continue }
      if let right = next[.via(net)] { pieces.append((left, right)) }
      for target in net.targets(in: self) where layer[target] == index + 1 {
        if let right = next[.thing(target)] { pieces.append((left, right)) }
      }
    }
    return pieces
  }

  private func ranks(_ items: [Item]) -> [Item: Int] {
    var ranks: [Item: Int] = [:]
    for (rank, item) in items.enumerated() { ranks[item] = rank }
    return ranks
  }

  /// How many pairs of lines cross between a layer and the next.
  func crossings(after index: Int) -> Int {
    let pieces = pieces(after: index)
    var count = 0
    for (place, one) in pieces.enumerated() {
      for other in pieces[..<place] where (one.left - other.left) * (one.right - other.right) < 0 { count += 1 }
    }
    return count
  }

  var crossings: Int { items.indices.reduce(0) { $0 + crossings(after: $1) } }

  private mutating func reduceCrossings() {
    guard items.count > 1 else { return }
    var best = (items: items, crossings: crossings)
    for sweep in 0..<12 where best.crossings > 0 {
      let isDown = sweep % 2 == 0
      let order = isDown ? Array(1..<items.count) : Array((0..<items.count - 1).reversed())
      for index in order { sortByBarycentre(index, isDown: isDown) }
      let now = crossings
      if now < best.crossings { best = (items, now) }
    }
    items = best.items
  }

  private mutating func sortByBarycentre(_ index: Int, isDown: Bool) {
    var sums = [(sum: Int, count: Int)](repeating: (0, 0), count: items[index].count)
    for piece in pieces(after: isDown ? index - 1 : index) {
      let (own, other) = isDown ? (piece.right, piece.left) : (piece.left, piece.right)
      sums[own] = (sums[own].sum + other, sums[own].count + 1)
    }
    // Those without a neighbour stay where they are.
    let centres = sums.enumerated().map { $1.count == 0 ? Double($0) : Double($1.sum) / Double($1.count) }
    let order = items[index].indices.sorted { (centres[$0], $0) < (centres[$1], $1) }
    items[index] = order.map { items[index][$0] }
  }
}

/// All arrows of one kind that begin at one thing.
struct MapNet: Sendable, Hashable {
  var source: Int
  var isEvent: Bool

  /// The things further on that it leads to.
  func targets(in layers: MapLayers) -> [Int] {
    layers.shape.arrows.enumerated().filter { index, arrow in
      arrow.from == source && arrow.flow.isEvent == isEvent && !layers.isBackward[index]
    }.map(\.element.to)
  }

  /// The things that it leads back to.
  func returns(in layers: MapLayers) -> [Int] {
    layers.shape.arrows.enumerated().filter { index, arrow in
      arrow.from == source && arrow.flow.isEvent == isEvent && layers.isBackward[index]
    }.map(\.element.to)
  }
}
