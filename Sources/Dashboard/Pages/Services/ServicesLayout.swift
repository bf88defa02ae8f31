import Drawing
import Operations

/// Where the parts of the page of services stand. Panels that do not fit are left out.
struct ServicesLayout {
  /// The table with its rule; empty on a service's own page.
  private(set) var table = Rect(x: 0, y: 0, width: 0, height: 0)
  /// The facts of a service's own page with their rule; empty beside the table.
  private(set) var facts = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var panels: [(panel: ServicePanel, rect: Rect)] = []

  /// Narrower than this, panels stand below each other.
  private static let twoColumns = 72
  /// The lines of the log that are wanted; it takes what is left over too.
  private static let logLines = 5
  /// How many metrics one wants to see at least.
  private static let metricLines = 6
  /// Lower than this, there is the table alone.
  private static let leastHeight = 14

  func rect(_ panel: ServicePanel) -> Rect? {
    if panel == .services { return table.isEmpty ? nil : table }
    return panels.first { $0.panel == panel }?.rect
  }

  /// What Tab goes through.
  var focusable: [ServicePanel] {
    (table.isEmpty ? [] : [.services]) + ServicePanel.ofService.filter { rect($0) != nil }
  }

  /// The table, and below it the panels of the selected service.
  init(rows: Int, service: ServiceSnapshot?, area: Rect, isTall: Bool) {
    let content = area.inset(left: 2, right: 2)
    let wanted = max(1, rows) + 2
    let gap = isTall ? 1 : 0
    guard let service, content.height >= Self.leastHeight else {
      table = content
      return
    }
    var blocks = Self.blocks(service, width: content.width, hasLog: false)
    var ideal = blocks.reduce(0) { $0 + $1.ideal } + gap * blocks.count
    // The log takes what nothing else wants, where that is worth it.
    let spare = content.height - wanted - ideal
    if spare > 2 * Self.logLines {
      blocks = Self.blocks(service, width: content.width, hasLog: true)
      ideal += spare
    }
    let room = min(ideal, max(content.height - wanted, content.height * 2 / 5))
    let heights = Self.share(room - gap, among: blocks, gap: gap, first: nil, fills: spare > 2 * Self.logLines)
    // Panels stand close below the table; what is left over stays empty at the bottom.
    let used = heights.reduce(0) { $0 + ($1 > 0 ? $1 + gap : 0) }
    table = content.split(top: min(wanted, content.height - used)).top
    place(blocks, heights, from: table.bottom + gap, content, gap: gap)
  }

  /// A service's own page: its facts, and all its panels, or as many as fit beside the one in `focus`.
  init(opened service: ServiceSnapshot, factLines: Int, focus: ServicePanel, area: Rect, isTall: Bool) {
    let content = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    facts = content.split(top: 1 + min(factLines, max(1, content.height - 7))).top
    let blocks = Self.blocks(service, width: content.width, hasLog: true)
    let room = content.height - facts.height - gap
    let heights = Self.share(room, among: blocks, gap: gap, first: focus, fills: true)
    place(blocks, heights, from: facts.bottom + gap, content, gap: gap)
  }

  /// Panels that stand side by side.
  private struct Block {
    var panels: [ServicePanel]
    /// The lines that show everything.
    var ideal: Int
    /// The fewest that make sense.
    var least: Int
    /// Which gets room first: 0 before 1.
    var rank: Int
  }

  private static func blocks(_ service: ServiceSnapshot, width: Int, hasLog: Bool) -> [Block] {
    func lines(_ panel: ServicePanel) -> Int {
      switch panel {
      case .services: 0
      case .instances: 2 + max(1, service.instances.count)
      case .calls: 1 + max(1, service.calls.reduce(0) { $0 + ($1.messages.isEmpty ? 3 : 4) })
      case .endpoints: 2 + max(1, service.endpoints.count)
      case .consumes: 1 + max(1, 2 * service.consumes.count)
      case .metrics: 2 + Self.metricLines
      case .errors: 1 + max(1, service.latestErrors.count)
      case .log: 1 + Self.logLines
      }
    }
    let last = service.tellsTopics ? ServicePanel.consumes : .metrics
    let columns: [[ServicePanel]] =
      width >= twoColumns
      ? [[.instances, .calls], [.endpoints, last], [.errors], [.log]]
      : ServicePanel.ofService.filter { $0 != (last == .metrics ? .consumes : .metrics) }.map { [$0] }
    return columns.filter { hasLog || $0 != [.log] }.map { panels in
      let ideal = panels.map(lines).max() ?? 0
      let rank = panels == [.log] ? 3 : panels == [.errors] ? 1 : panels.contains(.instances) ? 0 : 2
      return Block(panels: panels, ideal: ideal, least: min(ideal, panels == [.errors] ? 2 : 3), rank: rank)
    }
  }

  /// First the least of each, as long as there is room; then more for each in turn, up to what shows everything, and
  /// with `fills` what is left over goes to the last.
  private static func share(
    _ room: Int, among blocks: [Block], gap: Int, first focus: ServicePanel?, fills: Bool = false
  ) -> [Int] {
    var (heights, left) = (Array(repeating: 0, count: blocks.count), room)
    let order = blocks.indices.sorted { left, right in
      let ranks = [left, right].map { index in
        focus.map(blocks[index].panels.contains) == true ? -1 : blocks[index].rank
      }
      return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : left < right
    }
    for index in order {
      let needed = blocks[index].least + (heights.contains { $0 > 0 } ? gap : 0)
      guard needed <= left else { continue }
      heights[index] = blocks[index].least
      left -= needed
    }
    var isHungry = true
    while left > 0, isHungry {
      isHungry = false
      for index in order where left > 0 && heights[index] > 0 && heights[index] < blocks[index].ideal {
        heights[index] += 1
        left -= 1
        isHungry = true
      }
    }
    if fills, let last = heights.lastIndex(where: { $0 > 0 }) { heights[last] += max(0, left) }
    return heights
  }

  private mutating func place(_ blocks: [Block], _ heights: [Int], from top: Int, _ content: Rect, gap: Int) {
    var y = top
    for (block, height) in zip(blocks, heights) where height > 0 {
      let row = Rect(x: content.x, y: y, width: content.width, height: height)
      for (panel, rect) in zip(block.panels, row.columns(block.panels.count)) { panels.append((panel, rect)) }
      y += height + gap
    }
  }
}
