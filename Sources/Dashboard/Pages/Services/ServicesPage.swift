import Drawing
import Operations
import Widgets

/// Page 2: every service with its figures; below the table, or on a page of its own, all about one of them.
struct ServicesPage: Page {
  let id = PageID.services
  var sort = ServiceSort()
  /// What the table is narrowed to.
  private(set) var words = ""
  var table = RowCursor()
  var cursors: [ServicePanel: RowCursor] = [:]
  var focus = ServicePanel.services
  /// The service whose own page is shown.
  private(set) var opened: String?
  var hover = Hover()
  var hoveredPanel: ServicePanel?

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    if let opened, context.snapshot.service(opened) == nil, !context.snapshot.services.isEmpty {
      close()
      return [.say("\(opened) is not known any more")]
    }
    table.settle(rows(context).map(\.name))
    for panel in ServicePanel.ofService { settle(panel, context) }
    if !layout(context).focusable.contains(focus) { focus = opened == nil ? .services : .instances }
    guard let service = service(context) else { return [] }
    var actions: [Action] = []
    if layout(context).rect(.log) != nil {
      actions.append(.effect(.loadLog(ServicePanelView.logFilter(of: service.name, context), limit: Self.logLimit)))
    }
    // What they stood at then is not kept.
    if layout(context).rect(.metrics) != nil, !context.isFrozen {
      actions.append(.effect(.loadMetrics(of: service.name, limit: Self.metricLimit)))
    }
    return actions
  }

  /// The lines of a service's log that can be scrolled through.
  private static let logLimit = 200
  private static let metricLimit = 500

  private mutating func settle(_ panel: ServicePanel, _ context: PageContext) {
    guard let view = view(of: panel, context) else { return }
    cursors[panel, default: RowCursor()].settle(view.keys)
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    switch destination {
    case .services(let name):
      close()
      if let name { select(name, context) }
    case .service(let name):
      select(name, context)
      if context.snapshot.service(name) == nil {
        return [.say("no service is called \(visible(name))", isProblem: true)]
      }
      if opened != name { cursors = [:] }
      opened = name
      if focus == .services { focus = .instances }
    default: break
    }
    return []
  }

  private mutating func close() {
    if opened != nil { focus = .services }
    opened = nil
  }

  /// Puts the cursor on a service; a filter that hides it is taken away.
  mutating func select(_ name: String, _ context: PageContext) {
    if !rows(context).contains(where: { $0.name == name }) { words = "" }
    table.select(name, rows(context).map(\.name), height: tableHeight(context))
  }

  // MARK: - Filter

  /// The page of one service has nothing to narrow.
  var filter: String? { opened == nil ? words : nil }
  var filterExample: String { "payment failing" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    words = text
    table.settle(rows(context).map(\.name), height: tableHeight(context))
    return nil
  }

  // MARK: - What is shown

  /// The services that the filter lets through, sorted.
  func rows(_ context: PageContext) -> [ServiceSnapshot] {
    let wanted = words.lowercased().split(separator: " ")
    let services = context.snapshot.services
    guard !wanted.isEmpty else { return sort.sorted(services) }
    return sort.sorted(
      services.filter { service in
        let facts = [service.name, service.team, service.version, service.health.mark.word].joined(separator: "\n")
        let text = facts.lowercased()
        return wanted.allSatisfy { text.contains($0) }
      })
  }

  /// The service that the panels are about.
  func service(_ context: PageContext) -> ServiceSnapshot? {
    if let opened { return context.snapshot.service(opened) }
    let rows = rows(context)
    return table.index(in: rows.map(\.name)).map { rows[$0] }
  }

  /// Where everything stands, on the screen of the context or in another area.
  func layout(_ context: PageContext, in area: Rect? = nil) -> ServicesLayout {
    let frame = FrameLayout(size: context.size)
    let area = area ?? frame.page
    if opened != nil, let service = service(context) {
      let facts = ServiceFacts(service: service, context: context).lines(width: area.width - 4).count
      return ServicesLayout(opened: service, factLines: facts, focus: focus, area: area, isTall: frame.isTall)
    }
    return ServicesLayout(rows: rows(context).count, service: service(context), area: area, isTall: frame.isTall)
  }

  func view(of panel: ServicePanel, _ context: PageContext) -> ServicePanelView? {
    guard panel != .services, let service = service(context) else { return nil }
    var view = ServicePanelView(panel: panel, service: service, context: context)
    view.cursor = cursors[panel] ?? RowCursor()
    view.isFocused = focus == panel
    view.isDetailed = opened != nil
    if hoveredPanel == panel { view.hover = hover }
    return view
  }

  /// How many rows of the table are in sight.
  func tableHeight(_ context: PageContext) -> Int { max(1, layout(context).table.height - 2) }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = ["services"]
    guard let service = service(context) else { return crumbs }
    crumbs.append(service.name)
    if focus != .services { crumbs.append(focus.title) }
    return crumbs
  }

  func subject(_ context: PageContext) -> Subject? {
    guard let service = service(context) else { return nil }
    let index = view(of: focus, context)?.selected
    switch focus {
    case .services, .endpoints, .metrics: return .service(service.name)
    case .instances:
      return index.map { .instance(service: service.name, name: service.instances[$0].name) } ?? .service(service.name)
    case .calls:
      guard let call = index.map({ service.calls[$0] }) else { return .service(service.name) }
      if call.isDatabase { return .service(service.name) }
      return worstBreaker(of: call, context).map(Subject.breaker) ?? .service(call.callee)
    case .consumes:
      return index.map { .group(topic: service.consumes[$0].topic, name: service.consumes[$0].group) }
        ?? .service(service.name)
    case .errors: return index.map { .transaction(service.latestErrors[$0].gtxid) } ?? .service(service.name)
    case .log: return .service(service.name)
    }
  }

  /// Of the breakers on an edge the one that somebody should look at.
  func worstBreaker(of call: CallSnapshot, _ context: PageContext) -> String? {
    let known = call.breakers.compactMap(context.snapshot.breaker)
    return known.min { $0.state.urgency < $1.state.urgency }?.id ?? call.breakers.first
  }
}
