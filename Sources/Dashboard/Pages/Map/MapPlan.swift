import Drawing

/// The whole map in cells: where each thing stands and which way each arrow goes. It may be larger than the screen.
struct MapPlan: Sendable {
  /// How close everything stands.
  struct Density: Sendable, Hashable {
    /// Columns from one vertical line to the next.
    var step: Int
    /// The widest name that is shown whole.
    var widestName: Int
    /// The narrowest box, and the narrowest channel.
    var narrowest: Int
    var channel: Int
    /// Empty lines between two things.
    var gap = 1
    /// Whether each thing shows how it went in the last minute.
    var hasCurves = false

    /// No name has more columns, however many there are.
    static let longestName = 32

    static let roomy = Density(step: 2, widestName: 20, narrowest: 16, channel: 5)
    static let snug = Density(step: 1, widestName: 16, narrowest: 14, channel: 4)
    static let narrow = Density(step: 1, widestName: 12, narrowest: 12, channel: 3)

    /// From the most to the least that is shown in a number of lines.
    static let heights: [(gap: Int, hasCurves: Bool)] = [
      (3, true), (2, true), (1, true), (2, false), (1, false), (0, false),
    ]
  }

  let layers: MapLayers
  let density: Density
  /// By thing.
  private(set) var boxes: [Rect] = []
  /// By arrow: the cells from its tail to its head.
  private(set) var paths: [[MapCell]] = []
  private(set) var size = Size(columns: 0, rows: 0)

  /// The roomiest that fits into `room`; one that is larger where none does.
  static func fitting(_ layers: MapLayers, _ room: Size) -> MapPlan {
    let heights = Density.heights
    let height =
      heights.first { height in
        let measure = MapMeasure(shape: layers.shape, gap: height.gap, hasCurves: height.hasCurves)
        return MapRouting(layers, MapPlacement(layers, measure)).height <= room.rows
      } ?? heights[heights.count - 1]
    var plans: [MapPlan] = []
    for width in [Density.roomy, .snug, .narrow] {
      var density = width
      (density.gap, density.hasCurves) = height
      plans.append(MapPlan(layers, density, room: room))
      if plans[plans.count - 1].size.columns <= room.columns { return plans[plans.count - 1] }
    }
    // It is moved about in any case: then names had better be whole.
    return plans[1]
  }

  init(_ layers: MapLayers, _ density: Density, room: Size) {
    self.layers = layers
    self.density = density
    let measure = MapMeasure(shape: layers.shape, gap: density.gap, hasCurves: density.hasCurves)
    var routing = MapRouting(layers, MapPlacement(layers, measure))
    var whole = density
    whole.widestName = Density.longestName
    let widths = routing.widen(
      layers: layers.items.map { Self.width(of: $0, layers.shape, density) },
      wanted: layers.items.map { Self.width(of: $0, layers.shape, whole) }, density, room: room.columns)
    boxes = layers.shape.things.indices.map { place in
      Rect(
        x: routing.layerStart[layers.layer[place]], y: routing.port(of: place) - 1,
        width: widths[layers.layer[place]], height: 2 + measure.below(.thing(place)))
    }
    paths = layers.shape.arrows.indices.map { routing.path(of: $0, layerWidths: widths) }
    size = Size(columns: routing.width, rows: routing.height)
  }

  private static func width(of items: [MapLayers.Item], _ shape: MapShape, _ density: Density) -> Int {
    items.reduce(items.isEmpty ? 0 : 1) { widest, item in
      guard case .thing(let place) = item else { return widest }
      // The frame, the glyph and a blank before the name, and a blank and the frame after it.
      let name = min(visible(shape.things[place].name).cellWidth, density.widestName)
      return max(widest, density.narrowest, name + (shape.things[place].isTopic ? 4 : 5))
    }
  }

  /// The middle of a thing.
  func centre(of place: Int) -> (x: Int, y: Int) {
    (boxes[place].x + boxes[place].width / 2, boxes[place].y + 1)
  }
}

/// One cell of an arrow's way, and the sides by which the way enters and leaves it.
struct MapCell: Sendable, Hashable {
  var x: Int
  var y: Int
  var sides: MapSides
}

struct MapSides: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  static let up = MapSides(rawValue: 1)
  static let right = MapSides(rawValue: 2)
  static let down = MapSides(rawValue: 4)
  static let left = MapSides(rawValue: 8)

  static let horizontal: MapSides = [.left, .right]
  static let vertical: MapSides = [.up, .down]

  var isStraight: Bool { self == .horizontal || self == .vertical }
}
