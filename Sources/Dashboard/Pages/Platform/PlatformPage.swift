import Drawing
import Operations
import TraceModel
import Widgets

/// Page 9: what every service leans on, in tabs: the gateways side by side, who comes in, the registry, the configuration,
/// deployments, the strangler, connections, the event channel.
struct PlatformPage: Page {
  let id = PageID.platform
  private(set) var tab = PlatformTab.gateway
  private var wasChosen = false
  /// What the settings are narrowed to, of which there are hundreds; other tabs show few lines.
  private(set) var words = ""
  var cursors: [PlatformPanel: RowCursor] = [:]
  var focus: PlatformPanel?
  var hover = Hover()
  var hoveredPanel: PlatformPanel?

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    let layout = layout(context)
    for (table, _) in layout.tables { cursors[table.panel, default: RowCursor()].settle(table.keys) }
    let panels = layout.tables.map(\.table.panel)
    if !(focus.map(panels.contains) ?? false) { focus = panels.first }
    return []
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .platform(let wanted) = destination else { return [] }
    if let wanted {
      show(wanted, context)
    } else if !wasChosen {
      // Whoever comes and has chosen nothing yet finds what is ill.
      tab = context.snapshot.illTabs.first ?? context.snapshot.platformTabs.first ?? .gateway
      _ = refresh(context)
    }
    return []
  }

  mutating func show(_ tab: PlatformTab, _ context: PageContext) {
    (self.tab, wasChosen) = (tab, true)
    _ = refresh(context)
  }

  // MARK: - Filter

  var filter: String? { tab == .configuration ? words : nil }
  var filterExample: String { "payment wait-duration" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    // Blanks alone say nothing.
    words = text.allSatisfy { $0 == " " } ? "" : text
    if !words.isEmpty { focus = .settings }
    _ = refresh(context)
    return nil
  }

  // MARK: - What is shown

  func board(_ context: PageContext) -> PlatformBoard {
    switch tab {
    case .gateway: .gateway(context)
    case .clients: .clients(context)
    case .registry: .registry(context)
    case .configuration: .configuration(context, words: words)
    case .deployments: .deployments(context, selected: cursor(.deployments))
    case .strangler: .strangler(context)
    case .connections: .connections(context)
    case .channel: .channel(context)
    case .collector: .collector(context)
    }
  }

  func layout(_ context: PageContext) -> PlatformLayout {
    layout(board(context), in: FrameLayout(size: context.size).page, context)
  }

  func layout(_ board: PlatformBoard, in area: Rect, _ context: PageContext) -> PlatformLayout {
    PlatformLayout(board, in: Self.body(of: area), gap: FrameLayout(size: context.size).isTall ? 1 : 0)
  }

  /// The first line has the tabs.
  static func body(of area: Rect) -> Rect {
    area.inset(left: 2, right: 2).split(top: 1, gap: area.height >= 26 ? 1 : 0).rest
  }

  /// The lists of the tab that are in sight, in the order of Tab.
  func panels(_ context: PageContext) -> [PlatformPanel] { layout(context).tables.map(\.table.panel) }

  func cursor(_ panel: PlatformPanel) -> RowCursor { cursors[panel] ?? RowCursor() }

  func tableView(_ table: PlatformTable, _ context: PageContext) -> TableView {
    let keys = table.keys
    return TableView(
      columns: table.columns, rowCount: table.rows.count, selected: cursor(table.panel).index(in: keys),
      hovered: hoveredPanel == table.panel ? hover.index(in: keys, clock: context.clock) : nil,
      offset: cursor(table.panel).offset, isFocused: focus == table.panel
    ) { table.rows[$0].cells() }
  }

  // MARK: - The cursor, as the frame sees it

  /// The row under the cursor.
  func row(_ context: PageContext) -> (key: String, row: PlatformRow)? {
    guard let focus, let table = board(context).table(focus) else { return nil }
    let keys = table.keys
    return cursor(focus).index(in: keys).map { (keys[$0], table.rows[$0]) }
  }

  func breadcrumb(_ context: PageContext) -> [String] {
    ["platform", tab.title] + (row(context).map { [$0.key] } ?? [])
  }

  func subject(_ context: PageContext) -> Subject? { row(context)?.row.subject }
}
