/// On which line each item of the layers stands: in the order of its layer, without overlaps, and as straight with its
/// neighbours as that allows.
///
/// Layer by layer each item is put at the median of its neighbours; where they come too close, those that push each other
/// move together (isotonic regression by pooling adjacent violators).
struct MapPlacement: Sendable {
  /// The line by which arrows come and go, by layer and place.
  private(set) var ports: [[Int]]
  /// All lines lie in 0 ..< height.
  private(set) var height = 0

  init(_ layers: MapLayers, _ measure: MapMeasure) {
    ports = []
    ports = layers.items.map { items in
      let offsets = measure.offsets(items)
      // To begin with all layers are centred.
      return offsets.map { $0 - (offsets.last ?? 0) / 2 }
    }
    let pieces = layers.items.indices.map { layers.pieces(after: $0) }
    for _ in 0..<6 {
      for index in layers.items.indices.dropFirst() {
        let before = ports[index - 1]
        settle(index, layers.items[index], measure) { place in
          pieces[index - 1].filter { $0.right == place }.map { before[$0.left] }
        }
      }
      for index in layers.items.indices.dropLast().reversed() {
        let after = ports[index + 1]
        settle(index, layers.items[index], measure) { place in
          pieces[index].filter { $0.left == place }.map { after[$0.right] }
        }
      }
    }
    shiftToTop(layers, measure)
  }

  private mutating func settle(
    _ index: Int, _ items: [MapLayers.Item], _ measure: MapMeasure, neighbours: (Int) -> [Int]
  ) {
    guard !items.isEmpty else { return }
    let offsets = measure.offsets(items)
    var wanted: [(value: Double, weight: Double)] = []
    for place in items.indices {
      let lines = neighbours(place).sorted()
      let own = Double(ports[index][place])
      let weight = lines.isEmpty ? 0.2 : measure.isVia(items[place]) ? 4.0 : 1.0
      wanted.append(((lines.isEmpty ? own : Self.median(lines)) - Double(offsets[place]), weight))
    }
    let pooled = Self.pooled(wanted)
    ports[index] = zip(pooled, offsets).map { Int(($0 + 0.5).rounded(.down)) + $1 }
  }

  private static func median(_ sorted: [Int]) -> Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? Double(sorted[middle]) : Double(sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The nearest values that never fall.
  private static func pooled(_ wanted: [(value: Double, weight: Double)]) -> [Double] {
    var blocks: [(value: Double, weight: Double, count: Int)] = []
    for item in wanted {
      blocks.append((item.value, item.weight, 1))
      while blocks.count > 1, blocks[blocks.count - 2].value > blocks[blocks.count - 1].value {
        let last = blocks.removeLast()
        let before = blocks[blocks.count - 1]
        let weight = before.weight + last.weight
        blocks[blocks.count - 1] = (
          (before.value * before.weight + last.value * last.weight) / weight, weight, before.count + last.count
        )
      }
    }
    return blocks.flatMap { Array(repeating: $0.value, count: $0.count) }
  }

  private mutating func shiftToTop(_ layers: MapLayers, _ measure: MapMeasure) {
    var (top, bottom) = (Int.max, Int.min)
    for (index, items) in layers.items.enumerated() {
      for (place, item) in items.enumerated() {
        top = min(top, ports[index][place] - measure.above(item))
        bottom = max(bottom, ports[index][place] + measure.below(item))
      }
    }
    guard top <= bottom else { return }
    for index in ports.indices { ports[index] = ports[index].map { $0 - top } }
    height = bottom - top + 1
  }
}

/// How high things are: a frame with a line of figures in it, and a curve below them where there is room.
struct MapMeasure: Sendable {
  let shape: MapShape
  /// Empty lines between two things.
  let gap: Int
  let hasCurves: Bool

  func isVia(_ item: MapLayers.Item) -> Bool {
    if case .via = item { true } else { false }
  }

  /// Lines above the one by which arrows come and go.
  func above(_ item: MapLayers.Item) -> Int { isVia(item) ? 0 : 1 }

  /// Lines below it. A topic has no line under its figure.
  func below(_ item: MapLayers.Item) -> Int {
    guard case .thing(let place) = item else { return 0 }
    return (shape.things[place].isTopic ? 0 : 1) + (hasCurves ? 1 : 0)
  }

  /// Where the ports of items lie at least, from the first.
  func offsets(_ items: [MapLayers.Item]) -> [Int] {
    var offsets: [Int] = []
    for (place, item) in items.enumerated() {
      guard let last = offsets.last else {
        offsets.append(0)
        continue
      }
      let before = items[place - 1]
      let room = isVia(item) && isVia(before) ? 0 : isVia(item) || isVia(before) ? (gap > 1 ? 1 : 0) : gap
      offsets.append(last + below(before) + room + above(item) + 1)
    }
    return offsets
  }
}
