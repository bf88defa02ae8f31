import Drawing
import Operations
import TraceCollector

/// The whole system on a page: the cause of what is wrong, the golden signals, and what needs somebody.
struct OverviewPage: Page {
  /// Where the cursor of a panel is: on a thing, wherever it moves; untouched at the top, on the worst.
  struct Cursor: Sendable, Hashable {
    /// Nil while untouched.
    var key: String?
    var index = 0
  }

  var focus = OverviewPanel.services
  var cursors: [OverviewPanel: Cursor] = [:]
  private(set) var filterText = ""

  init() {}

  var id: PageID { .overview }
  var filter: String? { filterText }
  var filterExample: String { "part of a name" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    filterText = text
    return nil
  }

  func rows(_ context: PageContext) -> OverviewRows {
    // Of what is still to come the next two are shown.
    let later = context.isFrozen ? context.timeline.events.filter { $0.time > context.snapshot.time } : []
    return OverviewRows(context.snapshot, filter: filterText, toCome: later.suffix(2))
  }

  func layout(_ context: PageContext, _ rows: OverviewRows) -> OverviewLayout {
    OverviewLayout(FrameLayout(size: context.size).page, rows: rows, isFrozen: context.isFrozen)
  }

  /// The panel that has the keys: the chosen one, or the first where there is no room for that.
  func focused(_ layout: OverviewLayout) -> OverviewPanel {
    layout.area(of: focus) == nil ? layout.panels.first?.panel ?? .services : focus
  }

  /// The row under the cursor of a panel; nil when it has none.
  func index(_ panel: OverviewPanel, _ rows: OverviewRows) -> Int? {
    let count = rows.count(panel)
    guard count > 0 else { return nil }
    guard let cursor = cursors[panel], let key = cursor.key else { return 0 }
    return (0..<count).first { rows.key(panel, $0) == key } ?? min(cursor.index, count - 1)
  }

  mutating func refresh(_ context: PageContext) -> [Action] {
    let rows = rows(context)
    for panel in OverviewPanel.allCases where cursors[panel]?.key != nil {
      guard let index = index(panel, rows) else { continue }
      cursors[panel] = Cursor(key: rows.key(panel, index), index: index)
    }
    return []
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] { [] }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    let rows = rows(context)
    let layout = layout(context, rows)
    let panel = focused(layout)
    switch key.key {
    case .tab: cycle(1, from: panel, layout)
    case .backTab: cycle(-1, from: panel, layout)
    case .enter: return open(panel, rows, context)
    case .escape where !filterText.isEmpty: filterText = ""
    case .down, .character("j"): move(panel, by: 1, rows)
    case .up, .character("k"): move(panel, by: -1, rows)
    case .pageDown: move(panel, by: 10, rows)
    case .pageUp: move(panel, by: -10, rows)
    case .home, .character("g"): cursors[panel] = nil
    case .end, .character("G"): move(panel, by: rows.count(panel), rows)
    case .character("i") where rows.hasOperations: return context.turnWindow()
    case .character("n") where context.isFrozen: return travel(forward: true, context)
    case .character("N") where context.isFrozen: return travel(forward: false, context)
    default: return nil
    }
    return []
  }

  private mutating func cycle(_ step: Int, from panel: OverviewPanel, _ layout: OverviewLayout) {
    let shown = layout.panels.map(\.panel)
    guard let place = shown.firstIndex(of: panel) else { return }
    focus = shown[(place + step + shown.count) % shown.count]
  }

  private mutating func move(_ panel: OverviewPanel, by step: Int, _ rows: OverviewRows) {
    guard let index = index(panel, rows) else { return }
    select(panel, min(max(0, index + step), rows.count(panel) - 1), rows)
  }

  private mutating func select(_ panel: OverviewPanel, _ index: Int, _ rows: OverviewRows) {
    cursors[panel] = Cursor(key: rows.key(panel, index), index: index)
  }

  private func open(_ panel: OverviewPanel, _ rows: OverviewRows, _ context: PageContext) -> [Action] {
    guard let index = index(panel, rows) else { return [] }
    return [.open(rows.destination(panel, index, context.snapshot))]
  }

  /// To the next thing that happened, or the one before.
  private func travel(forward: Bool, _ context: PageContext) -> [Action] {
    let times = context.timeline.events.map(\.time)
    let now = context.snapshot.time
    if forward {
      return [times.filter { $0 > now }.min().map { .travelOn(to: $0) } ?? .say("nothing happened after this")]
    }
    return [times.filter { $0 < now }.max().map { .travel(to: $0) } ?? .say("nothing is known before this")]
  }

  private func pointAtTime(_ event: MouseEvent, _ layout: OverviewLayout, _ context: PageContext) -> [Action]? {
    guard event.action == .press, let place = layout.time, place.contains(x: event.column, y: event.row) else {
      return nil
    }
    return TimeScrubber(context: context, area: place).time(atColumn: event.column).map { [.travel(to: $0)] }
  }

  // MARK: Mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let rows = rows(context)
    let layout = OverviewLayout(area, rows: rows, isFrozen: context.isFrozen)
    if let actions = pointAtTime(event, layout, context) { return actions }
    guard let (panel, place) = layout.panels.first(where: { $0.area.contains(x: event.column, y: event.row) }) else {
      return nil
    }
    switch event.action {
    case .wheelDown: move(panel, by: 3, rows)
    case .wheelUp: move(panel, by: -3, rows)
    case .press, .doubleClick:
      focus = panel
      let view = OverviewPanelView(panel: panel, rows: rows, context: context, isWide: layout.isWide)
      guard let row = view.row(at: event.row, in: place, selected: index(panel, rows)) else { return [] }
      select(panel, row, rows)
      if event.action == .doubleClick { return open(panel, rows, context) }
    case .move, .release: return nil
    }
    return []
  }

  // MARK: The last line

  func breadcrumb(_ context: PageContext) -> [String] {
    let rows = rows(context)
    let panel = focused(layout(context, rows))
    guard let index = index(panel, rows) else { return [PageID.overview.rawValue] }
    let name = rows.name(panel, index)
    guard context.size.columns >= FrameLayout.wide else { return [PageID.overview.rawValue, name] }
    return [PageID.overview.rawValue, panel == .events ? "what happened" : "\(panel)", name]
  }

  func hints(_ context: PageContext) -> [KeyHint] {
    if context.isFrozen { return [KeyHint("n N", "next event"), KeyHint("↵", "open"), KeyHint("Tab", "panel")] }
    var hints = [KeyHint("↵", "open"), KeyHint("f", "fault", isDeed: true), KeyHint("Tab", "panel")]
    if rows(context).hasOperations { hints.append(RedWindow.key) }
    if context.size.columns >= FrameLayout.wide { hints.append(KeyHint("/", "filter")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("Tab", "next panel: services, breakers, topics, transactions, events"),
      KeyHint("↑ ↓  j k", "move in the panel; g to the top, where the worst stays under the cursor"),
      KeyHint("↵", "open the row on its page"),
      KeyHint("w", "why the row is as it is"),
      KeyHint("i", "where operations stand: \(RedWindow.help.word)"),
      KeyHint("n  N", "while frozen: to the next event, to the one before"),
    ]
  }

  func subject(_ context: PageContext) -> Subject? {
    let rows = rows(context)
    let panel = focused(layout(context, rows))
    return index(panel, rows).flatMap { rows.subject(panel, $0, context.snapshot) }
  }
}
