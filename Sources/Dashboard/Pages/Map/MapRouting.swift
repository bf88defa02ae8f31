/// Which way the arrows go: along the lines of things and of vias, and up and down in the channels between the layers,
/// where each group of arrows has a track of its own. Arrows that lead back go round above or below everything.
struct MapRouting: Sendable {
  let layers: MapLayers
  private var ports: [[Int]]
  private(set) var height: Int
  /// In front of each layer, and behind the last.
  private(set) var channels: [MapChannel]
  /// The line on which a group of arrows goes back.
  private var lanes: [MapNet: Int] = [:]
  private var places: [MapLayers.Item: [Int: Int]] = [:]
  private(set) var layerStart: [Int] = []
  private var channelStart: [Int] = []
  private var channelWidth: [Int] = []
  /// Columns before the first track of a channel.
  private var lead: [Int] = []
  private var step = 1
  private(set) var width = 0

  init(_ layers: MapLayers, _ placement: MapPlacement) {
    self.layers = layers
    ports = placement.ports
    height = placement.height
    channels = Array(repeating: MapChannel(), count: layers.count + 1)
    for (index, items) in layers.items.enumerated() {
      for (place, item) in items.enumerated() { places[item, default: [:]][index] = place }
    }
    let inside = chooseLanes()
    for net in layers.nets { join(net) }
    for index in channels.indices { channels[index].assignTracks(inside) }
  }

  private func port(_ item: MapLayers.Item, in layer: Int) -> Int? {
    places[item]?[layer].map { ports[layer][$0] }
  }

  func port(of thing: Int) -> Int { port(.thing(thing), in: layers.layer[thing]) ?? 0 }

  // MARK: Ways back

  /// Above or below, where the ends are nearer; short ways inside. Those that do not meet share a line.
  /// Returns the lines that are left for the things.
  private mutating func chooseLanes() -> Range<Int> {
    struct Way {
      var net: MapNet
      var layers: ClosedRange<Int>
      var isAbove: Bool
    }
    let ways = layers.nets.compactMap { net -> Way? in
      let returns = net.returns(in: layers)
      guard let first = returns.map({ layers.layer[$0] }).min() else { return nil }
      let lines = ([net.source] + returns).map { port(of: $0) }
      let isAbove = 2 * lines.reduce(0, +) < lines.count * (height - 1)
      return Way(net: net, layers: first...layers.layer[net.source] + 1, isAbove: isAbove)
    }
    var (above, below): ([[Way]], [[Way]]) = ([], [])
    for way in ways.sorted(by: { $0.layers.count < $1.layers.count }) {
      func place(_ lines: inout [[Way]]) {
        let free = lines.firstIndex { line in line.allSatisfy { !$0.layers.overlaps(way.layers) } }
        if let free { lines[free].append(way) } else { lines.append([way]) }
      }
      if way.isAbove { place(&above) } else { place(&below) }
    }
    let top = above.isEmpty ? 0 : above.count + 1
    for layer in ports.indices { ports[layer] = ports[layer].map { $0 + top } }
    for (index, line) in above.enumerated() { for way in line { lanes[way.net] = above.count - 1 - index } }
    for (index, line) in below.enumerated() { for way in line { lanes[way.net] = top + height + 1 + index } }
    let inside = top..<top + height
    height += top + (below.isEmpty ? 0 : below.count + 1)
    return inside
  }

  // MARK: Channels

  /// Enters a group of arrows into the channels that it goes through.
  private mutating func join(_ net: MapNet) {
    let start = layers.layer[net.source]
    func entries(_ targets: [Int]) -> [MapChannel.Entry] {
      targets.map { target in
        let isTopic = layers.shape.things[target].isTopic
        return MapChannel.Entry(
          thing: target, line: port(of: target), others: isTopic ? [-1] : [1, -1])
      }
    }
    let targets = net.targets(in: layers)
    let deepest = targets.map { layers.layer[$0] }.max() ?? start
    for index in start..<max(start, deepest) {
      var member = MapChannel.Member(net: net)
      member.left = index == start ? port(of: net.source) : port(.via(net), in: index)
      member.entries = entries(targets.filter { layers.layer[$0] == index + 1 })
      if let line = port(.via(net), in: index + 1) {
        member.entries.append(MapChannel.Entry(thing: nil, line: line, others: []))
      }
      channels[index + 1].members.append(member)
    }
    guard let lane = lanes[net] else { return }
    let returns = net.returns(in: layers)
    channels[start + 1].leave(net, from: port(of: net.source), by: lane)
    for index in 0...start {
      let here = returns.filter { layers.layer[$0] == index }
      guard !here.isEmpty else { continue }
      channels[index].members.append(MapChannel.Member(net: net, entries: entries(here), lane: lane))
    }
  }

  // MARK: Columns

