import Drawing
import Operations
import TraceModel
import Widgets

/// Page 9: what every service leans on, in tabs: the gateways side by side, the registry, the configuration, the event
/// channel.
struct PlatformPage: Page {
  let id = PageID.platform
  private(set) var tab = PlatformTab.gateway
  var cursors: [PlatformPanel: RowCursor] = [:]
  var focus: PlatformPanel?
  var hover = Hover()
  var hoveredPanel: PlatformPanel?

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    let panels = panels(context)
    for panel in panels { cursors[panel, default: RowCursor()].settle(keys(panel, context)) }
    if !(focus.map(panels.contains) ?? false) { focus = panels.first }
    return []
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .platform(let tab) = destination, let tab else { return [] }
    show(tab, context)
    return []
  }

  mutating func show(_ tab: PlatformTab, _ context: PageContext) {
    self.tab = tab
    _ = refresh(context)
  }

  // MARK: - What is shown

  /// The lists of the tab, in the order of Tab.
  func panels(_ context: PageContext) -> [PlatformPanel] {
    places(in: FrameLayout(size: context.size).page, context).map(\.panel)
  }

  /// Where the lists of the tab stand.
  func places(in area: Rect, _ context: PageContext) -> [(panel: PlatformPanel, rect: Rect)] {
    let body = Self.body(of: area)
    let gap = FrameLayout(size: context.size).isTall ? 1 : 0
    switch tab {
    case .gateway: return gatewayPlaces(in: body, gap: gap, context)
    case .channel: return channelPlaces(in: body, gap: gap, context).lists
    case .registry, .configuration: return []
    }
  }

  /// The first line has the tabs.
  static func body(of area: Rect) -> Rect {
    area.inset(left: 2, right: 2).split(top: 1, gap: area.height >= 26 ? 1 : 0).rest
  }

  /// Each gateway has a column, or, where it is narrow, its share of the lines.
  private func gatewayPlaces(
    in body: Rect, gap: Int, _ context: PageContext
  ) -> [(panel: PlatformPanel, rect: Rect)] {
    let gateways = context.snapshot.gateways
    guard !gateways.isEmpty, body.height > 0 else { return [] }
    let isWide = body.width >= 70 * gateways.count
    let columns: [Rect]
    if isWide {
      columns = body.columns(gateways.count)
    } else {
      let height = (body.height - gap * (gateways.count - 1)) / gateways.count
      columns = gateways.indices.map { index in
        Rect(x: body.x, y: body.y + index * (height + gap), width: body.width, height: height)
      }
    }
    return zip(gateways, columns).flatMap { gateway, column -> [(panel: PlatformPanel, rect: Rect)] in
      let wanted = gateway.instances.count + 2
      guard column.height >= wanted + gap + 4 else { return [(.routes(gateway.name), column)] }
      let parts = column.split(top: wanted, gap: gap)
      return [(.instances(gateway.name), parts.top), (.routes(gateway.name), parts.rest)]
    }
  }

  /// Figures, a minute of records, and the topics.
  func channelPlaces(
    in body: Rect, gap: Int, _ context: PageContext
  ) -> (facts: Rect, chart: Rect?, lists: [(panel: PlatformPanel, rect: Rect)]) {
    let parts = body.split(top: 2, gap: gap)
    let topics = context.snapshot.topics.count
    guard topics > 0 else { return (parts.top, nil, []) }
    let room = parts.rest.height - min(topics + 2, 8) - gap
    guard room >= 6 else { return (parts.top, nil, [(.topics, parts.rest)]) }
    let chart = parts.rest.split(top: min(10, max(6, parts.rest.height - topics - 2 - gap)), gap: gap)
    return (parts.top, chart.top, [(.topics, chart.rest)])
  }

  func cursor(_ panel: PlatformPanel) -> RowCursor { cursors[panel] ?? RowCursor() }

  func keys(_ panel: PlatformPanel, _ context: PageContext) -> [String] {
    switch panel {
    case .topics: unique(context.snapshot.topics.map(\.name))
    case .routes, .instances: view(panel, context)?.keys ?? []
    }
  }

  /// A list about one gateway, as on the page of services.
  func view(_ panel: PlatformPanel, _ context: PageContext) -> ServicePanelView? {
    guard let name = panel.service, let service = context.snapshot.service(name) else { return nil }
    var isInstances = false
    if case .instances = panel { isInstances = true }
    var view = ServicePanelView(panel: isInstances ? .instances : .endpoints, service: service, context: context)
    (view.cursor, view.isFocused) = (cursor(panel), focus == panel)
    if hoveredPanel == panel { view.hover = hover }
    return view
  }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = ["platform", tab.title]
    if let focus, let index = cursor(focus).index(in: keys(focus, context)) {
      crumbs.append(keys(focus, context)[index])
    }
    return crumbs
  }

  func subject(_ context: PageContext) -> Subject? {
    guard let focus else { return nil }
    guard let index = cursor(focus).index(in: keys(focus, context)) else { return focus.service.map { .service($0) } }
    switch focus {
    case .topics: return .topic(context.snapshot.topics[index].name)
    case .routes(let name): return .service(name)
    case .instances(let name):
      let instance = context.snapshot.service(name).map { $0.instances[index].name }
      return instance.map { .instance(service: name, name: $0) }
    }
  }
}
