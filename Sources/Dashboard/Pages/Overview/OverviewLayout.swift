import Drawing
import Operations

/// Where the parts of the overview stand: what is drawn and what the mouse hits are the same.
struct OverviewLayout: Sendable {
  enum Chart: Sendable, Hashable {
    case throughput, errors, latency, lag
  }

  let cause: Rect
  /// The time that one goes through; nil while it goes by.
  private(set) var time: Rect?
  /// Each with its rule in the first line.
  private(set) var charts: [(chart: Chart, area: Rect)] = []
  /// Each with its rule in the first line, but for the events of a narrow page.
  private(set) var panels: [(panel: OverviewPanel, area: Rect)] = []
  /// Names in full, headings, an axis under the charts.
  let isWide: Bool

  /// - Parameter isFrozen: whether time stands still; where there is room it then has the cause's place.
  init(_ page: Rect, rows: OverviewRows, isFrozen: Bool = false) {
    isWide = page.width >= FrameLayout.wide
    var area = page
    let hasTime = isFrozen && isWide && page.height >= 30
    if hasTime {
      let (top, rest) = page.split(top: TimeScrubber.height, gap: 1)
      time = top.inset(left: 2, right: 2)
      area = rest
    }
    let content = area.inset(left: 2, right: 2)
    // From 27 lines on (30 of the terminal) a blank line stands between panels, and one is left at the end.
    let isTall = page.height >= 26
    cause = Rect(x: area.x, y: area.y, width: area.width, height: hasTime ? 0 : 1)
    let gap = isTall ? 1 : 0
    let body = content.inset(top: hasTime ? 0 : 1 + gap, bottom: isTall ? 1 : 0)
    if isWide { placeWide(body, gap: gap, rows) } else { placeNarrow(body, isTall: isTall, rows) }
  }

  func area(of panel: OverviewPanel) -> Rect? { panels.first { $0.panel == panel }?.area }

  // MARK: From 100 columns: charts above, services left, the rest right

  private mutating func placeWide(_ body: Rect, gap: Int, _ rows: OverviewRows) {
    var rest = body
    if body.height >= 15 {
      let lines = gap == 1 ? min(10, max(3, (body.height - 17) / 2)) : 3
      let (top, below) = body.split(top: lines + 2, gap: gap)
      for (chart, area) in zip([Chart.throughput, .errors, .latency, .lag], top.columns(4, gap: 2)) {
        charts.append((chart, area))
      }
      rest = below
    }
    let (left, right) = rest.split(left: (rest.width - 3) / 2, gap: 3)
    panels.append((.services, left))
    let stack = Stack(
      [
        Section(Self.upper(rows), overhead: 1, wanted: Self.upperRows(rows)),
        Section(Self.lower(rows), overhead: 1 + gap, wanted: Self.lowerRows(rows)),
        Section(.transactions, overhead: 1 + gap, wanted: rows.transactions.count),
        Section(.events, overhead: 1 + gap, wanted: rows.events.count),
      ], first: [0, 1, 2, 3, 0, 2, 1, 2, 3, 3], height: right.height)
    place(stack, in: right)
  }

  /// What stands above and what below it, or left and right of each other.
  private static func upper(_ rows: OverviewRows) -> OverviewPanel { rows.hasOperations ? .failing : .breakers }
  private static func lower(_ rows: OverviewRows) -> OverviewPanel { rows.hasOperations ? .slowest : .topics }

  private static func upperRows(_ rows: OverviewRows) -> Int {
    rows.hasOperations ? min(rows.failing.count, 6) : rows.breakers.count
  }

  /// Of topics those that lag, and a few for comparison.
  private static func lowerRows(_ rows: OverviewRows) -> Int {
    if rows.hasOperations { return min(rows.slowest.count, 6) }
    return min(rows.topics.count, max(3, rows.topics.count { $0.verdict != .ok }))
  }

  // MARK: Below 100 columns: one below the other