  /// Gives layers and channels their columns. Of what is left of `room` the layers have what their names lack, and the
  /// channels the rest.
  /// - Parameter wanted: how wide the layers would be with whole names.
  /// - Returns: how wide the layers are.
  mutating func widen(layers widths: [Int], wanted: [Int], _ density: MapPlan.Density, room: Int) -> [Int] {
    step = density.step
    func least(_ index: Int) -> Int {
      let tracks = channels[index].trackCount
      let lines = tracks == 0 ? 0 : (tracks - 1) * step + 1
      if index == channels.count - 1 { return tracks == 0 ? 0 : lines + 1 }
      if index == 0 { return tracks == 0 ? 0 : lines + 2 }
      return max(density.channel, lines + density.channel - 1)
    }
    channelWidth = channels.indices.map(least)
    // Where it is narrow the first track begins at the things themselves.
    lead = channels.indices.map { $0 == 0 || density.channel < 4 ? 0 : 1 }
    var layerWidths = widths
    var spare = room - widths.reduce(0, +) - channelWidth.reduce(0, +)
    // As many as possible are whole.
    for index in widths.indices.sorted(by: { (wanted[$0] - widths[$0], $0) < (wanted[$1] - widths[$1], $1) }) {
      let more = max(0, min(spare, wanted[index] - widths[index]))
      layerWidths[index] += more
      spare -= more
    }
    let inner = channels.count - 2
    if spare > 0, inner > 0 {
      let extra = min(10, spare / inner)
      for index in 1...inner {
        channelWidth[index] += extra
        lead[index] += channels[index].trackCount == 0 ? 0 : min(extra / 2, 3)
      }
    }
    var x = 0
    (layerStart, channelStart) = ([], [])
    for index in channels.indices {
      channelStart.append(x)
      x += channelWidth[index]
      guard index < layerWidths.count else { continue }
      layerStart.append(x)
      x += layerWidths[index]
    }
    width = x
    return layerWidths
  }

  private func column(of track: Int?, in channel: Int) -> Int? {
    track.map { channelStart[channel] + lead[channel] + $0 * step }
  }

  // MARK: Ways

  /// The cells of an arrow; the last is the one that has its head.
  func path(of arrow: Int, layerWidths: [Int]) -> [MapCell] {
    let shape = layers.shape.arrows[arrow]
    let net = MapNet(source: shape.from, isEvent: shape.flow.isEvent)
    let (start, end) = (layers.layer[shape.from], layers.layer[shape.to])
    var pen = MapPen(x: channelStart[start + 1], y: port(of: shape.from))
    if layers.isBackward[arrow] {
      guard let lane = lanes[net],
        let out = column(of: channels[start + 1].parts(of: net).first?.track, in: start + 1),
        let back = column(of: channels[end].parts(of: net).first?.track, in: end)
      else { return [] }
      pen.go(x: out)
      pen.go(y: lane)
      pen.go(x: back)
      pen.go(y: channels[end].line(of: net, to: shape.to) ?? port(of: shape.to))
      pen.go(x: layerStart[end] - 1)
      return pen.finished
    }
    for index in start + 1...max(start + 1, end) {
      let line = index == end ? channels[index].line(of: net, to: shape.to) : port(.via(net), in: index)
      if let line, line != pen.y { change(to: line, of: net, in: index, &pen) }
      pen.go(x: layerStart[index] - 1)
      if index < end { pen.go(x: layerStart[index] + layerWidths[index]) }
    }
    return pen.finished
  }

  /// Up or down in a channel, by one track or by two.
  private func change(to line: Int, of net: MapNet, in channel: Int, _ pen: inout MapPen) {
    let parts = channels[channel].parts(of: net)
    guard let track = column(of: parts.first?.track, in: channel) else { return }
    pen.go(x: track)
    if let bend = parts.first?.bend, let next = column(of: parts.second?.track, in: channel) {
      pen.go(y: bend)
      pen.go(x: next)
    }
    pen.go(y: line)
  }
}

/// Draws a way of straight pieces and remembers the cells.
struct MapPen {
  private(set) var x: Int
  private(set) var y: Int
  private var cells: [MapCell]

  init(x: Int, y: Int) {
    (self.x, self.y) = (x, y)
    cells = [MapCell(x: x, y: y, sides: .left)]
  }

  mutating func go(x end: Int) {
    while x != end { step(by: end > x ? 1 : -1, 0) }
  }

  mutating func go(y end: Int) {
    while y != end { step(by: 0, end > y ? 1 : -1) }
  }

  private mutating func step(by columns: Int, _ lines: Int) {
    let (out, into): (MapSides, MapSides) =
      columns > 0 ? (.right, .left) : columns < 0 ? (.left, .right) : lines > 0 ? (.down, .up) : (.up, .down)
    cells[cells.count - 1].sides.insert(out)
    x += columns
    y += lines
    cells.append(MapCell(x: x, y: y, sides: into))
  }

  /// With the head's cell open to the thing it points at.
  var finished: [MapCell] {
    var cells = cells
    cells[cells.count - 1].sides.insert(.right)
    return cells
  }
}