  private mutating func placeNarrow(_ body: Rect, isTall: Bool, _ rows: OverviewRows) {
    var rest = body
    let shown: [Chart] = body.width >= 72 ? [.throughput, .latency, .lag] : body.width >= 46 ? [.latency, .lag] : []
    if !shown.isEmpty, body.height >= 16 {
      let lines = min(8, 3 + max(0, body.height - 22) / 5)
      let (top, below) = body.split(top: 1 + lines, gap: isTall ? 1 : 0)
      for (chart, area) in zip(shown, top.columns(shown.count, gap: 2)) { charts.append((chart, area)) }
      rest = below
    }
    // 80 × 24 has room for a line between panels, too.
    let gap = body.height >= 20 ? 1 : 0
    let services = Section(.services, overhead: 1, wanted: rows.services.count)
    let needs = Section(.transactions, overhead: 1 + gap, wanted: rows.transactions.count)
    let events = Section(.events, overhead: 0, wanted: rows.events.count)
    if body.width >= 70 {
      let pair = Section(
        Self.upper(rows), overhead: 1 + gap, wanted: max(Self.upperRows(rows), Self.lowerRows(rows)))
      let stack = Stack(
        [services, pair, needs, events], first: [0, 1, 0, 2, 0, 1, 2, 2, 3, 0, 0], height: rest.height)
      place(stack, in: rest)
      splitPair(rows)
    } else {
      let breakers = Section(Self.upper(rows), overhead: 1 + gap, wanted: Self.upperRows(rows))
      let topics = Section(Self.lower(rows), overhead: 1 + gap, wanted: Self.lowerRows(rows))
      let stack = Stack(
        [services, breakers, topics, needs, events], first: [0, 1, 2, 0, 3, 0, 1, 3, 3, 4], height: rest.height)
      place(stack, in: rest)
    }
  }

  /// Breakers and topics, or failing and slow operations, beside each other.
  private mutating func splitPair(_ rows: OverviewRows) {
    guard let index = panels.firstIndex(where: { $0.panel == Self.upper(rows) }) else { return }
    let area = panels[index].area
    let (left, right) = area.split(left: (area.width - 2) / 2, gap: 2)
    panels[index].area = left
    panels.insert((Self.lower(rows), right), at: index + 1)
  }

  private mutating func place(_ stack: Stack, in area: Rect) {
    var y = area.y
    for (index, section) in stack.sections.enumerated() where stack.granted[index] > 0 {
      let gap = section.overhead > 1 ? section.overhead - 1 : 0
      let rule = section.overhead > 0 ? 1 : 0
      y += gap
      let height = rule + stack.granted[index]
      panels.append((section.panel, Rect(x: area.x, y: y, width: area.width, height: height)))
      y += height
    }
  }
}

/// A panel that wants lines.
private struct Section {
  let panel: OverviewPanel
  /// The blank line and the rule above its rows.
  let overhead: Int
  /// Rows; one at least, for the sentence that says there is nothing.
  let wanted: Int

  init(_ panel: OverviewPanel, overhead: Int, wanted: Int) {
    self.panel = panel
    self.overhead = overhead
    self.wanted = max(1, wanted)
  }
}

/// Lines shared out among panels: in a given order first, then one each in turn.
private struct Stack {
  let sections: [Section]
  private(set) var granted: [Int]

  init(_ sections: [Section], first: [Int], height: Int) {
    self.sections = sections
    granted = Array(repeating: 0, count: sections.count)
    var room = height
    for index in first { grant(index, &room) }
    var goesOn = true
    while goesOn, room > 0 {
      let before = room
      for index in sections.indices { grant(index, &room) }
      goesOn = room < before
    }
    // What nobody wants goes to the last panel, so that it reaches the edge.
    if let last = granted.lastIndex(where: { $0 > 0 }) { granted[last] += max(0, room) }
  }

  private mutating func grant(_ index: Int, _ room: inout Int) {
    let cost = granted[index] == 0 ? 1 + sections[index].overhead : 1
    guard granted[index] < sections[index].wanted, cost <= room else { return }
    granted[index] += 1
    room -= cost
  }
}
